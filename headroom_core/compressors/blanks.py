"""Fold runs of blank lines and the spaces that pad lines to one width."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.compressors.base import MAX_DECODED_CHARS, Compressor, Encoded
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.base import Hint
    from headroom_core.source import Source

_RUN = re.compile(r"(\\*)\(([1-9]\d{0,8}) blank lines\)")
_LEGEND = re.compile(
    r'"\(N blank lines\)" stands for N empty lines(?:; [^0-9]*(\d{1,6}) characters.*)?'
)
_LEAST_RUN = 16
_UNPADDED = "(end)"


class Blanks(Compressor):
    """`(N blank lines)`, and padding named once instead of written on every line."""

    name = "blanks"
    fits_any_text = True
    keeps_lines = True

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        del hint
        # Most lines end in a space where they are padded, and shorter runs do not pay.
        ends = source.text.count(" \n")
        padded = ends and 2 * ends + 2 > source.text.count("\n")
        width = _width(source.lines) if padded else 0
        if not width and "\n" * _LEAST_RUN not in source.text:
            return None
        lines = [_unpadded(line, width) for line in source.lines] if width else source.lines
        body = "\n".join(_without_blank_runs(lines))
        return Encoded(_legend(width), body) if len(body) < len(source) else None

    def decode(self, legend: str, body: str, context: Sequence[str] = ()) -> str:
        del context
        match = _LEGEND.fullmatch(legend)
        if match is None:
            raise DecodeError(f"`{self.name}` cannot read the legend {legend!r}")
        width = int(match[1] or 0)
        out: list[str] = []
        size = 0
        for line in body.split("\n"):
            run = _RUN.fullmatch(line)
            if run is None or run[1]:
                text, count = line[1:] if run else line, 1
            else:
                text, count = "", int(run[2])
            size += count * (max(width, len(text)) + 1)
            if size > MAX_DECODED_CHARS:
                raise DecodeError(
                    f"`{self.name}` would give more than {MAX_DECODED_CHARS} characters"
                )
            text = _padded(text, width)
            out.append(f"{text}\n" * (count - 1) + text)
        return "\n".join(out)


def _legend(width: int) -> str:
    blank = '"(N blank lines)" stands for N empty lines'
    pad = f'; spaces pad each line to {width} characters, but for lines that end in "{_UNPADDED}"'
    return blank + (pad if width else "")


def _width(lines: Sequence[str]) -> int:
    """The width that most lines are padded to with spaces, or 0."""
    width = max(map(len, lines))
    padded = sum(1 for line in lines if len(line) == width and line.endswith(" "))
    return width if padded * 2 > len(lines) and width < 10**6 else 0


def _unpadded(line: str, width: int) -> str:
    short = line.rstrip(" ")
    return short if len(line) == width and not short.endswith(_UNPADDED) else line + _UNPADDED


def _padded(line: str, width: int) -> str:
    if not width:
        return line
    return line.removesuffix(_UNPADDED) if line.endswith(_UNPADDED) else line.ljust(width)


def _without_blank_runs(lines: Sequence[str]) -> list[str]:
    out: list[str] = []
    blank = 0
    for line in [*lines, "end"]:
        if line == "":
            blank += 1
            continue
        out.extend([f"({blank} blank lines)"] if blank > 2 else [""] * blank)
        blank = 0
        out.append(f"\\{line}" if _RUN.fullmatch(line) else line)
    return out[:-1]
