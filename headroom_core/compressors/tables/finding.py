"""Find the tables of a text, whatever they are drawn with; saying no is cheap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.compressors.tables import aligned, dashed, delimited, records, ruled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.tables.grid import Grid
    from headroom_core.source import Source


def find_tables(source: Source) -> list[tuple[int, int, Grid]]:
    """The tables of a text: the lines where each begins and ends, and what it holds."""
    if source.text.startswith(records.STARTS):
        record = records.find(source.lines)
        return [record] if record is not None else []
    if ruled.may_hold(source.text):
        found = ruled.find(source.lines)
        if found:
            return found
    if dashed.may_hold(source.text):
        found = dashed.find(source.lines)
        if found:
            return found
    kind = delimited.kind_of(source.head)
    grid = delimited.read(source.text, kind) if kind else None
    if grid is not None:
        return [(0, source.text.count("\n") + 1, grid)]
    return aligned.find(source.lines) if aligned.may_start(source.head) else []


def units_of(source: Source, tables: list[tuple[int, int, Grid]]) -> Sequence[str]:
    """The lines of a text, or its records where cells hold newlines or rows take lines."""
    grid = tables[0][2] if tables else None
    if grid is not None and grid.height > 1:
        end, step = tables[0][1], grid.height
        rows = ["\n".join(source.lines[at : at + step]) for at in range(0, end, step)]
        return [*rows, *source.lines[end:]]
    if grid is not None and isinstance(grid.layout, delimited.Delimited):
        return delimited.records(source.lines, grid.layout.delimiter)
    return source.lines
