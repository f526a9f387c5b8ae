"""A long array of objects that are made when they are looked at, some at a time.

In Python an object takes two hundred bytes even if its text has ten. So the array stays the text
that it was read from, or the columns that it is put together from, and its objects are let go.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import chain, pairwise, repeat
from typing import TYPE_CHECKING, TypeVar, overload

from headroom_core.compressors.json_table.values import ABSENT, Json, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from headroom_core.compressors.json_table.values import Value

Row = dict[str, Json]
V = TypeVar("V", bound="Value")
BATCH = 500


class Rows(Sequence[Row]):
    """Objects in batches, each of which `make` gives by its number.

    `starts` has the index of the first object of each batch, and behind them how many there are.
    """

    def __init__(
        self,
        starts: Sequence[int],
        make: Callable[[int], list[Row]],
        columns: Mapping[str, Sequence[Value]] | None = None,
    ) -> None:
        self.columns = columns
        """The values of each key, where all objects have the same keys in the same order."""
        self._starts = starts
        self._make = make

    def batches(self) -> Iterator[list[Row]]:
        """All objects, some at a time."""
        return map(self._make, range(len(self._starts) - 1))

    def without(self, odd: set[int]) -> Rows:
        """The objects but for those at some places."""
        starts = [0]
        for first, after in pairwise(self._starts):
            starts.append(starts[-1] + sum(at not in odd for at in range(first, after)))

        def make(batch: int) -> list[Row]:
            first = self._starts[batch]
            return [row for at, row in enumerate(self._make(batch), first) if at not in odd]

        return Rows(starts, make)

    def __len__(self) -> int:
        return self._starts[-1]

    def __iter__(self) -> Iterator[Row]:
        return chain.from_iterable(self.batches())

    def __reversed__(self) -> Iterator[Row]:
        for batch in reversed(range(len(self._starts) - 1)):
            yield from reversed(self._make(batch))

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        if isinstance(at, slice):
            if self.columns is not None:
                return objects_from({key: column[at] for key, column in self.columns.items()})
            return list(self._at(range(len(self))[at]))
        place = range(len(self))[at]
        (row,) = self._at(range(place, place + 1))
        return row

    def _at(self, places: range) -> Iterator[Row]:
        """The objects at places that go up."""
        first = after = 0
        rows: list[Row] = []
        for place in places:
            if place >= after:
                batch = bisect_right(self._starts, place) - 1
                first, after = self._starts[batch : batch + 2]
                rows = self._make(batch)
            yield rows[place - first]


class Pairs(Sequence["Json"]):
    """The entries of a map, each with its key in a list that is let go."""

    def __init__(self, entries: Mapping[str, Json]) -> None:
        self._entries = entries

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Json]:
        return map(list[Json], self._entries.items())

    @overload
    def __getitem__(self, at: int) -> Json: ...
    @overload
    def __getitem__(self, at: slice) -> list[Json]: ...
    def __getitem__(self, at: int | slice) -> Json:
        return list(self)[at]


def solid(value: Json | Rows) -> Json:
    """The value with all of its objects in memory."""
    return list[Json](value) if isinstance(value, Rows) else value


def shared(values: list[V]) -> list[V]:
    """The values; texts that come again and again are one text in memory."""
    some = values[:BATCH]
    if set(map(type, values)) != {str} or 2 * len(set(some)) > len(some):
        return values
    known = dict(zip(values, values, strict=True))
    return list(map(known.__getitem__, values))


def rows_of(columns: Mapping[str, Sequence[Value]], count: int, *, absent: bool = False) -> Rows:
    """The objects that have these keys, and in each column their values, some of them `absent`."""

    def make(batch: int) -> list[Row]:
        some = slice(batch * BATCH, (batch + 1) * BATCH)
        return objects_from({key: column[some] for key, column in columns.items()}, absent=absent)

    return Rows([*range(0, count, BATCH), count], make, None if absent else columns)


def objects_from(columns: Mapping[str, Sequence[Value]], *, absent: bool = False) -> list[Row]:
    """All objects that have these keys, and in each column their values, some of them `absent`."""
    keys = list(columns)
    values = zip(*columns.values(), strict=True)
    if absent:
        return [
            {key: value for key, value in zip(keys, row, strict=True) if value is not ABSENT}
            for row in values
        ]
    return list(map(dict, map(zip, repeat(keys), values)))
