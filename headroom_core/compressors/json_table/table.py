"""A table as text: a header in brackets, then one line for every row.

    [3 rows: id|name:user-*+1|tags=[]
     type=User]
    7|anna|
    9|ben|["admin"]
    !{"id":11,"error":"gone"}

Between the brackets stand the columns; behind them, a line each, the columns that are the same or
follow in every row. `+n` says that n of those belong here. A row that is no object, or whose keys
stand in another order, is written as JSON behind `!`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table.columns import (
    Column,
    Row,
    columns_of,
    map_rows,
    shapes_of,
)
from headroom_core.compressors.json_table.plan import plan_columns
from headroom_core.compressors.json_table.writing import dump

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.json_table.plan import Plan
    from headroom_core.compressors.json_table.values import Json

_LEAST_ROWS = 2
_LEAST_ENTRIES = 3
_LEAST_SCALARS = 8


@dataclass(frozen=True, slots=True)
class Table:
    """An array or map as a table."""

    header: str
    lines: list[str]
    columns: list[Column]
    items: Sequence[Json]

    def __str__(self) -> str:
        return "\n".join([self.header, *self.lines])


def make_table(value: Json, delimiter: str, spared: frozenset[str] = frozenset()) -> Table | None:
    """The table of an array or map, or `None` when its items are not alike."""
    if isinstance(value, list):
        items: Sequence[Json] = value if len(value) >= _LEAST_ROWS else []
    else:
        items = _entries(value) if isinstance(value, dict) else []
    rows = [item for item in items if isinstance(item, dict)]
    if not rows or len(rows) * 5 < len(items) * 4:
        return None
    return _make(items, rows, delimiter, spared)


def _entries(value: dict[str, Json]) -> list[Row]:
    """The rows of a map, if the object is one."""
    kinds = set(map(type, value.values()))
    if len(kinds) != 1 or len(value) < _LEAST_ENTRIES:
        return []
    if kinds <= {dict, list} or len(value) >= _LEAST_SCALARS:
        return map_rows(value) or []
    return []


def _make(
    items: Sequence[Json], rows: list[Row], delimiter: str, spared: frozenset[str]
) -> Table | None:
    shapes = shapes_of(rows)
    if shapes is None or not shapes.keys:
        return None
    odd = {index for index, item in enumerate(items) if not _follows(item, shapes.odd)}
    if len(odd) * 5 > len(items):
        return None
    regular = [item for index, item in enumerate(items) if index not in odd]
    rows = [row for row in regular if isinstance(row, dict)]
    columns = columns_of(rows, shapes)
    plan = plan_columns(columns, delimiter, spared)
    lines = _lines(plan, delimiter, len(rows))
    if odd:
        line = iter(lines)
        lines = [
            f"!{dump(item)}" if index in odd else next(line) for index, item in enumerate(items)
        ]
    return Table(_header(plan, len(items), delimiter), lines, columns, items)


def _follows(item: Json, odd: set[tuple[str, ...]]) -> bool:
    return isinstance(item, dict) and (not odd or tuple(item) not in odd)


def _header(plan: Plan, rows: int, delimiter: str) -> str:
    tabs = " by tabs" if delimiter == "\t" else ""
    names = delimiter.join(map(str, plan.heads))
    return "\n ".join([f"[{rows} rows{tabs}: {names}", *plan.given]) + "]"


def _lines(plan: Plan, delimiter: str, rows: int) -> list[str]:
    if not plan.cells:
        return [""] * rows
    return [delimiter.join(row) for row in zip(*plan.cells, strict=True)]
