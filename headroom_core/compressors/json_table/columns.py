"""Like-shaped objects as columns: nested objects become dotted columns, child arrays child tables.

The order of keys is kept: the columns stand in one order that every row's keys follow.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING, Literal

from headroom_core.compressors.json_table.rare import MOST_RARE, rare_shapes
from headroom_core.compressors.json_table.rows import BATCH, Row, Rows, rows_of, shared
from headroom_core.compressors.json_table.values import ABSENT, Json, Value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

KEY = "@key"
VALUE = "@value"
_MOST_COLUMNS = 400
_MOST_SHAPES = 200
MOST_NESTED = 6
_LEAST_FILL = 0.2
_LEAST_POOLED = 2
_FEW = 3
_LEAST_FILL_OF_FEW = 0.6


@dataclass(slots=True)
class Column:
    """One column: where its values stand in a row, and the values."""

    path: tuple[str, ...]
    values: list[Value]
    child: Child | None = None


@dataclass(slots=True)
class Child:
    """The objects of a column of arrays, or of maps, in one pool of rows."""

    kind: Literal["list", "map"]
    counts: list[int]
    """How many pooled rows each row has; -1 where the row's own value stands instead."""
    columns: list[Column]
    odd: dict[int, Row]
    """The pooled rows that the columns leave out, since they have other keys or another order."""


@dataclass(slots=True)
class Shapes:
    """The key order that rows share, and which rows do not follow it."""

    keys: list[str]
    odd: set[tuple[str, ...]] = field(default_factory=set[tuple[str, ...]])
    uniform: bool = False

    def of(self, rows: Sequence[Row]) -> Shapes:
        """The same order for some of the rows, without the keys that those lack."""
        shapes = list(dict.fromkeys(map(tuple, rows)))
        present = {key for shape in shapes for key in shape}
        keys = [key for key in self.keys if key in present]
        return Shapes(keys, uniform=len(shapes) == 1)


def shapes_of(rows: Sequence[Row]) -> Shapes | None:
    """Find one order of keys that (nearly) all rows follow; `None` when there are too many."""
    return shapes_in(dict.fromkeys(map(tuple, _examples(rows))))


def count_shapes(rows: Sequence[Row]) -> dict[tuple[str, ...], int]:
    """How many rows have which keys; of rows that all have the same, one is counted.

    Where those are too many for `shapes_in`, the rest is not counted.
    """
    counts: Counter[tuple[str, ...]] = Counter()
    rest = map(tuple, _examples(rows))
    seen = 0
    while len(counts) <= _MOST_SHAPES + seen * MOST_RARE and (some := list(islice(rest, BATCH))):
        counts.update(some)
        seen += len(some)
    return counts


def shapes_in(
    every: Collection[tuple[str, ...]], rare: Collection[tuple[str, ...]] = ()
) -> Shapes | None:
    """Find one order of keys that rows with these keys follow, as `shapes_of` does.

    Those that are `rare` do not have to.
    """
    shapes = [shape for shape in every if shape not in rare]
    if len(shapes) > _MOST_SHAPES:
        return None
    if len(shapes) == 1:
        keys = list(shapes[0])
        return Shapes(keys, set(rare), uniform=True) if len(keys) <= _MOST_COLUMNS else None
    keys = _merge(shapes)
    if len(keys) > _MOST_COLUMNS:
        return None
    place = {key: index for index, key in enumerate(keys)}
    odd = {shape for shape in shapes if list(shape) != sorted(shape, key=place.__getitem__)}
    return Shapes(keys, odd.union(rare))


def columns_of(rows: Sequence[Row], shapes: Shapes, nested: int = 0) -> list[Column]:
    """The columns of rows whose keys follow the order of `shapes`."""
    columns: list[Column] = []
    for key, values in zip(shapes.keys, _values_of(rows, shapes), strict=True):
        columns += unfold(key, values, nested)
    return columns


def of_some_rows(columns: Sequence[Column], places: Sequence[int]) -> Iterator[Column]:
    """The columns that the rows at some places have, where others' keys may have kept them."""
    for column in columns:
        values = [column.values[at] for at in places]
        if values.count(ABSENT) < len(values):
            *outer, key = column.path
            for each in unfold(key, values, len(outer)):
                yield Column((*outer, *each.path), each.values, each.child)


def _values_of(rows: Sequence[Row], shapes: Shapes) -> Iterator[list[Value]]:
    """The values of each key in turn."""
    if isinstance(rows, Rows):
        yield from _values_of_many(rows, shapes)
    elif shapes.uniform:
        width = len(shapes.keys)
        values: list[Value] = list(chain.from_iterable(map(dict[str, Json].values, rows)))
        yield from (values[at::width] for at in range(width))
    else:
        for key in shapes.keys:
            yield [row.get(key, ABSENT) for row in rows]


def _examples(rows: Sequence[Row]) -> Sequence[Row]:
    """Rows that have all the keys, in every order, that some rows have."""
    return rows[:1] if isinstance(rows, Rows) and rows.columns is not None else rows


def _values_of_many(rows: Rows, shapes: Shapes) -> Iterator[list[Value]]:
    """The values of each key, of rows that are not to be in memory all at once."""
    if rows.columns is not None:
        yield from map(list[Value], rows.columns.values())
        return
    columns: list[list[Value]] = [[] for _ in shapes.keys]
    for batch in rows.batches():
        for column, values in zip(columns, _values_of(batch, shapes), strict=True):
            column.extend(shared(values))
    yield from columns


def map_rows(value: dict[str, Json]) -> Sequence[Row]:
    """The rows of a map of objects: its keys become a column.

    Many that have the same keys are no new objects, but their columns.
    """
    objects = [each for each in value.values() if isinstance(each, dict)]
    shapes = set(map(tuple, objects)) if len(objects) > BATCH else set[tuple[str, ...]]()
    if len(shapes) == 1 and KEY not in next(iter(shapes)):
        shape = Shapes(list(shapes.pop()), uniform=True)
        named = zip(shape.keys, _values_of(objects, shape), strict=True)
        return rows_of({KEY: list(value), **dict(named)}, len(objects))
    return [{KEY: key, **each} for key, each in value.items() if isinstance(each, dict)]


def _merge(shapes: list[tuple[str, ...]]) -> list[str]:
    """One order of all keys: the longest shape first, others' keys after their predecessors."""
    keys: list[str] = []
    for shape in sorted(shapes, key=len, reverse=True):
        known = set(keys)
        after = 0
        for key in shape:
            if key in known:
                after = keys.index(key) + 1
            else:
                keys.insert(after, key)
                after += 1
    return keys


def unfold(key: str, values: list[Value], nested: int = 0) -> list[Column]:
    """The column of a key's values, or the columns of the objects in them."""
    kinds = set(map(type, values))
    if nested < MOST_NESTED:
        if dict in kinds:
            found = _unfold_objects(key, values, nested)
            if found is not None:
                return found
        elif list in kinds:
            child = _child_lists(values, nested)
            if child is not None:
                return [Column((key,), values, child)]
    return [Column((key,), values)]


def _unfold_objects(key: str, values: list[Value], nested: int) -> list[Column] | None:
    objects = [value for value in values if isinstance(value, dict) and value]
    if not objects:
        return None
    child = _child_maps(values, objects, nested)
    if child is not None:
        return [Column((key,), values, child)]
    shapes = shapes_of(objects)
    if shapes is None or shapes.odd or _is_sparse(objects, shapes):
        return None
    inner = columns_of(objects, shapes, nested + 1)
    if len(objects) == len(values):
        return [Column((key, *each.path), each.values, each.child) for each in inner]
    here = [isinstance(value, dict) and bool(value) for value in values]
    found = [Column((key, *each.path), *_scatter(each, here)) for each in inner]
    own: list[Value] = [
        ABSENT if is_object else value for value, is_object in zip(values, here, strict=True)
    ]
    if any(value is not ABSENT for value in own):
        found.insert(0, Column((key,), own))
    return found


def _scatter(column: Column, here: list[bool]) -> tuple[list[Value], Child | None]:
    """Spread a column over rows some of which lack it."""
    values = iter(column.values)
    spread: list[Value] = [next(values) if is_here else ABSENT for is_here in here]
    if column.child is None:
        return spread, None
    counts = iter(column.child.counts)
    all_counts = [next(counts) if is_here else -1 for is_here in here]
    return spread, Child(column.child.kind, all_counts, column.child.columns, column.child.odd)


def _child_maps(values: list[Value], objects: list[Row], nested: int) -> Child | None:
    """Maps from changing keys to objects: their entries pooled, the key as first column."""
    if any(set(map(type, each.values())) != {dict} for each in objects):
        return None
    keys = set(chain.from_iterable(objects))
    entries = sum(map(len, objects))
    # A map has many entries, or keys that rarely come back; a record has few keys, always there.
    if entries < 3 * len(objects) and (len(keys) < 6 or entries > len(keys) * 1.5):
        return None
    rows: list[Row] = []
    for each in objects:
        rows += map_rows(each)
    counts = [len(v) if isinstance(v, dict) and v else -1 for v in values]
    return _child("map", counts, rows, nested)


def _child_lists(values: list[Value], nested: int) -> Child | None:
    """Arrays of objects: their items pooled."""
    items = list(chain.from_iterable(value for value in values if isinstance(value, list)))
    if len(items) < _LEAST_POOLED or set(map(type, items)) != {dict}:
        return None
    rows = [item for item in items if isinstance(item, dict)]
    counts = [(len(value) or -1) if isinstance(value, list) else -1 for value in values]
    return _child("list", counts, rows, nested)


def _child(
    kind: Literal["list", "map"], counts: list[int], rows: list[Row], nested: int
) -> Child | None:
    numbers = count_shapes(rows)
    shapes = shapes_in(numbers, rare_shapes(numbers))
    if shapes is None or not shapes.keys or _is_sparse(rows, shapes):
        return None
    odd: dict[int, Row] = {}
    if shapes.odd:
        odd = {index: row for index, row in enumerate(rows) if tuple(row) in shapes.odd}
    if len(odd) * 5 > len(rows):
        return None
    regular = [row for index, row in enumerate(rows) if index not in odd] if odd else rows
    columns = columns_of(regular, shapes.of(regular) if odd else shapes, nested + 1)
    return Child(kind, counts, columns, odd)


def _is_sparse(rows: Sequence[Row], shapes: Shapes) -> bool:
    """Whether most cells of a table would be blank, and each row holds more than one value."""
    if shapes.uniform:
        return False
    held = sum(map(len, rows))
    least = _LEAST_FILL_OF_FEW if len(rows) <= _FEW and held > len(rows) else _LEAST_FILL
    return held < least * len(rows) * len(shapes.keys)
