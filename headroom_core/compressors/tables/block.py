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
from itertools import islice
from typing import TYPE_CHECKING

from headroom_core.compressors.base import MAX_DECODED_CHARS
from headroom_core.compressors.tables import delimited, padded, records
from headroom_core.compressors.tables.delimited import cells_of, is_open_at_end
from headroom_core.compressors.tables.items import Item, read_item, split_items
from headroom_core.compressors.tables.restore import Restorer
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    lines = list(map(delimiter.join, rows)) or [""] * len(grid.columns[0])
    if any(line.startswith((_ODD, _GUARD)) for line in lines):
        lines = [_GUARD + line if line.startswith((_ODD, _GUARD)) else line for line in lines]
    if grid.odd:
        rest = iter(lines)
        lines = [
            f"{_ODD}{grid.odd[at]}" if at in grid.odd else next(rest) for at in range(grid.count)
        ]
    head = f"[{grid.count} rows, {grid.layout.words}: {delimiter.join(items)}"
    given = [item.write("") for item in plan.given]
    return "\n".join(["\n ".join([head, *given]) + "]", *lines])


def starts(line: str) -> bool:
    """Whether a line looks like the header of a table."""
    return _HEADER.match(line) is not None


def read(lines: Sequence[str], at: int) -> tuple[list[str], int]:
    """The lines of the table whose header stands at `at`, and where its text ends.

    Raises `DecodeError` when the text is damaged.
    """
    match = _HEADER.match(lines[at])
    layout = read_layout(match["layout"]) if match else None
    if match is None or layout is None:
        raise DecodeError(f"a table does not start with its header: {lines[at][:80]!r}")
    items, at = _items(lines, at, match.end(), layout.delimiter)
    width = sum(item.shown for item in items)
    count = int(match["rows"])
    rows, odd, at = _rows(lines, at, count, layout.delimiter, width)
    cells = list(zip(*rows, strict=True)) if rows else [()] * width
    if isinstance(layout, padded.Padded) and layout.width * count > MAX_DECODED_CHARS:
        raise DecodeError(f"a table decodes to more than {MAX_DECODED_CHARS} characters")
    restored = Restorer(items, cells, count - len(odd)).columns()
    names = [item.name for item in items]
    if isinstance(layout, padded.Padded) and not (len(names) == len(restored) == len(layout.codes)):
        raise DecodeError("a table has other columns than its layout")
    out = iter(layout.rows(names, restored))
    body = [odd[each] if each in odd else next(out) for each in range(count)]
    return [*layout.head(names), *body, *layout.foot()], at


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


def _rows(
    lines: Sequence[str], at: int, count: int, delimiter: str, width: int
) -> tuple[list[list[str]], dict[int, str], int]:
    """The cells of the rows, the lines that are none, and the line after them."""
    rows: list[list[str]] = []
    odd: dict[int, str] = {}
    for each in range(count):
        if at >= len(lines):
            raise DecodeError(f"a table announces {count} rows, but there are {each}")
        line = lines[at]
        at += 1
        if line.startswith(_ODD):
            odd[each] = line[1:]
            continue
        while is_open_at_end(line, delimiter) and at < len(lines):
            line = f"{line}\n{lines[at]}"
            at += 1
        cells = cells_of(line.removeprefix(_GUARD), delimiter) if width else []
        if len(cells) != width:
            raise DecodeError(f"a row of a table has {len(cells)} cells instead of {width}")
        rows.append(cells)
    return rows, odd, at


def read_layout(words: str) -> Layout | None:
    """The layout that the words of a header name."""
    return delimited.read_words(words) or records.read_words(words) or padded.read_words(words)
