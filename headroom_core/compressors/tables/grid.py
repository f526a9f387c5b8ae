"""The cells of a table, as they stand in the source, and how its lines are laid out."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from itertools import compress, islice
from typing import TYPE_CHECKING, NamedTuple, Protocol

from headroom_core.compressors.batches import batches_of
from headroom_core.compressors.packed import Packed, extend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence


_MOST_ODD = 0.2
_AT_ONCE = 200
"""So many rows are cut at once: their cells, each a text, take many times the rows."""


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

    def rows(
        self, names: Sequence[str], columns: Sequence[Sequence[str]], done: int = 0
    ) -> Iterator[str]:
        """The text of each row after those that are done; cells are given column by column."""
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
    """How the lines of a table are cut into cells, with blanks around them."""

    names: Sequence[str]
    cells_of: Callable[[str], Sequence[str]]
    first: int
    """The line of the text that holds the first row."""

    def sample(self, lines: Iterable[str], most: int) -> list[Sequence[str]]:
        """The cells of the first lines that have as many as there are names."""
        width = len(self.names)
        return list(islice((row for row in map(self.cells_of, lines) if len(row) == width), most))


def most_tries(lines: int) -> int:
    """How many rules of a text may turn out to be of no table.

    Each takes the reading of some hundred lines, and all lines of a text may be rules.
    """
    return 20 + lines // 1000


def fitted(layout: Layout, cut: Cut, head: Sequence[str], rows: Sequence[str]) -> Grid | None:
    """The table that lines are in a layout; `None` when it is not theirs.

    The lines of `head` must be what the layout makes of the names; a row that is not becomes an
    odd line, and so does one that repeats the names.
    """
    names = [name.strip(" ") for name in cut.names]
    if layout.head(names) != list(head):
        return None
    columns = [Packed() for _ in names]
    odd: dict[int, str] = {}
    at = 0
    for batch in batches_of(rows, _AT_ONCE):
        fits, cells = _fitting(layout, names, cut, batch)
        odd.update((at + index, batch[index]) for index, fit in enumerate(fits) if not fit)
        if len(odd) > _MOST_ODD * len(rows):
            return None
        extend(columns, cells)
        at += len(batch)
    return Grid(layout, names, columns, odd, cut.first) if columns[0] else None


def _fitting(
    layout: Layout, names: Sequence[str], cut: Cut, lines: Sequence[str]
) -> tuple[list[bool], list[Sequence[str]]]:
    """Whether each line is a row in a layout, and the cells of those that are, by columns."""
    raw = [cut.cells_of(line) for line in lines]
    regular = [len(cells) == len(names) for cells in raw]
    found = list(zip(*compress(raw, regular), strict=True)) or [()] * len(names)
    columns = [[cell.strip(" ") for cell in column] for column in found]
    safe = not any(layout.delimiter in "".join(column) for column in columns)
    own_lines = compress(lines, regular)
    again = tuple(names)
    fits = [
        made == line and own != again and (safe or not any(layout.delimiter in c for c in own))
        for own, made, line in zip(
            zip(*columns, strict=True), layout.rows(names, columns), own_lines, strict=True
        )
    ]
    rest = iter(fits)
    all_fit = [is_regular and next(rest) for is_regular in regular]
    return all_fit, [list(compress(column, fits)) for column in columns]
