"""A text as the JSON documents it holds, and whether it can be written back to the byte."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table.style import COMPACT, Style, styles_like
from headroom_core.compressors.json_table.values import (
    Json,
    is_shallow,
    load_exactly,
    load_plain,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

JOINTS = {"\n": "lines", "": "joined", "\n\n": "spaced out", " ": "apart"}
"""What may stand between the documents of a text, and what a header calls it."""
_BLANK = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class Document:
    """The value of a text: one JSON document, or a list of several that `between` joins."""

    value: Json
    style: Style
    exact: bool
    between: str | None = None

    def write(self) -> str:
        """The text again: the same bytes if `exact`."""
        if self.between is None:
            return self.style.write(self.value)
        several = self.value if isinstance(self.value, list) else [self.value]
        return self.between.join(map(self.style.write, several))


def read_document(text: str) -> Document | None:
    """Read JSON; `None` when it is not JSON, has duplicate keys or is too deep."""
    try:
        try:
            value = load_plain(text)
        except json.JSONDecodeError as exc:
            return _read_several(text) if exc.msg == "Extra data" else None
        return _in_style(text, value, None, lambda: load_exactly(text))
    except (ValueError, RecursionError):
        return None


def _read_several(text: str) -> Document | None:
    """Read several documents with the same text between each two."""
    values, spans = _documents(text)
    gaps = {text[end:start] for (_, end), (start, _) in pairwise(spans)}
    joint = gaps.pop()
    if gaps or joint not in JOINTS or spans[-1][1] < len(text):
        return None
    return _in_style(
        text, values, joint, lambda: [load_exactly(text[start:end]) for start, end in spans]
    )


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
        gap = _BLANK.match(text, end)
        at = gap.end() if gap else end
    return values, spans


def _in_style(
    text: str, plain: Json, between: str | None, exactly: Callable[[], Json]
) -> Document | None:
    """Find the style that writes the text; only when none does, look at every number and key."""
    if not is_shallow(plain):
        return None
    styles = list(styles_like(text))
    for value in _readings(plain, exactly):
        for style in styles:
            document = Document(value, style, exact=True, between=between)
            if document.write() == text:
                return document
    # Only one document can be compared as a value when its bytes do not come back.
    return Document(exactly(), COMPACT, exact=False) if between is None else None


def _readings(plain: Json, exactly: Callable[[], Json]) -> Iterator[Json]:
    """The value read fast, then read with care."""
    yield plain
    yield exactly()
