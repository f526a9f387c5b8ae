"""Whether the log form can pay, told from a few parts of a text and from lines that come again."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate, takewhile
from typing import TYPE_CHECKING

from headroom_core.compressors.logs.templates import mask, masks_of
from headroom_core.compressors.logs.writer import DEFINITION, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SAMPLED = 1_400
_LEAST_LINES = 4
_PARTS = 6
_SMALL_SAMPLE = 3_000
LEAST_SAMPLED = 2 * _SMALL_SAMPLE
"""A shorter text is tried as a whole: parts of it would take as long."""
_LEAST_SAVED = 0.03
_START, _LEAST_OF_START = 8_000, 0.06
_END = 20
_LEAST_CHARS = 8


def saved_of_parts(parts: Iterable[Sequence[str]]) -> float:
    """What share of the first lines of some parts of a long text is saved by themselves.

    All lines have more in common, but those of a text that gets a tenth shorter have enough.
    """
    return _saved([line for lines in parts for line in _first_of(lines)])


def is_enough(saved: float) -> bool:
    """Whether parts save so much by themselves that all lines together may save a tenth.

    Where they do not and there are no like lines either, lines that differ in words too and have
    none like them in the same part are missed. They seldom save more than a sixth of a text.
    """
    return saved >= _LEAST_SAVED


def few_pay(lines: Sequence[str]) -> bool:
    """Whether neighbouring lines from some places of a shorter text save enough."""
    size = sum(map(len, lines)) + len(lines)
    count = max(_LEAST_LINES, len(lines) * _SMALL_SAMPLE // (size * _PARTS))
    room = max(0, len(lines) - count)
    starts = [room * part // (_PARTS - 1) for part in range(_PARTS)]
    return is_enough(_saved([line for start in starts for line in lines[start : start + count]]))


def start_pays(lines: Sequence[str]) -> bool:
    """Whether the first lines save so much that more of them will save enough."""
    return _saved(_first_of(lines, _START)) >= _LEAST_OF_START


def has_like_lines(lines: Sequence[str]) -> bool:
    """Whether lines where only the numbers differ, far from each other or not, save enough."""
    return is_enough(like_lines_save(lines))


def like_lines_save(lines: Sequence[str]) -> float:
    """What share of a text lines save where only the numbers differ."""
    saved = size = 0
    for line, count in Counter(masks_of(lines)).items():
        size += count * (len(line) + 1)
        if count > 1:
            values = line.count("0")
            gain = (count - 1) * (len(line) - values) - count * (values + 3) - 2 * values
            saved += max(0, gain - DEFINITION)
    return saved / max(1, size)


def share_alike(lines: Sequence[str]) -> float:
    """Which share of lines starts or ends like an earlier one, numbers aside."""
    filled = len(lines) - lines.count("")
    if len(lines) < _LEAST_LINES or not filled:
        return 0
    seen: set[str] = set()
    like = 0
    for line in mask("\n".join(lines)).split("\n"):
        if len(line) < _LEAST_CHARS:
            continue
        start, end = line[:_END], line[-_END:]
        if start in seen or end in seen:
            like += 1
        seen.add(start)
        seen.add(end)
    return like / filled


def _saved(sample: Sequence[str]) -> float:
    return 1 - len(write(sample)[1]) / max(1, sum(map(len, sample)) + len(sample))


def _first_of(lines: Sequence[str], room: int = _SAMPLED) -> Sequence[str]:
    sizes = accumulate(len(line) + 1 for line in lines)
    count = sum(1 for _ in takewhile(room.__ge__, sizes))
    return lines[: max(_LEAST_LINES, count)]
