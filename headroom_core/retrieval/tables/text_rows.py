"""Rows of tables in text form: CSV and its relatives, Markdown, database shells, columns."""

from __future__ import annotations

import csv
import re
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from headroom_core.retrieval.tables.line_rows import line_table
from headroom_core.retrieval.tables.table import Cell, Table, cells

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_DELIMITERS = "\t,;|"
_RULE = re.compile(r"[\s|+:=─┼-]*[-=─]{2,}[\s|+:=─┼-]*")
_GAP = re.compile(r"\s{2,}|\t")
_SAMPLE = 40
_HEAD_CHARS = 2**20


def ruled_table(lines: Sequence[str]) -> Table | None:
    """Read a table with a rule of dashes below its header: Markdown, `psql`, `sqlite3 -header`."""
    for at in range(1, min(len(lines), _SAMPLE)):
        if _RULE.fullmatch(lines[at]) and "|" in lines[at - 1]:
            names = _barred(lines[at - 1])
            rows = [n for n in range(at + 1, len(lines)) if _is_row(lines[n], len(names))]
            if len(names) > 1 and rows:
                cells = [_barred(lines[n]) for n in rows]
                return _table("table rows", names, cells, [lines[n] for n in rows], lines[at - 1])
    return None


def delimited_table(text: str, lines: Sequence[str]) -> Table | None:
    """Read CSV, TSV and the like, when the first lines all have the same number of fields."""
    head = text[:_HEAD_CHARS].split("\n")[:_SAMPLE]
    if len(text) > _HEAD_CHARS and len(head) > 1:
        head.pop()  # it may be cut off
    for delimiter in _DELIMITERS:
        if delimiter in head[0] and _agree(head, delimiter):
            return line_table(text, lines, head, delimiter) or _delimited(lines, delimiter)
    return None


def aligned_table(lines: Sequence[str]) -> Table | None:
    """Read columns that are aligned with spaces, such as those of `ps`, `df` and `kubectl`."""
    filled = list(islice(filter(str.strip, lines), _SAMPLE + 1))
    if len(filled) < 3:
        return None
    for split in (_by_gaps, _by_words):
        names = split(filled[0], 0)
        sample = [split(line, len(names)) for line in filled[1:]]
        fit = sum(len(row) == len(names) for row in sample)
        if len(names) > 1 and fit * 10 >= len(sample) * 8 and _name_columns(names, sample):
            rows = [
                (line, row)
                for line in islice(filter(str.strip, lines), 1, None)
                if len(row := split(line, len(names))) == len(names)
            ]
            return _table(
                "table rows", names, [row for _, row in rows], [line for line, _ in rows], filled[0]
            )
    return None


def _delimited(lines: Sequence[str], delimiter: str) -> Table | None:
    """Read rows of which some go over several lines."""
    rows: list[list[str]] = []
    spans: list[tuple[int, int]] = []
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter)
    last = 0
    try:
        for row in reader:
            if any(line.strip() for line in lines[last : reader.line_num]):
                rows.append(row)
                spans.append((last, reader.line_num))
            last = reader.line_num
    except csv.Error:
        return None
    names = [name.strip() for name in rows[0]]
    lead = "\n".join(lines[spans[0][0] : spans[0][1]])
    return _table("table rows", names, rows[1:], partial(_joined, lines, spans), lead)


def _joined(lines: Sequence[str], spans: Sequence[tuple[int, int]], row: int) -> str:
    start, end = spans[row + 1]
    return "\n".join(lines[start:end]).removesuffix("\r")


def _agree(head: Sequence[str], delimiter: str) -> bool:
    """Whether the header names as many columns as the rows have fields."""
    try:
        rows = [row for row in csv.reader(head, delimiter=delimiter) if row]
    except csv.Error:
        return False
    if len(rows) < 2 or len(rows[0]) < 2 or not _name_columns(rows[0], rows[1:]):
        return False
    return sum(len(row) == len(rows[0]) for row in rows) * 10 >= len(rows) * 9


def _name_columns(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether cells look like a header: short, distinct, rarely numbers, and not met again."""
    words = [name.strip() for name in names]
    odd = sum(not word or word[0].isdigit() for word in words)
    again = sum(
        any(at < len(row) and row[at].strip() == word for row in rows)
        for at, word in enumerate(words)
    )
    return (
        odd * 4 <= len(words)
        and len(set(words)) == len(words)
        and max(map(len, words)) <= 80
        and again in {0, len(words)}
    )


def _table(
    kind: str,
    names: Sequence[str],
    rows: Sequence[Sequence[str]],
    source: Sequence[str] | Callable[[int], str],
    lead: str,
) -> Table:
    places = {name: index for index, name in reversed(list(enumerate(names)))}
    return Table(
        kind=kind,
        size=len(rows),
        columns=tuple(name for name in places if name)[::-1],
        column=partial(_column, rows, places),
        source=source if callable(source) else source.__getitem__,
        lead=lead.removesuffix("\r"),
    )


def _column(rows: Sequence[Sequence[str]], places: dict[str, int], name: str) -> list[Cell] | None:
    at = places.get(name)
    if at is None:
        return None
    return cells([row[at] if at < len(row) else "" for row in rows])


def _barred(line: str) -> list[str]:
    line = line.strip()
    line = line.removeprefix("|").removesuffix("|")
    return [part.replace("\\|", "|").strip() for part in re.split(r"(?<!\\)\|", line)]


def _is_row(line: str, columns: int) -> bool:
    return "|" in line and not _RULE.fullmatch(line) and len(_barred(line)) == columns


def _by_gaps(line: str, columns: int) -> list[str]:
    del columns
    return _GAP.split(line.strip())


def _by_words(line: str, columns: int) -> list[str]:
    return line.split(None, columns - 1) if columns else line.split()
