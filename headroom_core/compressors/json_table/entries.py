"""The entries of an outline, of which those for the items of long lists are made when asked for."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.compressors.packed import Packed, pack, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from headroom_core.compressors.json_table.table import Table
    from headroom_core.compressors.json_table.values import Json


@dataclass(slots=True)
class Entry:
    """A line of the outline, or the lines of a table in it."""

    depth: int
    parent: int
    key: str
    text: str
    table: Callable[[], Table | None] | None = None
    size: int = 0
    empty: bool = False
    """Whether there is nothing behind the key: no error, whatever the key says."""


class Leaves:
    """Some entries that follow each other, below the same one and with none below them."""

    __slots__ = ("_empty", "_keys", "_parent", "_texts", "depth")

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.depth: int = entries[0].depth
        self._parent = entries[0].parent
        self._keys = pack([entry.key for entry in entries])
        self._texts = pack([entry.text for entry in entries])
        self._empty = bytes(entry.empty for entry in entries)

    def __len__(self) -> int:
        return len(self._empty)

    def __iter__(self) -> Iterator[Entry]:
        keys, texts = unpacked(self._keys), unpacked(self._texts)
        for key, text, empty in zip(keys, texts, self._empty, strict=True):
            yield Entry(self.depth, self._parent, key, text, empty=bool(empty))

    def telling(self) -> Iterable[str]:
        """The texts, none for an item in which there is nothing."""
        texts = unpacked(self._texts)
        if 1 not in self._empty:
            return texts
        return ("" if empty else text for text, empty in zip(texts, self._empty, strict=True))

    def size(self) -> int:
        """How many characters the texts have."""
        return sum(map(len, unpacked(self._texts)))


class Entries:
    """All entries, in source order."""

    def __init__(self) -> None:
        self._parts: list[Entry | Leaves] = []
        self._starts = array("q")
        self._count = 0
        self._near: tuple[int, list[Entry]] = (-1, [])

    def add(self, entry: Entry) -> None:
        """Append an entry."""
        self._parts.append(entry)
        self._starts.append(self._count)
        self._count += 1

    def pack(self, count: int) -> None:
        """Hold so many of the last entries as one part; below none of them stands another."""
        last = self._parts[-count:]
        self._parts[-count:] = [Leaves([part for part in last if isinstance(part, Entry)])]
        del self._starts[len(self._parts) :]

    def __len__(self) -> int:
        return self._count

    def parts(self) -> Iterator[tuple[int, Entry | Leaves]]:
        """The entries, those that are held as one part as such, with the index of the first."""
        return zip(self._starts, self._parts, strict=True)

    def single(self) -> Iterator[tuple[int, Entry]]:
        """The entries that are held each by itself, with their indexes."""
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
        if isinstance(part, Entry):
            return part
        if self._near[0] != place:  # whoever asks for one often asks for the next one, too
            self._near = (place, list(part))
        return self._near[1][at - self._starts[place]]


def is_empty(value: Json) -> bool:
    """Whether there is nothing in a value."""
    return value is None or value in (0, "")
