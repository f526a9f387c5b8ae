"""Cells left blank where they are as the one above: rows that come in groups say once of which.

In the header stands `country^`, or `file^:/srv/*` where all cells have a text around them.
"""

from __future__ import annotations

from itertools import islice, pairwise
from operator import eq
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table.cells import from_cell
from headroom_core.compressors.json_table.columns import KEY
from headroom_core.compressors.json_table.mentions import MARK as MENTIONS
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headroom_core.compressors.json_table.limits import Allowance
    from headroom_core.compressors.json_table.plan import Head, Plan

MARK = "^"
_REFRESH = 20
"""After so many rows a cell is written whole again, so that no reader has to look up far."""
_LEAST_ROWS = 6
_LEAST_SHARE = 0.4
_LEAST_SAVED = 40
_ABSENT = "~"


def fold(
    plan: Plan, numbers: Sequence[int], spared: frozenset[str], telling: Callable[[], set[int]]
) -> bool:
    """Leave blank what is as above in the rows with these numbers; whether some cells are.

    Rows that are `telling` of an error, by their numbers, say everything themselves.
    """
    shown = [head for head in plan.heads if head.name]
    fit = [at for at, head in enumerate(shown) if _may_fold(head, plan.cells[at], spared)]
    if not fit:
        return False
    last = None
    whole = telling()
    for at, number in enumerate(numbers):
        if at % _REFRESH == 0 or last != number - 1:
            whole.add(number)
        last = number
    for at in fit:
        above = None
        cells = plan.cells[at]
        for row, (number, cell) in enumerate(zip(numbers, _said(shown[at], cells), strict=True)):
            is_left_out = cell == above and number not in whole and cell not in spared
            cells[row] = "" if is_left_out else cell
            above = cell
        shown[at].rest = MARK + shown[at].rest
    return True


def filled(cells: Sequence[str], allowance: Allowance) -> list[str]:
    """The cells of such a column, whole again. Raises `DecodeError` where nothing is above."""
    whole: list[str] = []
    last = ""
    for cell in cells:
        if not cell:
            allowance.spend(len(last))
        last = cell or last
        if not last:
            raise DecodeError("the first cell of a column is to be as the one above")
        whole.append(last)
    return whole


def _may_fold(head: Head, cells: Sequence[str], spared: frozenset[str]) -> bool:
    """Whether it pays in a column, in which blanks have no meaning or one that a sign can say."""
    if len(cells) < _LEAST_ROWS or head.name == KEY or head.rest[:1] not in {"", ":"}:
        return False
    if head.rest and (head.rest.startswith(f":{MENTIONS}") or "" in cells):
        return False
    if head.name.rpartition(".")[2].strip('"').lower() in spared:
        return False
    if sum(map(eq, cells, islice(cells, 1, None))) < _LEAST_SHARE * len(cells):
        return False
    again = [cell for last, cell in pairwise(_said(head, cells)) if cell == last]
    return len("".join(again)) - cells.count("") >= _LEAST_SAVED and _are_texts(again)


def _said(head: Head, cells: Sequence[str]) -> list[str]:
    """The cells without blanks: where nothing stands around them, these are absent values."""
    return list(cells) if head.rest else [cell or _ABSENT for cell in cells]


def _are_texts(cells: Sequence[str]) -> bool:
    """Whether cells hold texts: numbers are compared and added up, so each stands in its row."""
    return all(isinstance(from_cell(cell), str) for cell in set(cells) - {_ABSENT})
