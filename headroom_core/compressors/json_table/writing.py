"""JSON values as text: on one line or indented, with every number as it was."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import islice
from json.encoder import encode_basestring, encode_basestring_ascii
from math import isfinite
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table import quick
from headroom_core.compressors.json_table.rows import Rows
from headroom_core.compressors.json_table.values import Json, Number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_WORDS: dict[bool | None, str] = {True: "true", False: "false", None: "null"}
_SHORTEST = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_SURROGATE = re.compile("[\ud800-\udfff]")
_BATCH = 500
_FEW = 20
_MANY = 1000
_MOST_SHAPES = 10


def quote(text: str) -> str:
    """A string as JSON; letters stay letters, lone surrogates become escapes."""
    if text.isascii() or not _SURROGATE.search(text):
        return encode_basestring(text)
    return encode_basestring_ascii(text)


def dump(value: Json | Rows) -> str:
    """The shortest JSON text of a value."""
    if isinstance(value, Rows):
        return _dumped(map(list[Json], value.batches()))
    if isinstance(value, list) and len(value) > _MANY:
        return _dumped(value[at : at + _MANY] for at in range(0, len(value), _MANY))
    try:
        text = _SHORTEST.encode(value)
    except TypeError:
        return Writer(quoted=quote).write(value)
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return Writer(quoted=quote).write(value)


def _dumped(batches: Iterable[list[Json]]) -> str:
    """The text of a long array, whose items' texts are never in memory one by one all at once."""
    return f"[{','.join(dump(batch)[1:-1] for batch in batches)}]"


def is_dump(text: str, value: Json) -> bool:
    """Whether a text is the shortest one of a value."""
    return (quick.pays(text) and quick.dump(value) == text) or dump(value) == text


def scalar(value: Json) -> str:
    """The JSON text of anything but a string, an object or an array."""
    if isinstance(value, Number):
        return value.text
    if isinstance(value, bool) or value is None:
        return _WORDS[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and isfinite(value):
        return repr(value)
    return _SHORTEST.encode(value)


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes values with these separators; `indent` puts every item on its own line.

    Like-shaped objects are written column by column, which takes a fraction of the time, and in
    batches, so that never more than a few of them are in memory as the pieces they are made of.
    """

    quoted: Callable[[str], str]
    indent: str | None = None
    item: str = ","
    key: str = ":"

    def write(self, value: Json) -> str:
        """The text of a value."""
        return "".join(self.pieces(value))

    def pieces(self, value: Json) -> Iterator[str]:
        """The text of a value, piece by piece."""
        return self._pieces(value, "" if self.indent is None else "\n")

    def texts(self, values: Sequence[Json]) -> list[str]:
        """The texts of many values."""
        return self._texts(values, "" if self.indent is None else "\n")

    def _pieces(self, value: Json, line: str) -> Iterator[str]:
        inner = line and line + (self.indent or "")
        if isinstance(value, dict) and value:
            lead = "{" + inner
            for names, values in _batches(value):
                starts = [f"{self.quoted(name)}{self.key}" for name in names]
                yield from self._items(values, starts, lead, inner)
                lead = self.item + inner
            yield f"{line}}}"
        elif isinstance(value, list) and value:
            lead = "[" + inner
            for at in range(0, len(value), _BATCH):
                items = value[at : at + _BATCH]
                yield from self._items(items, [""] * len(items), lead, inner)
                lead = self.item + inner
            yield f"{line}]"
        else:
            yield self._text(value, line)

    def _items(
        self, values: Sequence[Json], starts: list[str], lead: str, line: str
    ) -> Iterator[str]:
        """Some items of an object, or of an array, each behind what it starts with."""
        between = self.item + line
        if len(values) < _FEW:
            # Each may be large: it comes in pieces of its own.
            for start, each in zip(starts, values, strict=True):
                yield lead + start
                yield from self._pieces(each, line)
                lead = between
            return
        texts = self._texts(values, line)
        if starts[0]:
            texts = [start + text for start, text in zip(starts, texts, strict=True)]
        yield lead + between.join(texts)

    def _text(self, value: Json, line: str) -> str:
        """The text of one value."""
        if isinstance(value, str):
            return self.quoted(value)
        if isinstance(value, dict):
            return self._objects([value], line)[0] if value else "{}"
        if isinstance(value, list):
            return self._arrays([value], line)[0]
        return scalar(value)

    def _texts(self, values: Sequence[Json], line: str) -> list[str]:
        kinds = set(map(type, values))
        if kinds == {str}:
            return [self.quoted(value) for value in values if isinstance(value, str)]
        if kinds == {int}:
            return list(map(str, values))
        if kinds == {dict} and all(values):
            return self._objects([value for value in values if isinstance(value, dict)], line)
        if kinds == {list}:
            return self._arrays([value for value in values if isinstance(value, list)], line)
        return [self._text(value, line) for value in values]

    def _objects(self, values: Sequence[dict[str, Json]], line: str) -> list[str]:
        """The texts of objects that are not empty, by columns where they have the same keys."""
        groups: dict[tuple[str, ...], list[int]] = {}
        for index, keys in enumerate(map(tuple, values)):
            groups.setdefault(keys, []).append(index)
        if len(groups) == 1:
            return self._alike(values, next(iter(groups)), line)
        if len(groups) > _MOST_SHAPES:
            return [self._alike([value], tuple(value), line)[0] for value in values]
        texts = [""] * len(values)
        for keys, places in groups.items():
            written = self._alike([values[place] for place in places], keys, line)
            for place, text in zip(places, written, strict=True):
                texts[place] = text
        return texts

    def _alike(
        self, values: Sequence[dict[str, Json]], keys: tuple[str, ...], line: str
    ) -> list[str]:
        """The texts of objects with these keys."""
        inner = line and line + (self.indent or "")
        names = (self.quoted(key).replace("%", "%%") + self.key for key in keys)
        form = f"{{{inner}{(self.item + inner).join(f'{name}%s' for name in names)}{line}}}"
        if len(values) == 1:
            return [form % tuple([self._text(each, inner) for each in values[0].values()])]
        columns = zip(*[value.values() for value in values], strict=True)
        texts = [self._texts(column, inner) for column in columns]
        return [form % row for row in zip(*texts, strict=True)]

    def _arrays(self, values: Sequence[list[Json]], line: str) -> list[str]:
        """The texts of arrays: their items are written as one column."""
        inner = line and line + (self.indent or "")
        items = iter(self._texts([item for value in values for item in value], inner))
        between = self.item + inner
        return [
            f"[{inner}{between.join(islice(items, len(value)))}{line}]" if value else "[]"
            for value in values
        ]


def _batches(value: dict[str, Json]) -> Iterator[tuple[tuple[str, ...], tuple[Json, ...]]]:
    names, values = iter(value), iter(value.values())
    while some := tuple(islice(names, _BATCH)):
        yield some, tuple(islice(values, _BATCH))
