"""Fold text that stands in an earlier chunk too: where it starts and ends there is quoted.

    [as above: "The exodus of Huguenots from" .. "New France in 1759."]

Reading means to look further above for the first words and, after them, for the last ones.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.passages.sentences import Span

LEGEND = (
    '\'as above: "A" .. "B"\' in brackets stands for the same text as further above, from A to B'
)
MOST_CHARS = 2**22
_MOST_FOLDS = 500
_MOST_TRIES = 1_000
_OPENS = '[as above: "'
_MARK = re.compile(r'\[as above: "([^"\n]{1,240})" \.\. "([^"\n]{1,240})"\]')
# Only some words are remembered, always the same ones; from them a repetition grows both ways.
_ANCHOR = re.compile(r"(?<=[\s\"。！？，；、(])[^\sb-zB-Z\"]")
_NO_QUOTE = frozenset('"\n')
_WINDOW = 32
_LEAST = 120
_LEAST_FIRST, _LEAST_LAST = 24, 16
_GROWTH = 24
_FARTHEST_BACK = 400
_LONGEST_QUOTE = 200
_WORTH = 2


def fold(text: str, bodies: Sequence[Span]) -> str | None:
    """Fold what repeats within the bodies of chunks; `None` when nothing does."""
    if len(text) > MOST_CHARS or _OPENS in text:
        return None
    pieces: list[str] = []
    at = 0
    for start, end, mark in _folds(text, bodies):
        pieces += [text[at:start], mark]
        at = end
        if len(pieces) >= 2 * _MOST_FOLDS:
            break
    return "".join([*pieces, text[at:]]) if pieces else None


def unfold(body: str) -> str:
    """Put the text of every mark back."""
    text = ""
    at = 0
    for number, mark in enumerate(_MARK.finditer(body), 1):
        text += body[at : mark.start()]
        start = text.find(mark.group(1))
        end = text.find(mark.group(2), start + len(mark.group(1)))
        if start < 0 or end < 0:
            raise DecodeError(f"`chunks` refers to a text that is not above: {mark.group()!r}")
        text += text[start : end + len(mark.group(2))]
        if len(text) > MOST_CHARS or number > _MOST_FOLDS:
            raise DecodeError("`chunks` unfolds to more text than any form stands for")
        at = mark.end()
    return text + body[at:]


def _folds(text: str, bodies: Sequence[Span]) -> Iterator[tuple[int, int, str]]:
    """What can be folded, from where to where, and the mark for it."""
    known: dict[str, int] = {}
    tries = 0
    for start, end in bodies:
        covered = start
        for anchor in _ANCHOR.finditer(text, start, end):
            at = anchor.start()
            if at < covered or end - at < _WINDOW:
                continue
            source = known.setdefault(text[at : at + _WINDOW], at)
            if source == at:
                continue
            back = _common_before(text, source, at, covered)
            source, at = source - back, at - back
            size = _whole_words(text, at, _common(text, source, at, min(end - at, at - source)))
            if size < _LEAST:
                continue
            covered = at + size
            tries += 1
            mark = _mark(text, source, at, size)
            if mark is not None:
                yield at, covered, mark
            if tries >= _MOST_TRIES:
                return


def _common(text: str, source: int, at: int, most: int) -> int:
    """How many characters are the same from two places on, at most so many."""
    low, step = 0, _WINDOW
    while low < most:
        step = min(step, most - low)
        if text[source + low : source + low + step] == text[at + low : at + low + step]:
            low += step
            step *= 2
        elif step == 1:
            break
        else:
            step //= 2
    return low


def _common_before(text: str, source: int, at: int, covered: int) -> int:
    """How many characters before two places are the same, in whole words."""
    most = min(_FARTHEST_BACK, source, at - covered)
    back = 0
    for size in range(1, most + 1):
        if text[source - size] != text[at - size]:
            break
        if text[at - size - 1 : at - size].isspace() or at - size == covered:
            back = size
    return back


def _whole_words(text: str, at: int, size: int) -> int:
    """The size without a word that is only half the same, and without blanks at the end."""
    end = at + size
    if text[end : end + 1].isalnum():
        while end > at and text[end - 1].isalnum() and text[end - 1].isascii():
            end -= 1
    return len(text[at:end].rstrip())


def _mark(text: str, source: int, at: int, size: int) -> str | None:
    """The mark from which the text is found again, if there is one that is short enough."""
    first = _first_words(text, source, at, size)
    last = _last_words(text, source + len(first), source + size, at) if first else ""
    mark = f'{_OPENS}{first}" .. "{last}"]'
    return mark if last and len(mark) * _WORTH <= size else None


def _first_words(text: str, source: int, at: int, size: int) -> str:
    for length in range(_LEAST_FIRST, min(_LONGEST_QUOTE, size), _GROWTH):
        quote = text[source : source + _whole_words(text, source, length)]
        if not quote or not _NO_QUOTE.isdisjoint(quote):
            return ""
        if text.find(quote, 0, at) == source:
            return quote
    return ""


def _last_words(text: str, start: int, end: int, at: int) -> str:
    for length in range(_LEAST_LAST, min(_LONGEST_QUOTE, end - start), _GROWTH):
        begin = end - length
        while begin < end and text[begin - 1].isalnum() and text[begin - 1].isascii():
            begin += 1
        quote = text[begin:end]
        if not quote or not _NO_QUOTE.isdisjoint(quote):
            return ""
        if text.find(quote, start, at) == begin:
            return quote
    return ""
