"""Long sequences in batches, so that their pieces are never in memory all at once."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

BATCH = 1000
"""So many lines take little memory, and what a batch costs is little to each of them."""
_CHARS = 12_000


def joined(lines: Iterable[str]) -> str:
    """The lines with line breaks between; those of an iterator are let go as they come."""
    rest = iter(lines)
    batches: list[str] = []
    while batch := list(islice(rest, BATCH)):
        batches.append("\n".join(batch))
    return "\n".join(batches)


def batches_of(lines: Sequence[str], most: int | None = None) -> Iterator[Sequence[str]]:
    """The lines, some at a time."""
    size = min(BATCH, most or BATCH)
    for at in range(0, len(lines), size):
        yield lines[at : at + size]


def line_batches(text: str) -> Iterator[list[str]]:
    r"""The lines of a text, some at a time: what `text.split("\n")` gives all at once."""
    start = 0
    while (end := text.find("\n", start + _CHARS)) >= 0:
        yield text[start:end].split("\n")
        start = end + 1
    yield text[start:].split("\n")


def extend(columns: Sequence[list[str]], cells: Iterable[Sequence[str]]) -> None:
    """Put the cells of some rows, column by column, below those that are there.

    Cells that come again and again are one text in memory.
    """
    for column, new in zip(columns, cells, strict=True):
        known = dict(zip(new, new, strict=True))
        column.extend(map(known.__getitem__, new) if 2 * len(known) <= len(new) else new)
