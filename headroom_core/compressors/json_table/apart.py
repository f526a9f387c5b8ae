"""The plan of a table for a part of its rows, when others are to stand as JSON among them."""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table.plan import Head, Plan, literal

if TYPE_CHECKING:
    from collections.abc import Sequence


def part_of(plan: Plan, kept: Sequence[bool]) -> Plan:
    """The plan without the rows that are not `kept`, and without what only those needed.

    What is the same in all that are left goes to the header, and a key that none of them has goes.
    """
    part = Plan(follows=plan.follows, numbered=plan.numbered, shortens=plan.shortens)
    header = "\n".join([*map(str, plan.heads), *plan.given])
    columns = iter(plan.cells)
    for head in plan.heads:
        if head.name:
            _put(part, head, list(compress(next(columns), kept)), header)
        part.give(*head.given)
    return part


def _put(part: Plan, head: Head, cells: list[str], header: str) -> None:
    cell = cells[0] if len(set(cells)) == 1 else None
    if cell is None or head.rest[:1] in {"(", ":"} or f"{{{head.name}}}" in header:
        part.show(Head(head.name, head.rest, head.inner), cells)
    elif cell == "" and head.rest:
        part.give(f"{head.name}{head.rest}")
    elif cell not in {"", "~"}:
        part.give(f"{head.name}={literal(cell)}")
