"""The entries of a value in source order: its tables, and what is left of its tree between them."""

from __future__ import annotations

from functools import partial
from itertools import chain, count
from typing import TYPE_CHECKING

from headroom_core.compressors.batches import BATCH
from headroom_core.compressors.json_table.columns import Column
from headroom_core.compressors.json_table.entries import Entries, Entry, is_empty
from headroom_core.compressors.json_table.make_table import make_table
from headroom_core.compressors.json_table.marginals import about, tally
from headroom_core.compressors.json_table.rows import Rows
from headroom_core.compressors.json_table.writing import dump, quote

if TYPE_CHECKING:
    from collections.abc import Iterable

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
TELLING = frozenset(
    "name id title kind type status state version message reason error code".split()
)
"""Keys that tell most of what a value is about."""
NAMING = frozenset("name id title key".split())
"""Keys that tell what a value is called."""


def entries_of(value: Json | Rows, delimiter: str, spared: frozenset[str]) -> Entries:
    """All entries of a value, in source order."""
    tree = _Tree(delimiter, spared)
    tree.add("", value, 0, -1)
    return tree.entries


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
            run = run + 1 if alone and key not in TELLING and key not in NAMING else 0
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


def _same(table: Table) -> Table:
    return table


def _plain(key: str) -> str:
    return key if key and key.isprintable() and ": " not in key else quote(key)
