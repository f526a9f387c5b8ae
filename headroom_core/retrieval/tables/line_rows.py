"""Rows of CSV and its relatives that each stand on one line, of which columns are cut out.

To read all cells of 100,000 rows takes longer than to split the lines as far as a column. Where
cells are quoted, that goes for the columns in which no cell has a delimiter or a quote inside.
"""

from __future__ import annotations

import csv
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat, takewhile
from typing import TYPE_CHECKING

import re2

from headroom_core.retrieval.tables.table import Cell, Table, cells
from headroom_core.store.base import bytes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PLAIN = re.compile(r'"[^"]*"|[^"]*')
_MOST_PLAIN = 200
_FAR = 6
"""To be so many columns nearer to the end of the lines is worth a look at all of them."""


@dataclass(frozen=True, slots=True)
class Ends:
    """How many columns, from the first on and up to the last, can be cut at each delimiter."""

    first: int = 0
    last: int = 0


def line_table(
    text: str, lines: Sequence[str], head: Sequence[str], delimiter: str
) -> Table | None:
    """Read rows of a line each; `None` where a cell may go over the end of a line."""
    rows = list(filter(str.strip, lines))
    lead = rows.pop(0)
    names = [name.strip() for name in next(csv.reader([lead], delimiter=delimiter))]
    ends = None
    if '"' in text:
        either = (plain_ends(head, delimiter, len(names)), Ends())
        kept = (each for each in either if are_rows(text, lines, delimiter, len(names), each))
        ends = next(kept, None)
        if ends is None:
            return None
    cut = _Rows(rows, names, delimiter, ends)
    return Table(
        kind="table rows",
        size=len(rows),
        columns=tuple(dict.fromkeys(name for name in names if name)),
        column=cut.column,
        source=rows.__getitem__,
        lead=lead.removesuffix("\r"),
        some=cut.some,
    )


def plain_ends(head: Sequence[str], delimiter: str, columns: int) -> Ends:
    """Return what the first lines tell about the ends of all others."""
    rows = [line.removesuffix("\r").split(delimiter) for line in head if line.strip()]
    first = min(map(_plain, rows))
    last = min(_plain(reversed(row)) for row in rows)
    if columns > _MOST_PLAIN:
        return Ends()
    return (
        Ends(columns, columns) if first >= columns else Ends(first, min(last, columns - first - 1))
    )


def _plain(row: Iterable[str]) -> int:
    return sum(1 for _ in takewhile(_PLAIN.fullmatch, row))


def are_rows(text: str, lines: Sequence[str], delimiter: str, columns: int, ends: Ends) -> bool:
    """Whether no cell goes over the end of a line, as quoted ones may.

    Where there are plain columns, also whether all rows have as many, and all are so plain.
    """
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1  # bytes as they are, for its speed
    options.never_capture = True
    bare = rf'[^"\r\n{delimiter}]*'
    plain = rf'(?:"[^"\n{delimiter}]*"|{bare})'
    cell = rf'(?:"(?:[^"\n]|"")*"|{bare})'
    row = rf"{cell}(?:\{delimiter}{cell})*"
    if ends != Ends():
        others = max(0, columns - ends.first - ends.last)
        after = columns - ends.first - others
        row = rf"\{delimiter}".join([plain] * ends.first + [cell] * others + [plain] * after)
    rows = re2.compile(rf"(?:(?:{row})?\r?(?:\n|$))*".encode(), options)
    short = max(map(len, lines)) < csv.field_size_limit()
    return short and rows.fullmatch(bytes_of(text)) is not None


@dataclass(frozen=True)
class _Rows:
    """Lines with as many cells as names, or, where nothing is said about their ends, others too."""

    rows: Sequence[str]
    names: Sequence[str]
    delimiter: str
    ends: Ends | None
    """`None` where nothing is quoted."""

    def column(self, name: str) -> list[Cell] | None:
        return self._cut(self.rows, name)

    def some(self, name: str, wanted: Sequence[int]) -> list[Cell] | None:
        return self._cut([self.rows[at] for at in wanted], name)

    def _cut(self, rows: Sequence[str], name: str) -> list[Cell] | None:
        if name not in self.names:
            return None
        at = self.names.index(name)
        if self.ends is None:
            return cells(self._unquoted(rows, at))
        return cells(self._quoted(rows, at, self.ends))

    def _unquoted(self, rows: Sequence[str], at: int) -> list[str]:
        if at - self._to_end(at) > _FAR and self._are_even:
            return self._from_end(rows, at)
        with suppress(IndexError):  # a row that is too short
            return self._from_start(rows, at)
        return _filled((row.split(self.delimiter) for row in rows), at)

    def _quoted(self, rows: Sequence[str], at: int, ends: Ends) -> list[str]:
        count = self._to_end(at)
        if count <= ends.last and (count <= at or at >= ends.first):
            texts = self._from_end(rows, at)
        elif at < ends.first:
            texts = self._from_start(rows, at)
        else:
            return _filled(csv.reader(rows, delimiter=self.delimiter), at)
        return [text.strip('"\r') for text in texts]

    def _to_end(self, at: int) -> int:
        return len(self.names) - at

    def _from_start(self, rows: Sequence[str], at: int) -> list[str]:
        return [row.split(self.delimiter, at + 1)[at] for row in rows]

    def _from_end(self, rows: Sequence[str], at: int) -> list[str]:
        count = self._to_end(at)
        return [row.rsplit(self.delimiter, count)[-count] for row in rows]

    @cached_property
    def _are_even(self) -> bool:
        return set(map(str.count, self.rows, repeat(self.delimiter))) == {len(self.names) - 1}


def _filled(rows: Iterable[list[str]], at: int) -> list[str]:
    return [row[at] if at < len(row) else "" for row in rows]
