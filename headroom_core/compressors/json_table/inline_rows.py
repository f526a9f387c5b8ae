"""The rows of a table inside a cell, `(a,b)(c,d)`, back to their cells."""

from __future__ import annotations

import json
import re

from headroom_core.errors import DecodeError

_PLAIN = re.compile(r"\([^\"\[\]{}()]*(?:\)\([^\"\[\]{}()]*)*\)")
_CELL = re.compile(r"[^,()]*")
_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_FLAT = rf'[\[{{](?:[^\[\]{{}}"]++|{_STRING})*+[\]}}]'
_SIMPLE = rf'=?(?:{_STRING}|[\[{{](?:[^\[\]{{}}"]++|{_STRING}|{_FLAT})*+[\]}}])|[^,()"\[{{]*+'
_ROW_OF_SIMPLE = rf"\((?:{_SIMPLE})(?:,(?:{_SIMPLE}))*+\)"
_CELL_WITH_ROWS = rf"(?:{_ROW_OF_SIMPLE})++|{_SIMPLE}"
_SIMPLE_ROW = re.compile(rf"\((?:{_CELL_WITH_ROWS})(?:,(?:{_CELL_WITH_ROWS}))*+\)")
_SIMPLE_CELL = re.compile(rf"[(,]({_CELL_WITH_ROWS})(?=[,)])")
_PAREN = re.compile(r'[()]|(?<=[(,=!])["\[{]')
_DECODER = json.JSONDecoder()


def split_rows(text: str) -> list[list[str]]:
    """The cells of every row in `(a,b)(c,d)`."""
    if _PLAIN.fullmatch(text):
        return [row.split(",") for row in text[1:-1].split(")(")]
    rows: list[list[str]] = []
    at = 0
    while at < len(text):
        simple = _SIMPLE_ROW.match(text, at)
        if simple is not None:
            rows.append(_SIMPLE_CELL.findall(text, at, simple.end()))
            at = simple.end()
        else:
            row, at = _split_row(text, at)
            rows.append(row)
    return rows


def _split_row(text: str, at: int) -> tuple[list[str], int]:
    cells: list[str] = []
    mark = "("
    while mark != ")":
        if not text.startswith(mark, at) or mark not in {"(", ","}:
            raise DecodeError("a row of a child table is damaged")
        start = at + 1
        at = _cell_end(text, start)
        cells.append(text[start:at])
        mark = text[at : at + 1]
    return cells, at + 1


def _cell_end(text: str, at: int) -> int:
    """Where a cell inside a child table ends."""
    if text.startswith(("=", "!"), at):
        at += 1
    if text.startswith(('"', "[", "{"), at):
        return _DECODER.raw_decode(text, at)[1]
    if text.startswith("(", at):
        return _rows_end(text, at)
    match = _CELL.match(text, at)
    return match.end() if match is not None else at


def _rows_end(text: str, at: int) -> int:
    """Where the rows of a table inside a child table end, found without recursion."""
    depth = 0
    while True:
        match = _PAREN.search(text, at)
        if match is None:
            raise DecodeError("the rows inside a child table's cell do not end")
        at = match.end()
        if match[0] == "(":
            depth += 1
        elif match[0] == ")":
            depth -= 1
            if depth == 0 and not text.startswith("(", at):
                return at
        else:
            at = _DECODER.raw_decode(text, match.end() - 1)[1]
