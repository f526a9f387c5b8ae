"""Exact figures about the columns of a table: what its hidden rows add up to.

    rain: 20 distinct, min 0.0, median 0.4, max 55.9, sum 4426.0
    sky: 3 distinct: sun x714, rain x641, fog x106
    day: 1461 distinct, 2012-01-01 to 2015-12-31

Numbers are added as decimals, so no digit is rounded.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_VALUES = 50
_TOP = 5
_SHARE = 50
"""Of many values only those are named that at least one in so many rows holds."""
_LONGEST = 60
_EXACT = Context(prec=120)
_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,30})?(?:\.[0-9]{1,30})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d\S*)?|\d\d:\d\d(?::\d\d)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known about one column."""

    name: str
    values: Sequence[str]
    counts: Counter[str]
    numbers: Sequence[Decimal] | None
    """The numbers of the filled cells, if all of them are numbers."""

    @property
    def is_category(self) -> bool:
        """Whether a few values come again and again."""
        return len(self.counts) <= min(MOST_VALUES, len(self.values) // 4)

    @property
    def distinct(self) -> int:
        """How many values there are; an empty cell has none."""
        return len(self.counts) - (self.counts[""] > 0)

    @property
    def short(self) -> str:
        """The figures without the values."""
        parts = [f"{self.distinct} distinct"]
        if self.counts[""]:
            parts.append(f"{self.counts['']} empty")
        if self.numbers:
            parts += _sums(self.numbers)
        elif all(map(_DATE.fullmatch, self.counts)):
            parts.append(f"{min(self.counts)} to {max(self.counts)}")
        return f"{self.name}: {', '.join(parts)}"

    def long(self, most: int) -> str:
        """The figures with the commonest values, all of them when they are so few."""
        found = [each for each in self.counts.most_common() if each[0]]
        if len(found) > most or len(self.counts) == len(self.values):
            least = max(2, len(self.values) // _SHARE)
            found = [(value, count) for value, count in found[:most] if count >= least]
        shown = [f"{_excerpt(value)} x{count}" for value, count in found]
        rest = self.distinct - len(shown)
        if not shown:
            return self.short
        more = [f"{rest} more values"] if rest else []
        return f"{self.short}: {', '.join([*shown, *more])}"


def figures(name: str, cells: Sequence[str]) -> Figures:
    """Count the values of a column, quotes taken off."""
    values = [_bare(cell) for cell in cells] if any('"' in cell for cell in cells) else cells
    counts = Counter(values)
    filled = [value for value in counts if value]
    numeric = bool(filled) and all(map(_is_number, filled))
    numbers = [Decimal(value) for value in values if value] if numeric else None
    return Figures(_bare(name), values, counts, numbers)


def lines_of(found: Sequence[Figures], room: int) -> list[str]:
    """A line for each column; as many values as there is room for, few values first."""
    lines = [each.short for each in found]
    left = room - sum(map(len, lines))
    for most in (_TOP, MOST_VALUES):
        for at in sorted(range(len(found)), key=lambda at: (len(found[at].counts), at)):
            each = found[at]
            if most > _TOP and len(each.counts) > MOST_VALUES:
                continue
            if each.numbers and not each.is_category:
                continue
            text = each.long(most)
            if len(text) - len(lines[at]) <= left:
                left -= len(text) - len(lines[at])
                lines[at] = text
    return lines


def _is_number(text: str) -> bool:
    return text[-1:].isdigit() and _NUMBER.fullmatch(text) is not None


def _sums(numbers: Sequence[Decimal]) -> list[str]:
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    with localcontext(_EXACT):
        median = ordered[middle]
        if len(ordered) % 2 == 0:
            median = (ordered[middle - 1] + median) / 2
        total = sum(ordered, Decimal(0))
    return [
        f"min {_plain(ordered[0])}",
        f"median {_plain(median)}",
        f"max {_plain(ordered[-1])}",
        f"sum {_plain(total)}",
    ]


def _plain(number: Decimal) -> str:
    return f"{number:f}"


def _bare(cell: str) -> str:
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"')
    return cell


def _excerpt(value: str) -> str:
    text = " ".join(value.split("\n"))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"
