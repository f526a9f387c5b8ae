"""Turn a group of lines into one template: literal text, and a field where lines differ."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING

from headroom_core.compressors.logs.templates import pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SIGNS = "_-./@#$&%+*!?~\\"


@dataclass(frozen=True, slots=True)
class Template:
    """Literals around holes: `literals[0]`, hole 0, `literals[1]`, …, one more than holes."""

    literals: list[str]
    holes: list[int]
    """Which column fills each hole: holes whose values are always equal share one."""
    columns: list[list[str]]
    """The fields' values, one list a field, in the order of the group's lines."""


def fold(lines: Sequence[str]) -> Template:
    """Fold lines of one shape: what they share becomes literal, the rest fields."""
    literals = [""]
    columns: list[list[str]] = []
    rows: Iterable[tuple[str, ...]] = zip(*map(pieces, lines), strict=True)
    for column in rows:
        if column.count(column[0]) == len(column):
            literals[-1] += column[0]
        elif columns and _glues(literals[-1]):
            glue = repeat(literals[-1])
            columns[-1] = list(map("".join, zip(columns[-1], glue, column, strict=False)))
            literals[-1] = ""
        else:
            columns.append(list(column))
            literals.append("")
    for at, values in enumerate(columns):
        head, tail = _shared_ends(values)
        if head or tail:
            end = len(values[0]) - tail
            literals[at] += values[0][:head]
            literals[at + 1] = values[0][end:] + literals[at + 1]
            columns[at] = [value[head : len(value) - tail] for value in values]
    return _share(literals, columns)


def _glues(between: str) -> bool:
    """Whether two fields are one value to a reader: at most a sign stands between them."""
    return len(between) <= 2 and not any(char.isspace() or char.isalnum() for char in between)


def _shared_ends(column: list[str]) -> tuple[int, int]:
    """How many characters all values share at their start and at their end.

    A name that is rare stays whole, so that whoever looks for it finds it; only the directories
    of a path may go.
    """
    values = set(column)
    if len(values) * 4 > len(column):
        return _shared(values, "/"), 0
    head = _shared(values, _SIGNS)
    room = min(map(len, values)) - head
    return head, min(_shared({value[::-1] for value in values}, _SIGNS), room)


def _shared(values: set[str], signs: str) -> int:
    """How long the common start of all values is, up to its last sign."""
    low, high = min(values), max(values)
    pairs = enumerate(zip(low, high, strict=False))
    size = next((at for at, (one, other) in pairs if one != other), len(low))
    return max(low.rfind(sign, 0, size) for sign in signs) + 1


def _share(literals: list[str], columns: list[list[str]]) -> Template:
    seen: dict[tuple[str, ...], int] = {}
    holes = [seen.setdefault(tuple(column), len(seen)) for column in columns]
    return Template(literals, holes, [list(column) for column in seen])
