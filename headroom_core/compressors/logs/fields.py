"""Turn a group of lines into one template: literal text, and a field where lines differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice, repeat
from typing import TYPE_CHECKING

from headroom_core.compressors.batches import BATCH
from headroom_core.compressors.logs.units import Units, column_of, is_constant, parts_of
from headroom_core.compressors.packed import Packed, extend

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from headroom_core.compressors.logs.templates import Shape

_SIGNS = "_-./@#$&%+*!?~\\"
_LEAST_COPY = 3


@dataclass(slots=True)
class Template:
    """Literals around holes: `literals[0]`, hole 0, `literals[1]`, …, one more than holes."""

    literals: list[str] = field(default_factory=lambda: [""])
    holes: list[int] = field(default_factory=list[int])
    """Which column fills each hole: a value that stands twice in every line is one column."""
    columns: list[Sequence[str]] = field(default_factory=list["Sequence[str]"])
    """The fields' values, one list a field, in the order of the group's lines."""

    def add_text(self, text: str) -> None:
        """Go on with text that all lines share."""
        self.literals[-1] += text

    def add_hole(self, column: int) -> None:
        """Go on with the value of a column that is there already."""
        self.holes.append(column)
        self.literals.append("")

    def add_values(self, values: Sequence[str], few: Collection[str] | None) -> None:
        """Go on with values; what all of them start or end with, up to a sign, becomes text.

        `few` are the different ones where each comes often. What others share is most of a name;
        only their directories are said once.
        """
        head, tail = _shared_ends(values, few)
        end = len(values[0]) - tail
        self.add_text(values[0][:head])
        if head or tail:
            cut = (value[head : len(value) - tail] for value in values)
            self.columns.append(column_of(cut, len(values)))
        else:
            self.columns.append(values)
        self.add_hole(len(self.columns) - 1)
        self.add_text(values[0][end:])


def fold(shape: Shape, lines: Sequence[str], starts: Sequence[int], size: int = 1) -> Template:
    """Fold units of `size` lines of the same shapes, given by where each starts.

    What they share becomes literal, the rest fields.
    """
    literals = [""]
    runs: list[tuple[Sequence[str], list[Iterable[str]]]] = []
    for part, after in parts_of(shape, Units(lines, starts, size)):
        if isinstance(part, str):
            literals[-1] += part
        elif runs and _glues(literals[-1]):
            runs[-1][1].extend((repeat(literals[-1]), part))
            literals[-1] = ""
        else:
            runs.append((part, []))
            literals.append("")
        literals[-1] += after
    template = Template()
    template.add_text(literals[0])
    runs.reverse()
    for literal in literals[1:]:
        column, more = runs.pop()
        if more:
            column = column_of(map("".join, zip(column, *more, strict=False)), len(starts))
        _add(template, column)
        template.add_text(literal)
    return template


def _glues(between: str) -> bool:
    """Whether two fields are one value to a reader: at most a sign stands between them."""
    return len(between) <= 2 and not any(char.isspace() or char.isalnum() for char in between)


def _add(template: Template, values: Sequence[str]) -> None:
    """Add a column, without what an earlier column of the same line says already.

    A name that is rare stays whole, so that whoever looks for it finds it; only the directories
    of a path may go.
    """
    first = values[0]
    for at, column in enumerate(template.columns):
        if len(column[0]) >= _LEAST_COPY and column[0] in first:
            parts = _around(column, values)
            if parts is not None:
                _add_part(template, parts[0])
                for part in parts[1:]:
                    template.add_hole(at)
                    _add_part(template, part)
                return
    template.add_values(values, _few(values))


def _add_part(template: Template, values: Sequence[str]) -> None:
    if is_constant(values):
        template.add_text(values[0])
    else:
        template.add_values(values, set(values))


def _few(values: Sequence[str]) -> set[str] | None:
    """The different values, if each comes four times on average."""
    most = len(values) // 4
    if len(values) <= BATCH:
        different = set(values)
        return different if len(different) <= most else None
    seen: set[str] = set()
    for start in range(0, len(values), BATCH):
        seen.update(values[start : start + BATCH])
        if len(seen) > most:
            return None
    return seen


def _around(column: Sequence[str], values: Sequence[str]) -> list[Sequence[str]] | None:
    """What stands around the copies of `column` in `values`, if each has equally many."""
    width = len(values[0].split(column[0]))
    parts: list[Packed] = []
    rest = zip(column, values, strict=True)
    while batch := list(islice(rest, BATCH)):
        rows = [value.split(copied) if copied else [value] for copied, value in batch]
        if width < 2 or set(map(len, rows)) != {width}:
            return None
        found = list(zip(*rows, strict=True))
        if len(values) <= BATCH:
            return [*found]
        parts = parts or [Packed() for _ in found]
        extend(parts, found)
    return [*parts]


def _shared_ends(values: Sequence[str], few: Collection[str] | None) -> tuple[int, int]:
    """How many characters all values share at their start and at their end."""
    if few is None:
        return (_shared(values, "/") if "/" in values[0] else 0), 0
    head = _shared(few, _SIGNS)
    room = min(map(len, few)) - head
    return head, min(_shared([value[::-1] for value in few], _SIGNS), room)


def _shared(values: Iterable[str], signs: str) -> int:
    """How long the common start of all values is, up to its last sign."""
    low, high = min(values), max(values)
    pairs = enumerate(zip(low, high, strict=False))
    size = next((at for at, (one, other) in pairs if one != other), len(low))
    return next((at for at in range(size, 0, -1) if low[at - 1] in signs), 0)
