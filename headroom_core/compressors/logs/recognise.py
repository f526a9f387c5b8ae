"""Whether a text is a log, told from lines at a few places of it, and whether its form may pay."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from headroom_core.compressors.logs.sections import are_timed
from headroom_core.compressors.logs.worth import (
    LEAST_SAMPLED,
    few_pay,
    has_like_lines,
    is_enough,
    like_lines_save,
    saved_of_parts,
    share_alike,
    start_pays,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_core.compressors.base import Hint
    from headroom_core.source import Source

_WINDOW = 4096
_FEW_PLACES, _MANY_PLACES = 3, 13
_SHARE = 60
_LONG = 65_536
_LEAST_OF_SAMPLE, _LEAST_OF_OTHER = 0.015, 0.07
_LOG, _TIMELESS, _LEAST_NEAR = 0.3, 0.45, 0.1
"""Which share of lines is like an earlier one in a log, in all of one without times, and nearby."""
_LEAST_ALIKE = 0.05


def is_log(
    source: Source, hint: Hint, places: int = _FEW_PLACES, near: float | None = None
) -> bool:
    """Whether lines at some places have times, or are like others `near` them."""
    read = hint.origin == "file_read"
    timed = any(map(are_timed, _windows(source, places)))
    if timed and not read:
        return True
    # What was read to be edited stays verbatim; a log is not edited, but a table of times may be.
    if not timed and read:
        return False
    return (_share_nearby(source, places) if near is None else near) >= _LOG


def is_alike_throughout(source: Source, hint: Hint) -> bool:
    """Whether lines without a time are alike all over the text, if not beside each other."""
    if hint.origin == "file_read":
        return False
    lines = _of_many_places(source) if len(source) > _LONG else source.lines
    return share_alike(lines) >= _TIMELESS and start_pays(lines)


def may_pay(source: Source, hint: Hint) -> bool:
    """Whether this may be a log, and enough of some parts of it gets shorter alone.

    Where it does not look like a log in few places, what does must be shortened all the more.
    """
    if len(source) <= _LONG:
        return _short_may_pay(source, hint)
    alike = is_log(source, hint)
    if not (alike or is_log(source, hint, _MANY_PLACES) or _is_alike_in_many(source, hint)):
        return False
    saved = saved_of_parts(_windows(source, _MANY_PLACES))
    if saved <= (_LEAST_OF_SAMPLE if alike else _LEAST_OF_OTHER):
        return False
    return is_enough(saved) or has_like_lines(source.lines)


def _short_may_pay(source: Source, hint: Hint) -> bool:
    """The same for a shorter text, whose lines may be like others that are not near them."""
    lines = source.lines
    short = len(source) < LEAST_SAMPLED
    near = _share_nearby(source)
    if is_log(source, hint, near=near):
        if short or has_like_lines(lines) or few_pay(lines):
            return True
        return is_alike_throughout(source, hint)
    if short or near < _LEAST_NEAR or hint.origin == "file_read":
        return False
    return like_lines_save(lines) >= _LEAST_ALIKE or is_alike_throughout(source, hint)


def _share_nearby(source: Source, places: int = _FEW_PLACES) -> float:
    """Which share of the lines at one of some places is like an earlier one there."""
    return max(map(share_alike, _windows(source, places)))


def _is_alike_in_many(source: Source, hint: Hint) -> bool:
    return hint.origin != "file_read" and share_alike(_of_many_places(source)) >= _LOG


def _of_many_places(source: Source) -> list[str]:
    return list(chain.from_iterable(_windows(source, _MANY_PLACES)))


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
