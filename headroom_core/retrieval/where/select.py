"""Answer an expression: the rows that meet it, or the figures that it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.retrieval.answer import Piece, Selection
from headroom_core.retrieval.tables.read import read_table
from headroom_core.retrieval.where.figures import compute, group_key, show
from headroom_core.retrieval.where.grammar import columns_of
from headroom_core.retrieval.where.match import Matcher
from headroom_core.retrieval.where.parse import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.retrieval.tables.table import Cell, Table
    from headroom_core.retrieval.where.grammar import Figure, Question

NAMED_RANGES = 8


def select_where(text: str, asked: str) -> Selection:
    """Return the rows that meet a condition, or figures about them."""
    question = parse(asked)
    table = read_table(text, [each.name for each in columns_of(question)])
    matcher = Matcher(table)
    rows = matcher.rows(question.condition)
    if question.figures:
        return _figures(question, matcher, rows)
    pieces = _Rows(table, rows)
    head = f"[{len(rows)} of {table.size} {table.kind} match{_places(rows)}]"
    lead = f"{head}\n{table.lead}" if table.lead and rows else head
    return Selection("rows", table.size, pieces, lead, bare=True)


class _Rows:
    """The rows that match, each read from the source when its turn comes."""

    def __init__(self, table: Table, rows: Sequence[int]) -> None:
        self._table = table
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> Piece:
        row = self._rows[index]
        return Piece(self._table.source(row), row + 1, row + 1)


def _places(rows: Sequence[int]) -> str:
    """Say which rows match, where that is short."""
    ranges: list[list[int]] = []
    for row in rows:
        if ranges and ranges[-1][1] == row:
            ranges[-1][1] = row + 1
        else:
            ranges.append([row + 1, row + 1])
        if len(ranges) > NAMED_RANGES:
            return ""
    named = [f"{first}" if first == last else f"{first}-{last}" for first, last in ranges]
    return f": row {', '.join(named)}" if named else ""


def _figures(question: Question, matcher: Matcher, rows: Sequence[int]) -> Selection:
    table = matcher.table
    columns = [None if each.of is None else matcher.column(each.of) for each in question.figures]
    over = f"over {len(rows)} of {table.size} {table.kind}"
    if not question.by:
        lines = [
            f"{figure} = {_value(figure, column, rows)}"
            for figure, column in zip(question.figures, columns, strict=True)
        ]
        pieces = [Piece(line, 0, 0) for line in lines]
        return Selection("rows", table.size, pieces, f"[computed {over}]", bare=True)
    groups = _groups([matcher.column(each) for each in question.by], rows)
    names = " | ".join([*(each.name for each in question.by), *map(str, question.figures)])
    pieces = [
        Piece(
            " | ".join(
                [
                    *key,
                    *(
                        _value(figure, column, members)
                        for figure, column in zip(question.figures, columns, strict=True)
                    ),
                ]
            ),
            0,
            0,
        )
        for key, members in groups
    ]
    head = f"[computed {over}; {len(groups)} groups, the largest first]\n{names}"
    return Selection("rows", table.size, pieces, head, bare=True)


def _value(figure: Figure, column: Sequence[Cell] | None, rows: Sequence[int]) -> str:
    values = [] if column is None else [column[row] for row in rows]
    return compute(figure, values, len(rows))


def _groups(
    keys: Sequence[Sequence[Cell]], rows: Sequence[int]
) -> list[tuple[list[str], list[int]]]:
    """Group rows by the values of columns: the largest group first, then in source order."""
    found: dict[object, list[int]] = {}
    for row in rows:
        found.setdefault(tuple(group_key(column[row]) for column in keys), []).append(row)
    ordered = sorted(found.values(), key=lambda members: (-len(members), members[0]))
    return [([show(column[members[0]]) for column in keys], members) for members in ordered]
