"""The lossless form of a text with tables: its legend, its body, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.compressors.base import Encoded
from headroom_core.compressors.bounded import LinesOut
from headroom_core.compressors.tables import block
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


def write(source: Source, terms: Sequence[str]) -> Encoded | None:
    """The form of a text, or `None` when it holds no table that gets shorter."""
    pieces = _pieces(source)
    if not any(isinstance(piece, Grid) for piece in pieces):
        return None
    hits = hit_lines(source.text, terms, source.text.count("\n") + 1)
    blocks: list[str] = []
    plans: list[Plan] = []
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
    legend = "; ".join([_MEANING, *_rules(plans, odd="\n!" in body)])
    return Encoded(legend, body) if len(legend) + len(body) < _MOST * len(source) else None


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


def _pieces(source: Source) -> list[str | Grid]:
    """The text cut into tables and lines that are none."""
    tables = find_tables(source)
    if len(tables) == 1 and tables[0][:2] == (0, source.text.count("\n") + 1):
        return [tables[0][2]]  # without a look at the lines, which nobody may need
    pieces: list[str | Grid] = []
    done = 0
    for start, end, grid in tables:
        pieces += source.lines[done:start]
        pieces.append(grid)
        done = end
    return [*pieces, *source.lines[done:]] if pieces else []


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
