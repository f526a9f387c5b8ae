"""The cells of a table, as they stand in the source, and how its lines are laid out."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Layout(Protocol):
    """How the lines of a table are made of its cells; everything that is not a cell."""

    @property
    def words(self) -> str:
        """The layout as a header says it; `read_layout` reads it back."""
        ...

    @property
    def delimiter(self) -> str:
        """What stands between the cells in our form."""
        ...

    def head(self, names: Sequence[str]) -> list[str]:
        """The lines before the first row."""
        ...

    def rows(self, columns: Sequence[Sequence[str]]) -> list[str]:
        """The lines of the rows whose cells are given column by column."""
        ...

    def foot(self) -> list[str]:
        """The lines after the last row."""
        ...


@dataclass(frozen=True, slots=True)
class Grid:
    """A table that was read: its columns, and the lines between its rows that are none."""

    layout: Layout
    names: Sequence[str]
    columns: Sequence[Sequence[str]]
    """The cells of the regular rows, column by column."""
    odd: dict[int, str]
    """Lines that are no regular rows, by their index among all rows of the table."""
    first: int
    """The line of the text that holds the first row."""

    @property
    def count(self) -> int:
        """How many rows there are, odd ones included."""
        return (len(self.columns[0]) if self.columns else 0) + len(self.odd)

    def rows_at(self, lines: Iterable[int]) -> set[int]:
        """The regular rows that stand in some lines of the text."""
        odd = sorted(self.odd)
        return {at - bisect(odd, at) for line in lines if (at := line - self.first) not in self.odd}
