"""Find the slowly changing start of lines (date, hour and minute), which one section line says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

STAMP = "\1"
"""Stands in a reduced line for the text of its section."""

# The start of a line up to the minute of its first clock: `12:31:10`, `2005-06-14-10.48.50` or,
# after a date without signs, `203615`.
CLOCK = re.compile(
    r"[^\n]{0,60}?(?:(?<![0-9.:])[0-9]{2}:[0-9]{2}(?=:[0-9]{2}(?![0-9]))"
    r"|(?<=-[0-9]{2}-)[0-9]{2}\.[0-9]{2}(?=\.[0-9]{2})"
    r"|(?<=\b[0-9]{6} )[0-9]{4}(?=[0-9]{2}\b))"
)
# What stands in every such clock: found at once in text without any.
_ABOUT_CLOCK = re.compile(r"[0-9]{2}[:.][0-9]{2}[:.][0-9]{2}|[0-9]{6} [0-9]{4}")
# Each begins with a literal, from which a search is ten times faster.
_IN_CLOCKS = tuple(map(re.compile, (":[0-9]{2}:[0-9]{2}", r"\.[0-9]{2}\.[0-9]{2}", " [0-9]{6}")))
_ANY_DIGIT = str.maketrans("123456789", "0" * 9)
_MOST_START = 90
_SAMPLE = 400
_SECTION_COST = 6


@dataclass(frozen=True, slots=True)
class Sections:
    """Lines with the section text taken off their start, and the section of each line."""

    reduced: Sequence[str]
    stamps: Sequence[str]
    """The text that `STAMP` stands for in each line; empty for a line that has none."""


def has_clock(line: str) -> bool:
    """Whether a line says near its start at what time something happened."""
    return CLOCK.match(line) is not None


def are_timed(lines: Sequence[str]) -> bool:
    """Whether a third of some lines says near its start at what time something happened."""
    text = "\n".join(lines)
    if 3 * sum(len(part.findall(text)) for part in _IN_CLOCKS) < len(lines):
        return False
    return sum(map(has_clock, lines)) * 3 >= len(lines) > 0


def hoist(lines: Sequence[str]) -> Sections:
    """Take the start up to the minute, the hour or the date off each line, if that pays."""
    width = _best_cut(lines)
    if width is None or any(STAMP in line for line in lines):
        return Sections(lines, [""] * len(lines))
    reduced: list[str] = []
    stamps: list[str] = []
    last, tail, size = "", "", 0
    for line in lines:
        # Most lines have the stamp of the line before.
        if not (last and line.startswith(last) and _is_alike(line[size : size + 1], tail)):
            match = CLOCK.match(line) if _may_have_clock(line) else None
            if match is None or match.end() <= width:
                reduced.append(line)
                stamps.append("")
                continue
            last = line[: match.end() - width]
            size = len(last)
            tail = line[size : size + 1]
        reduced.append(STAMP + line[size:])
        stamps.append(last)
    return Sections(reduced, stamps)


def _may_have_clock(line: str) -> bool:
    """Whether a line may have a clock near its start: told much faster than by looking for it."""
    start = line[:_MOST_START].translate(_ANY_DIGIT)
    return "00:00:00" in start or "00.00.00" in start or "000000 000000" in start


def _is_alike(after: str, tail: str) -> bool:
    return after == tail or (after.isdigit() and tail.isdigit())


def _best_cut(lines: Sequence[str]) -> int | None:
    """How many characters before the end of the minute to cut so that sections pay, if at all."""
    sample = _sampled(lines)
    if len(_ABOUT_CLOCK.findall("\n".join(sample))) * 2 < len(sample):
        return None
    starts = [match.group() for line in sample if (match := CLOCK.match(line))]
    if len(starts) < 2 or len(starts) * 2 < len(sample):
        return None
    best, gain = None, len(starts)
    for width in _cuts(starts[0]):
        cut = [start[: len(start) - width] for start in starts]
        saved = sum(map(len, cut)) - len(cut)
        spent = sum(len(value) + _SECTION_COST for value, _ in groupby(cut))
        if saved - spent > gain:
            best, gain = width, saved - spent
    return best


def _cuts(start: str) -> Iterable[int]:
    """The minute, the hour, and the date: what may be left of the clock's end."""
    if start[-5:].isdigit() or start[-3:].isdigit():
        return (0, 2, 4)
    return (0, 3, 5)


def _sampled(lines: Sequence[str]) -> Sequence[str]:
    """Three windows of a long text: sections depend on neighbours, so no single lines."""
    if len(lines) <= 3 * _SAMPLE:
        return lines
    middle = len(lines) // 2
    return [*lines[:_SAMPLE], *lines[middle : middle + _SAMPLE], *lines[-_SAMPLE:]]
