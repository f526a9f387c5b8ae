"""Fold logs: lines that repeat a pattern become the pattern, named once, and their values."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from headroom_core.compressors.base import MAX_DECODED_CHARS, Compressor, Encoded, Hint, View
from headroom_core.compressors.logs.ids import name_ids, restore_ids
from headroom_core.compressors.logs.reader import read
from headroom_core.compressors.logs.sections import has_clock
from headroom_core.compressors.logs.templates import mask
from headroom_core.compressors.logs.view import view_of
from headroom_core.compressors.logs.writer import write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.source import Source

_WINDOW = 4096
_FEW_PLACES, _MANY_PLACES = 3, 13
_SHARE = 60
_LONG = 65_536
_SAMPLED = 1_400
_MOST_OF_SAMPLE, _MOST_OF_OTHER = 0.985, 0.93
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
        if _is_json(source) or not _may_pay(source, hint):
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


def _is_log(source: Source, hint: Hint, places: int = _FEW_PLACES) -> bool:
    if len(source) > MAX_DECODED_CHARS or not any(map(_repeats, _windows(source, places))):
        return False
    # What was read to be edited stays verbatim; a log is not edited.
    return hint.origin != "file_read" or any(map(_is_timed, _windows(source, places)))


def _is_json(source: Source) -> bool:
    return source.head[0].strip() in _JSON_STARTS


def _windows(source: Source, places: int) -> Iterator[list[str]]:
    """Whole lines from places spread over the text, the largest at its start, middle and end."""
    text = source.text
    if len(text) <= 3 * _WINDOW:
        yield text.split("\n")
        return
    for place in range(places):
        size = _WINDOW if place * 2 % (places - 1) == 0 else min(_WINDOW, len(text) // _SHARE)
        start = min(len(text) * place // (places - 1), len(text) - size)
        lines = text[start : start + size].split("\n")
        yield lines[place > 0 : len(lines) - (place < places - 1)]


def _may_pay(source: Source, hint: Hint) -> bool:
    """Whether this may be a log, and some lines of each place of a long one get shorter alone.

    All lines have more in common, but those of a text that gets a tenth shorter have enough. Where
    it does not look like a log in few places, what does must be shortened all the more.
    """
    alike = _is_log(source, hint)
    if len(source) <= _LONG or not (alike or _is_log(source, hint, _MANY_PLACES)):
        return alike
    sample = [line for lines in _windows(source, _MANY_PLACES) for line in _first_of(lines)]
    most = _MOST_OF_SAMPLE if alike else _MOST_OF_OTHER
    return len(write(sample)[1]) < most * sum(len(line) + 1 for line in sample)


def _first_of(lines: Sequence[str]) -> Sequence[str]:
    sizes = accumulate(len(line) + 1 for line in lines)
    count = sum(size <= _SAMPLED for size in sizes)
    return lines[: max(_LEAST_LINES, count)]


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
