"""Fold logs: lines that repeat a pattern become the pattern, named once, and their values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.compressors.base import MAX_DECODED_CHARS, Compressor, Encoded, Hint, View
from headroom_core.compressors.logs.ids import name_ids, restore_ids
from headroom_core.compressors.logs.reader import read
from headroom_core.compressors.logs.sections import are_timed
from headroom_core.compressors.logs.templates import mask
from headroom_core.compressors.logs.view import view_of
from headroom_core.compressors.logs.worth import (
    LEAST_SAMPLED,
    few_pay,
    has_like_lines,
    is_enough,
    saved_of_parts,
)
from headroom_core.compressors.logs.writer import write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.source import Source

_WINDOW = 4096
_FEW_PLACES, _MANY_PLACES = 3, 13
_SHARE = 60
_LONG = 65_536
_LEAST_OF_SAMPLE, _LEAST_OF_OTHER = 0.015, 0.07
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
    if len(source) > MAX_DECODED_CHARS:
        return False
    timed = any(map(are_timed, _windows(source, places)))
    # What was read to be edited stays verbatim; a log is not edited, but a table of times may be.
    if hint.origin == "file_read":
        return timed and any(map(_repeats, _windows(source, places)))
    return timed or any(map(_repeats, _windows(source, places)))


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
    """Whether this may be a log, and enough of some parts of it gets shorter alone.

    Where it does not look like a log in few places, what does must be shortened all the more.
    """
    alike = _is_log(source, hint)
    size = len(source)
    if size <= _LONG:
        short = size < LEAST_SAMPLED
        return alike and (short or has_like_lines(source.lines) or few_pay(source.lines))
    if not alike and not _is_log(source, hint, _MANY_PLACES):
        return False
    saved = saved_of_parts(_windows(source, _MANY_PLACES))
    if saved <= (_LEAST_OF_SAMPLE if alike else _LEAST_OF_OTHER):
        return False
    return is_enough(saved) or has_like_lines(source.lines)


def _repeats(lines: Sequence[str]) -> bool:
    """Whether enough lines start or end like an earlier one, numbers aside."""
    wanted = max(1, _LIKE_EARLIER * sum(map(bool, lines)))
    if len(lines) < _LEAST_LINES:
        return False
    seen: set[str] = set()
    like = 0
    for line in mask("\n".join(lines)).split("\n"):
        start, end = line[:_END], line[-_END:]
        if len(line) >= _LEAST_CHARS and (start in seen or end in seen):
            like += 1
            if like >= wanted:
                return True
        seen.add(start)
        seen.add(end)
    return False
