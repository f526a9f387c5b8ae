"""Find tables whose columns are drawn by a rule of dashes alone, as `pip list` and `sqlite3` do.

Package    Version
---------- -------
attrs      26.1.0
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.compressors.tables.grid import Cut, fitted, most_tries
from headroom_core.compressors.tables.padded import CENTRED, LEFT, SAMPLE, Padded, pad

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.tables.grid import Grid

_RULE = re.compile(r"-+(?P<gap> {1,2})-+(?:(?P=gap)-+)* *")
_KINDS = {" ": ("dashed", "full dashed"), "  ": ("wide dashed", "full wide dashed")}
_LEAST_ROWS = 3
_LONGEST_RULE = 4_000
_PROBE = 60


def may_hold(text: str) -> bool:
    """Whether a text holds what every such rule does: dashes, a gap, dashes."""
    return "- -" in text or "-  -" in text


def find(lines: Sequence[str]) -> list[tuple[int, int, Grid]]:
    """The tables of a text: where each begins and ends, and what it holds."""
    found: list[tuple[int, int, Grid]] = []
    done = end = 0
    left = most_tries(len(lines))
    for at in [at for at, line in enumerate(lines) if line.startswith("-")]:
        line = lines[at]
        rule = _RULE.fullmatch(line) if at > done and len(line) <= _LONGEST_RULE else None
        if rule is None or not left:
            continue
        if end <= at:
            end = _end(lines, at + 1)
        if end - at <= _LEAST_ROWS:
            continue
        grid = _read(lines, at, end, rule["gap"])
        if grid is None:
            left -= 1
        else:
            found.append((at - 1, end, grid))
            done = end
    return found


def _end(lines: Sequence[str], at: int) -> int:
    """The line after the last one that is not blank."""
    while at < len(lines) and lines[at].strip():
        at += 1
    return at


def _read(lines: Sequence[str], rule: int, end: int, gap: str) -> Grid | None:
    """The table whose names stand above a rule."""
    groups = [match.span() for match in re.finditer("-+", lines[rule])]
    places = [slice(a, b) for a, b in groups[:-1]] + [slice(groups[-1][0], None)]

    def cells_of(line: str) -> list[str]:
        return [line[place] for place in places]

    cut = Cut(cells_of(lines[rule - 1]), cells_of, rule + 1)
    sample = cut.sample(lines[rule + 1 : min(end, rule + 1 + SAMPLE)], SAMPLE)
    codes = [
        _code([cells[at] for cells in sample], last - first)
        for at, (first, last) in enumerate(groups)
    ]
    for layout in _layouts(gap, tuple(codes)):
        probe = lines[rule + 1 : min(end, rule + 1 + _PROBE)]
        if fitted(layout, cut, lines[rule - 1 : rule + 1], probe) is not None:
            return fitted(layout, cut, lines[rule - 1 : rule + 1], lines[rule + 1 : end])
    return None


def _layouts(gap: str, codes: tuple[str, ...]) -> Iterator[Padded]:
    for kind in _KINDS[gap]:
        for names in ("", LEFT, CENTRED):
            yield Padded(kind, codes, names)


def _code(raw: Sequence[str], width: int) -> str:
    """Whether the cells of a column stand at its left or at its right edge."""
    own = [(cell.strip(" "), cell.ljust(width)) for cell in raw]
    return max(
        (f"{sign}{width}" for sign in "<>"),
        key=lambda code: sum(pad(cell, code) == whole for cell, whole in own),
    )
