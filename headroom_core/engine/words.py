"""What of a user's message the user wrote: all but what was pasted into it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core import frame
from headroom_core.compressors.passages.user_context import user_blocks
from headroom_core.notes import note_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_WITHIN = re.compile(r"in the next (\d{1,9}) lines?(?:, |$)")


def within(lines: int) -> str:
    """How the note of a view inside a message says where the view ends."""
    return f"in the next {lines} {'line' if lines == 1 else 'lines'}"


def own_words(text: str) -> str:
    """The user's words of a message, whether it came as written or with its blocks shortened."""
    if text.startswith(f"{frame.MIXED}\n"):
        return frame.unescape("\n".join(_outside(text.split("\n")[1:])))
    return "".join(segment.text for segment in user_blocks(text) if segment.wrapper)


def _outside(lines: list[str]) -> Iterator[str]:
    """The lines that stand in no form and in no view."""
    at = 0
    while at < len(lines):
        inside = _lines_of_block(lines[at])
        if inside is None:
            yield lines[at]
        at += 1 + (inside or 0)


def _lines_of_block(line: str) -> int | None:
    """How many lines follow a header or a note that belong to it."""
    if header := frame.header_of(f"{line}\n"):
        return header.lines
    note = note_of(line)
    place = _WITHIN.match(note.hides) if note else None
    return int(place[1]) if place else None
