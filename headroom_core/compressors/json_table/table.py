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

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table.columns import Column, Shapes, columns_of, shapes_of
from headroom_core.compressors.json_table.rows import Rows
from headroom_core.compressors.json_table.writing import dump

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.json_table.plan import Plan
    from headroom_core.compressors.json_table.rows import Row
    from headroom_core.compressors.json_table.values import Json

_EVERY = 10
_NONE: set[int] = set()


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
        rows = objects_in(self.items)
        shapes = shapes_of(rows)
        own = dict.fromkeys(column.path[0] for column in self.columns)
        # There may be too many keys to look at those that hardly any row has.
        return columns_of(rows, Shapes(list(own) if shapes is None else shapes.keys))


def write_table(
    plan: Plan, columns: list[Column], items: Sequence[Json], delimiter: str, apart: set[int]
) -> Table:
    """The table of a plan for all items but those that are written as JSON."""
    lines = plan.lines(len(items) - len(apart), delimiter)
    if apart:
        line = iter(lines)
        lines = [
            f"!{dump(item)}" if index in apart else next(line) for index, item in enumerate(items)
        ]
    if plan.numbered:
        lines[_EVERY::_EVERY] = [
            f"{number}> {lines[number]}" for number in range(_EVERY, len(lines), _EVERY)
        ]
    given = frozenset(line.partition("=")[0] for line in plan.given)
    header = plan.header(len(items), delimiter)
    return Table(header, lines, columns, items, given, apart)


def objects_in(items: Sequence[Json], apart: set[int] = _NONE) -> Sequence[Row]:
    """The objects among items, but for those that are `apart`."""
    if isinstance(items, Rows):
        return items.without(apart) if apart else items
    if not apart:
        return [item for item in items if isinstance(item, dict)]
    return [
        item for number, item in enumerate(items) if number not in apart and isinstance(item, dict)
    ]
