"""Blocks that an earlier tool result already shows: pointers to where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.compressors.base import Compressor, Encoded
from headroom_core.compressors.bases import (
    LEAST_ANCHOR,
    MAX_CHARS,
    SHELF,
    base_of,
    checked,
    digest,
    label,
    latest_bases,
)
from headroom_core.compressors.gutters import bare, describe, dress, number_of, read_description
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.base import Hint
    from headroom_core.compressors.gutters import Bare, Run, Style
    from headroom_core.source import Source

_LEAST_CHARS = 400
_LEAST_LINES, _LEAST_LINES_CHARS = 12, 160
_LEAST_BLOCK_CHARS = 260
_MOST_PLACES = 8
_EXCERPT = 32
_EVERY = 10
_MEANING = '"[=" starts a pointer to lines that an earlier tool result of this conversation shows'
_LEGEND = re.compile(re.escape(_MEANING) + r"((?:; lines [^;]*)*); sha256 ([0-9a-f]{8})")
_POINTER = re.compile(
    r"\[= (\d{1,9}) lines? of tool result (\d{1,9})(?: \([^()]*\))? from line (-?\d{1,9}): .*\]"
)
_LOOKS_LIKE_POINTER = re.compile(r"\\*\[= ")


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines `start` to `end` stand in base `base` from `at` on."""

    start: int
    end: int
    base: int
    at: int


class Repeats(Compressor):
    """Blocks of 12 lines, or of some 64 tokens, that stand verbatim in an earlier tool result.

    Each becomes a line that names the result and the block's first and last line. Gutters do not
    count: the same lines are found under other numbers. Other lines are as they were, and numbered
    ones carry their number where a block ends and at every tenth line.
    """

    name = "repeats"
    keeps_lines = True

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        if not _LEAST_CHARS <= len(source) <= MAX_CHARS:
            return None
        usable = latest_bases(hint.earlier)
        if not usable:
            return None
        here = bare(source.lines, source.head)
        bases = {index: SHELF.base(hint.earlier[index].original) for index in usable}
        places = _places(here.lines, {index: base.places for index, base in bases.items()})
        there = {index: base.bare for index, base in bases.items()}
        blocks = list(_blocks(here.lines, {i: b.lines for i, b in there.items()}, places))
        if not blocks:
            return None
        out: list[str] = []
        at = 0
        for block in blocks:
            out += _shown(here, at, block.start)
            name = label(hint.earlier[block.base])
            out.append(_pointer(here.lines, block, there[block.base].offset, name))
            at = block.end
        out += _shown(here, at, len(here.lines))
        return Encoded(f"{_MEANING}{describe(here)}; sha256 {digest(source.text)}", "\n".join(out))

    def decode(self, legend: str, body: str, context: Sequence[str] = ()) -> str:
        match = _LEGEND.fullmatch(legend)
        if match is None:
            raise DecodeError(f"`repeats` cannot read its legend {legend!r}")
        style, runs = read_description(match[1])
        out: list[str] = []
        size = 0
        for line in body.split("\n"):
            pointer = _POINTER.fullmatch(line)
            if pointer is None:
                out.append(_read(line, len(out), style, runs))
                continue
            count, number, first = (int(each) for each in pointer.groups())
            there = base_of(context, number)
            at = first - there.offset
            if at < 0 or at + count > len(there.lines):
                raise DecodeError(f"tool result {number} has no {count} lines from {first}")
            out += there.lines[at : at + count]
            size += count + sum(map(len, there.lines[at : at + count]))
            if size > MAX_CHARS:
                raise DecodeError("the pointers stand for too much text")
        return checked("\n".join(dress(out, style, runs)), match[2])


def _places(
    lines: list[str], tables: dict[int, dict[str, list[int]]]
) -> dict[str, list[tuple[int, int]]]:
    """Where the lines of a text stand in the bases, oldest first, a few places a line."""
    wanted = {line for line in lines if len(line) >= LEAST_ANCHOR}
    found: dict[str, list[tuple[int, int]]] = {}
    for index, table in tables.items():
        for line in table.keys() & wanted:
            at = found.setdefault(line, [])
            at += [(index, place) for place in table[line][: _MOST_PLACES - len(at)]]
    return found


def _blocks(
    lines: list[str], bases: dict[int, list[str]], places: dict[str, list[tuple[int, int]]]
) -> Iterator[_Block]:
    """The blocks that are worth a pointer, each as long as it goes, in order."""
    done = at = 0
    while at < len(lines):
        best = max(
            (
                _grown(lines, bases[base], at, _Block(done, at, base, place))
                for base, place in places.get(lines[at], ())
            ),
            key=lambda block: block.end - block.start,
            default=None,
        )
        if best is None:
            at += 1
        elif _is_worth_it(lines, best):
            yield best
            done = at = best.end
        else:
            at = max(at + 1, best.end - _LEAST_LINES)


def _grown(lines: list[str], there: list[str], at: int, seed: _Block) -> _Block:
    """The block around one line that is the same on both sides, not before `seed.start`."""
    end, other = at, seed.at
    while end < len(lines) and other < len(there) and lines[end] == there[other]:
        end, other = end + 1, other + 1
    start, other = at, seed.at
    while start > seed.start and other > 0 and lines[start - 1] == there[other - 1]:
        start, other = start - 1, other - 1
    return _Block(start, end, seed.base, other)


def _is_worth_it(lines: list[str], block: _Block) -> bool:
    size = sum(map(len, lines[block.start : block.end]))
    least = _LEAST_LINES_CHARS if block.end - block.start >= _LEAST_LINES else _LEAST_BLOCK_CHARS
    return size >= least


def _pointer(lines: list[str], block: _Block, offset: int, name: str) -> str:
    count = block.end - block.start
    first, last = _excerpt(lines[block.start]), _excerpt(lines[block.end - 1])
    shown = f'"{first}"' if count == 1 else f'"{first}" … "{last}"'
    called = f" ({name})" if name else ""
    plural = "line" if count == 1 else "lines"
    number = block.base + 1
    at = block.at + offset
    return f"[= {count} {plural} of tool result {number}{called} from line {at}: {shown}]"


def _excerpt(line: str) -> str:
    text = line.strip()
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…"


def _shown(here: Bare, start: int, end: int) -> Iterator[str]:
    """Lines between two pointers, numbered at their first and every tenth one."""
    for index in range(start, end):
        line = here.lines[index]
        number = number_of(index, here.runs)
        if here.style is None or number is None:
            yield _escaped(line)
        elif (
            index == start
            or number % _EVERY == 0
            or number_of(index - 1, here.runs) is None
            or here.style.text(line, number) is not None
        ):
            yield here.style.write(number, line)
        else:
            yield _escaped(line)


def _read(line: str, index: int, style: Style | None, runs: Sequence[Run]) -> str:
    """A shown line without its number and its escape."""
    number = number_of(index, runs)
    if style is not None and number is not None:
        text = style.text(line, number)
        if text is not None:
            return text
    return line[1:] if line.startswith("\\") and _LOOKS_LIKE_POINTER.match(line) else line


def _escaped(line: str) -> str:
    return f"\\{line}" if _LOOKS_LIKE_POINTER.match(line) else line
