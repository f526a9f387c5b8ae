"""The entries of an outline, of which those for the items of long lists are made when asked for."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table.writing import dump
from headroom_core.compressors.packed import Packed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from headroom_core.compressors.json_table.table import Table
    from headroom_core.compressors.json_table.values import Json


@dataclass(slots=True)
class Entry:
    """A line of the outline, or the lines of a table in it."""

    depth: int
    parent: int
    key: str
    text: str
    table: Table | None = None
    size: int = 0
    empty: bool = False
    """Whether there is nothing behind the key: no error, whatever the key says."""


class Leaves:
    """The items of a list that holds neither lists nor objects."""

    def __init__(self, depth: int, parent: int, values: Sequence[Json]) -> None:
        self.depth = depth
        self._parent = parent
        self._texts = Packed(f"{at}: {dump(value)}" for at, value in enumerate(values))
        self._empty = bytes(map(is_empty, values))

    def __len__(self) -> int:
        return len(self._empty)

    def __getitem__(self, at: int) -> Entry:
        empty = bool(self._empty[at])
        return Entry(self.depth, self._parent, str(at), self._texts[at], empty=empty)

    def telling(self) -> Iterable[str]:
        """The texts, none for an item in which there is nothing."""
        if 1 not in self._empty:
            return self._texts
        return ("" if empty else text for text, empty in zip(self._texts, self._empty, strict=True))

    def size(self) -> int:
        """How many characters the texts have."""
        return sum(map(len, self._texts))


class Entries:
    """All entries, in source order."""

    def __init__(self) -> None:
        self._parts: list[Entry | Leaves] = []
        self._starts: list[int] = []
        self._count = 0

    def add(self, entry: Entry) -> None:
        """Append an entry."""
        self._append(entry, 1)

    def add_leaves(self, depth: int, parent: int, values: Sequence[Json]) -> None:
        """Append the entries of a list's items, none of which holds others."""
        self._append(Leaves(depth, parent, values), len(values))

    def _append(self, part: Entry | Leaves, count: int) -> None:
        self._parts.append(part)
        self._starts.append(self._count)
        self._count += count

    def __len__(self) -> int:
        return self._count

    def parts(self) -> Iterator[tuple[int, Entry | Leaves]]:
        """The entries, those for the items of a list as one, each with the index of the first."""
        return zip(self._starts, self._parts, strict=True)

    def single(self) -> Iterator[tuple[int, Entry]]:
        """The entries that are no items of such lists, with their indexes."""
        return ((at, part) for at, part in self.parts() if isinstance(part, Entry))

    def telling(self) -> Packed:
        """The texts of all entries, none for one in which there is nothing."""
        texts = Packed()
        for part in self._parts:
            if isinstance(part, Entry):
                texts.extend(("" if part.empty else part.text,))
            else:
                texts.extend(part.telling())
        return texts

    def size(self) -> int:
        """How many characters the texts of all entries, or what they stand for, have."""
        sizes = (
            part.size or len(part.text) if isinstance(part, Entry) else part.size()
            for part in self._parts
        )
        return sum(sizes)

    def __getitem__(self, at: int) -> Entry:
        place = bisect_right(self._starts, at) - 1
        part = self._parts[place]
        return part if isinstance(part, Entry) else part[at - self._starts[place]]


def is_empty(value: Json) -> bool:
    """Whether there is nothing in a value."""
    return value is None or value in (0, "")
