"""A table as text: a header in brackets, then one line for every row.

    [3 rows: id|name:user-*+1|tags=[]
     type=User]
    7|anna|
    9|ben|["admin"]
    !{"id":11,"error":"gone"}

Between the brackets stand the columns; behind them, a line each, the columns that are the same or
follow in every row. `+n` says that n of those belong here. A row that is no object, or whose keys
stand in another order or are hardly ever there, is written as JSON behind `!`. Where something
follows from the number of the row, every tenth row says its own: `20> `.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core import signals
from headroom_core.compressors.json_table.apart import part_of
from headroom_core.compressors.json_table.columns import (
    KEY,
    VALUE,
    Column,
    Shapes,
    columns_of,
    count_shapes,
    map_rows,
    shapes_in,
    shapes_of,
    unfold,
)
from headroom_core.compressors.json_table.plan import plan_columns
from headroom_core.compressors.json_table.rare import rare_shapes
from headroom_core.compressors.json_table.rows import Rows
from headroom_core.compressors.json_table.sparse import least_size
from headroom_core.compressors.json_table.writing import dump

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from headroom_core.compressors.json_table.plan import Plan
    from headroom_core.compressors.json_table.rows import Row
    from headroom_core.compressors.json_table.values import Json

_LEAST_ROWS = 2
_LEAST_ENTRIES = 3
_LEAST_SCALARS = 8
_FEW = 50
_EVERY = 10
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
    has_odd_rows: bool

    def __str__(self) -> str:
        return "\n".join([self.header, *self.lines])

    def size(self) -> int:
        """How many characters the table takes."""
        return len(self.header) + len("".join(self.lines)) + len(self.lines)

    def all_columns(self) -> list[Column]:
        """The columns of all objects, also of those that stand as JSON among the rows."""
        if not self.has_odd_rows:
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
    return _write(plan, columns, [list(pair) for pair in value.items()], delimiter, set())


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
    if shapes is None or not shapes.keys:
        return None
    if not shapes.uniform and _share_nothing(counts, shapes.keys):
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
    plan, columns = _plan(items, odd, shapes, delimiter, spared)
    table = _write(plan, columns, items, delimiter, odd)
    if few and plan.hoists and (room is None or table.size() < room()):
        # A row that tells of an error says everything itself, also what follows elsewhere.
        most = few + 1 + len(odd)
        telling = set(signals.problems(table.lines, least=signals.ERROR, most=most)) - odd
        if 0 < len(telling) <= few:
            here = (number for number in range(len(items)) if number not in odd)
            part = part_of(plan, [number not in telling for number in here])
            return _write(part, columns, items, delimiter, telling | odd)
    return table


def _share_nothing(counts: Mapping[tuple[str, ...], int], keys: Sequence[str]) -> bool:
    """Whether each row has keys of its own alone, but for the key that it has in a map."""
    shared = sum(counts.values()) - 1 if keys[0] == KEY else 0
    return sum(len(shape) * counts[shape] for shape in counts) - len(keys) == shared


def _plan(
    items: Sequence[Json], odd: set[int], shapes: Shapes, delimiter: str, spared: frozenset[str]
) -> tuple[Plan, list[Column]]:
    """The plan of the table for all but the `odd` rows, and the columns that it is made of."""
    every = range(len(items))
    numbers = [number for number in every if number not in odd] if odd else every
    rows = _objects_in(items, odd)
    columns = columns_of(rows, shapes.of(rows) if odd else shapes)
    return plan_columns(columns, delimiter, spared, numbers), columns


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
    lines = _lines(plan, delimiter, len(items) - len(odd))
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
    header = _header(plan, len(items), delimiter)
    return Table(header, lines, columns, items, given, bool(odd))


def _follows(item: Json, odd: set[tuple[str, ...]]) -> bool:
    return isinstance(item, dict) and (not odd or tuple(item) not in odd)


def _header(plan: Plan, rows: int, delimiter: str) -> str:
    tabs = " by tabs" if delimiter == "\t" else ""
    names = delimiter.join(map(str, plan.heads))
    return "\n ".join([f"[{rows} rows{tabs}: {names}", *plan.given]) + "]"


def _lines(plan: Plan, delimiter: str, rows: int) -> list[str]:
    if not plan.cells:
        return [""] * rows
    return list(map(delimiter.join, zip(*plan.cells, strict=True)))
