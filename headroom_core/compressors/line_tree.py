"""The tree that the lines of a configuration file make: by indent, by sections, by list items.

Nothing is parsed that a program would read; only what a reader sees at once: which line stands
below which, and what it is called.
"""

from __future__ import annotations

import re
from array import array
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


_PLAIN, _SECTION_KIND, _ITEM_KIND, _IN_ITEM = 0, 1, 2, 3


class LineTree:
    """The nodes of a text, the root first; a node is known by its number.

    Kept in arrays: an object for each line would take many times the line.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self._text = lines
        self.lines: array[int] = array("i", [-1])
        """The line of each node."""
        self.parents: array[int] = array("i", [-1])
        self.depths: array[int] = array("i", [-1])
        self.keyed: bytearray = bytearray(1)
        """Whether a node is called something."""
        self._kinds = bytearray(1)
        self._first = array("i", [0])
        """The first child of each node, or 0; the next ones are behind it."""
        self._last = array("i", [0])
        self._next = array("i", [0])
        self._at = array("i", [0]) * len(lines)
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
                section = self._add(number, found[1].strip(), 0, _SECTION_KIND)
                stack.append((0, section))
                continue
            self._add_line(number, len(line) - len(text), text, stack, 1 if section else 0)

    def __len__(self) -> int:
        return len(self.lines)

    def at(self, line: int) -> int | None:
        """The node of a line, if it has one: of an item with a key that of the key."""
        return self._at[line] or None

    def children(self, node: int) -> Iterator[int]:
        """The nodes right below one, in order."""
        child = self._first[node]
        while child:
            yield child
            child = self._next[child]

    def is_leaf(self, node: int) -> bool:
        """Whether nothing stands below a node."""
        return not self._first[node]

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
            parent = self._add(number, "", parent, _ITEM_KIND)
            stack.append((level, parent))
            rest = text[item.end() :]
            key = _key(rest)
            if key:
                level = 2 * (indent + len(item[0])) + shift
                stack.append((level, self._add(number, key, parent, _IN_ITEM)))
            return
        node = self._add(number, _key(text), parent, _PLAIN)
        if not text.startswith(_COMMENT):
            stack.append((level, node))

    def _add(self, line: int, key: str, parent: int, kind: int) -> int:
        node = len(self.lines)
        self.lines.append(line)
        self.parents.append(parent)
        self.depths.append(self.depths[parent] + 1)
        self.keyed.append(bool(key))
        self._kinds.append(kind)
        for links in (self._first, self._last, self._next):
            links.append(0)
        if self._first[parent]:
            self._next[self._last[parent]] = node
        else:
            self._first[parent] = node
        self._last[parent] = node
        self._at[line] = node
        return node

    def _key_of(self, node: int) -> str:
        """What a node is called, read once more."""
        text, kind = self._text[self.lines[node]].lstrip(), self._kinds[node]
        if kind == _ITEM_KIND:
            return ""
        if kind == _SECTION_KIND:
            found = _SECTION.fullmatch(text)
            return found[1].strip() if found else ""
        item = _ITEM.match(text) if kind == _IN_ITEM else None
        return _key(text[item.end() :] if item else text)

    def ancestors(self, node: int) -> Iterator[int]:
        """The lines that a node stands below, the nearest first."""
        parent = self.parents[node]
        while parent > 0:
            yield self.lines[parent]
            parent = self.parents[parent]

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
        children = list(self.children(index))
        if index not in self._named:
            named: dict[str, list[int]] = {}
            for child in reversed(children):
                named.setdefault(self._key_of(child), []).append(child)
            self._named[index] = named
        found = self._named[index].get(name, [])
        if not found and name.isdecimal() and len(name) < 6:
            items = [each for each in children if self._kinds[each] == _ITEM_KIND] or children
            place = int(name)
            found = items[place : place + 1]
        return found


_MOST_STEPS = 2000


def _key(text: str) -> str:
    """What a line is called."""
    match = _KEY.match(text[:_MOST_KEY]) or _TAG.match(text)
    return "" if match is None else match[1].strip()
