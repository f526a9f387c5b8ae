"""A table's text back to the array, or the map, that it was made of."""

from __future__ import annotations

from array import array
from itertools import chain, islice
from typing import TYPE_CHECKING

from headroom_core.compressors.batches import BATCH, batches_of, extend
from headroom_core.compressors.json_table import above
from headroom_core.compressors.json_table.cells import from_cell, from_cells
from headroom_core.compressors.json_table.columns import KEY
from headroom_core.compressors.json_table.header import Field, read_header
from headroom_core.compressors.json_table.inline_rows import split_rows
from headroom_core.compressors.json_table.mentions import mentioned, spelled_out
from headroom_core.compressors.json_table.objects import as_map, objects_of
from headroom_core.compressors.json_table.rows import Row, Rows
from headroom_core.compressors.json_table.templates import (
    Template,
    Texts,
    counts_rows,
    fill,
    is_single,
    refs,
    texts_of,
)
from headroom_core.compressors.json_table.values import ABSENT, Json, Value, load_exactly
from headroom_core.compressors.json_table.writing import dump
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Collection, Iterator, Sequence

    from headroom_core.compressors.json_table.header import Header
    from headroom_core.compressors.json_table.limits import Allowance

_EVERY = 10
_PER_CELL = 20


def read_table(
    match: re.Match[str], lines: list[str], at: int, allowance: Allowance
) -> tuple[Json | Rows, int]:
    """Read the table whose start `HEADER` found in a line; return it and the line behind it.

    Raises `DecodeError` or `ValueError` when the table is damaged.
    """
    header = read_header(match, lines, at)
    end = header.end + header.rows
    if end > len(lines):
        raise DecodeError(f"a table announces {header.rows} rows, but some are gone")
    rows = lines[header.end : end]
    lines[header.end : end] = [""] * len(rows)  # so that each row is let go when it is cut
    if any(counts_rows(field.template) for field in header.fields if field.template):
        rows = _without_numbers(rows)
    odd = {number: row for number, row in enumerate(rows) if row.startswith("!")}
    numbers = [number for number in range(len(rows)) if number not in odd] if odd else None
    every = range(header.rows)
    made: Sequence[Json] = objects_in(
        header, rows, every if numbers is None else numbers, allowance
    )
    if odd:
        items = iter(made)
        made = [load_exactly(odd[at][1:]) if at in odd else next(items) for at in every]
    if is_map(header):
        return as_map(made), end
    return made if isinstance(made, Rows) else list(made), end


def objects_in(
    header: Header, rows: list[str], numbers: Sequence[int], allowance: Allowance
) -> Sequence[Row]:
    """The objects of the rows that are no JSON, by a header. The rows are let go."""
    width = sum(field.shown for field in header.fields)
    cells = _cut(rows, header.delimiter if width else None, max(1, width))
    return _rows(header.fields, cells if width else [], numbers, allowance)


def is_map(header: Header) -> bool:
    """Whether the rows are the entries of a map, whose keys are the first column."""
    return _is_map(header.fields)


def _cut(rows: list[str], delimiter: str | None, width: int) -> list[list[str]]:
    """The cells of the rows that are no JSON, by columns. The rows are let go."""
    columns: list[list[str]] = [[] for _ in range(width)]
    rows.reverse()
    while rows:
        batch = [row for row in reversed(rows[-BATCH:]) if not row.startswith("!")]
        del rows[-BATCH:]
        if batch:
            cut = [row.split(delimiter) if delimiter else [row] for row in batch]
            extend(columns, _transpose(cut, width))
    return columns


def _without_numbers(rows: list[str]) -> list[str]:
    """The rows without the numbers that every tenth says."""
    for number in range(_EVERY, len(rows), _EVERY):
        said = f"{number}> "
        if not rows[number].startswith(said):
            raise DecodeError(f"the row {number} of a table does not say its number")
        rows[number] = rows[number].removeprefix(said)
    return rows


def _transpose(rows: Sequence[Sequence[str]], width: int) -> list[list[str]]:
    if not set(map(len, rows)) <= {width}:
        raise DecodeError("a row has another number of cells than its table has columns")
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


def _rows(
    fields: list[Field], cells: list[list[str]], numbers: Sequence[int], allowance: Allowance
) -> Sequence[Row]:
    """The objects of a table."""
    columns: dict[str, list[Value]] = {}
    waiting: dict[str, tuple[Field, list[str]]] = {}
    cells.reverse()
    for field in fields:
        own = cells.pop() if field.shown else [""] * len(numbers)
        if field.is_as_above:
            own = above.filled(own, allowance)
        if field.name in columns or field.name in waiting:
            raise DecodeError("a table has two columns of the same name")
        if field.template is not None or field.mentions:
            waiting[field.name] = (field, own)
        else:
            columns[field.name] = _column(field, own, allowance)
    _fill_templates(waiting, columns, numbers, allowance)
    return objects_of([(each.path, columns[each.name]) for each in fields], len(numbers))


def _fill_templates(
    waiting: dict[str, tuple[Field, list[str]]],
    columns: dict[str, list[Value]],
    numbers: Sequence[int],
    allowance: Allowance,
) -> None:
    """Add the columns that follow from others, as soon as those are there."""
    texts: dict[str, Texts] = {}

    def texts_in(name: str) -> Texts:
        if name not in texts:
            texts[name] = texts_of(columns[name])
        return texts[name]

    while waiting:
        ready = [
            name
            for name, (field, cells) in waiting.items()
            if all(each in columns for each in _needs(field, cells))
        ]
        if not ready:
            raise DecodeError("a table's columns refer to each other in a circle")
        for name in ready:
            field, cells = waiting.pop(name)
            if field.around is not None:
                columns[name] = _spelled(field.around, cells, texts_in, allowance)
                continue
            template = field.template or ()
            _spend(template, len(cells), texts_in, allowance)
            made = _made(template, numbers, columns, texts_in)
            columns[name] = [
                from_cell(cell) if cell else value for cell, value in zip(cells, made, strict=True)
            ]


def _needs(field: Field, cells: list[str]) -> Collection[str]:
    """The names of the columns that must be there before a column can be filled."""
    if field.around is None:
        return refs(field.template or ())
    return mentioned(chain(field.around, (cell for cell in cells if cell[:1] != "=")))


def _spelled(
    around: tuple[str, str],
    cells: list[str],
    texts_in: Callable[[str], Texts],
    allowance: Allowance,
) -> list[Value]:
    """The texts of a column, with the words of those that they mention."""
    values = _around(around, cells, allowance)
    mentioning = [
        value if cell and cell[0] != "=" and isinstance(value, str) else ""
        for value, cell in zip(values, cells, strict=True)
    ]
    texts = spelled_out(mentioning, texts_in)
    allowance.spend(sum(map(len, texts)))
    return [text or value for text, value in zip(texts, values, strict=True)]


def _spend(
    template: Template, rows: int, texts_in: Callable[[str], Texts], allowance: Allowance
) -> None:
    literals = sum(len(part) for part in template if isinstance(part, str))
    allowance.spend(rows * (literals + _PER_CELL))
    for name in refs(template):
        allowance.spend(sum(len(text) for text in texts_in(name) if text))


def _made(
    template: Template,
    numbers: Sequence[int],
    columns: dict[str, list[Value]],
    texts_in: Callable[[str], Texts],
) -> Sequence[Value]:
    """The values that a template gives."""
    names = refs(template)
    if is_single(template) and names:
        return columns[names[0]]
    texts = fill(template, numbers, texts_in)
    if is_single(template):
        return [int(text) for text in texts if text is not None]
    return [ABSENT if text is None else text for text in texts]


def _column(field: Field, cells: list[str], allowance: Allowance) -> list[Value]:
    """The values of a column that stands by itself."""
    if field.child is not None:
        return _child(field, field.child, cells, allowance)
    if not field.shown or "" in cells:
        blanks = cells.count("")
        allowance.spend(blanks * _size(field.value))
        if blanks == len(cells):
            return [field.value] * blanks
    if field.around is not None:
        return _around(field.around, cells, allowance)
    if "" not in cells:
        return from_cells(cells)
    found = iter(from_cells([cell for cell in cells if cell]))
    return [next(found) if cell else field.value for cell in cells]


def _around(around: tuple[str, str], cells: list[str], allowance: Allowance) -> list[Value]:
    before, after = around
    allowance.spend(len(cells) * (len(before) + len(after)))
    return [
        ABSENT if not cell else from_cell(cell[1:]) if cell[0] == "=" else f"{before}{cell}{after}"
        for cell in cells
    ]


def _child(field: Field, inner: list[Field], cells: list[str], allowance: Allowance) -> list[Value]:
    """The arrays, or maps, of a column whose cells hold rows of their own."""
    width = sum(each.shown for each in inner)
    columns: list[list[str]] = [[] for _ in range(max(1, width))]
    odd: dict[int, str] = {}
    counts = array("q")
    total = 0
    for batch in batches_of(cells):
        cut = [split_rows(cell) if cell[:1] == "(" else None for cell in batch]
        counts.extend(-1 if rows is None else len(rows) for rows in cut)
        pooled = list(chain.from_iterable(rows for rows in cut if rows))
        odd |= {at: row[0] for at, row in enumerate(pooled, total) if row[0].startswith("!")}
        total += len(pooled)
        regular = [row for row in pooled if not row[0].startswith("!")]
        if not width and any(row != [""] for row in regular):
            raise DecodeError("a child table's row has cells but its header names none")
        extend(columns, _transpose(regular, max(1, width)))
    numbers = range(total - len(odd))
    made: Iterator[Json]
    made = iter(_rows(inner, columns if width else [], numbers, allowance))
    if odd:
        made = _with_odd(made, odd, total)
    is_map = _is_map(inner)
    values: list[Value] = []
    for cell, count in zip(cells, counts, strict=True):
        if count < 0:
            values.append(from_cell(cell) if cell else field.value)
        else:
            items = list(islice(made, count))
            values.append(as_map(items) if is_map else list[Json](items))
    return values


def _with_odd(regular: Iterator[Json], odd: dict[int, str], count: int) -> Iterator[Json]:
    """The rows of a child table with those that stand there as JSON, by their places."""
    return (load_exactly(odd[at][1:]) if at in odd else next(regular) for at in range(count))


def _is_map(fields: list[Field]) -> bool:
    return bool(fields) and fields[0].path == (KEY,)


def _size(value: Value) -> int:
    return 0 if value is ABSENT else len(value) if isinstance(value, str) else len(dump(value))
