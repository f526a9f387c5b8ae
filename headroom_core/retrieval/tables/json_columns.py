"""Columns of JSON rows: some of them are taken out of a text in one pass, which `msgspec` makes."""

from __future__ import annotations

from itertools import repeat
from operator import attrgetter, is_
from typing import TYPE_CHECKING

import msgspec

from headroom_core.retrieval.tables.json_rows import MISSING, dig

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    Read = Callable[[type[msgspec.Struct]], list[object]]
    """Reads all rows, each as an object with the fields of the type."""


def read_columns(read: Read, names: Sequence[str]) -> tuple[int, dict[str, list[object]]]:
    """Return how many rows there are, and their values in some columns, or `MISSING`.

    A dotted name is first one key, and then the way to a value.
    """
    parts: dict[str, list[str]] = {}
    for name in names:
        head, *steps = name.split(".")
        if steps and head not in names and steps[0] not in parts.setdefault(head, []):
            parts[head].append(steps[0])
    try:
        return _read(read, names, parts)
    except msgspec.ValidationError:
        if not parts:
            raise
        return _read(read, names, {})  # what the names lead through is not in all rows an object


def all_missing(values: Sequence[object]) -> bool:
    """Whether no row has a column."""
    return all(map(is_, values, repeat(MISSING)))


def _read(
    read: Read, names: Sequence[str], parts: Mapping[str, list[str]]
) -> tuple[int, dict[str, list[object]]]:
    keys = dict.fromkeys([*names, *(name.partition(".")[0] for name in names)])
    rows = read(
        _struct({key: _struct_or_null(parts[key]) if key in parts else object for key in keys})
    )
    columns = {key: list(map(attrgetter(_field(at)), rows)) for at, key in enumerate(keys)}
    return len(rows), {name: _values(name, columns, parts) for name in names}


def _values(
    name: str, columns: Mapping[str, list[object]], parts: Mapping[str, list[str]]
) -> list[object]:
    head, *steps = name.split(".")
    if not steps or not all_missing(columns[name]):
        return columns[name]
    values = columns[head]
    if head in parts:
        field = _field(parts[head].index(steps.pop(0)))
        values = [
            MISSING if value is None or value is MISSING else getattr(value, field)
            for value in values
        ]
    return [dig(value, steps) for value in values] if steps else values


def _struct(kinds: Mapping[str, object]) -> type[msgspec.Struct]:
    """The type of an object of which these keys are read, each as its kind of value."""
    return msgspec.defstruct(
        "Row",
        [(_field(at), kind, MISSING) for at, kind in enumerate(kinds.values())],
        rename={_field(at): key for at, key in enumerate(kinds)},
        gc=False,
    )


def _struct_or_null(keys: Collection[str]) -> object:
    return _struct(dict.fromkeys(keys, object)) | None


def _field(at: int) -> str:
    return f"field_{at}"
