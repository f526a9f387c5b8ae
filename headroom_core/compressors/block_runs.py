"""Fold blocks of lines that repeat one after another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.compressors.base import MAX_DECODED_CHARS, Compressor, Encoded
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.base import Hint
    from headroom_core.source import Source

LEGEND = '"(N lines above, M more times)" stands for M more copies of those lines'
LONGEST_BLOCK = 60
_LEAST_CHARS = 40
_MARK = re.compile(r"(\\*)\((\d{1,3}) lines above, ([1-9]\d{0,8}) more times?\)")


class BlockRuns(Compressor):
    """A block of 2 to 60 lines that repeats at once is written once, with a count."""

    name = "blocks"
    fits_any_text = True
    keeps_lines = True

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        del hint
        lines = source.lines
        folds = list(_folds(source))
        if not folds:
            return None
        marked = " lines above, " in source.text
        out: list[str] = []
        done = 0
        for start, period, times in folds:
            out += _plain(lines[done:start], marked=marked)
            out.append(f"({period} lines above, {times} more time{'s' if times > 1 else ''})")
            done = start + period * times
        out += _plain(lines[done:], marked=marked)
        body = "\n".join(out)
        return Encoded(LEGEND, body) if len(body) < len(source) else None

    def decode(self, legend: str, body: str, context: Sequence[str] = ()) -> str:
        del legend, context
        out: list[str] = []
        above: list[str] = []  # the lines since the last mark: no mark reaches further back
        size = 0
        for line in body.split("\n"):
            match = _MARK.fullmatch(line)
            if match is None or match[1]:
                above.append(line[1:] if match else line)
                out.append(above[-1])
            else:
                room = MAX_DECODED_CHARS - size
                out.append(self._copies(above, int(match[2]), int(match[3]), room))
                above.clear()
            size += len(out[-1]) + 1
        return "\n".join(out)

    def _copies(self, above: Sequence[str], period: int, times: int, room: int) -> str:
        if not 0 < period <= len(above):
            raise DecodeError(f"`{self.name}` repeats {period} lines, but {len(above)} stand above")
        block = "\n".join(above[-period:])
        if times * (len(block) + 1) > room:
            raise DecodeError(f"`{self.name}` would give more than {MAX_DECODED_CHARS} characters")
        return f"{block}\n" * (times - 1) + block


def _folds(source: Source) -> Iterator[tuple[int, int, int]]:
    """Where a block comes again, of how many lines it is, and how often it comes."""
    lines = source.lines
    last = 0  # where the last fold began: what follows must repeat lines that still stand there
    for start, end, size in source.again:
        if size <= _LEAST_CHARS:
            continue
        first = max(last, start - LONGEST_BLOCK)
        last_seen = {line: at for at, line in enumerate(lines[first:start], first)}
        at = start
        while at < end:
            period = at - last_seen.get(lines[at], -1)
            times = _repeats(lines, at, period) if 2 <= period <= min(LONGEST_BLOCK, at) else 0
            if times:
                yield at, period, times
                at += period * times
                last_seen.clear()
                last = at
            else:
                last_seen[lines[at]] = at
                at += 1


def _plain(lines: Sequence[str], *, marked: bool) -> Sequence[str]:
    """Lines as they stand, but for those that read like one of our marks."""
    if not marked:
        return lines
    return [f"\\{line}" if _MARK.fullmatch(line) else line for line in lines]


def _repeats(lines: Sequence[str], at: int, period: int) -> int:
    """How often the `period` lines before `at` come again from `at` on; 0 when not worth it."""
    if lines[at + 1 : at + 2] != lines[at + 1 - period : at + 2 - period]:
        return 0  # as nearly always
    block = lines[at - period : at]
    times = 0
    while lines[at + times * period : at + (times + 1) * period] == block:
        times += 1
    return times if times * sum(len(line) + 1 for line in block) > _LEAST_CHARS else 0
