"""A text as the JSON documents it holds, and whether it can be written back to the byte."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table import quick
from headroom_core.compressors.json_table.depth import MAX_DEPTH, is_shallow
from headroom_core.compressors.json_table.rows import Rows
from headroom_core.compressors.json_table.rows_in_text import read_rows
from headroom_core.compressors.json_table.style import COMPACT, Style, styles_like
from headroom_core.compressors.json_table.values import (
    Json,
    load_exactly,
    load_plain,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

JOINTS = {"\n": "lines", "": "joined", "\n\n": "spaced out", " ": "apart"}
"""What may stand between the documents of a text, and what a header calls it."""
_BLANKS = " \t\r\n"
BLANK = re.compile(f"[{_BLANKS}]*")
_BATCH = 1000
_LARGE = 1_000_000
_HEAVY = 4.5
_MANY_KEYS = 1000


@dataclass(frozen=True, slots=True)
class Document:
    """The value of a text: one JSON document, or a list of several that `between` joins."""

    value: Json | Rows
    style: Style
    exact: bool
    between: str | None = None
    at_once: bool = False
    """Whether it is long enough for `quick` to write it; its numbers must be finite."""

    def write(self) -> str:
        """The text again: the same bytes if `exact`."""
        return "".join(self._pieces())

    def writes(self, text: str) -> bool:
        """Whether the document is this text, to the byte; stops where it is not."""
        at = 0
        for piece in self._pieces():
            if not text.startswith(piece, at):
                may_hold_others = self.at_once and not quick.is_finite(text)
                return may_hold_others and replace(self, at_once=False).writes(text)
            at += len(piece)
        return at == len(text)

    def _pieces(self) -> Iterator[str]:
        if self.between is None:
            yield from self.style.pieces(self.value, at_once=self.at_once)
            return
        between = ""
        for batch in self._batches():
            yield between
            yield self.style.several(batch, self.between, at_once=self.at_once)
            between = self.between

    def _batches(self) -> Iterator[list[Json]]:
        """The documents, some at a time."""
        if isinstance(self.value, Rows):
            yield from map(list[Json], self.value.batches())
            return
        several: list[Json] = self.value if isinstance(self.value, list) else [self.value]
        for at in range(0, len(several), _BATCH):
            yield several[at : at + _BATCH]


def read_document(text: str) -> Document | None:
    """Read JSON; `None` when it is not JSON, has duplicate keys, is too deep or too heavy."""
    found = read_rows(text)
    # Objects that hardly share keys get no table, and would all be in memory at once.
    if is_heavy(text) and not (found and found.dense):
        return None
    several = found is not None and found.between is not None
    # What takes as much as the text itself comes before the values, which take many times more.
    if not is_shallow(text, MAX_DEPTH - 1 if several else MAX_DEPTH):
        return None
    if found is not None:
        return Document(found.rows, found.style, exact=True, between=found.between, at_once=True)
    try:
        try:
            value = load_plain(text)
        except json.JSONDecodeError as exc:
            return _read_several(text) if exc.msg == "Extra data" else None
        return _in_style(text, value, None, lambda: load_exactly(text))
    except (ValueError, RecursionError):
        return None


def is_heavy(text: str) -> bool:
    """Whether a text is large, and its values would take many times its memory."""
    return len(text) > _LARGE and weighs_much(text)


def weighs_much(text: str) -> bool:
    """Whether the values of a text would take many times its memory, told by counts.

    Such are millions of tiny objects, or of keys that never come back.
    """
    objects, arrays, commas = text.count("{"), text.count("["), text.count(",")
    may_be_keys = commas + objects > _MANY_KEYS * objects
    keys = text.count('":') if may_be_keys else 0
    own_keys = keys if keys > _MANY_KEYS * objects else 0
    weight = objects * 230 + arrays * 85 + commas * 30 + own_keys * 110
    return weight > _HEAVY * len(text)


def _read_several(text: str) -> Document | None:
    """Read several documents with the same text between each two, and nothing behind the last."""
    if text[-1] in _BLANKS or not is_shallow(text, MAX_DEPTH - 1):
        return None
    lines = _plain_lines(text)
    if lines is not None:
        return _in_style(text, lines, "\n", lambda: _document_lines(text, load_exactly) or [])
    values, spans = _documents(text)
    gaps = {text[end:start] for (_, end), (start, _) in pairwise(spans)}
    joint = gaps.pop()
    if gaps or joint not in JOINTS or spans[-1][1] < len(text):
        return None
    return _in_style(
        text, values, joint, lambda: [load_exactly(text[start:end]) for start, end in spans]
    )


def _plain_lines(text: str) -> list[Json] | None:
    if quick.pays(text):
        try:
            return quick.load_lines(text)
        except quick.UnsureError:
            pass
    return _document_lines(text, load_plain)


def _document_lines(text: str, load: Callable[[str], Json]) -> list[Json] | None:
    """The values of a text whose lines are documents, read at once.

    Lines that are no documents by themselves are not written back as they stood, so never used.
    """
    try:
        values = load("".join(("[", text.replace("\n", ",\n"), "]")))
    except json.JSONDecodeError:
        return None
    return values if isinstance(values, list) else None


def _documents(text: str) -> tuple[list[Json], list[tuple[int, int]]]:
    """The values that follow each other in a text, and where each stands."""
    decoder = json.JSONDecoder()
    values: list[Json] = []
    spans: list[tuple[int, int]] = []
    at = 0
    while at < len(text):
        value, end = decoder.raw_decode(text, at)
        values.append(value)
        spans.append((at, end))
        gap = BLANK.match(text, end)
        at = gap.end() if gap else end
    return values, spans


def _in_style(
    text: str, plain: Json, between: str | None, exactly: Callable[[], Json]
) -> Document | None:
    """Find the style that writes the text; only when none does, look at every number and key."""
    styles = list(styles_like(text))
    at_once = quick.pays(text)
    for value in _readings(plain, exactly):
        for style in styles:
            document = Document(value, style, exact=True, between=between, at_once=at_once)
            if document.writes(text):
                return document
    # Only one document can be compared as a value when its bytes do not come back.
    return Document(exactly(), COMPACT, exact=False) if between is None else None


def _readings(plain: Json, exactly: Callable[[], Json]) -> Iterator[Json]:
    """The value read fast, then read with care."""
    yield plain
    yield exactly()
