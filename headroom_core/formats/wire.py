"""Read a JSON-like message into parts, and put new texts back where they came from.

A wire format is one function that reads a message into a `Reading`: its parts, and for each part
with a text the path to it. Patching reads again, copies along the paths and changes nothing else.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from json import JSONEncoder
from typing import TYPE_CHECKING, Protocol, TypeGuard, cast

from headroom_core.messages import Message, Opaque

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from headroom_core.messages import Image, Part, Role, Text, ToolCall, ToolResult

WireObject = dict[str, object]
Path = tuple[str | int, ...]
"""Keys and indexes from a message down to one of its texts."""

_encode = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Reading:
    """A message while it is being read: its parts, and the path to the text of each."""

    __slots__ = ("parts", "paths", "role")

    def __init__(self, role: Role) -> None:
        self.role: Role = role
        self.parts: list[Part] = []
        self.paths: list[Path | None] = []

    def leaf(self, part: Text | ToolResult, path: Path) -> None:
        """Add a part whose text stands at `path`."""
        self.parts.append(part)
        self.paths.append(path)

    def fixed(self, part: ToolCall | Image | Opaque) -> None:
        """Add a part that is never changed."""
        self.parts.append(part)
        self.paths.append(None)

    def edits(self, texts: Mapping[int, str]) -> list[tuple[Path, str]]:
        """Where each of the new `texts` goes; `ValueError` for a part that has no text."""
        edits: list[tuple[Path, str]] = []
        for index, text in texts.items():
            path = self.paths[index] if 0 <= index < len(self.paths) else None
            if path is None:
                raise ValueError(f"part {index!r} of this message has no text to replace")
            edits.append((path, text))
        return edits


@dataclass(frozen=True, slots=True)
class FormatCodec:
    """The `Codec` of one wire format, made from the function that reads its messages."""

    name: str
    read: Callable[[object], Reading]

    def parse(self, native: object) -> Message:
        reading = self.read(native)
        return Message(reading.role, tuple(reading.parts))

    def patch(self, native: object, texts: Mapping[int, str]) -> object:
        if not texts:
            return native
        return _replaced(native, self.read(native).edits(texts), 0)


def unknown(native: object) -> Reading:
    """Read what is no JSON object at all, such as `None` or an SDK's own class."""
    reading = Reading("other")
    reading.fixed(Opaque(type(native).__name__))
    return reading


def is_object(value: object) -> TypeGuard[WireObject]:
    """Tell whether the value is a JSON object."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[object]]:
    """Tell whether the value is a JSON array."""
    return isinstance(value, list)


def string(node: WireObject, key: str) -> str:
    """Return the value of the key where it is a string, else the empty string."""
    value = node.get(key)
    return value if isinstance(value, str) else ""


def arguments_text(value: object) -> str:
    """Return the arguments of a call as text: a string as it is, anything else as compact JSON."""
    if isinstance(value, str):
        return value
    try:
        return _encode(value)
    except (TypeError, ValueError, RecursionError):
        return ""  # Not JSON, so it tells nothing; the call itself is never changed.


class _Tree(Protocol):
    """What a dict and a list have in common."""

    def __getitem__(self, key: str | int, /) -> object: ...
    def __setitem__(self, key: str | int, value: object, /) -> None: ...


def _replaced(node: object, edits: Sequence[tuple[Path, str]], depth: int) -> object:
    if len(edits[0][0]) == depth:
        return edits[0][1]
    below: dict[str | int, list[tuple[Path, str]]] = {}
    for edit in edits:
        below.setdefault(edit[0][depth], []).append(edit)
    # The paths were read from this very message, so every step of them exists.
    tree = cast("_Tree", copy(node))
    for key, group in below.items():
        tree[key] = _replaced(tree[key], group, depth + 1)
    return tree
