"""A value cut down to an outline: its tree, its tables in short, what matters in full.

Entries are chosen by worth, then shown in source order, each under the keys that lead to it.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING

from headroom_core import signals
from headroom_core.compressors.json_table.entries import Entries, Entry, Leaves
from headroom_core.compressors.json_table.excerpt import excerpt
from headroom_core.compressors.json_table.rows_view import RowsView, view_rows
from headroom_core.compressors.json_table.tree import NAMING, TELLING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from headroom_core.compressors.json_table.focus import Focus

_MOST_NAME = 120
_MOST_NAMED = 6
_LITTLE = 4
"""An outline that takes less than this part of its room has left out what the text is about."""


@dataclass(slots=True)
class Outline:
    """The lines of a view and what they hold."""

    lines: list[str] = field(default_factory=list[str])
    shown: int = 0
    total: int = 0
    rows_shown: int = 0
    rows: int = 0
    required: int = 0


def view_outline(
    entries: Entries, delimiter: str, focus: Focus, room: int, *, answered: bool = False
) -> Outline:
    """Choose entries within about `room` characters; what must be shown is.

    Where hardly anything else is to be seen, the table that makes up most of the text is; but not
    if a question is `answered` beside the outline.
    """
    outline = Outline(total=len(entries))
    tables = _tables(entries, delimiter, focus, room)
    texts = entries.telling()
    must = dict.fromkeys([*focus.kept(texts), *signals.problems(texts)])
    must.update(dict.fromkeys(index for index, view in tables.items() if view.telling))
    choice = Choice(entries, tables, focus)
    outline.required = sum(map(choice.add, must))
    hits = focus.hits(texts)
    outline.required += choice.add_within(room, hits.rare)
    left = room - outline.required
    outlying = (index for index, view in tables.items() if view.outlying)
    used = choice.add_within(left, chain(hits.best, outlying, _by_worth(entries)))
    if not answered and outline.required + used < room // _LITTLE:
        for index in _main_table(entries):
            choice.add(index)
    choice.write(outline)
    return outline


def _tables(entries: Entries, delimiter: str, focus: Focus, room: int) -> dict[int, RowsView]:
    """The tables among the entries, each within its share of the room."""
    total = entries.size()
    return {
        index: view_rows(table, delimiter, focus, room * entry.size // max(1, total))
        for index, entry in entries.single()
        if entry.table is not None and (table := entry.table()) is not None
    }


def _main_table(entries: Entries) -> Iterator[int]:
    """The table that makes up most of a text."""
    half = entries.size() / 2
    for index, entry in entries.single():
        if entry.table is not None and entry.size > half:
            yield index


class Choice:
    """The entries that are shown."""

    def __init__(self, entries: Entries, tables: dict[int, RowsView], focus: Focus) -> None:
        self._entries = entries
        self._tables = tables
        self._focus = focus
        self._chosen: set[int] = set()
        self._names: dict[int, list[int]] = {}
        for index, entry in entries.single():
            if entry.key in NAMING and len(entry.text) <= _MOST_NAME:
                self._names.setdefault(entry.parent, []).append(index)

    def add(self, index: int) -> int:
        """Choose an entry with all that it stands under; return how many characters that takes.

        What it stands under is told by its name: a value without it would answer for anything.
        """
        size = 0
        while index >= 0 and index not in self._chosen:
            size += self._add(index)
            index = self._entries[index].parent
            size += sum(self._add(name) for name in self._names.get(index, ()))
        return size

    def _add(self, index: int) -> int:
        if index in self._chosen:
            return 0
        self._chosen.add(index)
        entry = self._entries[index]
        size = len(excerpt(entry.text, self._focus.wanted)) + entry.depth + 1
        return size + (self._size(index) if index in self._tables else 0)

    def add_within(self, room: int, indexes: Iterable[int]) -> int:
        """Choose entries while there is room; return how many characters they take."""
        used = 0
        for index in indexes:
            if used >= room:
                break
            if index not in self._tables or self._size(index) < room - used:
                used += self.add(index)
        return used

    def _size(self, index: int) -> int:
        return sum(map(len, self._tables[index].lines))

    def write(self, outline: Outline) -> None:
        """Write the chosen entries in source order, and what is missing between them."""
        gap = _Gap()
        for index, entry in self._units():
            if isinstance(entry, Leaves):
                gap.add_leaves(entry)
                continue
            table = self._tables.get(index)
            if table is not None:
                outline.rows += table.total
            if index not in self._chosen:
                gap.add(entry)
                continue
            outline.lines += gap.lines()
            gap = _Gap()
            outline.shown += 1
            if entry.text:
                outline.lines.append(" " * entry.depth + excerpt(entry.text, self._focus.wanted))
            if table is not None:
                outline.lines += table.lines
                outline.rows_shown += table.shown
        outline.lines += gap.lines()

    def _units(self) -> Iterator[tuple[int, Entry | Leaves]]:
        """The entries in source order; those that are held as one come so if none is shown."""
        chosen = sorted(self._chosen)
        for index, part in self._entries.parts():
            if isinstance(part, Leaves):
                at = bisect_left(chosen, index)
                if at < len(chosen) and chosen[at] < index + len(part):
                    yield from enumerate(part, index)
                    continue
            yield index, part


def _by_worth(entries: Entries) -> Iterator[int]:
    """All entries, those that are chosen first coming first."""
    indexes: dict[int, list[range]] = {}
    for index, part in entries.parts():
        after = index + (1 if isinstance(part, Entry) else len(part))
        runs = indexes.setdefault(_worth(part) if isinstance(part, Entry) else part.depth, [])
        if runs and runs[-1].stop == index:
            runs[-1] = range(runs[-1].start, after)
        else:
            runs.append(range(index, after))
    for worth in sorted(indexes):
        yield from chain.from_iterable(indexes[worth])


def _worth(entry: Entry) -> int:
    """How soon an entry is chosen: names and states first, then what stands high in the tree."""
    return entry.depth - (3 if entry.key in TELLING else 0)


class _Gap:
    """Entries that are not shown, of which only the names of the outermost are said."""

    def __init__(self) -> None:
        self._count = 0
        self._top = 0
        self._names: dict[str, None] = {}

    def add(self, entry: Entry) -> None:
        """Leave out one more."""
        if not self._count or entry.depth < self._top:
            self._top = entry.depth
            self._names = {}
        if entry.depth == self._top and len(self._names) <= _MOST_NAMED:
            self._names[entry.key] = None
        self._count += 1

    def add_leaves(self, leaves: Leaves) -> None:
        """Leave out some that are held as one."""
        for entry in islice(leaves, _MOST_NAMED + 1):
            self.add(entry)
        self._count += max(0, len(leaves) - _MOST_NAMED - 1)

    def lines(self) -> list[str]:
        """The line for them, if there are any."""
        if not self._count:
            return []
        names = list(self._names)
        more = ", …" if len(names) > _MOST_NAMED else ""
        word = "entry" if self._count == 1 else "entries"
        said = f"[… {self._count} {word}: {', '.join(names[:_MOST_NAMED])}{more}]"
        return [f"{' ' * self._top}{said}"]
