"""Rows of JSON: an array of objects at any depth, a map of objects, or one object on each line."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from decimal import Decimal
from functools import partial
from itertools import islice
from math import inf
from threading import Lock
from typing import TYPE_CHECKING, TypeGuard

from headroom_core.retrieval.json_tree import compact_json
from headroom_core.retrieval.tables.json_walk import find_rows
from headroom_core.retrieval.tables.table import Cell, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_SPACE = re.compile(r"[ \t\n\r]*")
_LISTED = 60
LOOKED_AT = 200
"""The columns to tell are those of so many rows."""
ITEMS = "items of an array"
LINES = "JSON lines"


def _whole(digits: str) -> int | Decimal:
    """Read an integer also where it has more digits than Python reads at once."""
    try:
        return int(digits)
    except ValueError:
        return Decimal(digits)


_DECODER = json.JSONDecoder(parse_float=Decimal)
_HUGE = json.JSONDecoder(parse_float=Decimal, parse_int=_whole)
_SPELLER = json.JSONDecoder(parse_float=str, parse_int=str)


def read_exactly(text: str) -> object:
    """Return a JSON value with exact numbers. Raises `ValueError` for what is no JSON."""
    try:
        return _read(text)
    except RecursionError as exc:
        raise ValueError("too deep to be read") from exc


def _read(text: str) -> object:
    try:
        value: object = _DECODER.decode(text)
    except json.JSONDecodeError:
        raise
    except ValueError:  # an integer of more digits than Python reads at once
        value = _HUGE.decode(text)
    return value


def json_table(text: str) -> Table | None:
    """Read a JSON document; of several arrays the longest is the table."""
    if text.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        value = read_exactly(text)
    except ValueError:
        return None
    if not _is_array(value):
        return _document(value)
    if len(value) == 1 and is_object(value[0]) and (inner := _document(value[0])).size > 1:
        return inner
    return _table(value, _Elements(text).source, ITEMS)


def json_lines(lines: Sequence[str], starting: Sequence[str]) -> Table | None:
    """Read JSON lines; other lines between those that start an object are passed over."""
    values: list[object] = []
    kept: list[str] = []
    for line in starting:
        with suppress(ValueError):
            values.append(read_exactly(line))
            kept.append(line)
    return _table(values, kept.__getitem__, LINES) if are_most(kept, lines) else None


def starting_lines(lines: Sequence[str]) -> list[str]:
    """The lines that may hold an object."""
    return [line for line in lines if line[:1] == "{" or line.lstrip()[:1] == "{"]


def are_most(kept: Sequence[str], lines: Sequence[str]) -> bool:
    """Whether the lines that hold objects are half of those that hold anything."""
    return bool(kept) and len(kept) * 2 >= sum(map(bool, map(str.strip, lines)))


class _Elements:
    """The source of the elements of an array, looked for as far as they are asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._spans: list[tuple[int, int]] = []
        self._at = _skip(text, _skip(text, 0) + 1)
        self._lock = Lock()

    def source(self, row: int) -> str:
        with self._lock:
            while len(self._spans) <= row:
                _, end = _SPELLER.raw_decode(self._text, self._at)
                self._spans.append((self._at, end))
                self._at = _skip(self._text, _skip(self._text, end) + 1)
        start, end = self._spans[row]
        return on_one_line(self._text[start:end])


def on_one_line(piece: str) -> str:
    """Return a value as it is spelled; without the space in it where that has lines."""
    return compact_json(piece) or piece if "\n" in piece else piece


class _Values:
    """`Reader` of values that were made already."""

    def opened(self, node: object) -> list[object] | dict[str, object] | None:
        return node if _is_array(node) or is_object(node) else None

    def is_object(self, node: object) -> bool:
        return is_object(node)

    def most(self, node: object) -> float:
        del node
        return inf


def _document(value: object) -> Table:
    """Take the longest array of an object, or the object itself as a map of rows."""
    found = find_rows(_Values(), value)
    if found is None:
        return _table([value], partial(_dumped, [value]), "JSON object")
    inner = found.inner
    rows = inner if isinstance(inner, list) else [keyed(key, row) for key, row in inner.items()]
    return _table(rows, partial(_dumped, rows), f"items of {found.path}")


def keyed(key: str, below: object) -> object:
    """Return a value of a map of objects with its key."""
    return {"key": key, **below} if is_object(below) else below


def _dumped(rows: Sequence[object], row: int) -> str:
    return spelled(rows[row])


def spelled(value: object) -> str:
    """Spell a value as JSON with the numbers as they were."""
    if isinstance(value, Decimal):
        return str(value)
    if _is_array(value):
        return f"[{','.join(map(spelled, value))}]"
    if is_object(value):
        members = (f"{json.dumps(k, ensure_ascii=False)}:{spelled(v)}" for k, v in value.items())
        return f"{{{','.join(members)}}}"
    return json.dumps(value, ensure_ascii=False)


def _table(values: Sequence[object], source: Callable[[int], str], kind: str) -> Table:
    rows = [as_row(row) for row in values]
    return Table(
        kind=kind,
        size=len(rows),
        columns=tuple(column_names(rows)),
        column=partial(_column, rows),
        source=source,
    )


def as_row(value: object) -> dict[str, object]:
    """Return an object as the row that it is; another value as its column `value`."""
    return value if is_object(value) else {"value": value}


def column_names(rows: Sequence[dict[str, object]]) -> list[str]:
    """The columns to tell: all keys of the first rows, nested ones dotted one level down."""
    names: dict[str, None] = {}
    for row in islice(rows, LOOKED_AT):
        for key, value in row.items():
            if is_object(value):
                for inner in islice(value, 12):
                    names.setdefault(f"{key}.{inner}")
            else:
                names.setdefault(key)
    return list(islice(names, _LISTED))


def _column(rows: Sequence[dict[str, object]], name: str) -> list[Cell] | None:
    plain = [row.get(name) for row in rows]
    if any(value is not None for value in plain) or any(name in row for row in rows):
        return [_as_cell(value) for value in plain]
    if "." not in name:
        return None
    head, *rest = name.split(".")
    found = [dig(row.get(head), rest) for row in rows]
    if all(value is MISSING for value in found):
        return None
    return [None if value is MISSING else _as_cell(value) for value in found]


MISSING = object()
"""Stands where a row has no such column."""


def dig(value: object, steps: Sequence[str]) -> object:
    """Follow the steps of a dotted name."""
    for step in steps:
        if is_object(value) and step in value:
            value = value[step]
        elif _is_array(value) and step.isdecimal() and len(step) < 9 and int(step) < len(value):
            value = value[int(step)]
        else:
            return MISSING
    return value


def _as_cell(value: object) -> Cell:
    if value is None or isinstance(value, (bool, int, Decimal, str)):
        return value
    if isinstance(value, float):  # `NaN` and the infinities, which are no numbers in JSON
        return str(value)
    return value if is_object(value) or _is_array(value) else None


def is_object(value: object) -> TypeGuard[dict[str, object]]:
    """Whether a value is an object."""
    return isinstance(value, dict)


def _is_array(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
