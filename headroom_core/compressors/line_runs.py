"""Fold runs of equal lines."""

from __future__ import annotations

import re
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from headroom_core.compressors.base import MAX_DECODED_CHARS, Compressor, Encoded
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.base import Hint
    from headroom_core.source import Source

LEGEND = '"LINE (xN)" stands for N equal lines in a row'
_COUNT = re.compile(r" \(x(\d{1,10})\)\Z")


class LineRuns(Compressor):
    """`LINE (xN)` for N equal lines in a row, where that is shorter."""

    name = "runs"
    fits_any_text = True
    keeps_lines = True

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        del hint
        lines = source.lines
        if not any(a == b for a, b in pairwise(lines)):
            return None
        body = "\n".join(_folded(lines))
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


def _folded(lines: Sequence[str]) -> list[str]:
    out: list[str] = []
    for line, run in groupby(lines):
        count = sum(1 for _ in run)
        mark = f" (x{count})"
        if count * (len(line) + 1) > len(line) + 1 + len(mark) or _COUNT.search(line):
            out.append(line + mark)
        else:
            out.extend([line] * count)
    return out
