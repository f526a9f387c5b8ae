"""The tree that the lines of a configuration file make: by indent, by sections, by list items.

Nothing is parsed that a program would read; only what a reader sees at once: which line stands
below which, and what it is called.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SECTION = re.compile(r"\[\[?([^\[\]]+)\]\]?\s*(?:[#;].*)?")
_KEY = re.compile(
    r"""["']?(?P<key>[^\s"'=:<>{}\[\],()#;](?:[^"'=:<>{}\[\]\n]|:(?=\S))*?)["']?\s*(?:[:=](?:\s|$)|=|\{)"""
)
_TAG = re.compile(r"<([A-Za-z_][\w.:-]*)")
_ITEM = re.compile(r"-(?:\s+|$)")
_COMMENT = ("#", "//", "<!--", ";", "/*", "*", "dnl ")
_MOST_KEY = 120


@dataclass(slots=True)
class Node:
    """A line, what it is called, and the lines below it."""

    line: int
    key: str = ""
    is_item: bool = False
    depth: int = 0
    parent: int = -1
    children: list[int] = field(default_factory=list[int])


class LineTree:
    """The nodes of a text, the root first; `at` finds the node of a line."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.nodes: list[Node] = [Node(-1, depth=-1)]
        self.at: dict[int, int] = {}
        self._named: dict[int, dict[str, list[int]]] = {}
        stack: list[tuple[int, int]] = [(-1, 0)]
        section = 0
        for number, line in enumerate(lines):
            text = line.lstrip()
            if not text:
                continue
            found = _SECTION.fullmatch(text) if line[0] == "[" else None
            if found is not None:
                stack = [(-1, 0)]
                section = self._add(number, found[1].strip(), 0, is_item=False)
                stack.append((0, section))
                continue
            self._add_line(number, len(line) - len(text), text, stack, 1 if section else 0)

    def _add_line(
        self, number: int, indent: int, text: str, stack: list[tuple[int, int]], shift: int
    ) -> None:
        """Add a line; an item of a list and the key in it are two nodes of one line."""
        level = 2 * indent + shift
        item = _ITEM.match(text)
        closes = text[0] in "}])" or text.startswith("</")
        if item is not None:
            level += 1  # items may stand at the indent of the key that they belong to
        while stack[-1][0] >= level and not (closes and stack[-1][0] < level):
            stack.pop()
        parent = stack[-1][1]
        if item is not None:
            parent = self._add(number, "", parent, is_item=True)
            stack.append((level, parent))
            rest = text[item.end() :]
            key = _key(rest)
            if key:
                level = 2 * (indent + len(item[0])) + shift
                stack.append((level, self._add(number, key, parent, is_item=False)))
            return
        node = self._add(number, _key(text), parent, is_item=False)
        if not text.startswith(_COMMENT):
            stack.append((level, node))

    def _add(self, line: int, key: str, parent: int, *, is_item: bool) -> int:
        index = len(self.nodes)
        self.nodes.append(Node(line, key, is_item, self.nodes[parent].depth + 1, parent))
        self.nodes[parent].children.append(index)
        self.at[line] = index
        return index

    def ancestors(self, index: int) -> Iterator[int]:
        """The lines that a node stands below, the nearest first."""
        parent = self.nodes[index].parent
        while parent > 0:
            yield self.nodes[parent].line
            parent = self.nodes[parent].parent

    def nearest(self, path: str) -> int | None:
        """The node of a path such as `jobs.build.steps.2.env`; `None` when there is none.

        Else that of the longest beginning of it with at least two names: what stands in a list
        between brackets has no node of its own for each part.
        """
        names = path.split(".")
        for end in range(len(names), 1, -1):
            found = self._find(0, names[:end])
            if found is not None:
                return found
        return None

    def _find(self, index: int, names: Sequence[str]) -> int | None:
        """Follow names down; a key may itself hold dots, so longer names are tried first."""
        left: list[tuple[int, int]] = [(index, 0)]
        tried = 0
        while left and tried < _MOST_STEPS:
            tried += 1
            at, done = left.pop()
            if done == len(names):
                return at
            for end in range(done + 1, len(names) + 1):
                left += [(child, end) for child in self._children(at, ".".join(names[done:end]))]
        return None

    def _children(self, index: int, name: str) -> list[int]:
        children = self.nodes[index].children
        if index not in self._named:
            named: dict[str, list[int]] = {}
            for child in reversed(children):
                named.setdefault(self.nodes[child].key, []).append(child)
            self._named[index] = named
        found = self._named[index].get(name, [])
        if not found and name.isdecimal() and len(name) < 6:
            items = [child for child in children if self.nodes[child].is_item] or children
            place = int(name)
            found = items[place : place + 1]
        return found


_MOST_STEPS = 2000


def _key(text: str) -> str:
    """What a line is called."""
    match = _KEY.match(text[:_MOST_KEY]) or _TAG.match(text)
    return "" if match is None else match[1].strip()
