"""The tables of a value cut out of it, so that what is between them stays JSON; and put back."""

from __future__ import annotations

import re
from functools import cache, partial
from itertools import islice
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table import quick
from headroom_core.compressors.json_table.bare import bare_keys, quoted_keys
from headroom_core.compressors.json_table.by_kind import KINDS, read_by_kind
from headroom_core.compressors.json_table.header import HEADER
from headroom_core.compressors.json_table.make_table import (
    TooSparseError,
    kinds_in,
    make_table,
    may_be_table,
)
from headroom_core.compressors.json_table.rows import Rows, solid
from headroom_core.compressors.json_table.table_reader import read_table
from headroom_core.compressors.json_table.values import Json, load_exactly, load_plain
from headroom_core.compressors.json_table.writing import dump, is_dump
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from headroom_core.compressors.json_table.limits import Allowance

MARK = "$table"
_PLACE = re.compile(r"\{\$table:(\d+)\}", re.ASCII)
_ALONE = f"{{{MARK}:0}}"
_MOST_TRIES = 4
_WORTHWHILE = 0.92
_PAIR = 2
_LEAST_ROOM_OF_PAIR = 92
"""Two shorter rows take no fewer tokens as a table, if they take fewer characters."""
_SAMPLE = 1000
_FEW = 20
_CONTAINERS = frozenset({dict, list})


class Islands:
    """Cuts tables out of a value."""

    def __init__(
        self, delimiter: str, spared: frozenset[str], *, at_once: bool, finite: bool
    ) -> None:
        self._delimiter = delimiter
        self._at_once = at_once and finite
        self._finite = finite
        self._spared = spared
        self._tables: list[tuple[str, str]] = []
        self._sizes: list[tuple[Json | Rows, int]] = []

    @property
    def headers(self) -> list[str]:
        """The headers of the tables."""
        return [header for header, _ in self._tables]

    def write(self, value: Json | Rows, size: int | None = None) -> list[tuple[str, bool]]:
        """The value as JSON with each table in lines of its own.

        In segments, each with whether it stands outside the rows of tables. The `size` of the
        compact text of the value need not be told.
        """
        if size is not None:
            self._know(value, size)
        pieces = _PLACE.split(bare_keys(self._text(value)))
        segments: list[tuple[str, bool]] = []
        for index, piece in enumerate(pieces):
            if index % 2 == 0:
                segments.append((piece, True))
                continue
            header, lines = self._tables[int(piece)]
            start = "\n" if segments[-1][0] else ""
            segments.append((f"{start}{header}", True))
            segments.append((lines, False))
            if index < len(pieces) - 2 or pieces[-1]:
                segments.append(("\n", False))
        return segments

    def _know(self, value: Json | Rows, size: int) -> None:
        """Keep the size of a value, and of the one in it that takes most of it, if any does."""
        self._sizes.append((value, size))
        if not isinstance(value, dict) or len(value) > _FEW:
            return
        inner = [each for each in value.values() if isinstance(each, (dict, list))]
        longest = max(inner, key=len, default=None)
        if longest is not None and sum(map(len, inner)) <= len(longest) + _FEW:
            rest = {key: 0 if each is longest else each for key, each in value.items()}
            self._know(longest, size - self._size(rest) + len("0"))

    def _text(self, value: Json | Rows) -> str:
        if not isinstance(value, Rows):
            return self._dump(self._cut(value, 0) if isinstance(value, (dict, list)) else value)
        fits = self._adds(value) if may_be_table(value, kinds_in(value)) else None
        if fits:
            return self._dump({MARK: len(self._tables) - 1})
        failed = 0 if fits is None else 1
        batches = ([self._cut(each, failed) for each in batch] for batch in value.batches())
        return f"[{','.join(self._dump(batch)[1:-1] for batch in batches)}]"

    def _dump(self, value: Json) -> str:
        return (quick.dump(value) if self._at_once else None) or dump(value)

    def _cut(self, value: dict[str, Json] | list[Json], failed: int) -> Json:
        kinds = kinds_in(value)
        fits = self._adds(value) if failed < _MOST_TRIES and may_be_table(value, kinds) else None
        if fits:
            return {MARK: len(self._tables) - 1}
        if fits is not None:
            failed += 1
        if _CONTAINERS.isdisjoint(kinds):
            return value
        if isinstance(value, dict):
            changed = {
                key: rest
                for key, each in value.items()
                if isinstance(each, (dict, list)) and (rest := self._cut(each, failed)) is not each
            }
            return {**value, **changed} if changed else value
        return [
            self._cut(each, failed) if isinstance(each, (dict, list)) else each for each in value
        ]

    def _adds(self, value: dict[str, Json] | list[Json] | Rows) -> bool | None:
        """Whether a value is put into a table; `None` if its items are not alike, or too short."""
        known = next((size for each, size in self._sizes if each is value), None)
        room = cache(partial(self._room_for, value, known))
        if len(value) == _PAIR and room() < _LEAST_ROOM_OF_PAIR:
            return None
        try:
            table = make_table(value, self._delimiter, self._spared, room)
        except TooSparseError:
            return False
        if table is None:
            return None
        if table.size() >= room():
            return False
        # A table may have no rows at all, and then no line follows its header.
        self._tables.append((table.header, "\n".join(["", *table.lines])))
        return True

    def _room_for(self, value: dict[str, Json] | list[Json] | Rows, size: int | None) -> float:
        """How many characters a table may take to be used in place of a value."""
        return (size or self._compact_size(value)) * _WORTHWHILE

    def _compact_size(self, value: dict[str, Json] | list[Json] | Rows) -> float:
        """How many characters a value takes as JSON: of a long one by a sample."""
        if len(value) <= _SAMPLE:
            return self._size(value)
        step = len(value) // _SAMPLE
        sample: dict[str, Json] | list[Json]
        if isinstance(value, dict):
            sample = dict(islice(value.items(), 0, None, step))
        else:
            sample = list[Json](value[::step])
        return self._size(sample) * len(value) / len(sample)

    def _size(self, value: dict[str, Json] | list[Json] | Rows) -> int:
        if not isinstance(value, (dict, list)):
            return 1 + sum(self._size(list[Json](batch)) - 1 for batch in value.batches())
        quickly = self._at_once or (self._finite and len(value) >= _FEW)
        return len((quick.dump(value) if quickly else None) or dump(value))


def read_islands(text: str, allowance: Allowance) -> Json | Rows:
    """Put the tables back. Raises `DecodeError` or `ValueError` when the text is damaged."""
    lines = text.split("\n")
    tables: list[Json | Rows] = []
    pieces: list[str] = []
    at = 0
    while at < len(lines):
        found = _read_table_at(lines, at, allowance)
        if found is not None:
            table, at = found
            pieces.append(f"{{{MARK}:{len(tables)}}}")
            tables.append(table)
        else:
            pieces.append(lines[at])
            at += 1
    lines.clear()
    rest = "".join(pieces)
    if rest == _ALONE:
        return tables[0]
    value = _load(quoted_keys(rest))
    return _put_back(value, tables) if tables and isinstance(value, (dict, list)) else value


def _read_table_at(
    lines: list[str], at: int, allowance: Allowance
) -> tuple[Json | Rows, int] | None:
    """The table that starts at a line, if one does, and the line behind it."""
    match = HEADER.match(lines[at])
    if match is not None:
        return read_table(match, lines, at, allowance)
    kinds = KINDS.fullmatch(lines[at])
    return None if kinds is None else read_by_kind(kinds, lines, at, allowance)


def _load(text: str) -> Json:
    """Read compact JSON: if it is as we write it, without a look at every number and key."""
    try:
        value = load_plain(text)
    except ValueError:
        return load_exactly(text)
    return value if is_dump(text, value) else load_exactly(text)


def _put_back(value: dict[str, Json] | list[Json], tables: list[Json | Rows]) -> Json:
    if isinstance(value, list):
        return [
            _put_back(each, tables) if isinstance(each, (dict, list)) else each for each in value
        ]
    place = value.get(MARK)
    if len(value) == 1 and isinstance(place, int):
        if not 0 <= place < len(tables):
            raise DecodeError("a table is missing")
        table = tables[place]
        return solid(table)
    return {
        key: _put_back(each, tables) if isinstance(each, (dict, list)) else each
        for key, each in value.items()
    }
