"""Find tables whose columns are only aligned with blanks, as `ps` and `kubectl get` do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.compressors.tables.grid import Cut, fitted
from headroom_core.compressors.tables.padded import Padded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.tables.grid import Grid

_LEAST_LINES = 4
_LONGEST = 1000
"""Columns begin within so many characters; the last one may go on, as a command line does."""
_SAMPLE = 200
_FEW = 20
"""Of so many lines one may have a cell that is wider than its column."""
_LEAST_COLUMNS = 3
_FILLED = bytes(sign != ord(" ") for sign in range(256))
_MORE_THAN = [bytes(count > few for count in range(256)) for few in range(_SAMPLE // _FEW + 1)]
_TAKEN = re.compile(rb"\x01+")
_NUMBER = re.compile(r"[\d.,]+")


def may_start(head: Sequence[str]) -> bool:
    """Whether some block of the first lines is aligned."""
    return any(_columns(head[start:end]) for start, end in _blocks(head))


def find(lines: Sequence[str]) -> list[tuple[int, int, Grid]]:
    """The tables of a text: where each begins and ends, and what it holds."""
    found: list[tuple[int, int, Grid]] = []
    for start, end in _blocks(lines):
        grid = _read(lines[start:end], start)
        if grid is not None:
            found.append((start, end, grid))
    return found


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Runs of lines that are not blank and may be of a table, from the first wide gap on."""
    start: int | None = None
    for at, line in enumerate([*lines, ""]):
        if line and "\t" not in line:
            if start is None and len(line) <= _LONGEST and "  " in line.strip(" "):
                start = at
        elif start is not None:
            if at - start >= _LEAST_LINES:
                yield start, at
            start = None


def _columns(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Where the columns of some lines begin and end; empty when there are too few."""
    step = len(lines) // _SAMPLE + 1
    sample = [line[:_LONGEST] for line in lines[::step]]
    few = len(sample) // _FEW
    # A byte for each place counts the lines that fill it, so that adding numbers adds lines.
    filled = [int.from_bytes(_encoded(line).translate(_FILLED), "little") for line in sample]
    count = sum(filled) + few * filled[0]  # the names are there in any case
    counts = count.to_bytes(max(map(len, sample)), "little")
    taken = counts.translate(_MORE_THAN[few])
    names_end = len(sample[0].rstrip(" "))  # behind it are words of long last cells
    spans = (run.span() for run in _TAKEN.finditer(taken))
    columns = [each for each in spans if each[0] < names_end]
    return columns if len(columns) >= _LEAST_COLUMNS else []


def _encoded(line: str) -> bytes:
    """A byte for each sign."""
    return line.encode("latin-1", "replace")


def _read(lines: Sequence[str], start: int) -> Grid | None:
    columns = _columns(lines)
    if not columns:
        return None
    starts = [0, *(begin for begin, _ in columns[1:])]
    ends = [*(begin for begin in starts[1:]), None]
    slices = [slice(a, b) for a, b in zip(starts, ends, strict=True)]

    def cells_of(line: str) -> list[str]:
        return [line[place] for place in slices]

    cut = Cut(cells_of(lines[0]), cells_of, start + 1)
    names = [name.strip(" ") for name in cut.names]
    if any(map(_NUMBER.fullmatch, names)):
        return None
    codes = _codes(columns, lines[: _SAMPLE + 1])
    longest = max(map(len, lines))
    padded = f"{codes[-1][0]}{longest - starts[-1]}" if longest <= _LONGEST else codes[-1]
    for last in dict.fromkeys((codes[-1], padded)):
        for style in ("", ", names left"):
            layout = Padded("aligned", (*codes[:-1], last), style)
            grid = fitted(layout, cut, lines[:1], lines[1:])
            if grid is not None:
                return grid
    return None


def _codes(columns: Sequence[tuple[int, int]], lines: Sequence[str]) -> list[str]:
    """Where the cells of the columns stand, with the blanks between two columns given to one."""
    signs = [_sign(lines, begin, end) for begin, end in columns]
    codes: list[str] = []
    free = 0  # where the text of the next column may begin
    for at, ((_, end), sign) in enumerate(zip(columns, signs, strict=True)):
        following = columns[at + 1][0] if at + 1 < len(columns) else 0
        if sign == "<":
            width = following - 1 - free
            codes.append(f"<{max(width, 0)}")
            free = following
        else:
            gap = following - end - 1
            wide = gap > 0 and signs[at + 1] == "<"
            codes.append(f">{end - free}" + (f"+{gap}" if wide else ""))
            free = following if wide else end + 1
    return codes


def _sign(lines: Sequence[str], begin: int, end: int) -> str:
    """Whether the cells of a column stand at its left or at its right edge.

    Where cells fill the column, the name at its head decides.
    """
    left = sum(line[begin : begin + 1] not in {"", " "} for line in lines)
    right = sum(line[end - 1 : end] not in {"", " "} for line in lines)
    return "<" if left >= right else ">"
