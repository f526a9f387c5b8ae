"""Read a log back from its form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice, repeat
from typing import TYPE_CHECKING

from headroom_core.compressors.base import MAX_DECODED_CHARS
from headroom_core.compressors.batches import joined
from headroom_core.compressors.logs.grammar import (
    BREAK,
    DEFINITION,
    ESCAPE,
    FIELD_MARKS,
    NAME,
    REPEAT,
    SECTION,
    STAMPED,
    field_pattern,
)
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LEGEND = re.compile(r"first ([0-9]{1,7}) lines = templates, .* for its ([^ ,]+), ")


@dataclass(frozen=True, slots=True)
class _Format:
    text: str
    """The template for `%`."""
    holes: list[int]
    """Which value fills each `%s`; -1 stands for the text of the section."""
    fields: int
    plain: bool
    """Whether the values fill the holes just as they stand."""


class _Reader:
    """The state of one reading: templates, the current section, how much was written."""

    def __init__(self, formats: dict[str, _Format]) -> None:
        self.formats = formats
        self.stamp = ""
        self.room = MAX_DECODED_CHARS

    def read(self, line: str) -> str:
        """Return the source line of a line without a count."""
        first = line[:1]
        if "A" <= first <= "Z" and (named := NAME.match(line)):
            form = self.formats.get(named.group())
            if form is not None:
                return self._filled(form, line, named.end())
        if first == STAMPED:
            return self.stamp + line[1:]
        return line[1:] if first == ESCAPE else line

    def _filled(self, form: _Format, line: str, start: int) -> str:
        if form.fields:
            start += line.startswith(" ", start)
            values = line[start:].split(" ", form.fields - 1)
        else:
            values = [line[start:]] if len(line) > start else []
        if len(values) != form.fields:
            raise DecodeError(f"a line has not the values of its template: {line[:80]!r}")
        if not form.plain:
            if (len(line) + len(self.stamp)) * len(form.holes) > self.room:
                raise DecodeError("the log form repeats its values too often")
            values.append(self.stamp)
            values = [values[hole] for hole in form.holes]
        return form.text % tuple(values)

    def spend(self, size: int) -> None:
        """Stop before a forged form fills the memory."""
        self.room -= size
        if self.room < 0:
            raise DecodeError("the log form announces more text than a log can have")


def read(legend: str, body: str) -> str:
    """Return the text, or raise `DecodeError`."""
    said = _LEGEND.match(legend)
    if said is None or said[2] not in FIELD_MARKS:
        raise DecodeError("the legend of the log form was changed")
    lines = body.split("\n")
    count = int(said[1])
    if count > len(lines):
        raise DecodeError("the log form has fewer lines than templates")
    reader = _Reader(dict(_format(line, said[2]) for line in lines[:count]))
    return joined(_texts(reader, islice(lines, count, None)))


def _texts(reader: _Reader, lines: Iterable[str]) -> Iterator[str]:
    """The lines of the log, one by one."""
    for line in lines:
        if line.startswith(SECTION):
            reader.stamp = line[len(SECTION) :]
        elif line.startswith("x") and (counted := REPEAT.match(line)):
            text = reader.read(line[counted.end() :])
            reader.spend((len(text) + 1) * int(counted[1]))
            yield from repeat(text, int(counted[1]))
        else:
            text = reader.read(line)
            reader.spend(len(text) + 1)
            yield text


def _format(line: str, mark: str) -> tuple[str, _Format]:
    defined = DEFINITION.match(line)
    if defined is None:
        raise DecodeError(f"a line should define a template: {line[:80]!r}")
    found = field_pattern(mark)
    holes: list[int] = []
    fields = 0
    texts: list[str] = []
    for part in line[defined.end() :].split(BREAK):
        stamped = part.startswith(STAMPED)
        literal, *rest = found.split(part[stamped:])
        holes.extend([-1] * stamped)
        text = "%s" * stamped + literal.replace("%", "%%")
        for number, after in zip(rest[::2], rest[1::2], strict=True):
            holes.append(int(number) - 1 if number else fields)
            fields += not number
            if not 0 <= holes[-1] < fields:
                raise DecodeError(f"a template repeats a value it does not have: {line[:80]!r}")
            text += "%s" + after.replace("%", "%%")
        texts.append(text)
    plain = holes == list(range(fields))
    return defined[1], _Format("\n".join(texts), holes, fields, plain)
