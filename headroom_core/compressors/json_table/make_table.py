"""The table of an array or map: which of its items are rows, and by which headers they are written.

What is made for a view has no room to keep to: of its rows some are shown, each by itself.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from headroom_core import signals
from headroom_core.compressors.json_table import above
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
    unfold,
)
from headroom_core.compressors.json_table.plan import plan_columns
from headroom_core.compressors.json_table.rare import rare_shapes
from headroom_core.compressors.json_table.rows import Pairs, Rows
from headroom_core.compressors.json_table.several_kinds import with_kinds
from headroom_core.compressors.json_table.sparse import least_size
from headroom_core.compressors.json_table.table import objects_in, write_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from headroom_core.compressors.json_table.table import Table
    from headroom_core.compressors.json_table.values import Json

_LEAST_ROWS = 2
_LEAST_ENTRIES = 3
_LEAST_SCALARS = 8
_FEW = 50
_MOST_SCANNED = 2000


class TooSparseError(ValueError):
    """The blanks of a table alone would take more room than there is for it."""


class _Wanted(NamedTuple):
    """How a table is to be written."""

    delimiter: str
    spared: frozenset[str]
    room: Callable[[], float] | None

    def has_room(self, size: float) -> bool:
        """Whether a table of so many characters is short enough."""
        return self.room is None or size < self.room()


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
        return _of_rows(value, _Wanted(delimiter, spared, room))
    if kinds == {dict}:
        return _of_rows(map_rows(value), _Wanted(delimiter, spared, room))
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
    return write_table(plan, columns, Pairs(value), delimiter, set())


def _of_rows(items: Sequence[Json], wanted: _Wanted) -> Table | None:
    rows = objects_in(items)
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
    if odd:
        rows = objects_in(items, odd)
    if wanted.room is not None and not shapes.uniform:
        regular = {keys: counts[keys] for keys in counts if keys not in shapes.odd}
        if not wanted.has_room(least_size(rows, regular, few, wanted.room())):
            raise TooSparseError
    columns = columns_of(rows, shapes.of(rows) if odd else shapes)
    del rows
    table = _by_one_header(items, odd, columns, few, wanted)
    if not wanted.has_room(table.size()):
        return table
    telling = partial(_telling, table, few)
    return with_kinds(table, _others(items, odd), wanted.delimiter, wanted.spared, telling)


def _by_one_header(
    items: Sequence[Json], odd: set[int], columns: list[Column], few: int, wanted: _Wanted
) -> Table:
    """The table of all but the `odd` rows, of which a `few` may tell of an error."""
    numbers = _others(items, odd)
    plan = plan_columns(columns, wanted.delimiter, wanted.spared, numbers)
    table = write_table(plan, columns, items, wanted.delimiter, odd)
    if not wanted.has_room(table.size()):
        return table
    telling = _telling(table, few) if plan.hoists else None
    if telling:
        plan = part_of(plan, [number not in telling for number in numbers])
        table = write_table(plan, columns, items, wanted.delimiter, telling | odd)
        table = replace(table, is_complete=not odd)
    if wanted.room is not None:
        left = _others(items, table.apart)
        if above.fold(plan, left, wanted.spared, partial(_telling, table, few)):
            table = write_table(plan, columns, items, wanted.delimiter, table.apart)
    return table


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


def _share_nothing(counts: Mapping[tuple[str, ...], int], shapes: Shapes) -> bool:
    """Whether each row has keys of its own alone, but for the key that it has in a map."""
    if shapes.uniform:
        return not shapes.keys
    shared = sum(counts.values()) - 1 if KEY in shapes.keys[:1] else 0
    return sum(len(shape) * counts[shape] for shape in counts) - len(shapes.keys) == shared


def _follows(item: Json, odd: set[tuple[str, ...]]) -> bool:
    return isinstance(item, dict) and (not odd or tuple(item) not in odd)
