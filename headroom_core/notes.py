"""The note: the one line at the head of a lossy view that says what is missing and how to get it.

    [headroom 3fa9c1d27b04e6d5: 6 of 100 rows shown, all errors included; more: CALL]

`CALL` is how this surface retrieves: a tool call, or a shell command. The grammar is exact: a line
that differs from it in one character is ordinary text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, assert_never

from headroom_core.formats.wire import is_array, is_object

if TYPE_CHECKING:
    from headroom_core.compressors.base import Unit, View

Surface = Literal["tool", "mcp", "shell"]

SELECTORS: dict[Unit, str] = {
    "lines": "lines=, query=",
    "rows": "where=, query=",
    "items": "path=, query=",
    "functions": "symbol=, lines=",
    "sentences": "query=, lines=",
    "bytes": "lines=",
}
_OPENING = "[headroom "
_UNITS = "|".join(SELECTORS)
_NOTE = re.compile(
    r"\[headroom (?P<ref>[0-9a-f]{16}): (?P<shown>\d+) of (?P<total>\d+) (?P<unit>" + _UNITS + r") "
    r"shown(?:, (?P<hides>[^;\]\n]+))?; more: (?P<call>[^\]\n]+)\]"
)


@dataclass(frozen=True, slots=True)
class Note:
    """A note as read back from a text."""

    ref: str
    shown: int
    total: int
    unit: str
    hides: str
    call: str


def write_note(ref: str, view: View, surface: Surface) -> str:
    """Write the note of a view."""
    hides = f", {view.hides}" if view.hides else ""
    call = _call(ref, SELECTORS[view.unit], surface)
    return f"[headroom {ref}: {view.shown} of {view.total} {view.unit} shown{hides}; more: {call}]"


def note_of(text: str) -> Note | None:
    """Read the note at the start of `text`, or return `None`."""
    if not text.startswith(_OPENING):
        return None
    match = _NOTE.match(text)
    if match is None or text[match.end() : match.end() + 1] not in {"", "\n"}:
        return None
    return _read(match)


def find_notes(value: object) -> list[Note]:
    """Find every note in a text, or in the texts of a JSON value such as a call's arguments."""
    notes: list[Note] = []
    left = [value]  # and no recursion: arguments may be nested as deeply as a model likes
    while left:
        each = left.pop()
        if isinstance(each, str):
            if _OPENING in each:
                notes.extend(_read(found) for found in _NOTE.finditer(each))
        elif is_object(each):
            left.extend(reversed(each.values()))
        elif is_array(each):
            left.extend(reversed(each))
    return notes


def _read(match: re.Match[str]) -> Note:
    return Note(
        ref=match["ref"],
        shown=int(match["shown"]),
        total=int(match["total"]),
        unit=match["unit"],
        hides=match["hides"] or "",
        call=match["call"],
    )


def _call(ref: str, selectors: str, surface: Surface) -> str:
    match surface:
        case "tool":
            return f"headroom_retrieve(ref, {selectors})"
        case "mcp":
            return f"mcp__headroom__headroom_retrieve(ref, {selectors})"
        case "shell":
            return f"headroom retrieve {ref}"
        case _:
            assert_never(surface)
