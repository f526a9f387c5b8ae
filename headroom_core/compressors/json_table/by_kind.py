"""A table whose rows are of several kinds, with a header for each: written and read.

[5 rows, 2 kinds]
a: [3 rows: id|user|ok]
b: [2 rows: id|order|amount]
a|7|anna|true
b|9|4711|12.5
!{"id":11,"error":"gone"}
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from headroom_core.compressors.json_table.header import HEADER, read_header
from headroom_core.compressors.json_table.kinds import LETTERS
from headroom_core.compressors.json_table.objects import as_map
from headroom_core.compressors.json_table.plan import plan_columns
from headroom_core.compressors.json_table.table_reader import is_map, objects_in
from headroom_core.compressors.json_table.values import Json, load_exactly
from headroom_core.compressors.json_table.writing import dump
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from headroom_core.compressors.json_table.columns import Column
    from headroom_core.compressors.json_table.header import Header
    from headroom_core.compressors.json_table.limits import Allowance

SAID = "; rows of several kinds begin with the letter of theirs"
KINDS = re.compile(r"\[(?P<rows>[0-9]{1,9}) rows, (?P<kinds>[0-9]{1,2}) kinds\]")


class Kind(NamedTuple):
    """The places of the rows of a kind among all items, and their columns."""

    places: Sequence[int]
    columns: list[Column]


def write_by_kind(
    items: Sequence[Json], kinds: Iterable[Kind], delimiter: str, spared: frozenset[str]
) -> tuple[str, list[str]]:
    """The headers and the lines of a table; items of no kind are written as JSON."""
    lines = [""] * len(items)
    headers: list[str] = []
    for letter, kind in zip(LETTERS, kinds, strict=False):
        rows = len(kind.places)
        plan = plan_columns(kind.columns, delimiter, spared)
        headers.append(f"{letter}: {plan.header(rows, delimiter)}")
        for at, line in zip(kind.places, plan.lines(rows, delimiter), strict=True):
            lines[at] = f"{letter}{delimiter}{line}"
    if "" in lines:
        for at, item in enumerate(items):
            lines[at] = lines[at] or f"!{dump(item)}"
    return "\n".join([f"[{len(items)} rows, {len(headers)} kinds]", *headers]), lines


def read_by_kind(
    match: re.Match[str], lines: list[str], at: int, allowance: Allowance
) -> tuple[Json, int]:
    """Read the table that `KINDS` found in a line; return it and the line behind it.

    Raises `DecodeError` or `ValueError` when the table is damaged.
    """
    headers, start = _headers(lines, at + 1, int(match["kinds"]))
    end = start + int(match["rows"])
    if end > len(lines):
        raise DecodeError(f"a table announces {match['rows']} rows, but some are gone")
    own: dict[str, list[str]] = {letter: [] for letter in headers}
    for line in lines[start:end]:
        if not line.startswith("!"):
            _add(own, headers, line)
    if any(len(own[letter]) != header.rows for letter, header in headers.items()):
        raise DecodeError("a kind of rows has another number of them than its header says")
    made = {
        letter: iter(objects_in(header, own[letter], range(header.rows), allowance))
        for letter, header in headers.items()
    }
    items: list[Json] = [
        load_exactly(line[1:]) if line.startswith("!") else next(made[line[0]])
        for line in lines[start:end]
    ]
    if all(is_map(header) for header in headers.values()):
        return as_map(items), end
    return items, end


def _headers(lines: list[str], at: int, count: int) -> tuple[dict[str, Header], int]:
    """The headers of the kinds, and the line behind them."""
    headers: dict[str, Header] = {}
    for letter in LETTERS[:count]:
        named = at < len(lines) and lines[at].startswith(f"{letter}: ")
        match = HEADER.match(lines[at], len(letter) + 2) if named else None
        if match is None:
            raise DecodeError("a table announces more kinds of rows than have a header")
        headers[letter] = read_header(match, lines, at)
        at = headers[letter].end
    return headers, at


def _add(own: dict[str, list[str]], headers: dict[str, Header], line: str) -> None:
    """Add a row to those of its kind, without its letter."""
    letter, cells = line[:1], line[2:]
    header = headers.get(letter)
    if header is None or line[1:2] != header.delimiter:
        raise DecodeError("a row of a table is of none of its kinds")
    own[letter].append(cells)
