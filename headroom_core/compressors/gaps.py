"""The shown lines of a view, with marks where others are left out."""

from __future__ import annotations

from itertools import chain, pairwise
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

T = TypeVar("T", bound="Hashable")
GAP_CHARS = 16
"""About what a mark takes, with its line break."""
_SHORT_GAP = 3


def gapped(lines: Sequence[str], shown: Iterable[int]) -> Iterator[str]:
    """The shown lines in order, with a mark where others are left out."""
    after = 0
    for at in (*shown, len(lines)):
        if at > after:
            yield f"[… {at - after} line{'s' if at - after > 1 else ''}]"
        if at < len(lines):
            yield lines[at]
        after = at + 1


def distinct(items: Iterable[T]) -> Iterator[T]:
    """Each item once, and none looked for before it is asked for."""
    seen: set[T] = set()
    for item in items:
        if item not in seen:
            seen.add(item)
            yield item


def filled(lines: Sequence[str], shown: Iterable[int]) -> list[int]:
    """The shown lines, and the lines between them that are no longer than the mark of a gap."""
    order = sorted(shown)
    small = (
        range(a + 1, b)
        for a, b in pairwise(order)
        if 1 < b - a <= _SHORT_GAP and sum(len(line) for line in lines[a + 1 : b]) <= GAP_CHARS
    )
    return sorted([*order, *chain.from_iterable(small)])
