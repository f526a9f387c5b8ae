"""`Stanzas`: blocks of lines that come back later in a text are written once and named."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from headroom_core.compressors.base import MAX_DECODED_CHARS, Compressor, Encoded
from headroom_core.compressors.batches import joined
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.base import Hint
    from headroom_core.source import Source

_LEGEND = "the lines between {n: and :n} come again, at its indent, where {n} stands"
_MARK = re.compile(
    r"(?P<indent>[ \t]*)(?P<escape>\\*)"
    r"(?:\{(?P<opens>\d{1,6}):|:(?P<closes>\d{1,6})\}|\{(?P<again>\d{1,6})\})"
)
_LAST_OF_MARK = frozenset(":}")
_SHINGLE = 2
_MOST_PLACES = 6
_SIEVE = 4
"""So many bytes for each line tell the pairs that come again from most of the others."""
_LEAST_CHARS = 24
_REFERENCE_CHARS = 12
_DEFINITION_CHARS = 16
_LEAST_GAIN = 0.02
_MOST_SIZE = 20_000_000


class _Lines:
    """Lines cut into indents and texts, each a number: millions of pairs of strings weigh."""

    def __init__(self, lines: Sequence[str]) -> None:
        texts: dict[str, int] = {}
        indents: dict[str, int] = {}
        self.texts = array("L")
        """The number of the text of each line; 0 where there is none."""
        self.indents = array("L")
        texts[""] = 0
        for line in lines:
            text = line.lstrip(" \t")
            self.texts.append(texts.setdefault(text, len(texts)))
            indent = line[: len(line) - len(text)]
            self.indents.append(indents.setdefault(indent, len(indents)))
        self._indents = list(indents)
        self._lengths = array("L", map(len, texts))

    def pairs(self) -> Iterator[int]:
        """A number for the texts of each line and the next one."""
        count = len(self._lengths)
        return (one * count + other for one, other in pairwise(self.texts))

    def pair(self, at: int) -> int:
        """The number for the texts of a line and the next one."""
        return self.texts[at] * len(self._lengths) + self.texts[at + 1]

    def again(self) -> bytearray:
        """Whether each line and the next one come more than once; perhaps for some that do not.

        Most pairs of lines come once, and a place to look them up takes many times their texts.
        """
        size = _SIEVE * len(self.texts) + 1
        seen = bytearray(size)
        for pair in self.pairs():
            seen[pair % size] += seen[pair % size] < 2
        return bytearray(seen[pair % size] > 1 for pair in self.pairs())

    def indent(self, at: int) -> str:
        """The indent of a line."""
        return self._indents[self.indents[at]]

    def size(self, start: int, end: int) -> int:
        """The characters of some lines without their indents."""
        return sum(self._lengths[text] for text in self.texts[start:end]) + end - start


class _Copy(NamedTuple):
    """The lines `start` to `end` stand already from `at` on, perhaps at another indent."""

    start: int
    end: int
    at: int

    @property
    def source(self) -> tuple[int, int]:
        return self.at, self.at + self.end - self.start


class Stanzas(Compressor):
    """Repeated stanzas and subtrees of configuration files, folded; every other line as it is."""

    name = "stanzas"
    fits_any_text = True
    keeps_lines = True

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        del hint
        if len(source) > _MOST_SIZE or not _may_pay(source):
            return None
        lines = _Lines(source.lines)
        copies = _worthwhile(lines, list(_copies(lines)))
        if not copies:
            return None
        body = joined(_written(source.lines, lines, copies))
        gain = len(source) - len(body) - len(_LEGEND)
        return Encoded(_LEGEND, body) if gain > _LEAST_GAIN * len(source) else None

    def decode(self, legend: str, body: str, context: Sequence[str] = ()) -> str:
        del context
        if legend != _LEGEND:
            raise DecodeError(f"`{self.name}` does not know the legend {legend!r}")
        out: list[str] = []
        starts: dict[str, int] = {}
        blocks: dict[str, list[str]] = {}
        size = 0
        for line in body.split("\n"):
            mark = _MARK.fullmatch(line)
            if mark is None or mark["escape"]:
                added = [line if mark is None else line.replace("\\", "", 1)]
            elif mark["opens"]:
                starts[mark["opens"]] = len(out)
                continue
            elif mark["closes"]:
                if mark["closes"] not in starts:
                    raise DecodeError(f"block {mark['closes']} ends but does not begin")
                blocks[mark["closes"]] = out[starts[mark["closes"]] :]
                continue
            else:
                added = _moved(blocks.get(mark["again"], []), mark["indent"])
            size += sum(map(len, added)) + len(added)
            if not added or size > MAX_DECODED_CHARS:
                raise DecodeError("a repeated block is unknown, or unfolds too far")
            out += added
        return "\n".join(out)


def _may_pay(source: Source) -> bool:
    """Whether enough comes again: a copy lies within such lines."""
    again = sum(size for _, _, size in source.again if size >= _LEAST_CHARS)
    return again > _LEAST_GAIN * len(source)


def _copies(lines: _Lines) -> Iterator[_Copy]:
    """Blocks that stand already among the lines that are written out, each as long as it goes."""
    texts = lines.texts
    again = lines.again()
    places: dict[int, list[int]] = {}
    copied = bytearray(len(texts))
    at = 0
    while at + _SHINGLE <= len(texts):
        # From each of many blank lines on, all that follow would be looked at in vain.
        if not again[at] or not any(texts[at : at + 3]):
            at += 1
            continue
        found = places.setdefault(lines.pair(at), [])
        best = _longest(lines, copied, at, found)
        if best is not None and lines.size(best.start, best.end) >= _LEAST_CHARS:
            yield best
            copied[best.start : best.end] = b"\1" * (best.end - best.start)
            at = best.end
            continue
        if len(found) < _MOST_PLACES:
            found.append(at)
        at += 1


def _longest(lines: _Lines, copied: bytearray, at: int, places: list[int]) -> _Copy | None:
    """The longest copy that begins at a line, of the earliest place."""
    best: _Copy | None = None
    for place in places:
        end = _grown(lines, copied, at, place)
        if best is None or end > best.end:
            best = _Copy(at, end, place)
    return best


def _grown(lines: _Lines, copied: bytearray, at: int, place: int) -> int:
    """Where a copy that begins at a line ends; its lines stand as those at `place` do."""
    texts, indents = lines.texts, lines.indents
    end, other, last = at, place, len(texts)
    here, there = lines.indent(at), lines.indent(place)
    alike = here == there
    while end < last and other < at and not copied[other] and texts[end] == texts[other]:
        if not (alike and indents[end] == indents[other] and lines.indent(end).startswith(here)):
            one, two = lines.indent(end), lines.indent(other)
            same = _moved_alike(one, here, two, there) if texts[end] else one == two == ""
            if not same:
                break
        end, other = end + 1, other + 1
    while end > at and not texts[end - 1]:
        end -= 1
    return end


def _moved_alike(one: str, base: str, other: str, other_base: str) -> bool:
    """Whether two indents stand in the same way to those of their blocks."""
    if not one.startswith(base) or not other.startswith(other_base):
        return False
    return one[len(base) :] == other[len(other_base) :]


def _worthwhile(lines: _Lines, copies: list[_Copy]) -> list[_Copy]:
    """The copies whose sources pay for being named."""
    uses = Counter(copy.source for copy in copies)
    return [
        copy
        for copy in copies
        if uses[copy.source] * (lines.size(copy.start, copy.end) - _REFERENCE_CHARS)
        > _DEFINITION_CHARS
    ]


def _written(lines: Sequence[str], cut: _Lines, copies: Sequence[_Copy]) -> Iterator[str]:
    """The lines with their blocks named, and names for what repeats."""
    names: dict[tuple[int, int], int] = {}
    for source in sorted({copy.source for copy in copies}):
        names[source] = len(names) + 1
    opens: dict[int, list[int]] = {}
    closes: dict[int, list[int]] = {}
    for (start, end), name in names.items():
        opens.setdefault(start, []).append(name)
        closes.setdefault(end, []).append(name)
    copy_at = {copy.start: copy for copy in copies}
    at = 0
    for stop in sorted({*opens, *closes, *copy_at, len(lines)}):
        yield from map(_escaped, lines[at:stop])
        at = max(at, stop)
        yield from (f":{name}}}" for name in closes.get(stop, ()))
        yield from (f"{{{name}:" for name in opens.get(stop, ()))
        copy = copy_at.get(stop)
        if copy is not None:
            yield f"{cut.indent(stop)}{{{names[copy.source]}}}"
            at = copy.end


def _escaped(line: str) -> str:
    mark = _MARK.fullmatch(line) if line[-1:] in _LAST_OF_MARK else None
    return line if mark is None else f"{mark['indent']}\\{line[mark.end('indent') :]}"


def _moved(block: Sequence[str], indent: str) -> list[str]:
    """A block at another indent."""
    if not block:
        return []
    base = block[0][: len(block[0]) - len(block[0].lstrip(" \t"))]
    if not all(not line or line.startswith(base) for line in block):
        raise DecodeError("a repeated block stands left of its first line")
    return [indent + line[len(base) :] if line else "" for line in block]
