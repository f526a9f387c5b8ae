"""A value cut down to an outline: its tree, its tables in short, what matters in full.

Entries are chosen by worth, then shown in source order, each under the keys that lead to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from headroom_core import signals
from headroom_core.compressors.json_table.columns import Column
from headroom_core.compressors.json_table.excerpt import excerpt
from headroom_core.compressors.json_table.marginals import about, tally
from headroom_core.compressors.json_table.rows_view import Focus, view_rows
from headroom_core.compressors.json_table.table import Table, make_table
from headroom_core.compressors.json_table.writing import dump, quote

if TYPE_CHECKING:
    from headroom_core.compressors.json_table.values import Json

_SMALL = 100
_LEAST_TABLE = 400
_LONG_LIST = 12
_TELLING = frozenset(
    "name id title kind type status state version message reason error code".split()
)
_MOST_NAMED = 6


@dataclass(slots=True)
class Entry:
    """A line of the outline, or the lines of a table in it."""

    depth: int
    parent: int
    key: str
    text: str
    table: Table | None = None
    size: int = 0


@dataclass(slots=True)
class Outline:
    """The lines of a view and what they hold."""

    lines: list[str] = field(default_factory=list[str])
    shown: int = 0
    total: int = 0
    rows_shown: int = 0
    rows: int = 0
    required: int = 0


def entries_of(value: Json, delimiter: str, spared: frozenset[str]) -> list[Entry]:
    """All entries of a value, in source order."""
    tree = _Tree(delimiter, spared)
    tree.add("", value, 0, -1)
    return tree.entries


def view_outline(entries: list[Entry], delimiter: str, focus: Focus, room: int) -> Outline:
    """Choose entries within about `room` characters; what must be shown is."""
    outline = Outline(total=len(entries))
    texts = [entry.text for entry in entries]
    must = {*signals.problems(texts), *signals.rare_hits(texts, focus.wanted)}
    if focus.keep is not None:
        must.update(index for index, text in enumerate(texts) if focus.keep.matches(text))
    lines = _tables(entries, delimiter, focus, room, outline)
    must.update(lines)
    chosen: set[int] = set()
    for index in sorted(must):
        outline.required += 0 if index in lines else _choose(index, entries, chosen, focus)
    left = room - outline.required - sum(len(line) for each in lines.values() for line in each)
    order = sorted(range(len(entries)), key=lambda index: (_worth(entries[index]), index))
    for index in order:
        if left <= 0:
            break
        if index not in chosen:
            left -= _choose(index, entries, chosen, focus)
    _write(outline, entries, chosen, lines, focus)
    return outline


class _Tree:
    """Lists the entries of a value."""

    def __init__(self, delimiter: str, spared: frozenset[str]) -> None:
        self.entries: list[Entry] = []
        self._delimiter = delimiter
        self._spared = spared

    def add(self, key: str, value: Json, depth: int, parent: int) -> None:
        """Add a value and what is in it."""
        label = f"{key}: " if key else ""
        here = len(self.entries)
        if not isinstance(value, (dict, list)):
            self.entries.append(Entry(depth, parent, key, label + dump(value)))
            return
        text = dump(value)
        if len(text) <= _SMALL:
            self.entries.append(Entry(depth, parent, key, label + text))
            return
        table = (
            make_table(value, self._delimiter, self._spared) if len(text) > _LEAST_TABLE else None
        )
        if table is not None and len(str(table)) < len(text) * 0.92:
            self.entries.append(Entry(depth, parent, key, label, table, len(text)))
        elif isinstance(value, dict):
            self.entries.append(Entry(depth, parent, key, f"{label}{{{len(value)} keys}}"))
            for inner, each in value.items():
                self.add(_plain(inner), each, depth + 1, here)
        else:
            self._add_list(label, key, value, depth, parent)

    def _add_list(self, label: str, key: str, value: list[Json], depth: int, parent: int) -> None:
        here = len(self.entries)
        said = f"{label}[{len(value)} items]"
        if len(value) > _LONG_LIST and not any(isinstance(each, (dict, list)) for each in value):
            column = Column(("items",), list(value))
            said += f" {about(tally([column], self._delimiter)[0])}"
        self.entries.append(Entry(depth, parent, key, said))
        for index, each in enumerate(value):
            self.add(str(index), each, depth + 1, here)


def _tables(
    entries: list[Entry], delimiter: str, focus: Focus, room: int, outline: Outline
) -> dict[int, list[str]]:
    """The tables among the entries, each within its share of the room."""
    found = {index: entry for index, entry in enumerate(entries) if entry.table is not None}
    total = sum(entry.size for entry in found.values()) + sum(len(e.text) for e in entries)
    lines: dict[int, list[str]] = {}
    for index, entry in found.items():
        if entry.table is None:
            continue
        view = view_rows(entry.table, delimiter, focus, room * entry.size // max(1, total))
        lines[index] = view.lines
        outline.required += view.required
        outline.rows_shown += view.shown
        outline.rows += view.total
    return lines


def _choose(index: int, entries: list[Entry], chosen: set[int], focus: Focus) -> int:
    """Choose an entry with all that it stands under; return how many characters that takes."""
    size = 0
    while index >= 0 and index not in chosen:
        chosen.add(index)
        entry = entries[index]
        size += len(excerpt(entry.text, focus.wanted)) + entry.depth + 1
        index = entry.parent
    return size


def _worth(entry: Entry) -> int:
    """How soon an entry is chosen: names and states first, then what stands high in the tree."""
    return entry.depth - (3 if entry.key in _TELLING else 0)


def _write(
    outline: Outline,
    entries: list[Entry],
    chosen: set[int],
    tables: dict[int, list[str]],
    focus: Focus,
) -> None:
    hidden: list[Entry] = []
    for index, entry in enumerate(entries):
        if index not in chosen and index not in tables:
            hidden.append(entry)
            continue
        outline.lines += _gap(hidden)
        hidden = []
        outline.shown += 1
        indent = " " * entry.depth
        outline.lines.append(indent + excerpt(entry.text, focus.wanted))
        outline.lines += tables.get(index, [])
    outline.lines += _gap(hidden)


def _gap(hidden: list[Entry]) -> list[str]:
    """A line for entries that are not shown, with the names of the outermost."""
    if not hidden:
        return []
    top = min(entry.depth for entry in hidden)
    names = list(dict.fromkeys(entry.key for entry in hidden if entry.depth == top))
    more = ", …" if len(names) > _MOST_NAMED else ""
    word = "entry" if len(hidden) == 1 else "entries"
    return [f"{' ' * top}[… {len(hidden)} {word}: {', '.join(names[:_MOST_NAMED])}{more}]"]


def _plain(key: str) -> str:
    return key if key and key.isprintable() and ": " not in key else quote(key)
