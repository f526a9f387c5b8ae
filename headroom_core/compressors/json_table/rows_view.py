"""A table cut down to the rows that matter, with exact figures about all of them."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from heapq import nlargest
from typing import TYPE_CHECKING

from headroom_core import signals
from headroom_core.compressors.json_table.excerpt import excerpt_row
from headroom_core.compressors.json_table.marginals import (
    Tally,
    marginals,
    names_all,
    numbers_in,
    tally,
)
from headroom_core.compressors.json_table.writing import dump
from headroom_core.compressors.packed import Packed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.json_table.columns import Column
    from headroom_core.compressors.json_table.focus import Focus
    from headroom_core.compressors.json_table.table import Table

_DIGITS = re.compile(r"\d+")
_CATEGORY = 50
_LEAST_REPEATED = 4
_OUTLYING = 4
_HUGE = 1e15
_MOST_OUTLIERS = 2
_MOST_NAMED = 8
_FEW = 3
_KINDS = 1_500
_FEW_RARE = 8
_LEAST_ROOM = 200
"""So many characters the rows with outliers may take in any case."""


@dataclass(frozen=True, slots=True)
class RowsView:
    """Some rows of a table, or all of them if that is no longer."""

    lines: list[str]
    shown: int
    total: int
    required: int
    telling: bool
    """Whether rows must be shown beside the first and the last."""
    outlying: bool
    """Whether a row has a number that is far from all others of its column."""


def view_rows(table: Table, delimiter: str, focus: Focus, room: int) -> RowsView:
    """Choose rows within about `room` characters; what must be shown is, whatever the room."""
    rows = len(table.lines)
    columns = table.all_columns()
    tallies = tally(columns, delimiter)
    given = table.given if table.is_uniform else frozenset[str]()
    units = Packed(map(dump, table.items))
    hits = focus.hits(units)
    kept = list(focus.kept(units))
    del units  # as long as the text
    chosen = _Chosen(table.lines, delimiter, focus.wanted)
    # The header of a kind may tell what is wrong with its rows, and they do not.
    must = [*kept, *_problems(table.by_one_header or table.lines)]
    counted = _counted_rows(table, columns)
    must += [counted[at] for each in tallies for at in _rare(each)]
    must += _rare_inside(columns, counted)
    chosen.add(must)
    chosen.add(hits.rare, within=room // 2)
    telling = bool(chosen.texts)
    chosen.add([0, rows - 1])
    required = sum(map(len, chosen.texts.values()))
    # Kinds are told apart by what is the same in all rows of each.
    head = _header_lines(table.header, max(room // 3, _KINDS if table.by_one_header else 0))
    seldom = _seldom(tallies, len(counted))
    figures = list(marginals(columns, tallies, given.union(seldom)))
    if seldom:
        figures.append(f"{len(seldom)} keys of one or two rows each, which are shown")
    if len(counted) < rows:
        figures.append(f"rows that are no objects, and not counted here: {rows - len(counted)}")
    other = _with_other_keys(table, columns)
    if other:
        figures.append(f"{len(other)} rows with keys that are not counted here")
    left = room - required - sum(map(len, head)) - sum(map(len, figures))
    ends = [counted[at] for at in _extremes(tallies, focus)]
    outliers = [counted[at] for at in _outliers(tallies)]
    chosen.add(outliers[:_FEW], within=max(left, _LEAST_ROOM))
    samples = [*outliers, *ends, *other[:_FEW], *_spread(rows)]
    chosen.add([*hits.best, *samples], within=left)
    lines = [*head, *_under_title(figures), *_with_gaps(chosen.texts)]
    if table.size() <= max(room // 4, sum(map(len, lines)) + len(lines)):
        return RowsView(str(table).split("\n"), rows, rows, required, telling, bool(outliers))
    return RowsView(lines, len(chosen.texts), rows, required, telling, bool(outliers))


def _counted_rows(table: Table, columns: Sequence[Column]) -> Sequence[int]:
    """The rows that the values of the columns are from: an item that is no object has none."""
    rows = len(table.lines)
    if columns and len(columns[0].values) == rows:
        return range(rows)
    return [at for at, item in enumerate(table.items) if isinstance(item, dict)]


class _Chosen:
    """The rows that are shown, by number."""

    def __init__(self, lines: list[str], delimiter: str, wanted: Sequence[str]) -> None:
        self.texts: dict[int, str] = {}
        self._lines = lines
        self._delimiter = delimiter
        self._wanted = wanted

    def add(self, rows: list[int], within: int | None = None) -> None:
        """Add rows; only while there is room, if it is limited."""
        for row in rows:
            if within is not None and within <= 0:
                return
            if row not in self.texts:
                text = excerpt_row(self._lines[row], self._delimiter, self._wanted)
                self.texts[row] = text
                within = None if within is None else within - len(text)


def _header_lines(header: str, room: int) -> list[str]:
    """The header; of the columns that need no cells, as many as there is room for."""
    lines = header.split("\n")
    left = room - sum(len(line) for line in lines if not line.startswith(" "))
    kept: list[str] = []
    hidden: list[str] = []
    for line in lines:
        left -= len(line) if line.startswith(" ") else 0
        if left >= 0 or not line.startswith(" ") or signals.severity(line) >= signals.WARNING:
            kept.append(line)
        else:
            hidden.append(line[1:].partition("=")[0])
    if hidden:
        more = ", …" if len(hidden) > _MOST_NAMED else ""
        names = ", ".join(hidden[:_MOST_NAMED])
        kept.append(f" [… {len(hidden)} columns without cells: {names}{more}]")
    return kept


def _under_title(figures: list[str]) -> list[str]:
    return ["All rows, counted:", *(f" {figure}" for figure in figures)] if figures else []


def _problems(lines: Sequence[str]) -> list[int]:
    """The first and last row of every kind of problem: rows that differ in more than digits."""
    kinds: dict[str, list[int]] = {}
    for row in signals.problems(lines):
        kinds.setdefault(_DIGITS.sub("0", lines[row]), []).append(row)
    return [row for rows in kinds.values() for row in (rows[0], rows[-1])]


def _rare(column: Tally) -> list[int]:
    """The first and last row of every rare value of a category.

    Where many values are rare, none is odd: then the first row, if the figures do not name them.
    """
    places = _rare_places(column)
    if len(places) <= _FEW_RARE:
        return [index for each in places for index in (each[0], each[-1])]
    return [] if names_all(column) else [each[0] for each in places]


def _rare_inside(columns: Sequence[Column], owners: Sequence[int]) -> Iterator[int]:
    """The first row with a rare value in a child table, where few values of its column are."""
    for column in columns:
        child = column.child
        if child is None or child.odd:
            continue
        places = [
            owner
            for owner, count in zip(owners, child.counts, strict=True)
            for _ in range(max(0, count))
        ]
        for each in tally(child.columns, ","):
            found = _rare_places(each)
            yield from (places[at[0]] for at in found if len(found) <= _FEW)
        yield from _rare_inside(child.columns, places)


def _rare_places(column: Tally) -> list[list[int]]:
    """The rows of each rare value of a category; that a key is there at all may be one."""
    rows = len(column.cells)
    few = max(2, rows // 100)
    kinds, there = column.distinct, rows - column.counts["~"]
    if few < there < rows:
        kinds -= 1
    else:
        there = rows
    if kinds > _CATEGORY or kinds * _LEAST_REPEATED > there:
        return []
    rare = {cell for cell, count in column.counts.items() if count <= few}
    places: dict[str, list[int]] = {}
    for index, cell in enumerate(column.cells) if rare else ():
        if cell in rare:
            places.setdefault(cell, []).append(index)
    return list(places.values())


def _seldom(tallies: list[Tally], rows: int) -> list[str]:
    """Names of the columns of which only one or two rows have a value, where they are many.

    Each is a rare value of its column, so those rows are shown and no figure says more.
    """
    absent = (each.counts["~"] for each in tallies)
    names = [each.name for each, count in zip(tallies, absent, strict=True) if count >= rows - 2]
    return names if rows > _CATEGORY and len(names) > _MOST_NAMED else []


def _with_other_keys(table: Table, columns: Sequence[Column]) -> list[int]:
    """The rows with a key that has no column, since there are too many such keys."""
    if table.is_uniform:
        return []
    known = {column.path[0] for column in columns}
    return [
        at
        for at, item in enumerate(table.items)
        if isinstance(item, dict) and not known.issuperset(item)
    ]


def _extremes(tallies: list[Tally], focus: Focus) -> list[int]:
    """The rows with the greatest and the least number of columns that the question names."""
    found: list[int] = []
    for column in tallies:
        if column.name.rpartition(".")[2].lower() not in focus.wanted:
            continue
        numbers = _numbers(column)
        if numbers and column.distinct > _FEW:
            found += (numbers.index(max(numbers)), numbers.index(min(numbers)))
    return found


def _outliers(tallies: list[Tally]) -> list[int]:
    """The rows with the numbers farthest from the rest."""
    found: dict[int, None] = {}
    for column in tallies:
        numbers = _numbers(column)
        if not numbers:
            continue
        rows = len(numbers)
        in_order = sorted(numbers)
        middle = in_order[rows // 2]
        spread = _spread_of(in_order, middle)
        del in_order
        far = nlargest(_MOST_OUTLIERS, range(rows), key=lambda row: abs(numbers[row] - middle))
        found.update(
            dict.fromkeys(row for row in far if abs(numbers[row] - middle) > _OUTLYING * spread)
        )
    return list(found)


def _numbers(column: Tally) -> list[float]:
    numbers = numbers_in(column.values)
    return numbers if all(-_HUGE < number < _HUGE for number in numbers) else []


def _spread_of(numbers: Sequence[float], middle: float) -> float:
    """How far from the middle three quarters of the numbers, in their order, are at most.

    Those nearest to it stand side by side: none of their distances need be in memory.
    """
    near = len(numbers) * 3 // 4
    starts = range(len(numbers) - near)
    start = bisect_left(
        starts, x=True, key=lambda at: middle - numbers[at] <= numbers[at + near] - middle
    )
    ends = (at for at in (start - 1, start) if at in starts)
    return min(max(middle - numbers[at], numbers[at + near] - middle) for at in ends)


def _spread(rows: int) -> list[int]:
    """Further rows from all over the table, as samples."""
    return [1, 2, rows // 2, rows // 4, rows * 3 // 4] if rows > 5 else list(range(rows))


def _with_gaps(texts: dict[int, str]) -> list[str]:
    """The rows in order, with what is missing between them; the last one is always there."""
    lines: list[str] = []
    after = 0
    for index in sorted(texts):
        if index > after:
            lines.append(_gap(after, index))
        lines.append(texts[index])
        after = index + 1
    return lines


def _gap(start: int, end: int) -> str:
    count = end - start
    return f"[… row {start}]" if count == 1 else f"[… {count} rows, {start} to {end - 1}]"
