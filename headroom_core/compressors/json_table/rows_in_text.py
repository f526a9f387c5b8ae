"""A long text that is nothing but objects, read part by part: an array of them, or lines."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from headroom_core.compressors.json_table import quick
from headroom_core.compressors.json_table.rows import Row, Rows, rows_of, shared
from headroom_core.compressors.json_table.style import Style, styles_like
from headroom_core.compressors.json_table.values import Json, Value, load_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

FROM = 100_000
"""From so many characters on the objects are worth to be let go."""
PART = 16_000
"""About so many characters are read at once."""
_TINY = 80
"""An object of more characters takes no more than a few times their memory."""
_MOST_TRIES = 8
_MOST_LEFT = 4
"""A longer rest is not read at once: it may be anything."""
_SPARSE = 4
_MANY_KEYS = 1000
"""Tiny objects cannot hold a quarter of so many keys."""
_FIRST_KEY = re.compile(r'\{\s*("[^"\\]*")')


class RowsRead(NamedTuple):
    """What a text holds and how it is written back to the byte; `between` stands between lines."""

    rows: Rows
    style: Style
    between: str | None
    dense: bool
    """Whether the objects have at least a quarter of all keys each, so that a table has room."""


def read_rows(text: str) -> RowsRead | None:
    """The objects of a text that is long and holds nothing else, if they come back to the byte."""
    if len(text) < FROM or text[0] not in "[{" or text[-1] not in "]}":
        return None
    # What is told in no time comes first; most texts hold no line break, or no backslash, at all.
    if text.count("{") * _TINY < len(text):
        return None
    if text[0] == "{" and not ("\n" in text and "}\n{" in text):
        return None
    if ("\\" in text and '\\"' in text) or not quick.is_finite(text):
        return None
    between = None if text[0] == "[" else "\n"
    for style in styles_like(text):
        reader = _Reader(text, style, between)
        if reader.reads_all():
            return RowsRead(reader.rows(), style, between, reader.dense)
    return None


class _Reader:
    """Reads a text part by part, and of each part makes sure that it comes back."""

    def __init__(self, text: str, style: Style, between: str | None) -> None:
        indent = style.indent or ""
        line = f"{chr(13) if style.crlf else ''}\n{indent}" if indent else ""
        self._text = text
        self._style = style
        self._between = between
        self._lead = "" if between else f"[{line}"
        self._end = "" if between else f"{line.removesuffix(indent)}]"
        self._joint = between or style.item + line
        key = _FIRST_KEY.match(text, len(self._lead))
        self._key = text[len(self._lead) : key.end()] if key else "{"
        self._spans: list[tuple[int, int]] = []
        self._starts = [0]
        self._keys: tuple[str, ...] = ()
        self._columns: list[list[Value]] = []
        self._uniform = True
        self._known: set[str] = set()
        self._held = 0

    @property
    def dense(self) -> bool:
        return 0 < len(self._known) * self._starts[-1] <= _SPARSE * self._held

    def reads_all(self) -> bool:
        """Read the text; whether it holds nothing else and comes back."""
        text, at, end = self._text, len(self._lead), len(self._text) - len(self._end)
        if not (text.startswith(self._lead) and text.endswith(self._end)):
            return False
        while at < end:
            for stop in self._stops(at, end):
                rows = self._load(at, stop)
                if rows is not None:
                    break
            else:
                return False
            if not self._comes_back(rows, at, stop):
                return False
            self._take(rows, at, stop)
            at = stop + len(self._joint)
        return at == end + len(self._joint)

    def rows(self) -> Rows:
        """What was read."""
        if self._uniform:
            columns = dict(zip(self._keys, self._columns, strict=True))
            return rows_of(columns, self._starts[-1])
        return Rows(self._starts, lambda batch: self._load(*self._spans[batch]) or [])

    def _stops(self, at: int, end: int) -> Iterator[int]:
        """Where a part may end, the likeliest first: where all that is opened in it is closed."""
        unlikely: list[int] = []
        for stop in self._breaks(at, end):
            if self._text.count("{", at, stop) == self._text.count("}", at, stop):
                yield stop
            else:
                unlikely.append(stop)
        yield from unlikely

    def _breaks(self, at: int, end: int) -> Iterator[int]:
        """Where an object begins, those like the first one coming first."""
        for opening in dict.fromkeys((self._key, "{")):
            stop = at + PART
            for _ in range(_MOST_TRIES):
                stop = self._text.find(f"}}{self._joint}{opening}", stop, end) + 1
                if not stop:
                    break
                yield stop
        if end - at <= _MOST_LEFT * PART:
            yield end

    def _load(self, at: int, stop: int) -> list[Row] | None:
        text = self._text[at:stop]
        if self._between:
            text = text.replace("\n", ",")  # in strings there is none
        values = _loaded(f"[{text}]")
        items = values if isinstance(values, list) else []
        rows = [each for each in items if isinstance(each, dict)]
        return rows if 0 < len(rows) == len(items) else None

    def _comes_back(self, rows: list[Row], at: int, stop: int) -> bool:
        if self._between:
            text = self._style.several(list[Json](rows), self._between, at_once=True)
        else:
            text = "".join(self._style.pieces(list[Json](rows), at_once=True))
        start = len(self._lead)
        return text[start : len(text) - len(self._end)] == self._text[at:stop]

    def _take(self, rows: list[Row], at: int, stop: int) -> None:
        self._spans.append((at, stop))
        self._starts.append(self._starts[-1] + len(rows))
        self._held += sum(map(len, rows))
        if len(self._known) < _MANY_KEYS:
            self._known.update(*rows)
        if not self._uniform:
            return
        if not self._columns:
            self._keys = tuple(rows[0])
            self._columns = [[] for _ in self._keys]
        self._uniform = set(map(tuple, rows)) == {self._keys} and bool(self._keys)
        if self._uniform:
            values: list[Value] = list(chain.from_iterable(map(dict[str, Json].values, rows)))
            for index, column in enumerate(self._columns):
                column.extend(shared(values[index :: len(self._keys)]))
        else:
            self._columns = []


def _loaded(text: str) -> Json:
    """The value of a part, or `None`; the same whether `quick` can read it or not."""
    try:
        return quick.load(text)
    except quick.UnsureError:
        pass
    try:
        return load_plain(text)
    except (ValueError, RecursionError):
        return None
