"""A JSON object as it is written: its value, and where each of its values stands in the text.

Reading takes about as long as `json.loads`, and what is read can then be named by its text or
replaced in it without a second pass.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from headroom_core.formats.wire import WireObject

Span = tuple[int, int]
"""The start and the end of a value in its text."""

_MARK = re.compile(r"[ \t\n\r]*+([{}\[\]:,])[ \t\n\r]*+")
_decode = json.JSONDecoder().raw_decode


@dataclass(slots=True)
class Places:
    """What was read."""

    text: str
    value: WireObject = field(default_factory=dict[str, object])
    """What `json.loads` makes of the text."""
    spans: dict[str, Span] = field(default_factory=dict[str, Span])
    """Where the value of each key stands."""
    elements: dict[str, list[Span]] = field(default_factory=dict[str, list[Span]])
    """Where the elements of the arrays that were asked for stand."""

    def names(self, key: str, start: bytes) -> list[bytes]:
        """A name for each element of an array: a digest of all its text up to there.

        Two elements have the same name only if they, all that stands in front of them in their
        arrays, and `start` are the same.
        """
        running = sha256(start)
        names: list[bytes] = []
        at = self.spans[key][0]
        for _, end in self.elements[key]:
            running.update(self.text[at:end].encode())
            names.append(running.digest())
            at = end
        return names

    def name(self, key: str) -> bytes:
        """A digest of the text of the value of a key; empty for a key that is not there."""
        start, end = self.spans.get(key, (0, 0))
        return sha256(self.text[start:end].encode()).digest() if end else b""

    def with_edits(self, edits: Iterable[tuple[Span, str]]) -> bytes:
        """The text with other texts in some places, which do not overlap."""
        pieces: list[str] = []
        at = 0
        for (start, end), new in sorted(edits):
            pieces += (self.text[at:start], new)
            at = end
        return "".join([*pieces, self.text[at:]]).encode("utf-8", "surrogatepass")


def places_of(raw: bytes, arrays: Collection[str]) -> Places | None:
    """Read an object. `arrays` are the keys of arrays whose elements are to be told apart.

    `None` for what is no plain object: an empty one, one with a key that stands twice, a text in
    another encoding than UTF-8 or with a mark of its byte order, and all that is no JSON.
    """
    try:
        places = Places(raw.decode())
        end = _read_object(places, arrays)
    except (ValueError, RecursionError):
        return None
    return places if end == len(places.text) else None


def _read_object(places: Places, arrays: Collection[str]) -> int:
    text, value = places.text, places.value
    at, mark = _marked(text, 0, "{"), ","
    while mark == ",":
        key, at = _decode(text, at)
        if not isinstance(key, str) or key in value:
            raise ValueError("a key that is no text, or stands twice")
        start = _marked(text, at, ":")
        if key in arrays and text.startswith("[", start):
            value[key], at = _read_array(text, start, places.elements.setdefault(key, []))
        else:
            value[key], at = _decode(text, start)
        places.spans[key] = (start, at)
        mark, at = _next(text, at, ",}")
    return at


def _read_array(text: str, start: int, spans: list[Span]) -> tuple[list[object], int]:
    """The elements of an array, and its end."""
    values: list[object] = []
    at, mark = _marked(text, start, "["), ","
    if text.startswith("]", at):
        return values, at + 1
    while mark == ",":
        begin = at
        value, end = _decode(text, begin)
        values.append(value)
        spans.append((begin, end))
        mark, at = _next(text, end, ",]")
    return values, text.index("]", spans[-1][1]) + 1


def _marked(text: str, at: int, mark: str) -> int:
    return _next(text, at, mark)[1]


def _next(text: str, at: int, marks: str) -> tuple[str, int]:
    """The mark that stands there, one of these, and where what follows it begins."""
    found = _MARK.match(text, at)
    if found is None or found[1] not in marks:
        raise ValueError("there is no such mark")
    return found[1], found.end()
