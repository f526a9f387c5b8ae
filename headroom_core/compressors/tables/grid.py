"""The cells of a table, as they stand in the source, and how its lines are laid out."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


_MOST_ODD = 0.2


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

    def rows(self, names: Sequence[str], columns: Sequence[Sequence[str]]) -> list[str]:
        """The text of each row, whose cells are given column by column."""
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
    height: int = 1
    """How many lines a row takes."""

    @property
    def count(self) -> int:
        """How many rows there are, odd ones included."""
        return (len(self.columns[0]) if self.columns else 0) + len(self.odd)

    def rows_at(self, lines: Iterable[int]) -> set[int]:
        """The regular rows that stand in some lines of the text."""
        odd = sorted(self.odd)
        places = ((line - self.first) // self.height for line in lines)
        rows = {at - bisect(odd, at) for at in places if at not in self.odd}
        return {row for row in rows if 0 <= row < len(self.columns[0])}


class Cut(NamedTuple):
    """The lines of a table cut into cells, with blanks around them."""

    names: Sequence[str]
    rows: Sequence[Sequence[str]]
    first: int
    """The line of the text that holds the first row."""


def fitted(layout: Layout, cut: Cut, head: Sequence[str], rows: Sequence[str]) -> Grid | None:
    """The table that lines are in a layout; `None` when it is not theirs.

    The lines of `head` must be what the layout makes of the names; a row that is not becomes an
    odd line, and so does one that repeats the names.
    """
    names = [name.strip(" ") for name in cut.names]
    if layout.head(names) != list(head):
        return None
    regular = [row for row in cut.rows if len(row) == len(names)]
    columns = [[cell.strip(" ") for cell in column] for column in zip(*regular, strict=True)]
    safe = not any(layout.delimiter in "".join(column) for column in columns)
    made_rows = layout.rows(names, columns)
    pairs = zip(zip(*columns, strict=True), made_rows, strict=True)
    again = tuple(names)
    odd: dict[int, str] = {}
    kept: list[tuple[str, ...]] = []
    for at, (row, line) in enumerate(zip(cut.rows, rows, strict=True)):
        own, made = next(pairs) if len(row) == len(names) else (again, None)
        if made == line and own != again and (safe or not any(layout.delimiter in c for c in own)):
            kept.append(own)
        else:
            odd[at] = line
    if not kept or len(odd) > _MOST_ODD * len(rows):
        return None
    return Grid(layout, names, list(zip(*kept, strict=True)), odd, cut.first)
