"""The objects of a table, put together from its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from headroom_core.compressors.json_table.columns import KEY, VALUE
from headroom_core.compressors.json_table.rows import Row, Rows, objects_from, rows_of
from headroom_core.compressors.json_table.values import ABSENT, Json, Value
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_Part: TypeAlias = "tuple[tuple[str, ...], list[Value]]"
_MANY = 1000


def objects_of(columns: list[_Part], count: int) -> Sequence[Row]:
    """The objects whose keys, and keys of objects in them, the columns' paths name."""
    groups: dict[str, list[_Part]] = {}
    for path, values in columns:
        groups.setdefault(path[0], []).append((path[1:], values))
    if not groups:
        return [{} for _ in range(count)]
    merged = {key: _merge(group, count) for key, group in groups.items()}
    absent = any(not isinstance(each, Rows) and ABSENT in each for each in merged.values())
    if count >= _MANY:
        return rows_of(merged, count, absent=absent)
    return objects_from(merged, absent=absent)


def _merge(group: list[_Part], count: int) -> Sequence[Value]:
    """The values of one key: its own column, or the objects that its inner columns make."""
    inner = [(path, values) for path, values in group if path]
    own = next((values for path, values in group if not path), None)
    if not inner:
        return own or []
    objects = objects_of(inner, count)
    if own is None and isinstance(objects, Rows) and objects.columns is not None:
        return objects
    if own is None:
        return [each or ABSENT for each in objects]
    return [
        (each or ABSENT) if value is ABSENT else value
        for value, each in zip(own, objects, strict=True)
    ]


def as_map(rows: Iterable[Json]) -> dict[str, Json]:
    """The map whose keys, or keys and values, are the first columns."""
    made: dict[str, Json] = {}
    for row in rows:
        if not isinstance(row, dict):
            raise DecodeError("a row of a keyed table is no object")
        key = row.pop(KEY, None)
        if not isinstance(key, str) or key in made:
            raise DecodeError("a row of a keyed table has no key of its own")
        made[key] = row.get(VALUE, row)
    return made
