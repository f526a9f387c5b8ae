"""Turn a group of lines into one template: literal text, and a field where lines differ."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice, repeat
from typing import TYPE_CHECKING

from headroom_core.compressors.batches import BATCH
from headroom_core.compressors.logs.templates import VALUE, VALUE_PATTERN, ends_whole, pieces
from headroom_core.compressors.packed import Packed, extend

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from headroom_core.compressors.logs.templates import Shape

_SIGNS = "_-./@#$&%+*!?~\\"
_LEAST_COPY = 3
_MANY = 64


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

    def add_values(self, values: Sequence[str], *, signs: str) -> None:
        """Go on with values; what all of them start or end with, up to a sign, becomes text."""
        if values.count(values[0]) == len(values):
            self.add_text(values[0])
            return
        head, tail = _shared_ends(values, signs)
        end = len(values[0]) - tail
        self.add_text(values[0][:head])
        if head or tail:
            self.columns.append(Packed(value[head : len(value) - tail] for value in values))
        else:
            self.columns.append(values)
        self.add_hole(len(self.columns) - 1)
        self.add_text(values[0][end:])


def fold(shape: Shape, lines: Sequence[str], starts: Sequence[int], size: int = 1) -> Template:
    """Fold units of `size` lines of the same shapes, given by where each starts.

    What they share becomes literal, the rest fields.
    """
    literals = [""]
    columns: list[Sequence[str]] = []
    for part in _parts(shape, _Units(lines, starts, size)):
        if isinstance(part, str):
            literals[-1] += part
        elif columns and _glues(literals[-1]):
            glue = repeat(literals[-1])
            columns[-1] = Packed(map("".join, zip(columns[-1], glue, part, strict=False)))
            literals[-1] = ""
        else:
            columns.append(part)
            literals.append("")
    template = Template()
    template.add_text(literals[0])
    columns.reverse()
    for literal in literals[1:]:
        _add(template, columns.pop())
        template.add_text(literal)
    return template


@dataclass(frozen=True, slots=True)
class _Units:
    """Units of lines that follow each other."""

    lines: Sequence[str]
    starts: Sequence[int]
    size: int

    def batches(self) -> Iterator[list[str]]:
        """The units, some at a time, each as one text."""
        step = max(1, BATCH // self.size)
        for at in range(0, len(self.starts), step):
            batch = self.starts[at : at + step]
            if self.size == 1:
                yield [self.lines[start] for start in batch]
            else:
                yield ["\n".join(self.lines[start : start + self.size]) for start in batch]


def _parts(shape: Shape, units: _Units) -> Iterator[str | Sequence[str]]:
    """The pieces of the units: a text that all share, or a column."""
    columns = [Packed() for piece in shape if piece == VALUE]
    if columns:
        many = len(units.starts) >= _MANY and ends_whole(shape)
        read = _by_pattern if many else _by_splitting
        for batch in read(shape, units):
            extend(columns, batch)
    columns.reverse()
    for piece in shape:
        if piece != VALUE:
            yield piece
            continue
        column = columns.pop()
        yield column[0] if column.count(column[0]) == len(column) else column


def _by_splitting(shape: Shape, units: _Units) -> Iterator[Iterable[Sequence[str]]]:
    """The values of the units, by columns: some units at a time."""
    places = [at for at, piece in enumerate(shape) if piece == VALUE]
    for batch in units.batches():
        split = [_split(unit) for unit in batch]
        yield ([each[at] for each in split] for at in places)


def _by_pattern(shape: Shape, units: _Units) -> Iterator[Iterable[Sequence[str]]]:
    """The same for many units, whose values one regular expression takes out at once."""
    whole = [VALUE_PATTERN if piece == VALUE else re.escape(piece) for piece in shape]
    found = re.compile("".join(whole) + r"(?:\n|\Z)")
    for batch in units.batches():
        rows = found.findall("\n".join(batch))[: len(batch)]
        yield [rows] if isinstance(rows[0], str) else zip(*rows, strict=True)


def _split(unit: str) -> list[str]:
    first, *others = unit.split("\n")
    split = pieces(first)
    for line in others:
        split.append("\n")
        split.extend(pieces(line))
    return split


def _glues(between: str) -> bool:
    """Whether two fields are one value to a reader: at most a sign stands between them."""
    return len(between) <= 2 and not any(char.isspace() or char.isalnum() for char in between)


def _add(template: Template, values: Sequence[str]) -> None:
    """Add a column, without what an earlier column of the same line says already.

    A name that is rare stays whole, so that whoever looks for it finds it; only the directories
    of a path may go.
    """
    for at, column in enumerate(template.columns):
        if len(column[0]) >= _LEAST_COPY and column[0] in values[0]:
            parts = _around(column, values)
            if parts is not None:
                template.add_values(parts[0], signs=_SIGNS)
                for part in parts[1:]:
                    template.add_hole(at)
                    template.add_values(part, signs=_SIGNS)
                return
    template.add_values(values, signs=_SIGNS if _is_often(values) else "/")


def _is_often(values: Sequence[str]) -> bool:
    """Whether each different value comes four times on average."""
    seen: set[str] = set()
    most = len(values) // 4
    for start in range(0, len(values), BATCH):
        seen.update(values[start : start + BATCH])
        if len(seen) > most:
            return False
    return True


def _around(column: Sequence[str], values: Sequence[str]) -> list[Packed] | None:
    """What stands around the copies of `column` in `values`, if each has equally many."""
    width = len(values[0].split(column[0]))
    parts = [Packed() for _ in range(width)]
    rest = zip(column, values, strict=True)
    while batch := list(islice(rest, BATCH)):
        rows = [value.split(copied) if copied else [value] for copied, value in batch]
        if width < 2 or any(len(row) != width for row in rows):
            return None
        extend(parts, zip(*rows, strict=True))
    return parts


def _shared_ends(values: Sequence[str], signs: str) -> tuple[int, int]:
    """How many characters all values share at their start and at their end."""
    if signs == "/":
        return _shared(values, signs), 0
    different = set(values)
    head = _shared(different, signs)
    room = min(map(len, different)) - head
    return head, min(_shared({value[::-1] for value in different}, signs), room)


def _shared(values: Iterable[str], signs: str) -> int:
    """How long the common start of all values is, up to its last sign."""
    low, high = min(values), max(values)
    pairs = enumerate(zip(low, high, strict=False))
    size = next((at for at, (one, other) in pairs if one != other), len(low))
    return max(low.rfind(sign, 0, size) for sign in signs) + 1
