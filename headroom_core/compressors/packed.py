"""Many short texts as a few long ones: in Python each text takes fifty bytes beside its own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BATCH = 1000
"""So many texts are packed, and unpacked, at once."""


class Packed(Sequence[str]):
    """A sequence of texts that grows at its end, to be read from its start on.

    A place in the middle is found by unpacking the texts around it.
    """

    __slots__ = ("_full", "_last")

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._full: list[str | list[str]] = []
        self._last: list[str] = []
        self.extend(texts)

    def extend(self, texts: Iterable[str]) -> None:
        """Append texts."""
        rest = iter(texts)
        while some := list(islice(rest, BATCH - len(self._last))):
            self._last += some
            if len(self._last) == BATCH:
                self._full.append(pack(self._last))
                self._last = []

    def batches(self) -> Iterator[list[str]]:
        """The texts, some at a time."""
        yield from map(unpacked, self._full)
        yield self._last

    def __len__(self) -> int:
        return len(self._full) * BATCH + len(self._last)

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self.batches()) if self._full else iter(self._last)

    def __contains__(self, text: object) -> bool:
        return any(text in batch for batch in self.batches())

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return self._slice(range(len(self))[at])
        batch, place = divmod(range(len(self))[at], BATCH)
        return unpacked(self._full[batch])[place] if batch < len(self._full) else self._last[place]

    def _slice(self, places: range) -> list[str]:
        if not places:
            return []
        first = min(places) // BATCH
        last = max(places) // BATCH
        some = [*map(unpacked, self._full[first : last + 1])]
        if last == len(self._full):
            some.append(self._last)
        texts = list(chain.from_iterable(some))
        own = range(places.start - first * BATCH, places.stop - first * BATCH, places.step)
        return texts[own.start : own.stop] if own.step == 1 else [texts[at] for at in own]

    def count(self, value: str) -> int:
        return sum(batch.count(value) for batch in self.batches())


def extend(columns: Iterable[Packed], cells: Iterable[Iterable[str]]) -> None:
    """Put the cells of some rows, column by column, below those that are there."""
    for column, new in zip(columns, cells, strict=True):
        column.extend(new)


def pack(texts: list[str]) -> str | list[str]:
    """Some texts as a single one, if they are in lines then and no text is more than one."""
    joined = "\n".join(texts)
    return joined if joined.count("\n") == len(texts) - 1 else texts


def unpacked(batch: str | list[str]) -> list[str]:
    """The texts that were packed."""
    return batch.split("\n") if isinstance(batch, str) else batch
