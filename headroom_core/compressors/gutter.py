"""Thin out line numbers: one in ten is enough to find a line by."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.compressors.base import Compressor, Encoded
from headroom_core.compressors.gutters import find_runs, spell, style_of, texts_of, unspell
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.base import Hint
    from headroom_core.compressors.gutters import Run, Style
    from headroom_core.source import Source

EVERY = 10
_MOST_RAW = 8
_LEAST_SAVED = 100
_LEGEND = re.compile(
    r"line numbers \(as \"([^\"]*)\"(, blank lines trimmed)?\) only at the first line, every 10th"
    r" and after gaps(?:; without numbers: lines ((?:\d{1,9}-\d{1,9}(?:, )?)+) of this block)?"
)


class Gutter(Compressor):
    """Numbered source text: numbers on the first line, every tenth and after gaps; text as it is.

    Lines around the numbered ones (a tool's wrapper) stay as they are. A line whose own text
    looks like a numbered line keeps its number, so the decoder never has to guess.
    """

    name = "gutter"
    keeps_lines = True

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        del hint
        style = style_of(source.head)
        if style is None:
            return None
        lines = source.lines
        out: list[str] = []
        raw: list[tuple[int, int]] = []
        least = due = 0
        for run in find_runs(lines, style):
            # Up to the first number, and where `nl` left a blank line out, nothing needs saying.
            between = _raw(lines, len(out), run.start, style) if out else []
            goes_on = bool(out) and not between and run.first == due
            least = min(least, run.first) if out else run.first
            raw += between
            out += lines[len(out) : run.start]
            out += _thinned(lines, run, style, goes_on=goes_on)
            due = run.first + run.count
            if len(raw) > _MOST_RAW:
                return None
        raw += _raw(lines, len(out), len(lines), style)
        body = "\n".join(out + lines[len(out) :])
        if len(body) > len(source) - _LEAST_SAVED:
            return None
        return Encoded(_legend(style, least, raw), body)

    def decode(self, legend: str, body: str, context: Sequence[str] = ()) -> str:
        del context
        match = _LEGEND.fullmatch(legend)
        if match is None:
            raise DecodeError(f"`gutter` cannot read its legend {legend!r}")
        style, _ = unspell(match[1] + (match[2] or ""))
        raw = _read_raw(match[3] or "")
        blank = _blank(style)
        number: int | None = None
        out: list[str] = []
        for index, line in enumerate(body.split("\n")):
            found = style.number(line)
            if found is not None:
                number = found
                out.append(line)
            elif number is None or line == blank or _within(index, raw):
                out.append(line)
            else:
                number += 1
                out.append(style.write(number, line))
        return "\n".join(out)


def _blank(style: Style) -> str:
    """The line that `nl` writes where it does not number: blanks as wide as a prefix."""
    return " " * len(style.prefix(0))


def _raw(lines: list[str], start: int, stop: int, style: Style) -> list[tuple[int, int]]:
    """The range of lines between two runs, as a reader counts them, unless it shows by itself."""
    blank = _blank(style)
    if all(line == blank for line in lines[start:stop]):
        return []
    return [(start + 1, stop)]


def _thinned(lines: list[str], run: Run, style: Style, *, goes_on: bool) -> list[str]:
    """A run's lines, with numbers only where they help, or where the text looks numbered."""
    texts = texts_of(lines, run, style)
    looks_numbered = re.compile(
        rf"\n(?: *\d{{1,9}}{re.escape(style.sep.rstrip(' '))}|{_blank(style)}(?:\n|\Z))"
    )
    kept = list(range(-run.first % EVERY, run.count, EVERY))
    if looks_numbered.search("\n".join(("", *texts))):
        also = (k for k, text in enumerate(texts) if looks_numbered.match(f"\n{text}"))
        kept = sorted({*kept, *also})
    for index in kept if goes_on else (0, *kept):
        texts[index] = lines[run.start + index]
    return texts


def _legend(style: Style, least: int, raw: list[tuple[int, int]]) -> str:
    # The least number shows how wide the column is: a large one may fill it.
    ranges = ", ".join(f"{start}-{end}" for start, end in raw)
    return (
        f"line numbers (as {spell(style, least)}) only at the first line, every 10th and after gaps"
        + (f"; without numbers: lines {ranges} of this block" if raw else "")
    )


def _read_raw(text: str) -> list[tuple[int, int]]:
    """The ranges of a legend, as indices."""
    found = [part.split("-") for part in text.split(", ") if part]
    if len(found) > _MOST_RAW + 1 or any(len(each) != 2 for each in found):
        raise DecodeError(f"{text!r} are no ranges of lines")
    return [(int(start) - 1, int(end)) for start, end in found]


def _within(index: int, ranges: list[tuple[int, int]]) -> bool:
    return any(start <= index < end for start, end in ranges)
