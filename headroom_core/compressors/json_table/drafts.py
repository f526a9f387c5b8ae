"""The columns of a table while it is decided what is written of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from headroom_core.compressors.batches import BATCH
from headroom_core.compressors.json_table.cells import to_cells
from headroom_core.compressors.json_table.mentions import may_be_mentioned
from headroom_core.compressors.json_table.templates import Texts, texts_of
from headroom_core.compressors.json_table.values import Absent, Number
from headroom_core.compressors.json_table.writing import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.json_table.columns import Column
    from headroom_core.compressors.json_table.values import Value

_NUMBERS = frozenset({int, float, Number})
_NAME = re.compile(r"[^\W\d](?:[\w@$/ -]*[\w@$/-])?|@key|@value|\$json\w*")
_NEVER_REFERRED = frozenset('{}\n"')


@dataclass(slots=True)
class Draft:
    """A column on its way into the plan."""

    name: str
    index: int
    column: Column
    cells: list[str]
    kinds: set[type]
    constant: bool = False
    """Whether all cells are the same."""
    absent: int = 0
    """How many rows lack the key."""
    most: int = 0
    """How often another cell stands there at most."""
    chars: int = 0
    """How many characters the cells hold."""
    _texts: Texts | None = None
    _weight: tuple[int, int] | None = None

    # Most tables are small: a `cached_property` would take a lock for each of their columns.
    @property
    def texts(self) -> Texts:
        """The texts of the values, of which those in child tables have none."""
        if self._texts is None:
            self._texts = self._find_texts()
        return self._texts

    @property
    def weight(self) -> tuple[int, int]:
        """A template may only refer to columns of less weight, so that there is no circle."""
        if self._weight is None:
            self._weight = len("".join(filter(None, self.texts))), self.index
        return self._weight

    def _find_texts(self) -> Texts:
        if self.column.child is not None:
            return []
        numbers = self.kinds & _NUMBERS
        if not numbers or (float in numbers and not self._is_finite()):
            return texts_of(self.column.values, self.kinds)
        if numbers == self.kinds:
            return list(self.cells)
        return [
            value if isinstance(value, str) else cell if type(value) in numbers else None
            for value, cell in zip(self.column.values, self.cells, strict=True)
        ]

    def _is_finite(self) -> bool:
        """Whether surely the cells of all numbers are their texts, told by what else would be."""
        if str in self.kinds:
            return False
        cells = "".join(self.cells)
        return "N" not in cells and "I" not in cells

    def is_word(self) -> bool:
        """Whether its cells are words that other texts may mention."""
        fits = not self.constant and self.kinds == {str} and is_referable(self.name)
        return fits and may_be_mentioned(self.texts)


@dataclass
class Table:
    """What is known while the columns of one table, or of one child table, are planned."""

    drafts: list[Draft]
    delimiter: str
    spared: frozenset[str]
    numbers: Sequence[int]
    within: str
    _in_rows: dict[int, list[tuple[str, str, tuple[int, int]]]] = field(
        default_factory=dict[int, list[tuple[str, str, tuple[int, int]]]]
    )

    @cached_property
    def counts_rows(self) -> bool:
        """Whether `{row}` has a meaning here, and the first rows stand where it shows."""
        return list(self.numbers[:3]) == [0, 1, 2]

    @cached_property
    def words(self) -> list[Draft]:
        """The columns that texts of others may mention."""
        return [draft for draft in self.drafts if draft.is_word()]

    @cached_property
    def _referable(self) -> list[Draft]:
        """The columns that templates may refer to."""
        return [
            draft
            for draft in self.drafts
            if not draft.constant and draft.texts and is_referable(draft.name)
        ]

    def texts_at(self, row: int) -> list[tuple[str, str, tuple[int, int]]]:
        """The columns that templates may refer to which have a text in a row: it and its weight."""
        if row not in self._in_rows:
            self._in_rows[row] = [
                (draft.name, text, draft.weight)
                for draft in self._referable
                if (text := draft.texts[row])
            ]
        return self._in_rows[row]

    def texts(self, name: str) -> Texts:
        """The texts of a column."""
        return next(draft.texts for draft in self.drafts if draft.name == name)

    def kinds(self, name: str) -> set[type]:
        """The types of the values of a column."""
        return next(draft.kinds for draft in self.drafts if draft.name == name)

    def values(self, name: str) -> list[Value]:
        """The values of a column."""
        return next(draft.column.values for draft in self.drafts if draft.name == name)


def name_of(path: Sequence[str]) -> str:
    """The name of a column: its keys joined by dots, quoted where they could be misread."""
    return ".".join(map(_named, path))


@lru_cache(maxsize=4096)
def _named(key: str) -> str:
    return key if _NAME.fullmatch(key) else quote(key)


def draft_of(index: int, column: Column, delimiter: str) -> Draft:
    """A column with all that is asked about it more than once."""
    name = name_of(column.path)
    if column.child is not None:
        return Draft(name, index, column, [], set())
    kinds = set(map(type, column.values))
    cells = to_cells(column.values, delimiter, kinds)
    constant = bool(cells) and cells.count(cells[0]) == len(cells)
    absent = cells.count("~") if Absent in kinds else 0
    most = len(cells) - absent
    if len(cells) <= BATCH:
        most -= len(set(cells)) - (2 if absent else 1)
    chars = len("".join(cells))
    return Draft(name, index, column, cells, kinds, constant, absent, most, chars)


def is_spared(draft: Draft, spared: frozenset[str]) -> bool:
    """Whether a column is asked about by its name."""
    return bool(spared) and draft.column.path[-1].lower() in spared


def is_referable(name: str) -> bool:
    """Whether a column's name can stand in the braces of a template."""
    return _NEVER_REFERRED.isdisjoint(name) and not name.startswith("row")
