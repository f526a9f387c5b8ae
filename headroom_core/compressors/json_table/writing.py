"""JSON values as text: on one line or indented, with every number as it was."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table.values import Json, Number

if TYPE_CHECKING:
    from collections.abc import Callable

_SURROGATE = re.compile("[\ud800-\udfff]")


def quote(text: str) -> str:
    """A string as JSON; letters stay letters, lone surrogates become escapes."""
    return encode_basestring_ascii(text) if _SURROGATE.search(text) else encode_basestring(text)


def dump(value: Json) -> str:
    """The shortest JSON text of a value."""
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except TypeError:
        return Writer(quoted=quote).write(value)
    return Writer(quoted=quote).write(value) if _SURROGATE.search(text) else text


def scalar(value: Json) -> str:
    """The JSON text of anything but a string, an object or an array."""
    if isinstance(value, Number):
        return value.text
    if type(value) is int:
        return str(value)
    return json.dumps(value)


@dataclass(slots=True)
class Writer:
    """Writes values with these separators; `indent` puts every item on its own line."""

    quoted: Callable[[str], str]
    indent: str | None = None
    item: str = ","
    key: str = ":"
    _out: list[str] = field(default_factory=list[str])

    def write(self, value: Json) -> str:
        """The text of a value."""
        self._out.clear()
        self._write(value, "" if self.indent is None else "\n")
        return "".join(self._out)

    def _write(self, value: Json, line: str) -> None:
        if isinstance(value, str):
            self._out.append(self.quoted(value))
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
        inner = line and line + (self.indent or "")
        lead = "{" + inner
        for key, each in value.items():
            self._out.append(f"{lead}{self.quoted(key)}{self.key}")
            self._write(each, inner)
            lead = self.item + inner
        self._out.append(line + "}")

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
