"""What a listing lists, whatever printed it: one entry a line, with folder, size and kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from headroom_core.compressors.listings import branches, long
from headroom_core.compressors.listings.columns import SAMPLE, Cutter, count_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,3})?)([KMGTP]?)i?B?")
_FOLDER_CHARS = 300
_MODES = {"d": "folder", "l": "link"}
_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5}


class Entry(NamedTuple):
    """One entry of a listing."""

    line: int
    """The index of its line."""
    folder: str
    kind: str
    """The extension, or what it is instead."""
    size: int | None
    traits: tuple[str, ...]
    """The columns with few values: mode, owner and group."""
    above: int | None = None
    """The line of its folder, where only that says which folder it is."""


def entries_of(lines: Sequence[str]) -> list[Entry]:
    """The entries of a listing, in order; none when it is not a listing."""
    head = lines[:SAMPLE]
    if branches.looks_like(head):
        return _drawn(lines)
    if long.looks_like(head):
        return _long(lines)
    columns = count_columns(head)
    return [] if columns is None else _paths(lines, columns)


def _drawn(lines: Sequence[str]) -> list[Entry]:
    found: list[Entry] = []
    kinds = _Kinds()
    stack: list[tuple[int, str]] = []
    for index, (line, (level, name)) in enumerate(
        zip(lines, branches.levels_of(lines), strict=True)
    ):
        del stack[level:]
        above, folder = stack[-1] if stack else (None, "")
        if level:
            found.append(Entry(index, folder, kinds.of(name), None, (), above))
        # A level that nobody names is that of the line before.
        own = (index, f"{folder}{name}/"[:_FOLDER_CHARS])
        stack += [own] * (level + 1 - len(stack)) if line else []
    return found


def _long(lines: Sequence[str]) -> list[Entry]:
    found: list[Entry] = []
    kinds = _Kinds()
    folder = ""
    for index, (line, row) in enumerate(zip(lines, long.rows_of(lines), strict=True)):
        if row is not None:
            traits = (row.mode, row.owner, row.group)
            kind = _MODES.get(row.mode[0]) or kinds.of(row.name)
            found.append(Entry(index, folder, kind, _size(row.size), traits))
        elif line.endswith(":"):
            folder = f"{line[:-1]}/"
    return found


def _paths(lines: Sequence[str], columns: int) -> list[Entry]:
    cutter = Cutter(columns)
    kinds = _Kinds()
    found: list[Entry] = []
    last = ""
    for index, line in enumerate(lines):
        row = cutter.cut(line)
        # `find: 'x': Permission denied` is a message, though it may look like a path.
        if row is not None and ": " not in line:
            folder, slash, name = row.path.rpartition("/")
            folder += slash
            last = last if folder == last else folder  # one text for all entries of a folder
            size = _size(row.fields[0]) if row.fields else None
            found.append(Entry(index, last, kinds.of(name), size, ()))
    return found


class _Kinds:
    """The extensions of names, each one text in memory."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, name: str) -> str:
        """The extension of a name, or what it is instead."""
        stem, dot, extension = name.rpartition(".")
        kind = f".{extension}" if dot and stem and extension else "other"
        return self._known.setdefault(kind, kind)


def _size(text: str) -> int | None:
    match = _SIZE.fullmatch(text)
    return int(float(match[1]) * 1024 ** _POWERS[match[2]]) if match else None
