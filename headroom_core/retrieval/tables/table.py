"""A table: how many rows, which columns, and each column as a list, made when it is asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, TypeGuard

import re2

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Number = int | Decimal
Cell = Number | bool | str | list[object] | dict[str, object] | None

MOST_DIGITS = 40
_MANY = 3
"""Of so many rows one at most is worth reading by itself: the next question may ask for all."""
_OFTEN = 8
"""Where a text comes back so often, it is not worth while to read them all at once."""
_NUMBER = re.compile(
    r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?"
)
_NUMBERS = re2.compile(r"(?:(?:[+-]?[0-9]{1,40}(?:\.[0-9]{0,40})?)?(?:\n|$))*")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of an original, in source order."""

    kind: str
    """What the rows are, in words."""
    size: int
    columns: tuple[str, ...]
    """The names worth telling, in source order; nested ones are dotted."""
    column: Callable[[str], list[Cell] | None]
    """The values of a column, one for each row; `None` when no row has it."""
    source: Callable[[int], str]
    """The source of a row, by its index."""
    lead: str = ""
    """The source lines above the rows that name their columns."""
    some: Callable[[str, Sequence[int]], list[Cell] | None] | None = None
    """The values of a column in some rows, where those can be had without reading all others.

    `None` where none of these rows has the column, or where only all rows can tell.
    """
    cached: dict[str, list[Cell] | None] = field(default_factory=dict[str, list[Cell] | None])

    def values(self, name: str) -> list[Cell] | None:
        """Return a column by its name, or by its name in another case where that is one only."""
        if name not in self.cached:
            found = self.column(name)
            if found is None:
                alike = [each for each in self.columns if each.lower() == name.lower()]
                found = self.column(alike[0]) if len(alike) == 1 else None
            self.cached[name] = found
        return self.cached[name]

    def values_at(self, name: str, rows: Sequence[int]) -> list[Cell] | None:
        """Return what a column holds in some rows, in this order."""
        few = len(rows) * _MANY <= self.size
        if few and self.some is not None and name not in self.cached:
            found = self.some(name, rows)
            if found is not None:
                return found
        values = self.values(name)
        return None if values is None else [values[row] for row in rows]


def number(text: str) -> Number | None:
    """Return the exact number that a text spells, or `None`."""
    if text.isdecimal() and text.isascii() and len(text) <= MOST_DIGITS:
        return int(text)
    if not _NUMBER.fullmatch(text):
        return None
    return Decimal(text) if "." in text or not text.lstrip("+-").isdecimal() else int(text)


def cell(text: str) -> Cell:
    """Return what a cell of a table in text form holds; nothing for an empty one."""
    text = text.strip()
    if not text:
        return None
    if text[0] in "0123456789-+.":
        found = number(text)
        return text if found is None else found
    return text


def cells(texts: Sequence[str]) -> list[Cell]:
    """Read a column of cells. Each different text is read once, since most come back."""
    different = set(texts)
    if len(different) * _OFTEN > len(texts) and _are_numbers(texts):
        return [(Decimal(text) if "." in text else int(text)) if text else None for text in texts]
    known = {text: cell(text) for text in different}
    return list(map(known.__getitem__, texts))


def _are_numbers(texts: Sequence[str]) -> bool:
    """Whether all cells are plain numbers or empty: one search is faster than one for each."""
    if texts[0][:1] not in "0123456789+-":
        return False
    column = "\n".join(texts)
    return column.isascii() and _NUMBERS.fullmatch(column) is not None


def is_number(value: object) -> TypeGuard[Number]:
    """Whether a value is a number, which truth values are not."""
    kind = type(value)
    return kind is int or kind is Decimal
