"""What can be said exactly about all values of a column: counts, extremes, sums.

level: INFO x80, DEBUG x12, ERROR x8
ms: 1 to 950, median 14, sum 30211, 87 distinct
id: 100 distinct, a17 to z03
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import chain
from typing import TYPE_CHECKING, cast

from headroom_core.compressors.json_table.cells import to_cells
from headroom_core.compressors.json_table.drafts import name_of
from headroom_core.compressors.json_table.templates import is_id
from headroom_core.compressors.json_table.values import Number
from headroom_core.compressors.packed import BATCH, Packed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.json_table.columns import Column
    from headroom_core.compressors.json_table.values import Value

_MOST_VALUES = 50
_FEW = 12
_LONG = 60
_LONG_LIST = 900
_SHORT_LIST = 200
_DIGITS = 100
_LARGE = 10**18
"""Smaller whole numbers add up exactly without decimals, which take three times the memory."""
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,29})(?:\.[0-9]{1,30})?")
_COUNTABLE: tuple[set[type], ...] = ({int}, {str})
_HUGE = re.compile(r"[eE][+-]?\d{2}|[a-zA-Z]{3}|\d{40}")


@dataclass(frozen=True, slots=True)
class Tally:
    """A column's values, as cells and counted."""

    name: str
    values: Sequence[Value]
    cells: Sequence[str]
    distinct: int
    counts: Counter[str]
    """How often each cell is there; of very many different ones, the commonest alone."""


def tally(columns: Sequence[Column], delimiter: str) -> list[Tally]:
    """Count the values of every column without child rows."""
    found: list[Tally] = []
    for column in columns:
        if column.child is None:
            cells: Sequence[str] = _cells(column.values, delimiter)
            distinct, counts = _counted(column.values, cells, delimiter)
            found.append(Tally(name_of(column.path), column.values, cells, distinct, counts))
    return found


def _counted(
    values: Sequence[Value], cells: Sequence[str], delimiter: str
) -> tuple[int, Counter[str]]:
    """How many different cells there are, and the counts of them that are asked for.

    Values of one such kind are the same where their cells are, and in memory anyway.
    """
    if len(values) <= BATCH or set(map(type, values)) not in _COUNTABLE:
        counts = Counter(cells)
        return len(counts), counts
    told = Counter(cast("Sequence[str | int]", values))
    few = told.most_common(None if len(told) <= _MOST_VALUES else 1)
    return len(told), Counter({to_cells([value], delimiter)[0]: count for value, count in few})


def _cells(values: Sequence[Value], delimiter: str) -> Packed:
    """The cells of values: the texts of many take more memory than the values."""
    batches = (values[at : at + BATCH] for at in range(0, len(values), BATCH))
    return Packed(chain.from_iterable(to_cells(batch, delimiter) for batch in batches))


def marginals(
    columns: Sequence[Column], tallies: Sequence[Tally], given: frozenset[str], within: str = ""
) -> Iterator[str]:
    """A line for every column whose values differ, but not the `given` ones; child tables' too."""
    counted = iter(tallies)
    for column in columns:
        if column.child is not None:
            name = within + name_of(column.path)
            items = sum(count for count in column.child.counts if count > 0)
            odd = len(column.child.odd)
            apart = f", {odd} with other keys, not counted here:" if odd else ""
            yield f"{name}: {items} items in {len(column.values)} rows{apart}"
            inner = column.child.columns
            yield from marginals(inner, tally(inner, ","), given, f"{name}.")
            continue
        each = next(counted)
        if each.distinct > 1 and within + each.name not in given:
            yield f"{within}{each.name}: {about(each)}"


def about(column: Tally) -> str:
    """What is said about the values of one column."""
    numbers = [value for value in column.values if _is_number(value)]
    return _about_numbers(column, numbers) if numbers else _about_texts(column)


def names_all(column: Tally) -> bool:
    """Whether what is said about a column names every value of it."""
    few = column.distinct <= _FEW or not any(map(_is_number, column.values))
    return few and bool(_all_listed(column))


def numbers_in(values: Sequence[Value]) -> list[float]:
    """About what the values are as numbers, also where those stand in texts; none if one is not."""
    found: list[float] = []
    for value in values:
        if isinstance(value, (int, float)):
            found.append(value)
        elif isinstance(value, (str, Number)) and _DECIMAL.fullmatch(text := _text(value)):
            found.append(float(text))
        else:
            return []
    return found


def _about_numbers(column: Tally, numbers: list[Value]) -> str:
    rest = column.counts
    if len(numbers) < len(column.values):
        pairs = zip(column.cells, column.values, strict=True)
        rest = Counter(cell for cell, value in pairs if not _is_number(value))
    else:
        rest = Counter[str]()
    said = _range(numbers, summed=not is_id(column.name))
    if column.distinct <= _FEW:
        listed = _listed(column.counts)
        return f"{said}: {listed}" if listed else said
    others = f", {_listed(rest) or f'{rest.total()} others'}" if rest else ""
    return f"{said}, {column.distinct - len(rest)} distinct{others}"


def _about_texts(column: Tally) -> str:
    listed = _all_listed(column)
    if listed:
        return listed
    said = [f"{column.distinct} distinct"]
    common, count = column.counts.most_common(1)[0]
    if count > 1 and len(common) <= _LONG:
        said.append(f"most {_named(common)} x{count}")
    texts = [value for value in column.values if isinstance(value, str)]
    longest = max(map(len, texts), default=0)
    if texts and all(map(_DECIMAL.fullmatch, texts)):
        # As texts, "9.5" would come behind "10.5".
        summed = any("." in text for text in texts) and not is_id(column.name)
        said.append(_range(list(map(Number, texts)), summed=summed))
    elif 0 < longest <= _LONG:
        said.append(f"{min(texts)} to {max(texts)}")
    elif texts:
        said.append(f"up to {longest} characters")
    return ", ".join(said)


def _all_listed(column: Tally) -> str:
    return _listed(column.counts) if column.distinct <= _MOST_VALUES else ""


def _listed(counts: Counter[str]) -> str:
    """Every value with its count, if that is short enough to be read."""
    if len(counts) > _MOST_VALUES or (len(counts) > _FEW and counts.total() < 3 * len(counts)):
        return ""
    equal = len(counts) > _FEW and len(set(counts.values())) == 1
    text = ", ".join(
        f"{_named(cell)} x{count}" if count > 1 and not equal else _named(cell)
        for cell, count in counts.most_common()
    )
    if equal:
        text = f"each x{counts.total() // len(counts)}: {text}"
    return (
        text
        if len(text) <= (_LONG_LIST if len(counts) * 4 <= counts.total() else _SHORT_LIST)
        else ""
    )


def _named(cell: str) -> str:
    return "(no such key)" if cell == "~" else cell


def _range(values: list[Value], *, summed: bool) -> str:
    """The extremes, the median and the sum, in exact decimal arithmetic."""
    numbers = [value for value in values if isinstance(value, int)]
    if len(numbers) == len(values) and max(map(abs, numbers)) < _LARGE:
        numbers.sort()
        return _said(numbers, summed=summed)
    if any(_HUGE.search(_text(value)) for value in values):
        return f"{len(values)} numbers"
    return _said(sorted(values, key=_order), summed=summed)


def _order(value: Value) -> float | Decimal:
    """What orders numbers that are not huge as their texts say."""
    return value if isinstance(value, (int, float)) else Decimal(_text(value))


def _said(numbers: Sequence[Value], *, summed: bool) -> str:
    least, most, middle, beside = (
        Decimal(_text(numbers[at])) for at in (0, -1, len(numbers) // 2, (len(numbers) - 1) // 2)
    )
    with localcontext(prec=_DIGITS):
        said = f"{_plain(least)} to {_plain(most)}"
        if not summed:
            return said
        total = sum(map(Decimal, map(_text, numbers)), Decimal(0))
        return f"{said}, median {_plain((middle + beside) / 2)}, sum {_plain(total)}"


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _is_number(value: Value) -> bool:
    return isinstance(value, (int, float, Number)) and not isinstance(value, bool)


def _text(value: Value) -> str:
    if isinstance(value, str):
        return value
    return value.text if isinstance(value, Number) else repr(value)
