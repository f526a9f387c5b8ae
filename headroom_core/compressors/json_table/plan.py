"""What is written of each column: nothing, since it follows; a default; or what varies.

What `spared` holds, names of columns and texts of cells, is asked about: it is written out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice, repeat
from typing import TYPE_CHECKING

from headroom_core.compressors.batches import BATCH, batches_of
from headroom_core.compressors.json_table.cells import to_cell
from headroom_core.compressors.json_table.columns import KEY
from headroom_core.compressors.json_table.drafts import Draft, Table, draft_of, is_spared
from headroom_core.compressors.json_table.following import fits_header, follows
from headroom_core.compressors.json_table.shortening import without_affixes
from headroom_core.compressors.json_table.templates import counts_rows, write_template
from headroom_core.compressors.json_table.writing import dump

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.json_table.columns import Child, Column


_QUARTER = 4
_LEAST_BLANKS = 3
"""To name what stands in two cells costs more than to repeat it."""


@dataclass(slots=True)
class Head:
    """A column that has cells, as the header names it."""

    name: str
    rest: str = ""
    inner: list[str] = field(default_factory=list[str])
    """The lines for columns of its child table that have no cells."""
    given: list[str] = field(default_factory=list[str])
    """The lines for the columns without cells that follow it."""

    def __str__(self) -> str:
        return f"{self.name}{f'+{len(self.given)}' if self.given else ''}{self.rest}"


@dataclass(slots=True)
class Plan:
    """The header of a table, the lines for columns that follow, and the cells of the others."""

    heads: list[Head] = field(default_factory=list[Head])
    cells: list[list[str]] = field(default_factory=list[list[str]])
    follows: bool = False
    """Whether a column without cells differs from row to row."""
    numbered: bool = False
    """Whether a column follows from the number of the row."""
    shortens: bool = False
    """Whether a column's cells stand without what all of them begin or end with."""

    @property
    def hoists(self) -> bool:
        """Whether rows leave to the header what varies."""
        return self.follows or self.shortens

    @property
    def given(self) -> list[str]:
        """The lines for the columns without cells, in their order."""
        return [line for head in self.heads for line in (*head.inner, *head.given)]

    def header(self, rows: int, delimiter: str) -> str:
        """The header of so many rows: the columns with cells, then a line for each other one."""
        tabs = " by tabs" if delimiter == "\t" else ""
        names = delimiter.join(map(str, self.heads))
        return "\n ".join([f"[{rows} rows{tabs}: {names}", *self.given]) + "]"

    def lines(self, rows: int, delimiter: str) -> list[str]:
        """The lines of so many rows."""
        return list(map(delimiter.join, zip(*self.cells, strict=True))) or [""] * rows

    def give(self, *lines: str) -> None:
        """Name columns that are the same, or follow, in every row: `name=value`."""
        if lines and not self.heads:
            self.heads.append(Head(""))
        if lines:
            self.heads[-1].given += lines

    def show(self, head: Head, cells: list[str]) -> None:
        """Add a column with cells."""
        self.heads.append(head)
        self.cells.append(cells)


def plan_columns(
    columns: Sequence[Column],
    delimiter: str,
    spared: frozenset[str],
    numbers: Sequence[int] = (),
    within: str = "",
) -> Plan:
    """Decide about all columns of a table, or of a child table `within` a column.

    `numbers` are the places of the rows in the table; the rows of child tables have none.
    """
    drafts = [draft_of(index, column, delimiter) for index, column in enumerate(columns)]
    table = Table(drafts, delimiter, spared, numbers, within)
    plan = Plan()
    for draft in drafts:
        if draft.column.child is not None:
            _plan_child(plan, table, draft, draft.column.child)
        elif draft.constant:
            plan.give(f"{within}{draft.name}={literal(draft.cells[0])}")
        else:
            _plan_varying(plan, table, draft)
    return plan


def literal(cell: str) -> str:
    """A cell's text as it stands behind `=`, where braces have a meaning."""
    if cell[:1] in {'"', "[", "{"}:
        return cell
    return cell.replace("{", "{{").replace("}", "}}")


def _plan_child(plan: Plan, table: Table, draft: Draft, child: Child) -> None:
    inner = plan_columns(child.columns, ",", table.spared, within=f"{table.within}{draft.name}.")
    lines = _tuples(inner, child)
    cells = [
        to_cell(value, table.delimiter) if count < 0 else "".join(islice(lines, count))
        for value, count in zip(draft.column.values, child.counts, strict=True)
    ]
    plan.show(Head(draft.name, f"({','.join(map(str, inner.heads))})", inner.given), cells)


def _tuples(plan: Plan, child: Child) -> Iterator[str]:
    """The rows of a child table, made as they are asked for."""
    total = sum(count for count in child.counts if count > 0)
    lines: Iterator[str]
    if plan.cells:
        lines = (f"({','.join(row)})" for row in zip(*plan.cells, strict=True))
    else:
        lines = repeat("()", total - len(child.odd))
    if not child.odd:
        return lines
    return (
        f"(!{dump(child.odd[index])})" if index in child.odd else next(lines)
        for index in range(total)
    )


def _plan_varying(plan: Plan, table: Table, draft: Draft) -> None:
    # The keys of a map are what its rows are looked up by: they stand in every row.
    is_key = draft.column.path == (KEY,)
    found = None if is_key or is_spared(draft, table.spared) else follows(draft, table)
    if found is not None:
        plan.numbered |= counts_rows(found.template)
    if found is not None and all(found.hits):
        plan.give(f"{table.within}{draft.name}={write_template(found.template)}")
        plan.follows = True
    elif found is not None and fits_header(found.template, table.delimiter):
        cells = ["" if hit else cell for hit, cell in zip(found.hits, draft.cells, strict=True)]
        plan.show(Head(draft.name, f"={write_template(found.template)}"), cells)
    else:
        _plan_plain(plan, table, draft)


def _plan_plain(plan: Plan, table: Table, draft: Draft) -> None:
    """Write the cells: the commonest as blanks, or without what all begin and end with."""
    shortened = None if is_spared(draft, table.spared) else without_affixes(draft, table)
    blanked = _with_blanks(draft)
    ways = [way for way in (blanked, shortened) if way is not None]
    if ways:
        rest, cells = min(ways, key=lambda way: len(way[0]) + len("".join(way[1])))
        plan.show(Head(draft.name, rest), cells)
        plan.shortens |= rest.startswith(":")
    else:
        cells = draft.cells
        if draft.absent:
            cells = ["" if cell == "~" else cell for cell in cells]
        plan.show(Head(draft.name), cells)


def _with_blanks(draft: Draft) -> tuple[str, list[str]] | None:
    """The header and cells of a column whose commonest value is left blank, where that pays."""
    # The keys of a map are what its rows are looked up by: they stand in every row.
    is_key = draft.column.path == (KEY,)
    if is_key or draft.most < _LEAST_BLANKS or draft.most <= draft.absent:
        return None
    found = _commonest(draft.cells)
    if found is None:
        return None
    common, count = found
    if common == "~" or count <= draft.absent:
        return None
    if not _pays(common, count):
        return None
    cells = ["" if cell == common else cell for cell in draft.cells]
    return f"={literal(common)}", cells


def _commonest(cells: list[str]) -> tuple[str, int] | None:
    """The commonest cell, the first one of several, if a quarter of the rows or more repeat it."""
    if len(cells) <= BATCH:
        counts: dict[str, int] = Counter(cells)
    else:
        counts = {cell: cells.count(cell) for cell in sorted(_often(cells), key=cells.index)}
    common = max(counts, key=counts.__getitem__, default="")
    count = counts.get(common, 0)
    return (common, count) if count * _QUARTER >= len(cells) else None


def _often(cells: list[str]) -> set[str]:
    """The cells that are a quarter of one batch of them or more, so that others need no count."""
    often: set[str] = set()
    for batch in batches_of(cells):
        # Of so many different cells, none is there as often.
        if (len(batch) - len(set(batch)) + 1) * _QUARTER >= len(batch):
            counts = Counter(batch)
            often.update(cell for cell in counts if counts[cell] * _QUARTER >= len(batch))
    return often


def _pays(common: str, count: int) -> bool:
    """Whether a blank for the commonest cell saves more than its mention costs."""
    return (count - 1) * (len(common) + 1) > len(common) + 6
