"""Rows of JSON: an array of objects at any depth, a map of objects, or one object on each line."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from functools import partial
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING, TypeGuard

from headroom_core.retrieval.json_tree import compact_json
from headroom_core.retrieval.tables.table import Cell, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_SPACE = re.compile(r"[ \t\n\r]*")
_DEEPEST = 6
_LISTED = 60
# Exact numbers. An integer of more digits than Python reads at once becomes a `Decimal` too.
_DECODER = json.JSONDecoder(parse_float=Decimal)
_HUGE = json.JSONDecoder(parse_float=Decimal, parse_int=Decimal)
_SPELLER = json.JSONDecoder(parse_float=str, parse_int=str)


def json_table(text: str) -> Table | None:
    """Read a JSON document; of several arrays the longest is the table."""
    if text.lstrip()[:1] not in {"{", "["}:
        return None
    for decoder in (_DECODER, _HUGE):
        try:
            value: object = decoder.decode(text)
        except (ValueError, RecursionError):
            continue
        if not _is_array(value):
            return _document(value)
        if len(value) == 1 and _is_object(value[0]) and (inner := _document(value[0])).size > 1:
            return inner
        return _table(value, _Elements(text).source, "items of an array")
    return None


def json_lines(text: str) -> Table | None:
    """Read JSON lines; other lines between them are passed over."""
    lines = text.split("\n")
    values: list[object] = []
    kept: list[str] = []
    for line in lines:
        if line.lstrip()[:1] == "{":
            try:
                values.append(_DECODER.decode(line))
            except (ValueError, RecursionError):
                continue
            kept.append(line)
    if not values or len(values) * 2 < sum(bool(line.strip()) for line in lines):
        return None
    return _table(values, kept.__getitem__, "JSON lines")


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
        piece = self._text[start:end]
        return compact_json(piece) or piece if "\n" in piece else piece


def _document(value: object) -> Table:
    """Take the longest array of an object, or the object itself as a map of rows."""
    best: tuple[int, str, list[object]] = (0, "", [])
    stack: list[tuple[object, str, int]] = [(value, "$", 0)]
    while stack:
        node, path, depth = stack.pop()
        if _is_array(node) and len(node) > best[0] and _is_object(node[0]):
            best = (len(node), path, node)
        if _is_object(node):
            rows = _keyed(node)
            if len(rows) > max(best[0], 2):
                best = (len(rows), path, rows)
            if depth < _DEEPEST:
                stack.extend((below, f"{path}.{key}", depth + 1) for key, below in node.items())
    if not best[0]:
        rows = [value]
        return _table(rows, partial(_dumped, rows), "JSON object")
    return _table(best[2], partial(_dumped, best[2]), f"items of {best[1]}")


def _keyed(node: dict[str, object]) -> list[object]:
    """The values of a map of objects as rows, each with its key."""
    if not all(map(_is_object, node.values())):
        return []
    return [{"key": key, **below} for key, below in node.items() if _is_object(below)]


def _dumped(rows: Sequence[object], row: int) -> str:
    return _spelled(rows[row])


def _spelled(value: object) -> str:
    """Spell a value as JSON with the numbers as they were."""
    if isinstance(value, Decimal):
        return str(value)
    if _is_array(value):
        return f"[{','.join(map(_spelled, value))}]"
    if _is_object(value):
        members = (f"{json.dumps(k, ensure_ascii=False)}:{_spelled(v)}" for k, v in value.items())
        return f"{{{','.join(members)}}}"
    return json.dumps(value, ensure_ascii=False)


def _table(values: Sequence[object], source: Callable[[int], str], kind: str) -> Table:
    rows: list[dict[str, object]] = [row if _is_object(row) else {"value": row} for row in values]
    return Table(
        kind=kind,
        size=len(rows),
        columns=tuple(_names(rows)),
        column=partial(_column, rows),
        source=source,
    )


def _names(rows: Sequence[dict[str, object]]) -> list[str]:
    """The columns to tell: all keys of the first rows, nested ones dotted one level down."""
    names: dict[str, None] = {}
    for row in islice(rows, 200):
        for key, value in row.items():
            if _is_object(value):
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
    found = [_dig(row.get(head), rest) for row in rows]
    if all(value is _MISSING for value in found):
        return None
    return [None if value is _MISSING else _as_cell(value) for value in found]


_MISSING = object()


def _dig(value: object, steps: Sequence[str]) -> object:
    """Follow the steps of a dotted name."""
    for step in steps:
        if _is_object(value) and step in value:
            value = value[step]
        elif _is_array(value) and step.isdecimal() and len(step) < 9 and int(step) < len(value):
            value = value[int(step)]
        else:
            return _MISSING
    return value


def _as_cell(value: object) -> Cell:
    if value is None or isinstance(value, (bool, int, Decimal, str)):
        return value
    if isinstance(value, float):  # `NaN` and the infinities, which are no numbers in JSON
        return str(value)
    return value if _is_object(value) or _is_array(value) else None


def _is_object(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)


def _is_array(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
