"""The lossless form of a text with tables: its legend, its body, and the way back."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from headroom_core.compressors.base import Encoded
from headroom_core.compressors.bounded import LinesOut
from headroom_core.compressors.sampling import LEAST_LINES, NEIGHBOURS, PLACES, spread
from headroom_core.compressors.tables import block, dashed, delimited, ruled
from headroom_core.compressors.tables.columns import plan_columns
from headroom_core.compressors.tables.finding import find_tables
from headroom_core.compressors.tables.grid import Grid
from headroom_core.compressors.tables.hits import hit_lines
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.tables.columns import Plan
    from headroom_core.source import Source

_MEANING = "a table: count, layout and columns, then its rows"
_GUARD = "\\"
_MOST = 0.98
_FEW_PLACES = 2
_LEAST_LINES = 3 * _FEW_PLACES * NEIGHBOURS
"""A text of fewer lines is tried as a whole."""


def write(source: Source, terms: Sequence[str]) -> Encoded | None:
    """The form of a text, or `None` when it holds no table that gets shorter."""
    found = _written(source, terms) if _may_pay(source) else None
    if found is None:
        return None
    legend, body = found
    return Encoded(legend, body) if len(legend) + len(body) < _MOST * len(source) else None


def _may_pay(source: Source) -> bool:
    """Whether some rows of a table between delimiters get shorter by themselves.

    What all of them have in common, some have too. Other tables are not looked at, nor short ones.
    """
    text = source.text
    lines = text.count("\n")
    kind = delimited.kind_of(source.head) if lines >= _LEAST_LINES else None
    if kind is None or ruled.may_hold(text) or dashed.may_hold(text):
        return True
    places = PLACES if lines >= LEAST_LINES else _FEW_PLACES
    rows = list(chain.from_iterable(spread(text, places)))
    if any(row.count('"') % 2 for row in rows):
        return True  # records may take more than a line
    sample = "\n".join(rows)
    grid = delimited.read(sample, kind)
    if grid is None:
        return True
    return len(block.write(grid, plan_columns(grid.names, grid.columns))) < len(sample)


def _written(source: Source, terms: Sequence[str]) -> tuple[str, str] | None:
    """The legend and the body, or `None` when no tables take a part of the text that matters."""
    tables = find_tables(source)
    lines = source.text.count("\n") + 1
    whole = len(tables) == 1 and tables[0][:2] == (0, lines)
    # The lines of a table that is all of the text are not looked at: nobody else may need them.
    if not whole and _size_of(tables, source) <= (1 - _MOST) * len(source):
        return None
    pieces = [tables[0][2]] if whole else _pieces(source.lines, tables)
    hits = hit_lines(source.text, terms, lines)
    blocks: list[str] = []
    plans: list[Plan] = []
    tables.clear()
    pieces.reverse()
    while pieces:
        piece = pieces.pop()  # so that it is let go when it is written
        if isinstance(piece, Grid):
            plan = plan_columns(piece.names, piece.columns, piece.rows_at(hits))
            blocks.append(block.write(piece, plan))
            plan.cells.clear()
            plans.append(plan)
        else:
            blocks.append(_guarded(piece))
    body = "\n".join(blocks)
    return "; ".join([_MEANING, *_rules(plans, odd="\n!" in body)]), body


def _size_of(tables: Sequence[tuple[int, int, Grid]], source: Source) -> int:
    """The characters of all tables."""
    return sum(sum(map(len, source.lines[start:end])) + end - start for start, end, _ in tables)


def read(legend: str, body: str) -> str:
    """The text of a form; raises `DecodeError` when it is damaged."""
    if not legend.startswith(_MEANING):
        raise DecodeError("`table` does not know this legend")
    lines = body.split("\n")
    out = LinesOut()
    at = 0
    while at < len(lines):
        if block.starts(lines[at]):
            at = block.read(lines, at, out)
        else:
            out.add(lines[at].removeprefix(_GUARD))
            at += 1
    return out.text()


def _pieces(lines: Sequence[str], tables: Sequence[tuple[int, int, Grid]]) -> list[str | Grid]:
    """The text cut into tables and lines that are none."""
    pieces: list[str | Grid] = []
    done = 0
    for start, end, grid in tables:
        pieces += lines[done:start]
        pieces.append(grid)
        done = end
    return [*pieces, *lines[done:]]


def _guarded(line: str) -> str:
    return _GUARD + line if line.startswith(_GUARD) or block.starts(line) else line


def _rules(plans: Sequence[Plan], *, odd: bool) -> Iterator[str]:
    """How to read what the tables of a text leave out."""
    items = [item for plan in plans for item in plan.items]
    given = [item for plan in plans for item in plan.given]
    if given:
        yield "+n: n columns named below for all rows"
    if any(item.value is not None for item in items):
        yield "blank: the value behind the column's ="
    if any("{" in (item.value or "").replace("{{", "") for item in (*items, *given)):
        yield "{x}: the row's x"
    if any(item.above == "" for item in items):
        yield "^: blank is as above"
    for sign in sorted({item.above for item in items if item.above}):
        yield f"^{sign}: up to its last {sign} as above where left out"
    if any(item.around for item in items):
        yield "x*y: what stands around each cell"
    if odd:
        yield "!: another line"
