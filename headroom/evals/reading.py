"""Answer questions by program, from nothing but the text that a model would see."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

from headroom_core.conversations import decode
from headroom_core.errors import DecodeError
from headroom_core.formats.wire import is_array, is_object
from headroom_core.notes import note_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom.evals.items import Ask

_FIELDS = re.compile(r"\{[^}]*\}|\S*\d\S*")
_ERROR = re.compile(r"\bERROR (.*?)(?: x\d+| \(x\d+\))?$", re.MULTILINE)
_FAILED = re.compile(r"^(?:FAILED (tests/\S+)|(tests/\S+) FAILED)", re.MULTILINE)
_JSON_HEADER = re.compile(r"^\[\d+ rows: ([^\]]+)\]?$", re.MULTILINE)
_ROW_NUMBER = re.compile(r"^\d+> ")


def answer(visible: str, ask: Ask) -> str | None:
    """The answer that the visible text gives to a question about its table, if it gives one."""
    rows = _all_rows(visible)
    if rows is not None:
        return _from_rows(rows, ask)
    return _cell(visible, ask) if ask.kind == "lookup" else _figure(visible, ask)


def error_kinds(visible: str) -> set[str]:
    """The templates of all errors in sight: their words up to the first value."""
    return {_FIELDS.split(found[1])[0].strip() for found in _ERROR.finditer(_plain(visible))}


def failing_tests(visible: str) -> set[str]:
    """The names of all tests that the visible text calls failed."""
    return {found[1] or found[2] for found in _FAILED.finditer(_plain(visible))}


def _plain(visible: str) -> str:
    """The text behind a lossless form, which its own header explains; a view as it stands."""
    try:
        return visible if note_of(visible) else decode(visible)
    except DecodeError:
        return visible


def _all_rows(visible: str) -> list[dict[str, str]] | None:
    """Every row, where nothing is left out."""
    if note_of(visible):
        return None
    text = _plain(visible)
    try:
        value: object = json.loads(text)
    except ValueError:
        return list(csv.DictReader(io.StringIO(text)))
    if not is_array(value):
        return None
    return [{name: str(cell) for name, cell in row.items()} for row in value if is_object(row)]


def _from_rows(rows: Sequence[dict[str, str]], ask: Ask) -> str | None:
    try:
        match ask.kind:
            case "count":
                return str(sum(row[ask.column] == ask.value for row in rows))
            case "sum":
                return str(sum(int(row[ask.column]) for row in rows))
            case "max":
                return str(max(int(row[ask.column]) for row in rows))
            case _:
                return next((row[ask.column] for row in rows if row[ask.key] == ask.value), None)
    except (KeyError, ValueError):
        return None


def _header(lines: Sequence[str], ask: Ask) -> str:
    """The first line that names both columns."""
    return next((line for line in lines if {ask.key, ask.column} <= set(line.split(","))), "")


def _figure(visible: str, ask: Ask) -> str | None:
    """A figure from the line that sums up a column."""
    line = re.search(rf"^[ \[]{re.escape(ask.column)}: ([^\]\n]*)\]?$", visible, re.MULTILINE)
    if line is None:
        return None
    if ask.kind == "count":
        for part in re.split(r"[:,] ", line[1]):
            if part == ask.value:
                return "1"
            if part.startswith(f"{ask.value} x"):
                return part.removeprefix(f"{ask.value} x")
        return None
    wanted = r"\bsum (\d+)" if ask.kind == "sum" else r"(?:\bmax |^\d+ to )(\d+)"
    found = re.search(wanted, line[1])
    return found[1] if found else None


def _cell(visible: str, ask: Ask) -> str | None:
    """A cell of the shown row that holds the key."""
    header = _JSON_HEADER.search(visible)
    rule = "|" if header else ","
    lines = visible.split("\n")
    named = header[1] if header else _header(lines, ask)
    names = [name for name in named.split(rule) if not re.fullmatch(r"\+\d+", name)]
    bare = [re.split(r"[=:+]", name)[0] for name in names]
    if ask.column not in bare or ask.key not in bare:
        return None
    column, key = bare.index(ask.column), bare.index(ask.key)
    for line in lines:
        cells = _ROW_NUMBER.sub("", line).split(rule)
        if len(cells) > max(column, key) and cells[key] == ask.value:
            return cells[column] or names[column].partition("=")[2] or None
    return None
