"""Show of a table the rows that matter, and exact figures about the columns of all rows.

date,rain,sky
[1461 rows; figures of all rows:]
[date: 1461 distinct, 2012-01-01 to 2015-12-31]
[rain: 20 distinct, min 0.0, median 0.4, max 55.9, sum 4426.0]
[sky: 3 distinct: sun x714, rain x641, fog x106]
2012-01-01,0.0,fog
[… 790 rows]
2014-03-02,19.1,rain
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from headroom_core import signals
from headroom_core.compressors.base import View
from headroom_core.compressors.batches import batches_of
from headroom_core.compressors.bounded import count_of
from headroom_core.compressors.gaps import distinct
from headroom_core.compressors.long_lines import shortened
from headroom_core.compressors.tables.finding import find_tables, units_of
from headroom_core.compressors.tables.hits import hit_lines
from headroom_core.compressors.tables.marginals import Figures, figures, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from headroom_core.compressors.base import Hint
    from headroom_core.compressors.tables.grid import Grid
    from headroom_core.source import Source

_SETTINGS = "pairs without names"
"""Settings are no rows; they have an outline."""
_FIGURES_SHARE = 0.6
_ENDS = 3
_LEAST_FIGURES = 6
_LEAST_TABLE = 0.6
_RARE = 100
_FEW_RARE = 5


@dataclass(slots=True)
class _Table:
    """A table on its way into the view."""

    start: int
    end: int
    grid: Grid
    columns: list[Figures]
    rows: Sequence[int]
    """The unit of each regular row."""


def view_of(source: Source, hint: Hint, room: int) -> View | None:
    """The view of a text with tables; `None` when it has none, or they are the least of it."""
    found = [each for each in find_tables(source) if each[2].layout.words != _SETTINGS]
    units = units_of(source, found)
    # A row of several lines is one unit.
    found = [(a, b // grid.height, replace(grid, height=1)) for a, b, grid in found]
    tables = [_table(start, end, grid, units[start]) for start, end, grid in found]
    rows = sum(len(table.rows) for table in tables)
    if rows < _LEAST_TABLE * len(units):
        return None
    required = _required(units, tables, hint)
    units = shortened(units, hint)
    figure_room = int(room * _FIGURES_SHARE)
    notes = _notes(tables, figure_room, rows)
    needed = sum(len(units[at]) + 1 for at in required)
    left = room - needed - sum(len(line) + 1 for lines in notes.values() for line in lines)
    shown = required | set(_more(units, required, _worth(units, tables), left))
    whole = len(tables) == 1 and tables[0].end - tables[0].start == len(units)
    body = "\n".join(_lines(units, sorted(shown), notes, "row" if whole else "line"))
    hides = _hides(tables, notes, len(units))
    if whole:
        count = sum(at in shown for at in tables[0].rows) + sum(
            at + tables[0].grid.first in shown for at in tables[0].grid.odd
        )
        return View(body, "rows", count, tables[0].grid.count, hides, needed)
    return View(body, "lines", len(shown), len(units), hides, needed)


# What every word of a problem holds: much faster to look for than the words themselves.
_STEMS = (
    *("err", "fatal", "fail", "exception", "panic", "crit", "severe", "emerg", "alert", "warn"),
    *("traceback", "abort", "segfault", "kill", "oom", "exit", "not ok", "core dump", "undefined"),
    *("caution", "failure", "backoff"),
)


def _table(start: int, end: int, grid: Grid, head: str) -> _Table:
    columns = [figures(name, cells) for name, cells in _columns(grid, head)]
    rows: Sequence[int] = range(grid.first, grid.first + grid.count)
    if grid.odd:
        rows = array("q", (grid.first + at for at in range(grid.count) if at not in grid.odd))
    return _Table(start, end, grid, columns, rows)


def _columns(grid: Grid, head: str) -> list[tuple[str, Sequence[str]]]:
    """The columns with their names; words of one name have no column of their own.

    Where only blanks tell columns apart, `NOMINATED NODE` seems to be two, the second one empty.
    """
    found: list[tuple[str, Sequence[str]]] = []
    for name, cells in zip(grid.names, grid.columns, strict=True):
        before = found[-1][0] if found else ""
        joined = f"{before} {name}"
        is_word = before and grid.layout.words.startswith("aligned") and joined in head
        if is_word and not any(cells):
            found[-1] = (joined, found[-1][1])
        else:
            found.append((name, cells))
    return found


def _required(units: Sequence[str], tables: Sequence[_Table], hint: Hint) -> set[int]:
    """What stands in the view whatever the budget."""
    text = "\n".join(unit.replace("\n", " ") for unit in units)
    required = hit_lines(text, signals.terms(hint), len(units))
    inside = bytearray(len(units))
    for table in tables:
        for at in table.rows:
            inside[at] = True
        required.update(range(table.start, table.grid.first))
        required.update(_rare_rows(table))
        required.update(_bad_rows(table))
    outside = [at for at, is_row in enumerate(inside) if not is_row]
    required.update(outside[at] for at in signals.problems([units[at] for at in outside]))
    if hint.keep is not None:
        required.update(at for at, unit in enumerate(units) if hint.keep.matches(unit))
    return required


def _rare_rows(table: _Table) -> Iterator[int]:
    """The first row of each rare value of a category; where many values are rare, none is odd."""
    most = max(2, len(table.rows) // _RARE)
    for column in table.columns:
        if column.is_category and not column.is_number:
            rare = [value for value, count in column.common if value and count <= most]
            if len(rare) <= max(_FEW_RARE, len(table.rows) // _RARE):
                yield from (table.rows[column.values.index(value)] for value in rare)


def _bad_rows(table: _Table) -> Iterator[int]:
    """The first and the last row of every different cell that sounds like a problem."""
    for column in table.columns:
        if column.is_number:
            continue
        ends: dict[str, tuple[int, int]] = {}
        done = 0
        for cells in batches_of(column.values):
            bad = _bad_cells(dict.fromkeys(cells))
            for at, cell in enumerate(cells, done) if bad else ():
                if cell in bad:
                    ends[cell] = (ends.get(cell, (at,))[0], at)
            done += len(cells)
        for places in ends.values():
            yield from (table.rows[at] for at in places)


def _bad_cells(cells: Iterable[str]) -> set[str]:
    low = "\n".join(cells).lower()
    if not any(stem in low for stem in _STEMS):
        return set()
    different = list(cells)
    return {different[at] for at in signals.problems([_line(each) for each in different])}


def _line(text: str) -> str:
    return text.replace("\n", " ")


def _notes(tables: Sequence[_Table], room: int, rows: int) -> dict[int, list[str]]:
    """The figures of each table, by the unit that they stand before."""
    notes: dict[int, list[str]] = {}
    for table in tables:
        count = table.grid.count
        if count < _LEAST_FIGURES:
            continue
        lines = lines_of(table.columns, room * count // rows)
        if len(tables) > 1 and sum(map(len, lines)) > room * count // rows:
            lines = []
        others = count_of(len(table.grid.odd), "other line")
        said = f"{len(table.rows)} rows{f' and {others}' if table.grid.odd else ''}"
        head = f"[{said}; {'figures of all rows:' if lines else 'some left out'}]"
        notes[table.grid.first] = [head, *(f"[{line}]" for line in lines)]
    return notes


def _hides(tables: Sequence[_Table], notes: dict[int, list[str]], units: int) -> str:
    """Which rows the figures are of: all only if every line of the text stands in a table."""
    inside = sum(table.end - table.start for table in tables)
    told = sum(len(table.rows) for table in tables if len(notes.get(table.grid.first, ())) > 1)
    if not told:
        return "rows that stand out included"
    is_all = inside == units and told == sum(table.grid.count for table in tables)
    return f"figures of {'all' if is_all else told} rows included"


def _worth(units: Sequence[str], tables: Sequence[_Table]) -> Iterator[int]:
    """Units by worth: ends, headings, the rows of the extremes."""
    yield from (0, len(units) - 1)
    for table in tables:
        yield table.rows[0]
        yield table.rows[-1]
    yield from (at for at, unit in enumerate(units) if unit.startswith("#"))
    for table in tables:
        again = set(units[table.start : table.grid.first])  # a pager repeats the head
        first = table.grid.first
        yield from (first + at for at, line in table.grid.odd.items() if line not in again)
    for table in tables:
        for column in table.columns:
            if column.extremes is not None:
                yield from (table.rows[at] for at in column.extremes)
    for table in tables:
        yield from table.rows[:_ENDS]
        yield from table.rows[-_ENDS:]
    inside = bytearray(len(units))
    for table in tables:
        for at in range(table.start, min(table.end, len(units))):
            inside[at] = True
    yield from (at for at, is_row in enumerate(inside) if not is_row and units[at].strip())


def _more(units: Sequence[str], shown: set[int], worth: Iterable[int], room: int) -> Iterator[int]:
    for at in distinct(worth):
        if at not in shown:
            room -= len(units[at]) + 1
            if room < 0:
                return
            yield at


def _lines(
    units: Sequence[str], shown: Sequence[int], notes: dict[int, list[str]], word: str
) -> Iterator[str]:
    """The shown units in order, the figures where the rows begin, and a mark for each gap."""
    after = 0
    left = sorted(notes)
    for at in (*shown, len(units)):
        while left and left[0] <= at:
            yield from notes[left.pop(0)]  # what stands above a table's rows is always shown
        if at > after:
            yield _gap(at - after, word)
        if at < len(units):
            yield units[at]
        after = at + 1


def _gap(count: int, word: str) -> str:
    return f"[… {count} {word}{'s' if count > 1 else ''}]"
