"""JSON that stands in other text: behind a sentence, or in a code fence.

    Found 30 issues:
    [json, 31 lines: compact]
    [30 rows: id|title]
    …

All other lines are as they were.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.compressors.base import Encoded
from headroom_core.compressors.json_table.document import is_heavy
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FIRST = re.compile(r"[\[{](?=[\s\"\[{\d])")
# Begins with a literal, from which a search is ten times faster than from the start of a line.
_START = re.compile(rf"\n{_FIRST.pattern}")
_MARK = re.compile(r"\[json, ([0-9]{1,9}) lines: ([^\]\n]+)\]")
_MARK_OPENS = "[json, "
_DECODER = json.JSONDecoder()
_MOST_FAILURES = 20
_LEAST = 200
LEGEND = "text with JSON in it"


@dataclass(frozen=True, slots=True)
class Block:
    """Where a piece of JSON, of whole lines, stands in a text."""

    start: int
    end: int


def find_blocks(text: str) -> list[Block]:
    """The JSON in a text, each piece as long as one document follows the other line by line."""
    blocks: list[Block] = []
    start = 0 if _FIRST.match(text) else _next_start(text, 0)
    if start is None or is_heavy(text):
        return blocks
    failures = 0
    while start is not None and failures < _MOST_FAILURES:
        end = _end(text, start)
        if end is None:
            failures += 1
            start = _next_start(text, start + 1)
            continue
        if blocks and blocks[-1].end + 1 == start:
            blocks[-1] = Block(blocks[-1].start, end)
        else:
            blocks.append(Block(start, end))
        start = _next_start(text, end)
    return [block for block in blocks if block.end - block.start >= _LEAST]


def write_blocks(text: str, form_of: Callable[[str], Encoded | None]) -> Encoded | None:
    """The text with the forms of the JSON in it, or `None` when there is none."""
    if text.startswith(_MARK_OPENS) or f"\n{_MARK_OPENS}" in text:
        return None
    out: list[str] = []
    said: dict[str, None] = {}
    at = 0
    for block in find_blocks(text):
        form = form_of(text[block.start : block.end])
        if form is not None and form.exact:
            words, _, explained = form.legend.partition("; ")
            said.update(dict.fromkeys(explained.split("; ") if explained else ()))
            lines = form.body.count("\n") + 1
            out += [text[at : block.start], f"[json, {lines} lines: {words}]\n", form.body]
            at = block.end
    if not out:
        return None
    return Encoded("; ".join([LEGEND, *said]), "".join([*out, text[at:]]))


def read_blocks(body: str, read: Callable[[str, str], str]) -> str:
    """Undo `write_blocks`. Raises `DecodeError` when a piece of JSON is damaged."""
    return "\n".join(_unfolded(body.split("\n"), read))


def _unfolded(lines: list[str], read: Callable[[str, str], str]) -> Iterator[str]:
    at = 0
    while at < len(lines):
        match = _MARK.fullmatch(lines[at])
        at += 1
        if match is None:
            yield lines[at - 1]
            continue
        end = at + int(match[1])
        if end > len(lines):
            raise DecodeError(f"a piece of JSON announces {match[1]} lines, but some are gone")
        yield read(match[2], "\n".join(lines[at:end]))
        at = end


def _next_start(text: str, at: int) -> int | None:
    """Where the next line starts that may begin a JSON document."""
    match = _START.search(text, at)
    return None if match is None else match.start() + 1


def _end(text: str, start: int) -> int | None:
    """Where the JSON document that starts here ends, if that is the end of a line."""
    try:
        end = _DECODER.raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        return None
    return end if end == len(text) or text[end] == "\n" else None
