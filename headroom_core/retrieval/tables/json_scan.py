"""Rows of large JSON read column by column: objects are made of what is asked for, and no more.

To make Python objects of 100,000 rows takes many times as long as to pass over their text, which
`msgspec` does: it checks all of it and takes out one column. It is as strict as the parser of the
standard library, and a number with a point becomes an exact `Decimal`. What it refuses, such as
`NaN`, half a surrogate pair or a row that is no object, is left to `json_rows`.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from operator import attrgetter
from types import GenericAlias
from typing import TYPE_CHECKING, Any, cast

import msgspec

from headroom_core.retrieval.tables.json_rows import (
    ITEMS,
    LINES,
    LOOKED_AT,
    MISSING,
    are_most,
    as_row,
    column_names,
    dig,
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
    from collections.abc import Callable, Iterable, Sequence

_REFUSED = (msgspec.MsgspecError, ValueError, RecursionError)
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_CHECKED = msgspec.json.Decoder(msgspec.defstruct("Checked", []))
"""Passes over an object, and makes nothing of it."""
_SPACE = " \t\n\r"


def scan_table(text: str) -> Table | None:
    """Read a document as `json_table` does; `None` for what only that can read, or nothing."""
    whole = text.strip(_SPACE)
    if whole[:1] not in {"{", "["}:
        return None
    try:
        return _document(text, msgspec.Raw(whole))
    except _REFUSED:
        return None


def scan_lines(lines: Sequence[str], starting: Sequence[str]) -> Table | None:
    """Read JSON lines as `json_lines` does; `None` for what only that can read, or nothing."""
    kept = _passed(starting)
    if kept is None or not are_most(kept, lines):
        return None

    def rows(row: type[msgspec.Struct]) -> Iterable[object]:
        return map(_decoder(row).decode, kept)

    scan = _Scan(kept, rows, lambda: json_lines(lines, starting))
    return scan.table(LINES, kept.__getitem__)


def _passed(starting: Sequence[str]) -> Sequence[str] | None:
    """The lines that hold an object; `None` where not all of those can be passed over."""
    try:
        deque(map(_CHECKED.decode, starting), maxlen=0)
    except _REFUSED:
        pass
    else:
        return starting
    kept: list[str] = []
    for line in starting:
        try:
            _CHECKED.decode(line)
        except _REFUSED:
            if _is_json(line):
                return None
        else:
            kept.append(line)
    return kept


@dataclass(frozen=True)
class _Scan:
    """Rows that stay text."""

    texts: Sequence[msgspec.Raw | str]
    rows: Callable[[type[msgspec.Struct]], Iterable[object]]
    """Reads all rows, each as an object with the fields of the type."""
    parse: Callable[[], Table | None]
    """Reads the same table in full."""
    keys: Sequence[str] | None = None
    """The keys of the rows of a map."""

    def table(self, kind: str, source: Callable[[int], str] | None = None) -> Table:
        size = len(self.texts)
        first = [as_row(self._row(row)) for row in range(min(size, LOOKED_AT))]
        return Table(
            kind=kind,
            size=size,
            columns=tuple(column_names(first)),
            column=self._column,
            source=source or self._spelled,
            some=self._some,
        )

    @cached_property
    def _parsed(self) -> Table | None:
        return self.parse()

    def _column(self, name: str) -> list[Cell] | None:
        try:
            values = self._values(name)
        except _REFUSED:
            return self._parsed.column(name) if self._parsed else None
        return None if all(value is MISSING for value in values) else _cells(values)

    def _some(self, name: str, rows: Sequence[int]) -> list[Cell] | None:
        if "." in name or name == "key":
            return None  # what such a name means is for all rows to say
        decode = _decoder(_struct({"plain": name})).decode
        try:
            values = [decode(self.texts[row]).plain for row in rows]
        except _REFUSED:
            return None
        return None if all(value is MISSING for value in values) else _cells(values)

    def _values(self, name: str) -> list[object]:
        """The values of a column; a dotted name is first one key, and then the way to a value."""
        head, *steps = name.split(".")
        fields = {"plain": name, "head": head} if steps else {"plain": name}
        rows = list(self.rows(_struct(fields)))
        values: list[object] = list(map(attrgetter("plain"), rows))
        if name == "key" and self.keys is not None:
            return [k if v is MISSING else v for k, v in zip(self.keys, values, strict=True)]
        if steps and all(value is MISSING for value in values):
            return [dig(head, steps) for head in map(attrgetter("head"), rows)]
        return values

    def _row(self, row: int) -> object:
        value = read_exactly(_text(self.texts[row]))
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


def _document(text: str, whole: msgspec.Raw) -> Table | None:
    reader = _Texts()
    items = reader.opened(whole)
    if isinstance(items, list) and len(items) != 1:
        scan = _Scan(items, _elements(whole), lambda: json_table(text))
        return scan.table(ITEMS, lambda row: on_one_line(_text(items[row])))
    found = find_rows(reader, items[0] if isinstance(items, list) else whole)
    if found is None or len(found.inner) < 2:
        return None  # so small that it is not for this to read
    rows = found.inner
    if isinstance(rows, list):
        scan = _Scan(rows, _elements(found.node), lambda: json_table(text))
    else:
        values, keys = list(rows.values()), list(rows)
        scan = _Scan(values, _members(found.node), lambda: json_table(text), keys)
    return scan.table(f"items of {found.path}")


def _elements(node: msgspec.Raw) -> Callable[[type[msgspec.Struct]], Iterable[object]]:
    return lambda row: _decoder(GenericAlias(list, (row,))).decode(node)


def _members(node: msgspec.Raw) -> Callable[[type[msgspec.Struct]], Iterable[object]]:
    return lambda row: _decoder(GenericAlias(dict, (str, row))).decode(node).values()


def _struct(fields: dict[str, str]) -> type[msgspec.Struct]:
    """The type of a row of which these fields are read, by the keys that they have in JSON."""
    return msgspec.defstruct(
        "Row", [(each, object, MISSING) for each in fields], rename=fields, gc=False
    )


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
