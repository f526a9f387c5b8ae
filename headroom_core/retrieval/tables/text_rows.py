"""Rows of tables in text form: CSV and its relatives, Markdown, database shells, columns."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from operator import methodcaller

import re2

from headroom_core.retrieval.tables.table import Cell, Table, cells
from headroom_core.store.base import bytes_of

_DELIMITERS = "\t,;|"
_RULE = re.compile(r"[\s|+:=─┼-]*[-=─]{2,}[\s|+:=─┼-]*")
_GAP = re.compile(r"\s{2,}|\t")
_SAMPLE = 40
_Split = Callable[[Sequence[str], int], Iterable[list[str]]]
"""Splits lines into cells: at so many places, or at more."""
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
            if '"' not in text:
                return _by_line(lines, partial(_at_each, delimiter))
            if _each_line_is_a_row(text, lines, delimiter):
                return _by_line(lines, partial(_outside_quotes, delimiter))
            return _delimited(lines, delimiter)
    return None


def aligned_table(lines: Sequence[str]) -> Table | None:
    """Read columns that are aligned with spaces, such as those of `ps`, `df` and `kubectl`."""
    filled = [line for line in lines if line.strip()]
    if len(filled) < 3:
        return None
    for split in (_by_gaps, _by_words):
        names = split(filled[0], 0)
        sample = [split(line, len(names)) for line in filled[1 : _SAMPLE + 1]]
        fit = sum(len(row) == len(names) for row in sample)
        if len(names) > 1 and fit * 10 >= len(sample) * 8 and _name_columns(names, sample):
            rows = [
                (line, row)
                for line in filled[1:]
                if len(row := split(line, len(names))) == len(names)
            ]
            return _table(
                "table rows", names, [row for _, row in rows], [line for line, _ in rows], filled[0]
            )
    return None


def _each_line_is_a_row(text: str, lines: Sequence[str], delimiter: str) -> bool:
    """Whether no cell goes over a line's end, as quoted ones may."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1  # bytes as they are, for its speed
    options.never_capture = True
    cell = rf'"(?:[^"\n]|"")*"|[^"\r\n{delimiter}]*'
    rows = re2.compile(rf"(?:(?:{cell})(?:\{delimiter}|\r?\n|\r?$))*".encode(), options)
    short = max(map(len, lines)) < csv.field_size_limit()
    return short and rows.fullmatch(bytes_of(text)) is not None


def _by_line(lines: Sequence[str], split: _Split) -> Table:
    """Read rows of a line each; a column is cut out of them when it is asked for."""
    filled = [line for line in lines if line.strip()]
    names = [name.strip() for name in next(iter(split(filled[:1], -1)))]
    rows = filled[1:]
    return Table(
        kind="table rows",
        size=len(rows),
        columns=tuple(dict.fromkeys(name for name in names if name)),
        column=partial(_cut_out, rows, names, split),
        source=rows.__getitem__,
        lead=filled[0].removesuffix("\r"),
        some=lambda name, wanted: _cut_out([rows[at] for at in wanted], names, split, name),
    )


def _cut_out(
    rows: Sequence[str], names: Sequence[str], split: _Split, name: str
) -> list[Cell] | None:
    at = names.index(name) if name in names else None
    if at is None:
        return None
    return cells([row[at] if at < len(row) else "" for row in split(rows, at + 1)])


def _at_each(delimiter: str, lines: Sequence[str], most: int) -> Iterable[list[str]]:
    return map(methodcaller("split", delimiter, most), lines)


def _outside_quotes(delimiter: str, lines: Sequence[str], most: int) -> Iterable[list[str]]:
    starts = [line.partition('"')[0] for line in lines]
    cells = map(methodcaller("count", delimiter), starts)
    if 0 <= most <= min(cells, default=-1):
        return _at_each(delimiter, starts, most)  # in front of the first quote nothing is quoted
    return csv.reader(lines, delimiter=delimiter)


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
