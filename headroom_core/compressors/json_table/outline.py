"""A value cut down to an outline: its tree, its tables in short, what matters in full.

Entries are chosen by worth, then shown in source order, each under the keys that lead to it.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, count, islice
from typing import TYPE_CHECKING

from headroom_core import signals
from headroom_core.compressors.batches import BATCH
from headroom_core.compressors.json_table.columns import Column
from headroom_core.compressors.json_table.entries import Entries, Entry, Leaves, is_empty
from headroom_core.compressors.json_table.excerpt import excerpt
from headroom_core.compressors.json_table.marginals import about, tally
from headroom_core.compressors.json_table.rows import Rows
from headroom_core.compressors.json_table.rows_view import RowsView, view_rows
from headroom_core.compressors.json_table.table import make_table
from headroom_core.compressors.json_table.writing import dump, quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from headroom_core.compressors.json_table.focus import Focus
    from headroom_core.compressors.json_table.table import Table
    from headroom_core.compressors.json_table.values import Json

_SMALL = 100
_LEAST_TABLE = 400
_LEAST_RUN = 4
_NUMBERS = list(map(str, range(100)))
"""The keys of the first items of every list."""
_SMALL_TABLE = 4000
_MOST_NESTED = 8
_LONG_LIST = 12
_LEAST_TUPLES = 8
_WIDEST = 20
_TELLING = frozenset(
    "name id title kind type status state version message reason error code".split()
)
_NAMING = frozenset("name id title key".split())
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


def entries_of(value: Json | Rows, delimiter: str, spared: frozenset[str]) -> Entries:
    """All entries of a value, in source order."""
    tree = _Tree(delimiter, spared)
    tree.add("", value, 0, -1)
    return tree.entries


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


class _Tree:
    """Lists the entries of a value."""

    def __init__(self, delimiter: str, spared: frozenset[str]) -> None:
        self.entries = Entries()
        self._delimiter = delimiter
        self._spared = spared

    def add(self, key: str, value: Json | Rows, depth: int, parent: int) -> None:
        """Add a value and what is in it."""
        label = f"{key}: " if key else ""
        here = len(self.entries)
        if not isinstance(value, (dict, list, Rows)):
            empty = is_empty(value)
            self.entries.add(Entry(depth, parent, key, label + dump(value), empty=empty))
            return
        text = dump(value)
        if len(text) <= _SMALL:
            self.entries.add(Entry(depth, parent, key, label + text, empty=not value))
            return
        if depth > _MOST_NESTED:
            self.entries.add(Entry(depth, parent, key, label + text))
            return
        size = len(text)
        del text  # what is in it is still to be added
        table = self._table_of(value) if size > _LEAST_TABLE else None
        if table is not None and table.size() < size * 0.92:
            # Of thousands of small ones, all would be in memory: each is made again to be seen.
            again = partial(self._table_of, value)
            held = again if size < _SMALL_TABLE else partial(_same, table)
            self.entries.add(Entry(depth, parent, key, label, held, size))
            return
        del table
        if isinstance(value, dict):
            self.entries.add(Entry(depth, parent, key, f"{label}{{{len(value)} keys}}"))
            items = ((_plain(inner), each) for inner, each in value.items())
            self._add_items(items, depth + 1, here)
        else:
            self._add_list(label, key, value, depth, parent)

    def _table_of(self, value: dict[str, Json] | list[Json] | Rows) -> Table | None:
        return make_table(_tuples(value) or value, self._delimiter, self._spared)

    def _add_list(
        self, label: str, key: str, value: list[Json] | Rows, depth: int, parent: int
    ) -> None:
        here = len(self.entries)
        said = f"{label}[{len(value)} items]"
        if len(value) > _LONG_LIST and not any(isinstance(each, (dict, list)) for each in value):
            column = Column(("items",), list(value))
            said += f" {about(tally([column], self._delimiter)[0])}"
        self.entries.add(Entry(depth, parent, key, said))
        self._add_items(
            zip(chain(_NUMBERS, map(str, count(len(_NUMBERS)))), value, strict=False),
            depth + 1,
            here,
        )

    def _add_items(self, items: Iterable[tuple[str, Json]], depth: int, parent: int) -> None:
        """Add what is in a value; of many items in a row with nothing below, no entries are kept.

        A name stays at hand, as it tells what others belong to.
        """
        run = 0
        for key, each in items:
            before = len(self.entries)
            self.add(key, each, depth, parent)
            last = self.entries[before]
            alone = len(self.entries) == before + 1 and last.table is None
            run = run + 1 if alone and key not in _TELLING and key not in _NAMING else 0
            if run == BATCH:
                self.entries.pack(run)
                run = 0
        if run >= _LEAST_RUN:
            self.entries.pack(run)


def _tuples(value: dict[str, Json] | list[Json] | Rows) -> list[Json]:
    """The items of a list of equally long lists of single values as rows, named by place."""
    if not isinstance(value, list) or len(value) < _LEAST_TUPLES:
        return []
    rows: list[Json] = []
    width = 0
    for each in value:
        if not isinstance(each, list) or len(each) != (width or len(each)):
            return []
        width = len(each)
        if not 0 < width <= _WIDEST or any(isinstance(cell, (dict, list)) for cell in each):
            return []
        rows.append({f"[{place}]": cell for place, cell in enumerate(each)})
    return rows


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


def _same(table: Table) -> Table:
    return table


class Choice:
    """The entries that are shown."""

    def __init__(self, entries: Entries, tables: dict[int, RowsView], focus: Focus) -> None:
        self._entries = entries
        self._tables = tables
        self._focus = focus
        self._chosen: set[int] = set()
        self._names: dict[int, list[int]] = {}
        for index, entry in entries.single():
            if entry.key in _NAMING and len(entry.text) <= _MOST_NAME:
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
    return entry.depth - (3 if entry.key in _TELLING else 0)


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


def _plain(key: str) -> str:
    return key if key and key.isprintable() and ": " not in key else quote(key)
