"""Tables whose cells stand between delimiters: CSV with its quotes, TSV, and the like.

Cells keep their quotes, so a line is always its cells with delimiters between.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.compressors.batches import batches_of, line_batches
from headroom_core.compressors.packed import Packed, extend
from headroom_core.compressors.tables.grid import Grid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WORDS = {"CSV": ",", "TSV": "\t", "semicolon CSV": ";", "pipe CSV": "|", "pairs": " = "}
UNNAMED = " without names"
_LEAST_ROWS = 4
_MOST_COLUMNS = 400
_REGULAR = 0.9
_NUMBER = re.compile(r"\s*[-+]?[\d.,]+\s?[%\w]?")
_NAME = re.compile(r'(?!.*\d\d:\d\d)(?:"?[^\W\d][^"\n]{0,60}"?|[#%_*].{0,60})')
_SURE = {"TSV", "pairs"}
_LEAST_NUMBERS = 0.3
_CELLS = {delimiter: re.compile(rf'(?:"(?:[^"]++|"")*+"|[^"{delimiter}]*+)') for delimiter in ",;"}
"""Where quotes have a meaning; elsewhere they are ordinary signs."""


@dataclass(frozen=True, slots=True)
class Delimited:
    """Cells between delimiters, the names in the first line unless there are none."""

    kind: str
    named: bool = True

    @property
    def words(self) -> str:
        return self.kind if self.named else self.kind + UNNAMED

    @property
    def delimiter(self) -> str:
        return WORDS[self.kind]

    def head(self, names: Sequence[str]) -> list[str]:
        return [self.delimiter.join(names)] if self.named else []

    def rows(
        self, names: Sequence[str], columns: Sequence[Sequence[str]], done: int = 0
    ) -> Iterator[str]:
        del names, done
        return map(self.delimiter.join, zip(*columns, strict=True))

    def foot(self) -> list[str]:
        return []


def read_words(words: str) -> Delimited | None:
    """The layout that a header's words name."""
    kind = words.removesuffix(UNNAMED)
    return Delimited(kind, kind == words) if kind in WORDS else None


def kind_of(head: Sequence[str]) -> str | None:
    """The kind that the first lines of a text have in common, or `None`."""
    text = "\n".join(head)
    quoted = records(head, ",")
    for kind, delimiter in WORDS.items():
        sample = quoted if delimiter in _CELLS else head
        if len(sample) < _LEAST_ROWS:
            return None
        if text.count(delimiter) < _REGULAR * len(sample):
            continue
        width, count = Counter(_count(line, delimiter) for line in sample).most_common(1)[0]
        regular = 2 <= width <= _MOST_COLUMNS and count >= _REGULAR * len(sample)
        if regular and _is_table(sample, kind):
            return kind
    return None


def are_names(cells: Sequence[str]) -> bool:
    """Whether the cells of a first line look like the names of columns."""
    filled = [cell for cell in cells if cell]
    return 2 * len(filled) > len(cells) and all(
        _NUMBER.fullmatch(cell) is None and _NAME.fullmatch(cell) is not None for cell in filled
    )


def _is_table(sample: Sequence[str], kind: str) -> bool:
    """Whether lines with the same number of delimiters are rows, and not prose or a log."""
    if kind in _SURE:
        return True
    rows = [cells_of(record, WORDS[kind]) for record in sample]
    if are_names(rows[0]):
        return True
    cells = [cell for row in rows for cell in row]
    numbers = sum(_NUMBER.fullmatch(cell) is not None for cell in cells)
    return len(rows[0]) > 2 and numbers >= _LEAST_NUMBERS * len(cells)


def read(text: str, kind: str) -> Grid | None:
    """Read a text as one table; `None` when too few of its lines are rows."""
    delimiter = WORDS[kind]
    widths = Counter(_count(row, delimiter) for rows in _batches(text, delimiter) for row in rows)
    width, count = widths.most_common(1)[0]
    if count < _REGULAR * widths.total() or width < 2:
        return None
    first = cells_of(next(_batches(text, delimiter))[0], delimiter)
    named = len(first) == width and are_names(first)
    names = first if named else [f"column {at + 1}" for at in range(width)]
    again = delimiter.join(names)
    columns = [Packed() for _ in names]
    odd: dict[int, str] = {}
    at = -named  # the names are no row
    for batch in _batches(text, delimiter):
        regular: list[list[str]] = []
        for row in batch:
            cells = cells_of(row, delimiter)
            if len(cells) == width and row != again:
                regular.append(cells)
            elif at >= 0:
                odd[at] = row
            at += 1
        if regular:
            extend(columns, zip(*regular, strict=True))
    if not columns[0] or any("\n" in cell for cell in (*names, *odd.values())):
        return None
    return Grid(Delimited(kind, named), names, columns, odd, first=int(named))


def _batches(text: str, delimiter: str) -> Iterator[Sequence[str]]:
    """The records of a text, some at a time."""
    if delimiter in _CELLS and '"' in text:
        return batches_of(records(text.split("\n"), delimiter))
    return line_batches(text)


def records(lines: Sequence[str], delimiter: str) -> Sequence[str]:
    """The lines, joined where a line ends inside quotes."""
    if delimiter not in _CELLS or not any(line.count('"') % 2 for line in lines):
        return lines
    out: list[str] = []
    open_lines: list[str] = []
    is_open = False
    for line in lines:
        is_open ^= is_open_at_end(line, delimiter)
        open_lines.append(line)
        if not is_open:
            out.append("\n".join(open_lines))
            open_lines = []
    return [*out, *open_lines]


def is_open_at_end(record: str, delimiter: str) -> bool:
    """Whether a record goes on in the next line: it ends inside quotes."""
    return delimiter in _CELLS and record.count('"') % 2 == 1


def cells_of(record: str, delimiter: str) -> list[str]:
    """The cells of a record, quotes and all; joined by the delimiter they are the record."""
    if '"' not in record or delimiter not in _CELLS:
        return (
            record.split(delimiter, 1) if delimiter == WORDS["pairs"] else record.split(delimiter)
        )
    cells: list[str] = []
    at = 0
    pattern = _CELLS[delimiter]
    while True:
        match = pattern.match(record, at)
        end = match.end() if match else at
        cells.append(record[at:end])
        if not record.startswith(delimiter, end):
            break
        at = end + len(delimiter)
    return cells if end == len(record) else [record]


def _count(record: str, delimiter: str) -> int:
    if '"' not in record and len(delimiter) == 1:
        return record.count(delimiter) + 1
    return len(cells_of(record, delimiter))
