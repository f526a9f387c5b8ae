"""The headers of a table for each kind of its rows, where these take less room than one for all."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table.by_kind import Kind, write_by_kind
from headroom_core.compressors.json_table.columns import Shapes, columns_of, of_some_rows
from headroom_core.compressors.json_table.kinds import LETTER, LETTERS, kinds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from headroom_core.compressors.json_table.rows import Row
    from headroom_core.compressors.json_table.table import Table

_WORTHWHILE = 0.04
"""Several headers are tried for no less of a table."""
_LEAST_OF_KIND = 8
_FEW = 50


def with_kinds(
    table: Table,
    numbers: Sequence[int],
    delimiter: str,
    spared: frozenset[str],
    telling: Callable[[], set[int]],
) -> Table:
    """The table with a header for each kind of rows, where that is shorter.

    The columns of the table are those of the rows with these `numbers`. Rows that are `telling` of
    an error are left as JSON: they say everything themselves, also what a header would.
    """
    found = kinds_of(table.columns, table.size() * _WORTHWHILE)
    apart = _often_apart(table)[: len(LETTERS) - max(1, len(found))]
    if not found and not apart:
        return table
    alone = replace(table, apart=table.apart | telling())
    kinds = chain(_kinds(alone, found or [range(len(numbers))], numbers), apart)
    header, lines = write_by_kind(table.items, kinds, delimiter, spared)
    other = replace(alone, header=header, lines=lines, by_one_header=table.lines)
    return other if other.size() + LETTER * len(lines) < table.size() else table


def _kinds(table: Table, kinds: Sequence[Sequence[int]], numbers: Sequence[int]) -> Iterator[Kind]:
    """The kinds of rows that have columns, without rows that are written as JSON; one at a time."""
    for kind in kinds:
        rows = [row for row in kind if numbers[row] not in table.apart]
        if rows:
            yield Kind([numbers[row] for row in rows], [*of_some_rows(table.columns, rows)])


def _often_apart(table: Table) -> list[Kind]:
    """The rows that are written as JSON by their keys, where many have the same."""
    if len(table.apart) < _LEAST_OF_KIND:
        return []
    alike: dict[tuple[str, ...], list[tuple[int, Row]]] = {}
    for at, item in enumerate(table.items):
        if at in table.apart and isinstance(item, dict):
            alike.setdefault(tuple(item), []).append((at, item))
    least = max(_LEAST_OF_KIND, len(table.items) // _FEW + 1)
    often = [keys for keys in alike if len(alike[keys]) >= least]
    kinds: list[Kind] = []
    for keys in sorted(often, key=lambda keys: -len(alike[keys])):
        places, rows = zip(*alike[keys], strict=True)
        kinds.append(Kind(places, columns_of(rows, Shapes(list(keys), uniform=True))))
    return kinds
