"""Rows of large JSON read column by column: objects are made of what is asked for, and no more.

To make Python objects of 100,000 rows takes many times as long as to pass over their text, which
`msgspec` does: it checks all of it and takes out some columns. It is as strict as the parser of the
standard library, and a number with a point becomes an exact `Decimal`. What it refuses, such as
`NaN`, half a surrogate pair or a row that is no object, is left to `json_rows`.

The columns that a question names are taken out in the pass that checks the text.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from itertools import islice
from threading import Lock
from types import GenericAlias
from typing import TYPE_CHECKING, Any, cast

import msgspec

from headroom_core.retrieval.lines import lines_of
from headroom_core.retrieval.tables.json_columns import all_missing, read_columns
from headroom_core.retrieval.tables.json_rows import (
    ITEMS,
    LINES,
    LOOKED_AT,
    MISSING,
    are_most,
    as_row,
    column_names,
    json_lines,
    json_table,
    keyed,
    on_one_line,
    read_exactly,
    spelled,
)
from headroom_core.retrieval.tables.json_walk import find_rows
from headroom_core.retrieval.tables.table import Cell, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headroom_core.retrieval.tables.json_columns import Read

_REFUSED = (msgspec.MsgspecError, ValueError, RecursionError)
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_SPACE = " \t\n\r"
_AHEAD = 8
"""So many columns at most are taken out together, since each takes memory for every row."""
_FIRST_REACH = 2**16
"""So many characters are looked at for the text of the first rows."""
_TRIES = 8
_UNLIKE_A_BREAK = re.compile(r"\n(?:(?!\{)|(?<!\}\n)(?<!\}\r\n))")
"""A line's end that may stand inside a value: two objects of one have a comma between them."""
_LINE_END = re.compile(r"(?=\n)")
_ITEM_END = re.compile(r"\}(?=[ \t\n\r]*,[ \t\n\r]*\{)")


def scan_table(text: str, wanted: Sequence[str] = ()) -> Table | None:
    """Read a document as `json_table` does; `None` for what only that can read, or nothing.

    `wanted` are the columns that will be asked for first.
    """
    try:
        return _document(text, wanted)
    except _REFUSED:
        return None


def scan_each_line(text: str, wanted: Sequence[str] = ()) -> Table | None:
    """Read a text of which each line is an object; `None` for another."""
    if not text.startswith("{") or not text.endswith(("}", "}\n", "}\r\n")):
        return None
    breaks = text.count("\n") - text.endswith("\n")
    if not breaks or _UNLIKE_A_BREAK.search(text, 0, len(text) - text.endswith("\n")):
        return None

    def read(row: type[msgspec.Struct]) -> list[object]:
        return _decoder(row).decode_lines(text)

    source = _Sources(text, _LINE_END, lines_of).__getitem__
    scan = _Scan(read, source, lambda: json_lines(lines_of(text), lines_of(text)))
    try:
        table = scan.table(LINES, wanted, source)
    except _REFUSED:
        return None
    # As there are as many values as lines, each line has one.
    return table if table.size == breaks + 1 else None


def scan_lines(
    lines: Sequence[str], starting: Sequence[str], wanted: Sequence[str] = ()
) -> Table | None:
    """Read JSON lines as `json_lines` does; `None` for what only that can read, or nothing."""
    kept: list[str] = []

    def read(row: type[msgspec.Struct]) -> list[object]:
        decode = _decoder(row).decode
        return list(map(decode, kept)) if kept else _passed(starting, decode, kept)

    scan = _Scan(read, kept.__getitem__, lambda: json_lines(lines, starting))
    try:
        table = scan.table(LINES, wanted, kept.__getitem__)
    except _REFUSED:
        return None
    return table if are_most(kept, lines) else None


def _passed(
    starting: Sequence[str], decode: Callable[[str], object], kept: list[str]
) -> list[object]:
    """Read the lines that hold an object, and keep them; others that are JSON are refused."""
    rows: list[object] = []
    for line in starting:
        try:
            rows.append(decode(line))
        except _REFUSED:
            if _is_json(line):
                kept.clear()
                raise
        else:
            kept.append(line)
    return rows


class _Sources:
    """The texts of the rows, cut out of as much of the whole as holds those that are asked for."""

    def __init__(
        self, text: str, end: re.Pattern[str], cut: Callable[[str], Sequence[msgspec.Raw | str]]
    ) -> None:
        self._text = text
        self._end = end
        self._cut = cut
        self._reach = _FIRST_REACH
        self._found: Sequence[msgspec.Raw | str] = ()
        self._lock = Lock()

    def __getitem__(self, row: int) -> str:
        with self._lock:
            while row >= len(self._found) and self._reach:
                self._found = self._first(self._reach)
                self._reach = self._reach * 4 if self._reach < len(self._text) else 0
            return _text(self._found[row])

    def _first(self, characters: int) -> Sequence[msgspec.Raw | str]:
        """The rows at the beginning of the text, or all."""
        for end in islice(self._end.finditer(self._text, characters), _TRIES):
            with suppress(msgspec.MsgspecError):  # it may be the end of an object inside a row
                return self._cut(self._text[: end.end()])
        return self._cut(self._text)


@dataclass(frozen=True)
class _Scan:
    """Rows that stay text."""

    read: Read
    text: Callable[[int], str]
    """The text of a row."""
    parse: Callable[[], Table | None]
    """Reads the same table in full."""
    keys: Sequence[str] | None = None
    """The keys of the rows of a map."""

    def table(
        self, kind: str, wanted: Sequence[str], source: Callable[[int], str] | None = None
    ) -> Table:
        """Make the table, with the columns that are wanted first. Raises for what is refused."""
        size, ahead = read_columns(self.read, list(islice(dict.fromkeys(wanted), _AHEAD)))
        first = [as_row(self._row(row)) for row in range(min(size, LOOKED_AT))]
        return Table(
            kind=kind,
            size=size,
            columns=tuple(column_names(first)),
            column=partial(self._column, ahead),
            source=source or self._spelled,
        )

    @cached_property
    def _parsed(self) -> Table | None:
        return self.parse()

    def _column(self, ahead: dict[str, list[object]], name: str) -> list[Cell] | None:
        values = ahead.pop(name, None)
        if values is None:
            try:
                values = read_columns(self.read, [name])[1][name]
            except _REFUSED:
                return self._parsed.column(name) if self._parsed else None
        if name == "key" and self.keys is not None:
            values = [k if v is MISSING else v for k, v in zip(self.keys, values, strict=True)]
        return None if all_missing(values) else _cells(values)

    def _row(self, row: int) -> object:
        value = read_exactly(self.text(row))
        return value if self.keys is None else keyed(self.keys[row], value)

    def _spelled(self, row: int) -> str:
        return spelled(self._row(row))


class _Texts:
    """`Reader` of JSON that stays text."""

    def opened(self, node: msgspec.Raw) -> list[msgspec.Raw] | dict[str, msgspec.Raw] | None:
        match memoryview(node)[:1].tobytes():
            case b"[":
                return _ARRAY.decode(node)
            case b"{":
                return _OBJECT.decode(node)
            case _:
                return None

    def is_object(self, node: msgspec.Raw) -> bool:
        return memoryview(node)[0] == ord("{")

    def most(self, node: msgspec.Raw) -> float:
        return (len(node) - 1) // 2  # each takes a character and a comma


def _document(text: str, wanted: Sequence[str]) -> Table | None:
    start = text.lstrip(_SPACE)[:1]
    if start == "[":
        sources = _Sources(text, _ITEM_END, _items)
        scan = _Scan(partial(_read_array, text), sources.__getitem__, partial(json_table, text))
        table = scan.table(ITEMS, wanted, lambda row: on_one_line(sources[row]))
        return table if table.size != 1 else _inner(text, _ARRAY.decode(text)[0], wanted)
    return _inner(text, msgspec.Raw(text.strip(_SPACE)), wanted) if start == "{" else None


def _inner(text: str, top: msgspec.Raw, wanted: Sequence[str]) -> Table | None:
    """Read the rows that stand inside an object."""
    found = find_rows(_Texts(), top)
    if found is None or len(found.inner) < 2:
        return None  # so small that it is not for this to read
    parse, kind = partial(json_table, text), f"items of {found.path}"
    if isinstance(found.inner, list):
        raws, keys, read = found.inner, None, _read_array
    else:
        raws, keys, read = [*found.inner.values()], [*found.inner], _read_map
    scan = _Scan(partial(read, found.node), lambda row: _text(raws[row]), parse, keys)
    return scan.table(kind, wanted)


def _items(text: str) -> list[msgspec.Raw]:
    """The elements of an array, or of the beginning of one."""
    return _ARRAY.decode(f"{text}]" if text.endswith("}") else text)


def _read_array(node: msgspec.Raw | str, row: type[msgspec.Struct]) -> list[object]:
    rows: list[object] = _decoder(GenericAlias(list, (row,))).decode(node)
    return rows


def _read_map(node: msgspec.Raw | str, row: type[msgspec.Struct]) -> list[object]:
    rows: dict[str, object] = _decoder(GenericAlias(dict, (str, row))).decode(node)
    return [*rows.values()]


def _cells(values: Sequence[object]) -> list[Cell]:
    # What the parser makes of JSON is what cells are made of.
    return cast("list[Cell]", [None if value is MISSING else value for value in values])


def _decoder(wanted: object) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(wanted, float_hook=Decimal)


def _text(source: msgspec.Raw | str) -> str:
    return source if isinstance(source, str) else str(source, "utf-8")


def _is_json(text: str) -> bool:
    try:
        read_exactly(text)
    except ValueError:
        return False
    return True
