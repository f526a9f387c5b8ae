"""Where the functions, the comments and the long statements of a source text stand."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from headroom_core.compressors.coding.functions import functions_of, last_row
from headroom_core.compressors.coding.parts import parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node, Parser, Tree, TreeCursor

    from headroom_core.compressors.coding.functions import Function
    from headroom_core.compressors.coding.languages import Language

MAX_CHARS = 2 << 20
_COMMENTS = frozenset(("comment", "line_comment", "block_comment", "multiline_comment"))
_CONTAINER = re.compile(
    r"preproc|linkage|list$|namespace|module|ERROR|class|impl|trait|interface|body|block|object"
    r"|export|type|struct|enum|union|record|protocol|import|use|include|package|const_"
)
_LEAST_ROWS, _LONG_ROWS = 2, 12


@dataclass(frozen=True, slots=True)
class Block:
    """A comment, or a long statement outside functions, by rows."""

    start: int
    end: int

    def moved(self, rows: int) -> Block:
        """The same block so many rows further down."""
        return Block(self.start + rows, self.end + rows)


@dataclass(frozen=True, slots=True)
class Syntax:
    """What an outline needs to know of a source text."""

    functions: list[Function]
    comments: list[Block]
    statements: list[Block]
    has_error: bool = field(default=False, compare=False)
    """Whether something in it does not parse."""


@lru_cache(maxsize=1)
def is_installed() -> bool:
    """Whether the grammars are there, inside their wheel: from 1.0 on it would download them."""
    # Here, because it takes longer to import than the rest of this package.
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return version("tree-sitter-language-pack").startswith("0.")
    except PackageNotFoundError:
        return False


def parse(lines: list[str], language: Language) -> Syntax:
    """Parse lines of source; what does not parse has no functions, and the rest has its own."""
    # tree-sitter and its grammars are an extra, and heavy: who has no code to read loads none.
    from tree_sitter_language_pack import get_parser  # noqa: PLC0415

    parser = get_parser(language.grammar)  # type: ignore[arg-type]  # the table holds its names
    found = Syntax([], [], [])
    for part in parts_of(lines, language.grammar):
        own = lines[part.start : part.stop]
        syntax = _parsed(parser, own, language)
        if syntax.has_error and len(own) < len(lines):
            return _parsed(parser, lines, language)  # it may have been cut inside something
        _add(found, syntax, part.start)
    return found


def _parsed(parser: Parser, lines: list[str], language: Language) -> Syntax:
    tree = parser.parse("\n".join(lines).encode("utf-8", "replace"))
    return _read(tree, lines, language)


def _add(whole: Syntax, part: Syntax, first: int) -> None:
    """Take in what was found in the part of a text that begins with a row."""
    whole.functions.extend(each.moved(first) for each in part.functions)
    whole.comments.extend(each.moved(first) for each in part.comments)
    whole.statements.extend(each.moved(first) for each in part.statements)


def _read(tree: Tree, lines: list[str], language: Language) -> Syntax:
    depths = [len(line) - len(line.lstrip()) for line in lines]
    kinds = frozenset(language.functions.split())
    nodes: list[Node] = []
    comments: list[Block] = []
    statements: list[_Statement] = []
    for node in _walked(tree.walk()):
        start, end, kind = node.start_point, last_row(node), node.type
        if kind in _COMMENTS:
            if start.column <= depths[start.row]:
                comments.append(Block(start.row, end))
        elif kind in kinds and _is_function(node, language):
            nodes.append(node)
        elif end - start.row >= _LEAST_ROWS and not _CONTAINER.search(kind):
            is_long = end - start.row >= _LONG_ROWS or _is_docstring(node)
            statements.append(
                _Statement(node.start_byte, node.end_byte, Block(start.row, end), is_long)
            )
    functions = functions_of(nodes, lines, depths)
    outside = list(_outside(statements, nodes))
    return Syntax(functions, comments, outside, tree.root_node.has_error)


@dataclass(frozen=True, slots=True)
class _Statement:
    start: int
    end: int
    rows: Block
    is_long: bool


def _walked(cursor: TreeCursor) -> Iterator[Node]:
    """The nodes of a tree in order, but none below a node of a single row: that has no body."""
    enters = True
    while True:
        if not (enters and cursor.goto_first_child()):
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    return
        node = cursor.node
        if node is None:  # pragma: no cover - for the type: a cursor always stands on a node
            return
        yield node
        enters = node.start_point.row < node.end_point.row


def _is_function(node: Node, language: Language) -> bool:
    """Whether a node of the right kind is one: in some languages any call may look like it."""
    if not language.words:
        return True
    target = node.child_by_field_name("target")
    return target is not None and (target.text or b"").decode() in language.words.split()


def _outside(statements: list[_Statement], functions: list[Node]) -> Iterator[Block]:
    """The long statements that stand in no function, in no other one, and hold no function."""
    starts = [node.start_byte for node in functions]
    ends = list(accumulate((node.end_byte for node in functions), max))
    done = 0
    for statement in statements:
        before = bisect_left(starts, statement.start)
        holds = before < bisect_left(starts, statement.end)
        inside = before > 0 and ends[before - 1] > statement.start
        if not (holds or inside or statement.start < done) and statement.is_long:
            done = statement.end
            yield statement.rows


def _is_docstring(node: Node) -> bool:
    texts = (child for child in node.children[:1] if child.type == "string")
    return node.type == "expression_statement" and next(texts, None) is not None
