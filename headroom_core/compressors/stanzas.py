"""`Stanzas`: blocks of lines that come back later in a text are written once and named."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from headroom_core.compressors.base import MAX_DECODED_CHARS, Compressor, Encoded
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
_SHINGLE = 2
_MOST_PLACES = 6
_LEAST_CHARS = 24
_REFERENCE_CHARS = 12
_DEFINITION_CHARS = 16
_LEAST_GAIN = 0.02
_MOST_SIZE = 20_000_000
_PROBE = 4_000


class _Line(NamedTuple):
    indent: str
    text: str


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
    keeps_lines = True

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        del hint
        if len(source) > _MOST_SIZE or not _may_repeat(source):
            return None
        lines = [_cut(line) for line in source.lines]
        copies = _worthwhile(lines, list(_copies(lines)))
        if not copies:
            return None
        body = "\n".join(_written(source.lines, lines, copies))
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


def _may_repeat(source: Source) -> bool:
    """Whether lines of a sample come again: enough to say no."""
    text = source.text
    half = len(text) // 2
    sample = text if len(text) < 4 * _PROBE else text[:_PROBE] + text[half : half + 3 * _PROBE]
    lines = [line.strip() for line in sample.split("\n")]
    long = [line for line in lines if len(line) > 3]
    return len(long) > 8 and len(set(long)) < 0.97 * len(long)


def _cut(line: str) -> _Line:
    text = line.lstrip(" \t")
    return _Line(line[: len(line) - len(text)], text)


def _copies(lines: Sequence[_Line]) -> Iterator[_Copy]:
    """Blocks that stand already among the lines that are written out, each as long as it goes."""
    places: dict[tuple[str, str], list[int]] = {}
    copied = bytearray(len(lines))
    at = 0
    while at + _SHINGLE <= len(lines):
        key = (lines[at].text, lines[at + 1].text)
        best = max(
            (_grown(lines, copied, at, place) for place in places.get(key, ())),
            key=lambda copy: (copy.end, -copy.at),
            default=None,
        )
        if best is not None and _size(lines, best) >= _LEAST_CHARS:
            yield best
            copied[best.start : best.end] = b"\1" * (best.end - best.start)
            at = best.end
            continue
        found = places.setdefault(key, [])
        if len(found) < _MOST_PLACES:
            found.append(at)
        at += 1


def _grown(lines: Sequence[_Line], copied: bytearray, at: int, place: int) -> _Copy:
    """The copy that begins at a line; its lines stand to each other as those at `place` do."""
    end, other = at, place
    here, there = lines[at].indent, lines[place].indent
    while end < len(lines) and other < at and not copied[other]:
        line = lines[end]
        same = here == there and line == lines[other] and line.indent.startswith(here)
        if not same and not _same(line, here, lines[other], there):
            break
        end, other = end + 1, other + 1
    while end > at and not lines[end - 1].text:
        end -= 1
    return _Copy(at, max(end, at), place)


def _same(line: _Line, base: str, other: _Line, other_base: str) -> bool:
    if line.text != other.text:
        return False
    if not line.text:
        return line.indent == other.indent == ""
    if not line.indent.startswith(base) or not other.indent.startswith(other_base):
        return False
    return line.indent[len(base) :] == other.indent[len(other_base) :]


def _size(lines: Sequence[_Line], copy: _Copy) -> int:
    return sum(len(line.text) + 1 for line in lines[copy.start : copy.end])


def _worthwhile(lines: Sequence[_Line], copies: list[_Copy]) -> list[_Copy]:
    """The copies whose sources pay for being named."""
    uses = Counter(copy.source for copy in copies)
    return [
        copy
        for copy in copies
        if uses[copy.source] * (_size(lines, copy) - _REFERENCE_CHARS) > _DEFINITION_CHARS
    ]


def _written(lines: Sequence[str], cut: Sequence[_Line], copies: Sequence[_Copy]) -> Iterator[str]:
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
    while at < len(lines):
        yield from (f":{name}}}" for name in closes.get(at, ()))
        yield from (f"{{{name}:" for name in opens.get(at, ()))
        copy = copy_at.get(at)
        if copy is not None:
            yield f"{cut[at].indent}{{{names[copy.source]}}}"
            at = copy.end
        else:
            yield _escaped(lines[at])
            at += 1


def _escaped(line: str) -> str:
    mark = _MARK.fullmatch(line)
    return line if mark is None else f"{mark['indent']}\\{line[mark.end('indent') :]}"


def _moved(block: Sequence[str], indent: str) -> list[str]:
    """A block at another indent."""
    if not block:
        return []
    base = _cut(block[0]).indent
    if not all(not line or line.startswith(base) for line in block):
        raise DecodeError("a repeated block stands left of its first line")
    return [indent + line[len(base) :] if line else "" for line in block]
