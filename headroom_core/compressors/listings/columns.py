"""The columns before the path of a listing: how many there are and how they are padded."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_COLUMNS = 12
SAMPLE = 200
WIDEST = 99
"""A column that is padded to more is not of a listing, and a forged one would fill the memory."""
_CODES = re.compile(r"(?:[><]\d{1,2}|[.t])(?: (?:[><]\d{1,2}|[.t]))*")


class Row(NamedTuple):
    """A line of a listing, cut where the path begins."""

    fields: tuple[str, ...]
    gaps: tuple[str, ...]
    """The blanks before each field and before the path."""
    path: str


def count_columns(lines: Sequence[str]) -> int | None:
    """How many columns stand before the path, from a sample; `None` when there is no path."""
    if 2 * "\n".join(lines).count("/") <= len(lines):
        return None
    votes = Counter(map(_columns_before_path, lines))
    best, hits = votes.most_common(1)[0]
    return best if best is not None and 2 * hits > len(lines) else None


def _columns_before_path(line: str) -> int | None:
    at = line.find("/")
    columns = len(line[:at].split()) - (at > 0 and not line[at - 1].isspace())
    return columns if at >= 0 and columns <= MOST_COLUMNS else None


class Cutter:
    """Cuts lines into a fixed number of fields and the rest, the path."""

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self._pattern = re.compile(r"([ \t]*+)" + r"(\S++)([ \t]++)" * columns + r"(\S.*+)")

    def cut(self, line: str) -> Row | None:
        """The fields of a line; `None` when it has fewer columns."""
        match = self._pattern.fullmatch(line)
        if match is None:
            return None
        first, *rest, path = match.groups()
        return Row(tuple(rest[::2]), (first, *rest[1::2]), path)


class Layout(NamedTuple):
    """How columns are padded: a code each, `>7`, `<10`, `.` for one blank after, `t` for a tab."""

    codes: tuple[str, ...]

    def join(self, fields: Sequence[str]) -> str:
        """The start of a line, up to its path."""
        return "".join(map(_padded, self.codes, fields))


def _padded(code: str, field: str) -> str:
    match code[0]:
        case ">":
            return f"{field.rjust(int(code[1:]))} "
        case "<":
            return f"{field.ljust(int(code[1:]))} "
        case "t":
            return f"{field}\t"
        case _:
            return f"{field} "


def read_layout(words: str) -> Layout:
    """Read the codes of a layout, joined by blanks."""
    if words and not _CODES.fullmatch(words):
        raise DecodeError("`listing` does not know this column layout")
    return Layout(tuple(words.split()))


def find_layout(rows: Sequence[Row]) -> Layout:
    """The layout that most of the rows have."""
    codes = ["."] * len(rows[0].fields)
    if codes and any(row.gaps[0] for row in rows):
        codes[0] = f">{_usual(len(row.gaps[0]) + len(row.fields[0]) for row in rows)[0]}"
    for column in range(len(codes)):
        gap = Counter(row.gaps[column + 1] for row in rows).most_common(1)[0]
        if gap[0] == "\t":
            codes[column] = "t"
        elif gap != (" ", len(rows)):
            _pad(codes, column, rows)
    return Layout(tuple(codes))


def _pad(codes: list[str], column: int, rows: Sequence[Row]) -> None:
    """Blanks of different length between two columns: they pad the one or the other."""
    gaps = [len(row.gaps[column + 1]) for row in rows]
    left = _usual(len(row.fields[column]) + gap for row, gap in zip(rows, gaps, strict=True))
    if column + 1 < len(codes):
        after = (len(row.fields[column + 1]) for row in rows)
        right = _usual(length + gap for length, gap in zip(after, gaps, strict=True))
        if right[1] > left[1]:
            codes[column + 1] = f">{right[0] - 1}"
            return
    codes[column] = f"<{left[0] - 1}"


def _usual(values: Iterable[int]) -> tuple[int, int]:
    """The most frequent value and how often it is there."""
    return Counter(min(value, WIDEST) for value in values).most_common(1)[0]
