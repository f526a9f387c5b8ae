"""Take the values out of lines of one shape, many lines at a time and without looking for them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from typing import TYPE_CHECKING

from headroom_core.compressors.batches import BATCH
from headroom_core.compressors.logs.templates import VALUE, ends_whole, pieces
from headroom_core.compressors.packed import Packed, extend

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from headroom_core.compressors.logs.templates import Shape


@dataclass(frozen=True, slots=True)
class Units:
    """Units of `size` lines that follow each other, given by where each starts."""

    lines: Sequence[str]
    starts: Sequence[int]
    size: int

    def batches(self) -> list[Sequence[int]]:
        """Where the units start, some at a time."""
        step = max(1, BATCH // self.size)
        return [self.starts[at : at + step] for at in range(0, len(self.starts), step)]

    def lines_of(self, batch: Sequence[int]) -> list[str]:
        """The lines of some units."""
        if self.size == 1:
            return [self.lines[start] for start in batch]
        spans = [self.lines[start : start + self.size] for start in batch]
        return list(chain.from_iterable(spans))


def parts_of(shape: Shape, units: Units) -> Iterator[tuple[str | Sequence[str], str]]:
    """What all units start with, and each of their columns, with the text after it.

    A column of one value is a text, too.
    """
    split = _pieces(shape)
    places = [at for at, piece in enumerate(split) if piece == VALUE]
    ends = [*places, len(split)]
    yield "", "".join(split[: ends[0]])
    columns: Sequence[Sequence[str]] = _columns(split, places, units) if places else ()
    for column, (at, end) in zip(columns, pairwise(ends), strict=True):
        yield column[0] if is_constant(column) else column, "".join(split[at + 1 : end])


def is_constant(values: Sequence[str]) -> bool:
    """Whether all values are the same."""
    return all(map(values[0].__eq__, values))


def column_of(values: Iterable[str], count: int) -> Sequence[str]:
    """So many values as a column: packed where they are many."""
    return Packed(values) if count > BATCH else list(values)


def _pieces(shape: Shape) -> list[str]:
    lines = map(pieces, shape.split("\n"))
    split = next(lines)
    for line in lines:
        split.append("\n")
        split.extend(line)
    return split


def _columns(split: Sequence[str], places: Sequence[int], units: Units) -> Sequence[Sequence[str]]:
    """The values at some places of the units, by columns."""
    # All units have the same signs between their tokens. So when each sign ends a cell, the same
    # token has the same place among the cells of each unit.
    signs = "".join(split[1::2])
    whole = units.size > 1 or ends_whole("".join(split))
    if whole:
        before = list(accumulate(map(len, split[1::2]), initial=0))
        places = [before[at // 2] for at in places]
    width = len(signs) + 1 if whole else len(split)
    columns: list[Packed] = []
    for batch in (batches := units.batches()):
        lines = units.lines_of(batch)
        cells = _cells(lines, signs) if whole else list(chain.from_iterable(map(pieces, lines)))
        found = [cells[at::width] for at in places]
        if len(batches) == 1:
            return found
        columns = columns or [Packed() for _ in places]
        extend(columns, found)
    return columns


def _cells(lines: Sequence[str], signs: str) -> list[str]:
    text = "\n".join(lines)
    for sign in set(signs):
        text = text.replace(sign, "\n")
    return text.split("\n")
