"""Source lines by their numbers."""

from __future__ import annotations

import re

from headroom_core.compressors.gutters import bare
from headroom_core.errors import RetrieveError
from headroom_core.retrieval.answer import Piece, Selection

_RANGE = re.compile(r"(?P<first>\d{1,12})?\s*(?P<dash>[-:–])?\s*(?P<last>\d{1,12})?")
MOST_RANGES = 1_000
_GUTTER_LINES = 100


def lines_of(text: str) -> list[str]:
    r"""Split a text at every `\n`; what follows the last one is a line unless it is empty."""
    lines = text.split("\n")
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    return lines


def select_lines(text: str, asked: str) -> Selection:
    """Return the lines of `120-180`, `7`, `-20` (the last 20), `400-` or several of them.

    Where the text itself numbers its lines, as `cat -n` does, those are the numbers that count.
    """
    lines = lines_of(text)
    places = _numbered(lines)
    last_number = max(places, default=0)
    ranges = [_parsed(part.strip(), last_number) for part in asked.split(",")[:MOST_RANGES]]
    wanted = dict.fromkeys(number for first, last in ranges for number in range(first, last + 1))
    pieces = [Piece(lines[places[each]], each, each) for each in wanted if each in places]
    head = "" if pieces else f"[no such line: the original has {len(lines)} lines]"
    return Selection("lines", len(lines), pieces, head)


def whole(text: str) -> Selection:
    """Return all lines."""
    lines = lines_of(text)
    return Selection("lines", len(lines), [Piece(line, n, n) for n, line in enumerate(lines, 1)])


def _numbered(lines: list[str]) -> dict[int, int]:
    """Where the line with each number stands: by the text's own gutter, else by counting."""
    runs = bare(lines, lines[:_GUTTER_LINES]).runs
    if not runs:
        return {index + 1: index for index in range(len(lines))}
    return {run.first + n: run.start + n for run in runs for n in range(run.count)}


def _parsed(part: str, total: int) -> tuple[int, int]:
    match = _RANGE.fullmatch(part)
    if match is None or not (match["first"] or match["last"]):
        raise RetrieveError(
            f"`lines` must be like '120-180', '7', '-20' (the last 20) or '10-20,40-50';"
            f" cannot read {part[:80]!r}"
        )
    if not match["first"]:
        return max(1, total - int(match["last"]) + 1), total
    first = int(match["first"])
    if not match["dash"]:
        return first, min(first, total)
    last = int(match["last"]) if match["last"] else total
    if last < first:
        raise RetrieveError(f"`lines` must go up; write '{last}-{first}' instead of {part[:80]!r}")
    return max(1, first), min(last, total)
