"""Choose the units that are shown: what must stay, then by score as far as there is room."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from headroom_core.compressors.passages.asked import normal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from headroom_core.compressors.base import Hint
    from headroom_core.compressors.passages.asked import Asked
    from headroom_core.compressors.passages.layout import Layout
    from headroom_core.compressors.passages.scoring import Scores

_GAP = 24
"""About what a gap mark takes."""
_MOST_MISSES = 40
_SHORT = 6_000
_SHORT_SHARE = 0.28
_SECTION_SHARE = 0.6
_HEADS_SHARE = 0.35
_FIRST_UNITS = 2
_LEFT_FOR_BEST = 2
"""However much must stay, so large a share of the room is left for what answers best."""
_MOST_NAMED = 8
_LEVEL = re.compile(
    r"\W*(?:ERROR|FATAL|CRITICAL|PANIC|WARNING|WARN|Traceback \()|[\w.]{1,80}(?:Error|Exception): "
)
_LEVELS = ("ERROR", "FATAL", "CRITICAL", "PANIC", "WARN", "Traceback", "Error", "Exception")
"""One of these stands in each text that `_LEVEL` matches."""
_LONGEST_LEVEL = 120


@dataclass(frozen=True, slots=True)
class Chosen:
    """The numbers of the shown units in order, and the size of those that had to stay."""

    units: list[int]
    required: int


def choose(layout: Layout, scores: Scores, asked: Asked, hint: Hint, room: int) -> Chosen:
    """Choose units within about `room` characters."""
    picked = _Picked(layout)
    sections = named_sections(layout, asked)
    for number in (*_heads(layout, room), *_must(layout, hint), *scores.rare):
        picked.add(number)
    for section in sections:
        for number in _of_section(layout, section)[: _FIRST_UNITS + 1]:
            picked.add(number)
    required = picked.size
    for section in sections:
        share = picked.size + int(max(0, room - picked.size) * _SECTION_SHARE)
        picked.fill(_of_section(layout, section), share, in_order=True)
    hits = [at for at, each in enumerate(scores.units) if each > 0]
    best = sorted(hits, key=scores.units.__getitem__, reverse=True)
    picked.fill(best, max(room, picked.size + room // _LEFT_FOR_BEST))
    if not picked.numbers:
        picked.add(best[0] if best else 0)
    if len(layout.text) < _SHORT:
        least = len(layout.text) * _SHORT_SHARE
        for number in _around(sorted(picked.numbers), len(layout.units)):
            if picked.size < least:
                picked.add(number)
    return Chosen(sorted(picked.numbers), required)


def named_sections(layout: Layout, asked: Asked) -> list[int]:
    """The sections whose title the question quotes."""
    if not asked.phrases:
        return []
    wanted = set(asked.phrases)
    named = (at for at, title in enumerate(layout.titles) if title and normal(title) in wanted)
    return list(islice(named, _MOST_NAMED))


class _Picked:
    """Units that are shown, with those that they lean on."""

    def __init__(self, layout: Layout) -> None:
        self._units = layout.units
        self.numbers: set[int] = set()
        self.size = 0

    def add(self, number: int) -> None:
        """Show a unit whatever it takes."""
        self._show(self._with_leads(number))

    def fill(self, numbers: Iterable[int], room: int, *, in_order: bool = False) -> None:
        """Show as many of the units as there is room for; `in_order`, up to one that has none."""
        misses = 0
        for number in numbers:
            if number in self.numbers:
                continue
            new = self._with_leads(number)
            if self.size + self._cost(new) <= room:
                self._show(new)
                continue
            misses += 1
            if in_order or misses >= _MOST_MISSES:
                return

    def _with_leads(self, number: int) -> list[int]:
        new: dict[int, None] = {}
        waiting = [number]
        while waiting:
            each = waiting.pop()
            if each not in new and each not in self.numbers:
                new[each] = None
                waiting.extend(self._units[each].leads)
        return list(new)

    def _cost(self, numbers: Sequence[int]) -> int:
        """What the units take, and the gap marks that they make or end."""
        cost = 0
        fresh = set(numbers)
        for number in numbers:
            unit = self._units[number]
            cost += unit.end - unit.start + 1
            near = sum(each in self.numbers or each in fresh for each in (number - 1, number + 1))
            cost += (1 - near) * _GAP
        return max(0, cost)

    def _show(self, numbers: Sequence[int]) -> None:
        self.size += self._cost(numbers)
        self.numbers.update(numbers)


def _heads(layout: Layout, room: int) -> list[int]:
    """The heads of all chunks, unless they alone would fill much of the room."""
    heads = [number for number, unit in enumerate(layout.units) if unit.kind == "head"]
    size = sum(layout.units[each].end - layout.units[each].start + _GAP for each in heads)
    return heads if size <= room * _HEADS_SHARE else []


def _must(layout: Layout, hint: Hint) -> list[int]:
    """What stays whatever is asked: the caller's rules, and lines that report a problem."""
    keep = hint.keep
    text = layout.text
    may_report = any(word in text for word in _LEVELS)
    found: list[int] = []
    for number, unit in enumerate(layout.units):
        report = (
            may_report
            and unit.kind == "sentence"
            and _LEVEL.match(text, unit.start, min(unit.end, unit.start + _LONGEST_LEVEL))
        )
        lines = layout.text_of(unit).split("\n") if keep else []
        if unit.kind == "frame" or report or (keep and any(map(keep.matches, lines))):
            found.append(number)
    return found


def _of_section(layout: Layout, section: int) -> list[int]:
    """The units of a section and of those inside it, in order."""
    inside = {section}
    for each in range(section + 1, len(layout.titles)):
        if layout.within[each] in inside:
            inside.add(each)
    return [at for at, unit in enumerate(layout.units) if unit.section in inside]


def _around(shown: Sequence[int], total: int) -> list[int]:
    """All units, those nearest to a shown one first."""
    distance = [total] * total
    for order in (range(total), range(total - 1, -1, -1)):
        last: int | None = None
        known = set(shown)
        for at in order:
            last = at if at in known else last
            if last is not None:
                distance[at] = min(distance[at], abs(at - last))
    return sorted(range(total), key=lambda at: (distance[at], at))
