"""A table cut down to the rows that matter, with exact figures about all of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core import signals
from headroom_core.compressors.json_table.excerpt import excerpt_row
from headroom_core.compressors.json_table.marginals import Tally, marginals, tally
from headroom_core.compressors.json_table.writing import dump

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.json_table.table import Table
    from headroom_core.keep import KeepRules

_DIGITS = re.compile(r"\d+")
_CATEGORY = 50
_LEAST_REPEATED = 4
_OUTLYING = 4
_HUGE = 1e15
_MOST_OUTLIERS = 2


@dataclass(frozen=True, slots=True)
class Focus:
    """What a view must not hide."""

    wanted: Sequence[str]
    """The terms of the question and of the call."""
    keep: KeepRules | None


@dataclass(frozen=True, slots=True)
class RowsView:
    """Some rows of a table."""

    lines: list[str]
    shown: int
    total: int
    required: int


def view_rows(table: Table, delimiter: str, focus: Focus, room: int) -> RowsView:
    """Choose rows within about `room` characters; what must be shown is, whatever the room."""
    tallies = tally(table.columns, delimiter)
    figures = list(marginals(table.columns, tallies))
    must = _required(table, tallies, focus)
    texts = {index: excerpt_row(table.lines[index], delimiter, focus.wanted) for index in must}
    required = sum(map(len, texts.values()))
    left = room - len(table.header) - sum(map(len, figures)) - required
    for index in [*_outliers(tallies, len(table.lines)), *_spread(len(table.lines))]:
        if index not in texts:
            text = excerpt_row(table.lines[index], delimiter, focus.wanted)
            left -= len(text) + 12
            if left < 0:
                break
            texts[index] = text
    lines = [table.header]
    if figures:
        lines += ["All rows, counted:", *(f" {figure}" for figure in figures)]
    lines += _with_gaps(texts, len(table.lines))
    return RowsView(lines, len(texts), len(table.lines), required)


def _required(table: Table, tallies: list[Tally], focus: Focus) -> dict[int, None]:
    """The rows that no budget may drop, the most telling first."""
    lines = table.lines
    must = dict.fromkeys((0, len(lines) - 1))
    units = [dump(item) for item in table.items]
    if focus.keep is not None:
        must.update(dict.fromkeys(i for i, unit in enumerate(units) if focus.keep.matches(unit)))
    must.update(dict.fromkeys(signals.rare_hits(units, focus.wanted)))
    kinds: dict[str, list[int]] = {}
    for index in signals.problems(lines):
        kinds.setdefault(_DIGITS.sub("0", lines[index]), []).append(index)
    for indexes in kinds.values():
        must.update(dict.fromkeys((indexes[0], indexes[-1])))
    if len(lines) == len(tallies[0].cells if tallies else []):
        for each in tallies:
            must.update(dict.fromkeys(_rare(each)))
    return must


def _rare(column: Tally) -> list[int]:
    """The first and last row of every rare value of a category."""
    rows = len(column.cells)
    if len(column.counts) > _CATEGORY or len(column.counts) * _LEAST_REPEATED > rows:
        return []
    few = max(2, rows // 100)
    rare = {cell for cell, count in column.counts.items() if count <= few}
    if not rare:
        return []
    places: dict[str, list[int]] = {}
    for index, cell in enumerate(column.cells):
        if cell in rare:
            places.setdefault(cell, []).append(index)
    return [index for each in places.values() for index in (each[0], each[-1])]


def _outliers(tallies: list[Tally], rows: int) -> list[int]:
    """The rows with the numbers farthest from the rest."""
    found: dict[int, None] = {}
    for column in tallies:
        numbers = [v for v in column.values if isinstance(v, (int, float)) and -_HUGE < v < _HUGE]
        if len(numbers) < len(column.values) or len(numbers) != rows:
            continue
        middle = sorted(numbers)[rows // 2]
        spread = sorted(abs(number - middle) for number in numbers)[rows * 3 // 4]
        far = sorted(range(rows), key=lambda row: -abs(numbers[row] - middle))[:_MOST_OUTLIERS]
        found.update(
            dict.fromkeys(row for row in far if abs(numbers[row] - middle) > _OUTLYING * spread)
        )
    return list(found)


def _spread(rows: int) -> list[int]:
    """Further rows from all over the table, as samples."""
    return [1, 2, rows // 2, rows // 4, rows * 3 // 4] if rows > 5 else list(range(rows))


def _with_gaps(texts: dict[int, str], rows: int) -> list[str]:
    lines: list[str] = []
    after = 0
    for index in sorted(texts):
        if index > after:
            lines.append(_gap(after, index))
        lines.append(texts[index])
        after = index + 1
    if after < rows:
        lines.append(_gap(after, rows))
    return lines


def _gap(start: int, end: int) -> str:
    count = end - start
    return f"[… row {start}]" if count == 1 else f"[… {count} rows, {start} to {end - 1}]"
