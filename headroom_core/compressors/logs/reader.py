"""Read a log back from its form."""

from __future__ import annotations

import re
from itertools import chain, repeat
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

_CHARS = 12_000
_LINE = re.compile(rf"^({NAME.pattern})?([^\n]*)", re.MULTILINE)
_MARKS = frozenset((SECTION[0], STAMPED, ESCAPE, "x"))
_LEGEND = re.compile(r"first ([0-9]{1,7}) lines = templates, .* for its ([^ ,]+), ")


class _Format:
    """A template, ready to be filled."""

    def __init__(self, texts: list[str], holes: list[int], fields: int) -> None:
        self._fields = fields
        self._splits = fields - 1
        self._between = texts
        """The template for `%`, cut where the text of the section stands."""
        self._holes = None if holes == list(range(fields)) else holes
        """Which value fills each `%s`, where they do not just as they stand."""
        self._copies = len(texts) - 1 + len(holes)
        self._stamp: str | None = None
        self._text = ""

    def fill(self, rest: str, stamp: str, room: int) -> str:
        """Return the lines with values from the rest of a line."""
        values = rest.removeprefix(" ").split(" ", self._splits) if self._fields else ()
        if len(values) != self._fields or (rest and not values):
            raise DecodeError(f"a line has not the values of its template: {rest[:80]!r}")
        if self._stamp != stamp or self._holes is not None:
            if (len(rest) + len(stamp)) * self._copies > room:
                raise DecodeError("the log form repeats its values too often")
            if self._holes is not None:
                values = [values[hole] for hole in self._holes]
            if self._stamp != stamp:
                self._stamp = stamp
                self._text = stamp.replace("%", "%%").join(self._between)
        return self._text % tuple(values)


class _Reader:
    """The state of one reading: templates, the current section, how much was written."""

    def __init__(self, formats: dict[str, _Format]) -> None:
        self.formats = formats
        self.stamp = ""
        self.room = MAX_DECODED_CHARS

    def read(self, lines: Iterable[tuple[str, str]]) -> Iterator[str]:
        """The source lines of some lines, each of which is a name, if any, and the rest."""
        named = self.formats.get
        for name, rest in lines:
            times = 1
            form = named(name)
            if form is not None:
                text = form.fill(rest, self.stamp, self.room)
            elif name or rest[:1] not in _MARKS:
                text = name + rest
            elif rest.startswith(SECTION):
                self.stamp = rest[len(SECTION) :]
                continue
            elif counted := REPEAT.match(rest):
                times = int(counted[1])
                text = self._line(*_LINE.findall(rest[counted.end() :])[0])
            else:
                text = self._line(name, rest)
            # Stop before a forged form fills the memory.
            self.room -= (len(text) + 1) * times
            if self.room < 0:
                raise DecodeError("the log form announces more text than a log can have")
            if times == 1:
                yield text
            else:
                yield from repeat(text, times)

    def _line(self, name: str, rest: str) -> str:
        """The source line of a line without a count."""
        form = self.formats.get(name)
        if form is not None:
            return form.fill(rest, self.stamp, self.room)
        if not name and rest[:1] == STAMPED:
            return self.stamp + rest[1:]
        return rest[1:] if not name and rest[:1] == ESCAPE else name + rest


def read(legend: str, body: str) -> str:
    """Return the text, or raise `DecodeError`."""
    said = _LEGEND.match(legend)
    if said is None or said[2] not in FIELD_MARKS:
        raise DecodeError("the legend of the log form was changed")
    count = int(said[1])
    lines = body.split("\n", count)
    if count > len(lines):
        raise DecodeError("the log form has fewer lines than templates")
    reader = _Reader(dict(_format(line, said[2]) for line in lines[:count]))
    found = chain.from_iterable(map(_found, lines[count:]))
    return joined(chain.from_iterable(map(reader.read, found)))


def _found(text: str) -> Iterator[list[tuple[str, str]]]:
    """The lines of a text, each as a name and the rest: some at a time."""
    start = 0
    while (end := text.find("\n", start + _CHARS)) >= 0:
        yield _LINE.findall(text, start, end)
        start = end + 1
    yield _LINE.findall(text, start)


def _format(line: str, mark: str) -> tuple[str, _Format]:
    defined = DEFINITION.match(line)
    if defined is None:
        raise DecodeError(f"a line should define a template: {line[:80]!r}")
    found = field_pattern(mark)
    holes: list[int] = []
    fields = 0
    texts = [""]
    for at, part in enumerate(line[defined.end() :].split(BREAK)):
        stamped = part.startswith(STAMPED)
        literal, *rest = found.split(part[stamped:])
        texts[-1] += "\n" if at else ""
        if stamped:
            texts.append("")
        texts[-1] += literal.replace("%", "%%")
        for number, after in zip(rest[::2], rest[1::2], strict=True):
            holes.append(int(number) - 1 if number else fields)
            fields += not number
            if not 0 <= holes[-1] < fields:
                raise DecodeError(f"a template repeats a value it does not have: {line[:80]!r}")
            texts[-1] += "%s" + after.replace("%", "%%")
    return defined[1], _Format(texts, holes, fields)
