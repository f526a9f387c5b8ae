"""Functions as rows, from the nodes of a syntax tree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

_BODIES = ("function_body", "do_block", "block", "compound_statement")
_CLOSER = re.compile(r"\s*(?:[})\];,]+|end[;,)]*|fi|done)?\s*")
_ASSIGNED = re.compile(r"([\w$]+)['\"]?\s*(?::[^=]*)?[=:]\s*(?:async\s*)?$")
_NAME = re.compile(r"[\w$]+(?:(?:::|[.:#~])~?[\w$]+)*[?!]?")
_DEFINED = re.compile(
    r"(?i)(?:[\w@]+\s+)*?(?:def(?:macro)?p?|fun|create\s+(?:or\s+replace\s+)?(?:function|trigger))"
    r"\s+([\w.]+[?!]?)"
)
_CLOSING = ("}", ")", "]")
_WORD = re.compile(r"[A-Za-z_]")
_NEAR = 80
_MOST_CHECKS = 4
_MOST_DECLARATORS = 8


@dataclass(frozen=True, slots=True)
class Function:
    """A function, by rows: its first one, those of its body that may go, and its last one."""

    name: str
    start: int
    body: range
    end: int

    def moved(self, rows: int) -> Function:
        """The same function so many rows further down."""
        body = range(self.body.start + rows, self.body.stop + rows)
        return Function(self.name, self.start + rows, body, self.end + rows)


def functions_of(nodes: list[Node], lines: list[str], depths: list[int]) -> list[Function]:
    """The functions that can be told for sure, also where something near them does not parse."""
    found: list[Function] = []
    left = _MOST_CHECKS * len(lines)
    for node in nodes:
        function = _function(node, lines, depths)
        if function is not None and node.has_error:
            left -= len(function.body)
            if left < 0 or _swallows(lines, depths, function):
                continue
        if function is not None:
            found.append(function)
    return sorted(found, key=lambda each: (each.start, -each.end))


def _function(node: Node, lines: list[str], depths: list[int]) -> Function | None:
    """A function node as rows, or `None` when it has no body, or all stands on one line."""
    start, end = node.start_point.row, last_row(node)
    body = node.child_by_field_name("body") or next(
        (child for child in reversed(node.named_children) if child.type in _BODIES), None
    )
    if start == end or body is None:
        return None
    first, last = body.start_point.row, last_row(body)
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


def last_row(node: Node) -> int:
    """The last row that a node has a character in."""
    row, column = node.end_point
    return row - 1 if column == 0 and row > node.start_point.row else row
