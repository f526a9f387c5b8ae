"""Fold logs: lines that repeat a pattern become the pattern, named once, and their values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.compressors.base import MAX_DECODED_CHARS, Compressor, Encoded, Hint, View
from headroom_core.compressors.logs.ids import name_ids, restore_ids
from headroom_core.compressors.logs.reader import read
from headroom_core.compressors.logs.sections import has_clock
from headroom_core.compressors.logs.templates import mask
from headroom_core.compressors.logs.view import view_of
from headroom_core.compressors.logs.writer import write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.source import Source

_WINDOW = 4096
_LEAST_LINES = 4
_MOST_OF_SOURCE = 0.9
_END = 20
_LEAST_CHARS = 8
_LIKE_EARLIER = 0.3
# A document has a form in which its words stay words, even where patterns would be shorter.
_JSON_STARTS = frozenset({"{", "[", "[{"})


class LogCompressor(Compressor):
    """Templates with fields for the lines of any log, whatever program wrote it."""

    name = "log"
    fits_any_text = True

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        if not _is_log(source, hint) or source.lines[0].strip() in _JSON_STARTS:
            return None
        legend, body = write(source.lines)
        if hint.legends:
            legend, body = name_ids(legend, body)
        if len(legend) + len(body) > _MOST_OF_SOURCE * len(source):
            return None
        return Encoded(legend, body)

    def decode(self, legend: str, body: str, context: Sequence[str] = ()) -> str:
        del context
        return read(*restore_ids(legend, body))

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        return view_of(source.lines, hint, room) if _is_log(source, hint) else None


def _is_log(source: Source, hint: Hint) -> bool:
    windows = _windows(source)
    if len(source) > MAX_DECODED_CHARS or not any(map(_repeats, windows)):
        return False
    # What was read to be edited stays verbatim; a log is not edited.
    return hint.origin != "file_read" or any(map(_is_timed, windows))


def _windows(source: Source) -> list[list[str]]:
    """Whole lines from the start, the middle and the end of the text: enough to say no."""
    text = source.text
    starts = (0, len(text) // 2, len(text) - _WINDOW) if len(text) > 3 * _WINDOW else (0,)
    size = _WINDOW if len(starts) > 1 else len(text)
    windows: list[list[str]] = []
    for start in starts:
        lines = text[start : start + size].split("\n")
        windows.append(lines[start > 0 : len(lines) - (start + size < len(text))])
    return windows


def _repeats(lines: Sequence[str]) -> bool:
    """Whether enough lines start or end like an earlier one, numbers aside."""
    if len(lines) < _LEAST_LINES:
        return False
    seen: set[str] = set()
    like = 0
    filled = 0
    for line in mask("\n".join(lines)).split("\n"):
        start, end = line[:_END], line[-_END:]
        filled += bool(line)
        like += len(line) >= _LEAST_CHARS and (start in seen or end in seen)
        seen.add(start)
        seen.add(end)
    return like >= _LIKE_EARLIER * filled and like > 0


def _is_timed(lines: Sequence[str]) -> bool:
    return sum(map(has_clock, lines)) * 3 >= len(lines) > 0
