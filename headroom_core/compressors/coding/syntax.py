"""Where the functions and comments of a source text stand, by tree-sitter."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Language as Grammar
    from tree_sitter import Node, Query

    from headroom_core.compressors.coding.languages import Language

MAX_CHARS = 4 << 20
_COMMENTS = ("comment", "line_comment", "block_comment", "multiline_comment")
_BODIES = ("function_body", "do_block", "block", "compound_statement")
_CLOSER = re.compile(r"\s*(?:[})\];,]+|end[;,)]*|fi|done)?\s*")
_ASSIGNED = re.compile(r"([\w$]+)['\"]?\s*(?::[^=]*)?[=:]\s*(?:async\s*)?$")
_NAME = re.compile(r"[\w$]+(?:(?:::|[.:#~])~?[\w$]+)*[?!]?")
_DEFINED = re.compile(
    r"(?i)(?:[\w@]+\s+)*?(?:def(?:macro)?p?|fun|create\s+(?:or\s+replace\s+)?(?:function|trigger))"
    r"\s+([\w.]+[?!]?)"
)
_CONTAINER = re.compile(
    r"preproc|linkage|list$|namespace|module|ERROR|class|impl|trait|interface|body|block|object"
    r"|export|type|struct|enum|union|record|protocol|import|use|include|package|const_"
)
_CLOSING = ("}", ")", "]")
_WORD = re.compile(r"[A-Za-z_]")
_NEAR = 200
_MOST_CHECKS = 4
_LEAST_ROWS, _LONG_ROWS = 2, 12
_MOST_DECLARATORS = 8


@dataclass(frozen=True, slots=True)
class Function:
    """A function, by rows: its first one, those of its body that may go, and its last one."""

    name: str
    start: int
    body: range
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """A comment, or a long statement outside functions, by rows."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Syntax:
    """What an outline needs to know of a source text."""

    functions: list[Function]
    comments: list[Block]
    statements: list[Block]


@lru_cache(maxsize=1)
def is_installed() -> bool:
    """Whether the grammars are there, inside their wheel: from 1.0 on it would download them."""
    try:
        return version("tree-sitter-language-pack").startswith("0.")
    except PackageNotFoundError:
        return False


def parse(lines: list[str], language: Language) -> Syntax:
    """Parse lines of source; what does not parse has no functions, and the rest has its own."""
    # tree-sitter and its grammars are an extra, and heavy: who has no code to read loads none.
    from tree_sitter import Parser, QueryCursor  # noqa: PLC0415

    grammar, query = _grammar(language)
    tree = Parser(grammar).parse("\n".join(lines).encode("utf-8", "replace"))
    captures = QueryCursor(query).captures(tree.root_node)
    found = sorted(captures.get("function", []), key=lambda node: (node.start_byte, -node.end_byte))
    depths = [len(line) - len(line.lstrip()) for line in lines]
    comments = [
        Block(node.start_point.row, _last_row(node))
        for node in captures.get("comment", [])
        if node.start_point.column <= depths[node.start_point.row]
    ]
    return Syntax(
        _functions(found, lines, depths),
        sorted(comments, key=lambda each: each.start),
        list(_statements(tree.root_node, found)),
    )


@lru_cache(maxsize=64)
def _grammar(language: Language) -> tuple[Grammar, Query]:
    """The grammar of a language and the query for its functions and comments."""
    from tree_sitter import Query  # noqa: PLC0415
    from tree_sitter_language_pack import get_language  # noqa: PLC0415

    grammar = get_language(language.grammar)  # type: ignore[arg-type]  # the table holds its names
    kinds = [kind for kind in language.functions.split() if grammar.id_for_node_kind(kind, True)]  # noqa: FBT003  # its only way
    comments = [kind for kind in _COMMENTS if grammar.id_for_node_kind(kind, True)]  # noqa: FBT003  # its only way
    functions = language.query or f"{_any_of(kinds)} @function"
    return grammar, Query(grammar, f"{functions}\n{_any_of(comments)} @comment")


def _any_of(kinds: list[str]) -> str:
    return f"[{' '.join(f'({kind})' for kind in kinds)}]"


def _last_row(node: Node) -> int:
    """The last row that a node has a character in."""
    row, column = node.end_point
    return row - 1 if column == 0 and row > node.start_point.row else row


def _functions(nodes: list[Node], lines: list[str], depths: list[int]) -> list[Function]:
    """The functions that can be told for sure, also where something near them does not parse."""
    functions: list[Function] = []
    left = _MOST_CHECKS * len(lines)
    for node in nodes:
        function = _function(node, lines, depths)
        if function is not None and node.has_error:
            left -= len(function.body)
            if left < 0 or _swallows(lines, depths, function):
                continue
        if function is not None:
            functions.append(function)
    return sorted(functions, key=lambda each: (each.start, -each.end))


def _function(node: Node, lines: list[str], depths: list[int]) -> Function | None:
    """A function node as rows, or `None` when it has no body, or all stands on one line."""
    start, end = node.start_point.row, _last_row(node)
    body = node.child_by_field_name("body") or next(
        (child for child in reversed(node.named_children) if child.type in _BODIES), None
    )
    if start == end or body is None:
        return None
    first, last = body.start_point.row, _last_row(body)
    if first == start or body.start_point.column > depths[first]:
        first += 1
    if lines[last].startswith(_CLOSING, depths[last]) and not _CLOSER.fullmatch(lines[last]):
        last -= 1
    if end == last + 1 and _CLOSER.fullmatch(lines[end]):
        last = end
    return Function(_name(node, lines[start]), start, range(first, last + 1), end)


def _swallows(lines: list[str], depths: list[int], function: Function) -> bool:
    """Whether a body that does not parse seems to hold another function's first line."""
    depth = depths[function.start]
    return any(
        depths[row] <= depth
        and _WORD.match(lines[row], depths[row])
        and lines[row].rstrip().endswith((")", "{"))
        for row in function.body
    )


def _name(node: Node, line: str) -> str:
    """The name that a function has, or is assigned to; empty for one without a name."""
    named = node.child_by_field_name("name")
    inner = node.child_by_field_name("declarator")
    for _ in range(_MOST_DECLARATORS):
        if inner is None:
            break
        named, inner = inner, inner.child_by_field_name("declarator")
    text = (named.text or b"").decode("utf-8", "replace") if named is not None else ""
    match = _NAME.match(text)
    if match is not None:
        return match[0]
    # Enough of the line, and never all of it: a hostile one holds many functions.
    column = node.start_point.column
    defined = _DEFINED.match(line[column : column + _NEAR]) or _ASSIGNED.search(
        line[max(0, column - _NEAR) : column]
    )
    return defined[1] if defined is not None else ""


def _statements(root: Node, functions: list[Node]) -> Iterator[Block]:
    """The long statements and the docstrings that stand outside functions."""
    ids = {node.id for node in functions}
    starts = [node.start_byte for node in functions]
    stack = [root]
    while stack:
        for child in stack.pop().children:
            start, end = child.start_point.row, _last_row(child)
            if end - start < _LEAST_ROWS or child.id in ids:
                continue
            holds = bisect_left(starts, child.start_byte) < bisect_left(starts, child.end_byte)
            if holds or _CONTAINER.search(child.type):
                stack.append(child)
            elif end - start >= _LONG_ROWS or _is_docstring(child):
                yield Block(start, end)


def _is_docstring(node: Node) -> bool:
    return node.type == "expression_statement" and node.children[0].type == "string"
