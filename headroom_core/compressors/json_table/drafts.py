"""The columns of a table while it is decided what is written of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table.cells import to_cells
from headroom_core.compressors.json_table.templates import Texts, texts_of
from headroom_core.compressors.json_table.writing import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.json_table.columns import Column
    from headroom_core.compressors.json_table.values import Value

_NAME = re.compile(r"[^\W\d](?:[\w@$/ -]*[\w@$/-])?|@key|@value|\$json\w*")


@dataclass(slots=True)
class Draft:
    """A column on its way into the plan."""

    name: str
    column: Column
    cells: list[str]
    texts: Texts
    kinds: set[type]
    weight: tuple[int, int]
    """A template may only refer to columns of less weight, so that there is no circle."""
    constant: bool


@dataclass(slots=True)
class Table:
    """What is known while the columns of one table, or of one child table, are planned."""

    drafts: list[Draft]
    delimiter: str
    spared: frozenset[str]
    numbers: Sequence[int]
    within: str

    @property
    def counts_rows(self) -> bool:
        """Whether `{row}` has a meaning here, and the first rows stand where it shows."""
        return list(self.numbers[:3]) == [0, 1, 2]

    def texts(self, name: str) -> Texts:
        """The texts of a column."""
        return next(draft.texts for draft in self.drafts if draft.name == name)

    def values(self, name: str) -> list[Value]:
        """The values of a column."""
        return next(draft.column.values for draft in self.drafts if draft.name == name)


def name_of(path: Sequence[str]) -> str:
    """The name of a column: its keys joined by dots, quoted where they could be misread."""
    return ".".join(key if _NAME.fullmatch(key) else quote(key) for key in path)


def draft_of(index: int, column: Column, delimiter: str) -> Draft:
    """A column with all that is asked about it more than once."""
    name = name_of(column.path)
    if column.child is not None:
        return Draft(name, column, [], [], set(), (0, index), constant=False)
    cells = to_cells(column.values, delimiter)
    kinds = set(map(type, column.values))
    # The cells of numbers are their texts: one list for both.
    texts: Texts = list(cells) if kinds == {int} else texts_of(column.values)
    constant = cells.count(cells[0]) == len(cells)
    weight = sum(map(len, filter(None, texts)))
    return Draft(name, column, cells, texts, kinds, (weight, index), constant)


def is_spared(draft: Draft, spared: frozenset[str]) -> bool:
    """Whether a column is asked about by its name."""
    return draft.column.path[-1].lower() in spared


def is_referable(name: str) -> bool:
    """Whether a column's name can stand in the braces of a template."""
    return not any(char in name for char in '{}\n"') and not name.startswith("row")
