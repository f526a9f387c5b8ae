"""The header of a table, read: which columns there are and what stands for their blanks."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table import above
from headroom_core.compressors.json_table.cells import from_cell
from headroom_core.compressors.json_table.mentions import MARK
from headroom_core.compressors.json_table.templates import Template, read_template
from headroom_core.compressors.json_table.values import ABSENT, Value, load_exactly
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER = re.compile(r"\[(?P<rows>[0-9]{1,9}) rows(?P<tabs> by tabs)?: ")
_KEY = re.compile(r"[^\W\d](?:[\w@$/ -]*[\w@$/-])?|@key|@value|\$json\w*")
_PATH = re.compile(rf"(?:{_KEY.pattern})(?:\.(?:{_KEY.pattern}))*")
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_SILENT = re.compile(r"\+([0-9]{1,4})")
_ITEM = re.compile(r"[^,()]*")
_JSON_STARTS = ('"', "[", '{"', "{}")
_DECODER = json.JSONDecoder()
_MOST_COLUMNS = 5000
_MOST_NESTED = 20


@dataclass(slots=True)
class Field:
    """A column as the header names it."""

    path: tuple[str, ...]
    name: str
    template: Template | None = None
    """What a blank, or a column without cells, stands for."""
    value: Value = ABSENT
    """What a blank stands for when there is no template."""
    around: tuple[str, str] | None = None
    """What stands before and after the text of every cell."""
    mentions: bool = False
    """Whether the texts of its cells mention other columns."""
    is_as_above: bool = False
    """Whether a blank stands for the cell above."""
    child: list[Field] | None = None
    shown: bool = True


@dataclass(slots=True)
class Header:
    """A table's header and where its rows begin."""

    rows: int
    delimiter: str
    fields: list[Field]
    end: int


def read_header(match: re.Match[str], lines: list[str], at: int) -> Header:
    """Read the header that `HEADER` found in a line; raises `ValueError` when it is damaged."""
    end = at + 1
    while end < len(lines) and lines[end].startswith(" "):
        end += 1
    block = [lines[at][match.end() :], *(line[1:] for line in lines[at + 1 : end])]
    if not block[-1].endswith("]"):
        raise DecodeError("a table's header does not end with a bracket")
    block[-1] = block[-1][:-1]
    delimiter = "\t" if match["tabs"] else "|"
    reader = _Reader(block[0], iter(block[1:]))
    fields, stop = reader.items(0, delimiter, "", 0)
    if stop < len(block[0]) or len(block) - 1 != reader.given:
        raise DecodeError("a table's header names other columns than stand below it")
    return Header(int(match["rows"]), delimiter, fields, end)


class _Reader:
    """Reads the columns item by item, and the lines below as the items call for them."""

    def __init__(self, text: str, lines: Iterator[str]) -> None:
        self.given = 0
        self._columns = 0
        self._text = text
        self._lines = lines

    def items(self, at: int, delimiter: str, within: str, nested: int) -> tuple[list[Field], int]:
        """Read the columns of a table, or of a child table `within` a column."""
        fields: list[Field] = []
        if nested > _MOST_NESTED:
            raise DecodeError("a table has too many tables inside each other")
        while True:
            path, name, at = self._name(at)
            silent = _SILENT.match(self._text, at)
            if silent is not None:
                at = silent.end()
            if path:
                item = Field(path, name)
                at = self._rest(item, at, delimiter, within, nested)
                fields.append(item)
            elif silent is None:
                raise DecodeError("a table's header has a column without a name")
            count = int(silent[1]) if silent is not None else 0
            fields.extend(self._given(within) for _ in range(count))
            self._columns += 1 + count
            if self._columns > _MOST_COLUMNS:
                raise DecodeError(f"a table has more than {_MOST_COLUMNS} columns")
            if not self._text.startswith(delimiter, at):
                return fields, at
            at += 1

    def _name(self, at: int) -> tuple[tuple[str, ...], str, int]:
        plain = _PATH.match(self._text, at)
        if plain is not None and not self._text.startswith(".", plain.end()):
            return tuple(plain[0].split(".")), plain[0], plain.end()
        path: list[str] = []
        start = at
        while True:
            key, at = _key(self._text, at)
            if key is None:
                return tuple(path), self._text[start:at], at
            path.append(key)
            if not self._text.startswith(".", at):
                return tuple(path), self._text[start:at], at
            at += 1

    def _rest(self, item: Field, at: int, delimiter: str, within: str, nested: int) -> int:
        """Read what stands behind a column's name."""
        mark = self._text[at : at + 1]
        if mark == above.MARK:
            item.is_as_above = True
            at += 1
            mark = self._text[at : at + 1].replace("=", "")
        if mark == "(":
            item.child, at = self.items(at + 1, ",", f"{within}{item.name}.", nested + 1)
            if not self._text.startswith(")", at):
                raise DecodeError("a child table's header does not end")
            return at + 1
        if mark == "=":
            text, at = _value_text(self._text, at + 1, delimiter)
            _set_value(item, text)
        elif mark == ":":
            end = _ends(self._text, at + 1, delimiter)
            before, star, after = self._text[at + 1 : end].partition("*")
            if not star:
                raise DecodeError("a column's text has no place for the cell")
            item.mentions = before.startswith(MARK)
            item.around = (before.removeprefix(MARK), after)
            at = end
        return at

    def _given(self, within: str) -> Field:
        """Read the next line below the header: a column without cells."""
        line = next(self._lines, None)
        if line is None or not line.startswith(within):
            raise DecodeError("a table's header announces more columns than stand below it")
        self.given += 1
        inner = _Reader(line, iter(()))
        path, name, at = inner._name(len(within))
        if not path or not line.startswith("=", at):
            raise DecodeError("a line below a table's header is no column")
        item = Field(path, name, shown=False)
        _set_value(item, line[at + 1 :])
        return item


def _key(text: str, at: int) -> tuple[str | None, int]:
    """Read one key of a column's name."""
    match = _KEY.match(text, at)
    if match is not None:
        return match[0], match.end()
    match = _STRING.match(text, at)
    if match is None:
        return None, at
    key = json.loads(match[0])
    return str(key), match.end()


def _value_text(text: str, at: int, delimiter: str) -> tuple[str, int]:
    """The text of a value, up to the next column."""
    if text.startswith(_JSON_STARTS, at):
        _, end = _DECODER.raw_decode(text, at)
    else:
        end = _ends(text, at, delimiter)
    return text[at:end], end


def _ends(text: str, at: int, delimiter: str) -> int:
    """Where an item ends that holds no delimiter."""
    if delimiter == ",":
        match = _ITEM.match(text, at)
        return match.end() if match is not None else at
    end = text.find(delimiter, at)
    return len(text) if end < 0 else end


def _set_value(item: Field, text: str) -> None:
    if text.startswith(_JSON_STARTS):
        item.value = load_exactly(text)
        return
    value = text if text.startswith("{") else from_cell(text)
    if isinstance(value, str):
        item.template = read_template(text)
    else:
        item.value = value
