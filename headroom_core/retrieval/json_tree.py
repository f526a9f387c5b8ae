"""A JSON text as a tree of places in it, so that what is shown is the source's own spelling.

Numbers stay as they are written and keys stay in order. Values are made only where one is needed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
Key = str | int

MOST_DEPTH = 64
"""Below this depth a value is one leaf: walking costs the size of the text for each level."""
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[^\s"]+')
_SPACE = re.compile(r"[ \t\n\r]*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
# Numbers are not needed as numbers here, and making them can take more than linear time.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)


@dataclass(frozen=True, slots=True)
class Node:
    """A value in a JSON text: the way to it, and where it stands."""

    path: tuple[Key, ...]
    start: int
    end: int

    def text(self, source: str) -> str:
        return source[self.start : self.end]

    @property
    def name(self) -> str:
        """The way to it as a JSON path."""
        return "$" + "".join(map(_step, self.path))


def compact_json(text: str) -> str | None:
    """Return a JSON text without the space between its tokens; `None` if it is no JSON."""
    start = text.lstrip()[:1]
    if start not in {"{", "["} or not is_json(text):
        return None
    return "".join(_TOKEN.findall(text))


def is_json(text: str) -> bool:
    """Whether a whole text is one JSON value."""
    start = _skip(text, 0)
    try:
        _, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return False
    return _skip(text, end) == len(text)


def root(text: str) -> Node:
    """Return the value that all of a compact JSON text is."""
    return Node((), 0, len(text))


def children(text: str, node: Node) -> list[Node]:
    """Return what stands directly in an array or object, in order; nothing for other values."""
    opens = text[node.start]
    if opens not in "{[" or text[node.start + 1] in "}]" or len(node.path) >= MOST_DEPTH:
        return []
    return list(_members(text, node) if opens == "{" else _elements(text, node))


def value(text: str, node: Node) -> Json:
    """Return the value itself. Numbers are strings, as they are spelled."""
    found: Json = _DECODER.raw_decode(text, node.start)[0]
    return found


def is_container(text: str, node: Node) -> bool:
    """Whether a value is an object or an array."""
    return text[node.start] in "{["


def _members(text: str, node: Node) -> Iterator[Node]:
    at = node.start + 1
    while text[at - 1] != "}":
        key, at = _DECODER.raw_decode(text, at)
        _, end = _DECODER.raw_decode(text, at + 1)
        yield Node((*node.path, key), at + 1, end)
        at = end + 1


def _elements(text: str, node: Node) -> Iterator[Node]:
    at, index = node.start + 1, 0
    while text[at - 1] != "]":
        _, end = _DECODER.raw_decode(text, at)
        yield Node((*node.path, index), at, end)
        at, index = end + 1, index + 1


def _step(key: Key) -> str:
    if isinstance(key, int):
        return f"[{key}]"
    return f".{key}" if _NAME.fullmatch(key) else f"[{json.dumps(key, ensure_ascii=False)}]"


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
