"""JSON values as text: on one line or indented, with every number as it was."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from json.encoder import encode_basestring, encode_basestring_ascii
from math import isfinite
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table.values import Json, Number

if TYPE_CHECKING:
    from collections.abc import Callable

_WORDS: dict[bool | None, str] = {True: "true", False: "false", None: "null"}
_SHORTEST = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_SURROGATE = re.compile("[\ud800-\udfff]")


def quote(text: str) -> str:
    """A string as JSON; letters stay letters, lone surrogates become escapes."""
    if text.isascii() or not _SURROGATE.search(text):
        return encode_basestring(text)
    return encode_basestring_ascii(text)


def dump(value: Json) -> str:
    """The shortest JSON text of a value."""
    try:
        text = _SHORTEST.encode(value)
    except TypeError:
        return Writer(quoted=quote).write(value)
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return Writer(quoted=quote).write(value)


def scalar(value: Json) -> str:
    """The JSON text of anything but a string, an object or an array."""
    if isinstance(value, Number):
        return value.text
    if isinstance(value, bool) or value is None:
        return _WORDS[value]
    if isinstance(value, float) and isfinite(value):
        return repr(value)
    return _SHORTEST.encode(value)


@dataclass(slots=True)
class Writer:
    """Writes values with these separators; `indent` puts every item on its own line."""

    quoted: Callable[[str], str]
    indent: str | None = None
    item: str = ","
    key: str = ":"
    _out: list[str] = field(default_factory=list[str])
    _keys: dict[str, str] = field(default_factory=dict[str, str])

    def write(self, value: Json) -> str:
        """The text of a value."""
        self._out.clear()
        self._write(value, "" if self.indent is None else "\n")
        return "".join(self._out)

    def _write(self, value: Json, line: str) -> None:
        if isinstance(value, str):
            self._out.append(self.quoted(value))
        elif type(value) is int:
            self._out.append(str(value))
        elif isinstance(value, dict):
            self._write_object(value, line)
        elif isinstance(value, list):
            self._write_array(value, line)
        else:
            self._out.append(scalar(value))

    def _write_object(self, value: dict[str, Json], line: str) -> None:
        if not value:
            self._out.append("{}")
            return
        emit, quoted, keys = self._out.append, self.quoted, self._keys
        inner = line and line + (self.indent or "")
        lead = "{" + inner
        for key, each in value.items():
            if key not in keys:
                keys[key] = quoted(key) + self.key
            emit(lead + keys[key])
            if type(each) is str:
                emit(quoted(each))
            else:
                self._write(each, inner)
            lead = self.item + inner
        emit(line + "}")

    def _write_array(self, value: list[Json], line: str) -> None:
        if not value:
            self._out.append("[]")
            return
        inner = line and line + (self.indent or "")
        lead = "[" + inner
        for each in value:
            self._out.append(lead)
            self._write(each, inner)
            lead = self.item + inner
        self._out.append(line + "]")
