"""Fold runs of equal lines."""

from __future__ import annotations

import re
from itertools import islice
from operator import eq
from typing import TYPE_CHECKING

from headroom_core.compressors.base import MAX_DECODED_CHARS, Compressor, Encoded
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.base import Hint
    from headroom_core.source import Source

LEGEND = '"LINE (xN)" stands for N equal lines in a row'
_EQUAL = re.compile(rb"\x01\x01*")
_COUNT = re.compile(r" \(x(\d{1,10})\)\Z")


class LineRuns(Compressor):
    """`LINE (xN)` for N equal lines in a row, where that is shorter."""

    name = "runs"
    fits_any_text = True
    keeps_lines = True

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        del hint
        runs = list(_runs(source.lines))
        if not runs:
            return None
        body = "\n".join(_folded(source, runs))
        return Encoded(LEGEND, body) if len(body) < len(source) else None

    def decode(self, legend: str, body: str, context: Sequence[str] = ()) -> str:
        del legend, context
        out: list[str] = []
        size = 0
        for line in body.split("\n"):
            match = _COUNT.search(line)
            text, count = (line[: match.start()], int(match[1])) if match else (line, 1)
            size += count * (len(text) + 1)
            if size > MAX_DECODED_CHARS:
                raise DecodeError(f"`{self.name}` would give more than {MAX_DECODED_CHARS} chars")
            if count:
                out.append(f"{text}\n" * (count - 1) + text)
        return "\n".join(out)


def _runs(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where equal lines in a row get shorter: the first, and the one after the last."""
    equal = bytes(map(eq, lines, islice(lines, 1, None)))
    for run in _EQUAL.finditer(equal):
        start, end = run.start(), run.end() + 1
        size = len(lines[start]) + 1
        if (end - start) * size > size + len(f" (x{end - start})"):
            yield start, end


def _folded(source: Source, runs: Sequence[tuple[int, int]]) -> Iterator[str]:
    """The lines, of each run but one with its count, and a count after what looks like one."""
    lines = source.lines
    counted = " (x" in source.text
    done = 0
    for start, end in (*runs, (len(lines), len(lines))):
        plain = lines[done:start]
        if counted:
            plain = [f"{line} (x1)" if _COUNT.search(line) else line for line in plain]
        yield from plain
        if start < end:
            yield f"{lines[start]} (x{end - start})"
        done = end
