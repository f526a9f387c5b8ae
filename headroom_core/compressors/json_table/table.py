"""A table as text: a header in brackets, then one line for every row.

    [3 rows: id|name:user-*+1|tags=[]
     type=User]
    7|anna|
    9|ben|["admin"]
    !{"id":11,"error":"gone"}

Between the brackets stand the columns; behind them, a line each, the columns that are the same or
follow in every row. `+n` says that n of those belong here. A row that is no object, or whose keys
stand in another order or are hardly ever there, is written as JSON behind `!`. Where something
follows from the number of the row, every tenth row says its own: `20> `. A blank in a column `x^`
is as above.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from headroom_core import signals
from headroom_core.compressors.json_table import above
from headroom_core.compressors.json_table.apart import part_of
from headroom_core.compressors.json_table.by_kind import Kind, write_by_kind
from headroom_core.compressors.json_table.columns import (
    KEY,
    VALUE,
    Column,
    Shapes,
    columns_of,
    count_shapes,
    map_rows,
    of_some_rows,
    shapes_in,
    shapes_of,
    unfold,
)
from headroom_core.compressors.json_table.kinds import LETTER, LETTERS, kinds_of
from headroom_core.compressors.json_table.plan import plan_columns
from headroom_core.compressors.json_table.rare import rare_shapes
from headroom_core.compressors.json_table.rows import Pairs, Rows
from headroom_core.compressors.json_table.sparse import least_size
from headroom_core.compressors.json_table.writing import dump

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from headroom_core.compressors.json_table.plan import Plan
    from headroom_core.compressors.json_table.rows import Row
    from headroom_core.compressors.json_table.values import Json

_LEAST_ROWS = 2
_LEAST_ENTRIES = 3
_LEAST_SCALARS = 8
_FEW = 50
_EVERY = 10
_LEAST_OF_KIND = 8
_WORTHWHILE = 0.04
"""Headers for several kinds of rows are tried for no less of a table."""
_MOST_SCANNED = 2000
_NONE: set[int] = set()


class TooSparseError(ValueError):
    """The blanks of a table alone would take more room than there is for it."""


@dataclass(frozen=True, slots=True)
class Table:
    """An array or map as a table."""

    header: str
    lines: list[str]
    columns: list[Column]
    items: Sequence[Json]
    given: frozenset[str]
    """The columns without cells: the same, or following, in every row."""
    apart: set[int]
    """The rows that are written as JSON."""
    by_one_header: Sequence[str] = ()
    """The lines that rows of several kinds, each with a header of its own, have without those."""
    is_complete: bool = False
    """Whether the columns, and what is given, hold for the rows that are written as JSON, too."""

    def __str__(self) -> str:
        return "\n".join([self.header, *self.lines])

    @property
    def is_uniform(self) -> bool:
        """Whether one header says what holds for all rows."""
        return (self.is_complete or not self.apart) and not self.by_one_header

    def size(self) -> int:
        """How many characters the table takes."""
        return len(self.header) + len("".join(self.lines)) + len(self.lines)

    def all_columns(self) -> list[Column]:
        """The columns of all objects, also of those that stand as JSON among the rows."""
        if self.is_uniform:
            return self.columns
        rows = _objects_in(self.items)
        shapes = shapes_of(rows)
        own = dict.fromkeys(column.path[0] for column in self.columns)
        # There may be too many keys to look at those that hardly any row has.
        return columns_of(rows, Shapes(list(own) if shapes is None else shapes.keys))


def make_table(
    value: dict[str, Json] | list[Json] | Rows,
    delimiter: str,
    spared: frozenset[str] = frozenset(),
    room: Callable[[], float] | None = None,
) -> Table | None:
    """The table of an array or map, or `None` when its items are not alike.

    Where there is only so much `room`, raises `TooSparseError` for some that would take more.
    """
    kinds = kinds_in(value)
    if not may_be_table(value, kinds):
        return None
    if isinstance(value, (list, Rows)):
        return _of_rows(value, delimiter, spared, room)
    if kinds == {dict}:
        return _of_rows(map_rows(value), delimiter, spared, room)
    return _of_pairs(value, delimiter, spared)


def kinds_in(value: dict[str, Json] | list[Json] | Rows) -> set[type]:
    """The types of the values in an object or array."""
    if isinstance(value, dict):
        return set(map(type, value.values()))
    return set(map(type, value)) if isinstance(value, list) else {dict}


def may_be_table(value: dict[str, Json] | list[Json] | Rows, kinds: set[type]) -> bool:
    """Whether there are enough items for a table, and of the types that may be alike."""
    if not isinstance(value, dict):
        return dict in kinds and len(value) >= _LEAST_ROWS
    if len(kinds) != 1 or len(value) < _LEAST_ENTRIES:
        return False
    return not kinds.isdisjoint((dict, list)) or len(value) >= _LEAST_SCALARS


def _of_pairs(value: dict[str, Json], delimiter: str, spared: frozenset[str]) -> Table:
    """The table of a map whose values are no objects: a column of keys, and the values."""
    columns = [Column((KEY,), list(value)), *unfold(VALUE, list(value.values()))]
    plan = plan_columns(columns, delimiter, spared, range(len(value)))
    return _write(plan, columns, Pairs(value), delimiter, set())


def _of_rows(
    items: Sequence[Json],
    delimiter: str,
    spared: frozenset[str],
    room: Callable[[], float] | None,
) -> Table | None:
    rows = _objects_in(items)
    if not rows or len(rows) * 5 < len(items) * 4:
        return None
    counts = count_shapes(rows)
    shapes = shapes_in(counts, rare_shapes(counts))
    if shapes is None or _share_nothing(counts, shapes):
        return None
    odd: set[int] = set()
    if shapes.odd or len(rows) < len(items):
        odd = {index for index, item in enumerate(items) if not _follows(item, shapes.odd)}
    if len(odd) * 5 > len(items):
        return None
    few = 0 if len(items) > _MOST_SCANNED else max(2, len(items) // _FEW)
    if room is not None and not shapes.uniform:
        regular = _objects_in(items, odd) if odd else rows
        regular_counts = {keys: counts[keys] for keys in counts if keys not in shapes.odd}
        if least_size(regular, regular_counts, few, room()) >= room():
            raise TooSparseError
    numbers = _others(items, odd)
    columns = _columns(items, odd, shapes)
    plan = plan_columns(columns, delimiter, spared, numbers)
    table = _write(plan, columns, items, delimiter, odd)
    if room is not None and table.size() >= room():
        return table
    telling = _telling(table, few) if plan.hoists else None
    if telling:
        plan = part_of(plan, [number not in telling for number in numbers])
        table = _write(plan, columns, items, delimiter, telling | odd)
        table = replace(table, is_complete=not odd)
    # Of a view's rows the one above may not be shown.
    numbers_left = _others(items, table.apart)
    if room is not None and above.fold(plan, numbers_left, spared, partial(_telling, table, few)):
        table = _write(plan, columns, items, delimiter, table.apart)
    return _by_kind(table, numbers, delimiter, spared)


def _others(items: Sequence[Json], apart: set[int]) -> Sequence[int]:
    """The places of the rows that do not stand apart."""
    every = range(len(items))
    return [at for at in every if at not in apart] if apart else every


def _telling(table: Table, few: int) -> set[int]:
    """The rows that tell of an error, where they are few.

    Such a row says everything itself, also what follows elsewhere.
    """
    if not few:
        return set()
    most = few + 1 + len(table.apart)
    found = set(signals.problems(table.lines, least=signals.ERROR, most=most)) - table.apart
    return found if len(found) <= few else set()


def _by_kind(table: Table, numbers: Sequence[int], delimiter: str, spared: frozenset[str]) -> Table:
    """The table with a header for each kind of rows, where that is shorter.

    The columns of the table are those of the rows with these `numbers`.
    """
    found = kinds_of(table.columns, table.size() * _WORTHWHILE)
    apart = _often_apart(table)[: len(LETTERS) - max(1, len(found))]
    if not found and not apart:
        return table
    kinds = chain(_kinds(table, found or [range(len(numbers))], numbers), apart)
    header, lines = write_by_kind(table.items, kinds, delimiter, spared)
    other = replace(table, header=header, lines=lines, by_one_header=table.lines)
    return other if other.size() + LETTER * len(lines) < table.size() else table


def _kinds(table: Table, kinds: Sequence[Sequence[int]], numbers: Sequence[int]) -> Iterator[Kind]:
    """The kinds of rows that have columns, without rows that are written as JSON; one at a time."""
    for kind in kinds:
        rows = [row for row in kind if numbers[row] not in table.apart]
        if rows:
            yield Kind([numbers[row] for row in rows], [*of_some_rows(table.columns, rows)])


def _often_apart(table: Table) -> list[Kind]:
    """The rows that are written as JSON by their keys, where many have the same."""
    if len(table.apart) < _LEAST_OF_KIND:
        return []
    alike: dict[tuple[str, ...], list[tuple[int, Row]]] = {}
    for at, item in enumerate(table.items):
        if at in table.apart and isinstance(item, dict):
            alike.setdefault(tuple(item), []).append((at, item))
    least = max(_LEAST_OF_KIND, len(table.items) // _FEW + 1)
    often = [keys for keys in alike if len(alike[keys]) >= least]
    kinds: list[Kind] = []
    for keys in sorted(often, key=lambda keys: -len(alike[keys])):
        places, rows = zip(*alike[keys], strict=True)
        kinds.append(Kind(places, columns_of(rows, Shapes(list(keys), uniform=True))))
    return kinds


def _share_nothing(counts: Mapping[tuple[str, ...], int], shapes: Shapes) -> bool:
    """Whether each row has keys of its own alone, but for the key that it has in a map."""
    if shapes.uniform:
        return not shapes.keys
    shared = sum(counts.values()) - 1 if KEY in shapes.keys[:1] else 0
    return sum(len(shape) * counts[shape] for shape in counts) - len(shapes.keys) == shared


def _columns(items: Sequence[Json], odd: set[int], shapes: Shapes) -> list[Column]:
    """The columns of all but the `odd` rows."""
    rows = _objects_in(items, odd)
    return columns_of(rows, shapes.of(rows) if odd else shapes)


def _objects_in(items: Sequence[Json], odd: set[int] = _NONE) -> Sequence[Row]:
    """The objects among items, but for those that are `odd`."""
    if isinstance(items, Rows):
        return items.without(odd) if odd else items
    if not odd:
        return [item for item in items if isinstance(item, dict)]
    return [
        item for number, item in enumerate(items) if number not in odd and isinstance(item, dict)
    ]


def _write(
    plan: Plan, columns: list[Column], items: Sequence[Json], delimiter: str, odd: set[int]
) -> Table:
    lines = plan.lines(len(items) - len(odd), delimiter)
    if odd:
        line = iter(lines)
        lines = [
            f"!{dump(item)}" if index in odd else next(line) for index, item in enumerate(items)
        ]
    if plan.numbered:
        lines[_EVERY::_EVERY] = [
            f"{number}> {lines[number]}" for number in range(_EVERY, len(lines), _EVERY)
        ]
    given = frozenset(line.partition("=")[0] for line in plan.given)
    header = plan.header(len(items), delimiter)
    return Table(header, lines, columns, items, given, odd)


def _follows(item: Json, odd: set[tuple[str, ...]]) -> bool:
    return isinstance(item, dict) and (not odd or tuple(item) not in odd)
