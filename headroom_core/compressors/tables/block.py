"""A table as text: a header in brackets, then one line for every row.

    [3 rows, CSV: id,name=anna+1,city^
     country=USA]
    7,,Lima
    8,ben,
    !a line that is no row

The words between the count and the colon say how the lines of the source are laid out.
"""

from __future__ import annotations

import re
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING

from headroom_core.compressors.base import MAX_DECODED_CHARS
from headroom_core.compressors.batches import BATCH, joined
from headroom_core.compressors.tables import delimited, padded, records
from headroom_core.compressors.tables.delimited import cells_of, is_open_at_end
from headroom_core.compressors.tables.items import Item, read_item, split_items
from headroom_core.compressors.tables.restore import Restorer
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.bounded import LinesOut
    from headroom_core.compressors.tables.columns import Plan
    from headroom_core.compressors.tables.grid import Grid, Layout

_HEADER = re.compile(r"\[(?P<rows>[0-9]{1,9}) rows, (?P<layout>[^:\n]{1,4000}): ")
_ODD = "!"
_GUARD = "\\"


def write(grid: Grid, plan: Plan) -> str:
    """The text of a table."""
    delimiter = grid.layout.delimiter
    items = [item.write(delimiter) for item in plan.items]
    rows = zip(*plan.cells, strict=True)
    lines = map(delimiter.join, rows) if plan.cells else repeat("", len(grid.columns[0]))
    head = f"[{grid.count} rows, {grid.layout.words}: {delimiter.join(items)}"
    given = [item.write("") for item in plan.given]
    return joined(chain(["\n ".join([head, *given]) + "]"], _body(lines, grid)))


def _body(lines: Iterator[str], grid: Grid) -> Iterator[str]:
    """The lines of the rows, with those between them that are none."""
    guarded = (_GUARD + line if line.startswith((_ODD, _GUARD)) else line for line in lines)
    if not grid.odd:
        return guarded
    return (
        f"{_ODD}{grid.odd[at]}" if at in grid.odd else next(guarded) for at in range(grid.count)
    )


def starts(line: str) -> bool:
    """Whether a line looks like the header of a table."""
    return _HEADER.match(line) is not None


def read(lines: list[str], at: int, out: LinesOut) -> int:
    """Put out the lines of the table whose header stands at `at`, and say where its text ends.

    Raises `DecodeError` when the text is damaged. The lines that were read are blank then.
    """
    match = _HEADER.match(lines[at])
    layout = read_layout(match["layout"]) if match else None
    if match is None or layout is None:
        raise DecodeError(f"a table does not start with its header: {lines[at][:80]!r}")
    items, at = _items(lines, at, match.end(), layout.delimiter)
    names = [item.name for item in items]
    if isinstance(layout, padded.Padded):
        _check(layout, len(names), int(match["rows"]))
    restorer = Restorer(items)
    out.extend(layout.head(names))
    rows = _Rows(lines, at, layout.delimiter, sum(item.shown for item in items))
    done = 0
    for count in _batches(int(match["rows"])):
        cells, odd = rows.read(count)
        regular = count - len(odd)
        texts = layout.rows(names, restorer.columns(cells, regular), done)
        out.extend(odd[each] if each in odd else next(texts) for each in range(count))
        done += regular
    out.extend(layout.foot())
    return rows.at


def _check(layout: padded.Padded, columns: int, rows: int) -> None:
    if layout.width * rows > MAX_DECODED_CHARS:
        raise DecodeError(f"a table decodes to more than {MAX_DECODED_CHARS} characters")
    if columns != len(layout.codes):
        raise DecodeError("a table has other columns than its layout")


def _batches(rows: int) -> Iterator[int]:
    """How many rows are read at once, again and again."""
    return (min(BATCH, rows - start) for start in range(0, rows, BATCH))


def _items(lines: Sequence[str], at: int, start: int, delimiter: str) -> tuple[list[Item], int]:
    """The columns that a header names, and the line after it."""
    text = lines[at][start:]
    head = text[:-1] if _closes(text) else text
    found = [read_item(each) for each in split_items(head, delimiter)]
    silent = sum(item.silent for item in found)
    given = list(lines[at + 1 : at + 1 + silent])
    if len(given) < silent or not _closes(given[-1] if given else text):
        raise DecodeError("the header of a table does not end")
    if given:
        found = [read_item(each) for each in split_items(text, delimiter)]
        given[-1] = given[-1][:-1]
    below = iter(given)
    items: list[Item] = []
    for item in found:
        if not item.is_gap:
            items.append(item)
        items += [_given(line) for line in islice(below, item.silent)]
    return items, at + 1 + silent


def _closes(line: str) -> bool:
    """Whether a line ends with the bracket that ends a header, and with none that is escaped."""
    escapes = len(line) - 1 - len(line[:-1].rstrip("\\"))
    return line.endswith("]") and escapes % 2 == 0


def _given(line: str) -> Item:
    item = read_item(line[1:], shown=False)
    if not line.startswith(" ") or item.value is None:
        raise DecodeError(f"a line below the header of a table is no column: {line[:80]!r}")
    return item


class _Rows:
    """Reads the rows of a table, some at a time, and lets their lines go."""

    def __init__(self, lines: list[str], at: int, delimiter: str, width: int) -> None:
        self.at = at
        """The line after what was read."""
        self._lines = lines
        self._delimiter = delimiter
        self._width = width
        self._done = 0

    def read(self, count: int) -> tuple[list[Sequence[str]], dict[int, str]]:
        """The cells of the next rows, by columns, and the lines among them that are no rows."""
        lines, first = self._lines, self.at
        rows: list[list[str]] = []
        odd: dict[int, str] = {}
        for each in range(count):
            if self.at >= len(lines):
                raise DecodeError(
                    f"a table ends after {self._done + each} rows, and announces more"
                )
            line = lines[self.at]
            self.at += 1
            if line.startswith(_ODD):
                odd[each] = line[1:]
                continue
            while is_open_at_end(line, self._delimiter) and self.at < len(lines):
                line = f"{line}\n{lines[self.at]}"
                self.at += 1
            rows.append(self._cells(line))
        lines[first : self.at] = [""] * (self.at - first)
        self._done += count
        return list(zip(*rows, strict=True)) or [()] * self._width, odd

    def _cells(self, line: str) -> list[str]:
        cells = cells_of(line.removeprefix(_GUARD), self._delimiter) if self._width else []
        if len(cells) != self._width:
            raise DecodeError(f"a row of a table has {len(cells)} cells instead of {self._width}")
        return cells


def read_layout(words: str) -> Layout | None:
    """The layout that the words of a header name."""
    return delimited.read_words(words) or records.read_words(words) or padded.read_words(words)
