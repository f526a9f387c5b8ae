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
from functools import partial
from typing import TYPE_CHECKING

from headroom_core.compressors.packed import Packed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    distinct: int
    """How many values there are; an empty cell has none."""
    empty: int
    common: Sequence[tuple[str, int]]
    """The commonest values, with how often each comes; all of them if they are few."""
    details: Sequence[str]
    """What numbers add up to, or from when to when dates are."""
    is_number: bool
    """Whether all filled cells are numbers."""
    extremes: tuple[int, int] | None = None
    """The first rows of the greatest and of the least number, if every cell is one."""

    @property
    def is_category(self) -> bool:
        """Whether a few values come again and again."""
        return self.kinds <= min(MOST_VALUES, len(self.values) // 4)

    @property
    def kinds(self) -> int:
        """How many different cells there are."""
        return self.distinct + bool(self.empty)

    @property
    def short(self) -> str:
        """The figures without the values."""
        parts = [f"{self.distinct} distinct"]
        if self.empty:
            parts.append(f"{self.empty} empty")
        return f"{self.name}: {', '.join([*parts, *self.details])}"

    def long(self, most: int) -> str:
        """The figures with the commonest values, all of them when they are so few."""
        found = [each for each in self.common if each[0]]
        if self.distinct > most or self.kinds == len(self.values):
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
    quoted = any('"' in cell for cell in cells)
    values = Packed(map(_bare, cells)) if quoted else cells
    counts = Counter(values)
    empty = counts[""]
    common = counts.most_common(MOST_VALUES + 1)
    filled = len(counts) - bool(empty)
    about = partial(Figures, _bare(name), values, filled, empty, common)
    if filled and all(map(_is_number, filter(None, counts))):
        del counts  # in memory it may be many times the column
        numbers, scale = _numbers(values)
        ends = numbers.index(max(numbers)), numbers.index(min(numbers))
        details = _sums(numbers, scale)
        return about(details, is_number=True, extremes=None if empty else ends)
    if all(map(_DATE.fullmatch, counts)):
        return about([f"{min(counts)} to {max(counts)}"], is_number=False)
    return about((), is_number=False)


def lines_of(found: Sequence[Figures], room: int) -> list[str]:
    """A line for each column; as many values as there is room for, few values first."""
    lines = [each.short for each in found]
    left = room - sum(map(len, lines))
    for most in (_TOP, MOST_VALUES):
        for at in sorted(range(len(found)), key=lambda at: (found[at].kinds, at)):
            each = found[at]
            if most > _TOP and each.kinds > MOST_VALUES:
                continue
            if each.is_number and not each.is_category:
                continue
            text = each.long(most)
            if len(text) - len(lines[at]) <= left:
                left -= len(text) - len(lines[at])
                lines[at] = text
    return lines


def _is_number(text: str) -> bool:
    return text[-1:].isdigit() and _NUMBER.fullmatch(text) is not None


def _numbers(values: Iterable[str]) -> tuple[list[int | Decimal], int]:
    """The numbers of the filled cells, and with how many digits behind the point they stand.

    Whole numbers, in a third of the memory, where all have equally many.
    """
    filled = list(filter(None, values))
    scales = {len(value) - 1 - at if (at := value.find(".")) >= 0 else 0 for value in filled}
    if len(scales) == 1:
        whole: list[int | Decimal] = [int(value.replace(".", "")) for value in filled]
        if 0 not in whole or not any(value[0] == "-" for value in filled):  # `-0` is no such
            return whole, scales.pop()
    return [Decimal(value) for value in filled], 0


def _sums(numbers: list[int | Decimal], scale: int) -> list[str]:
    numbers.sort()
    middle = len(numbers) // 2
    with localcontext(_EXACT):
        least, median, most, total = (
            Decimal(each).scaleb(-scale)
            for each in (numbers[0], numbers[middle], numbers[-1], sum(numbers))
        )
        if len(numbers) % 2 == 0:
            median = (Decimal(numbers[middle - 1]).scaleb(-scale) + median) / 2
    return [f"min {least:f}", f"median {median:f}", f"max {most:f}", f"sum {total:f}"]


def _bare(cell: str) -> str:
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"')
    return cell


def _excerpt(value: str) -> str:
    text = " ".join(value.split("\n"))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"
