"""Find tables that are drawn with bars: Markdown, boxes, `mysql`, `psql`, wherever they stand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.compressors.tables.grid import Cut, fitted, most_tries
from headroom_core.compressors.tables.padded import KINDS, SAMPLE, layouts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.tables.grid import Grid

_RULE = re.compile(r"[ :|+├┼┤\r─-]+")
_SIGNS = ("|-", "-|", "| -", "|:-", "| :-", "-+-", "─┼")
_MARKDOWN = ("markdown", "spaced markdown", "bars", "tight bars")
_LEAST_ROWS = 3
_PROBE = 60
_LONGEST_RULE = 20_000


def may_hold(text: str) -> bool:
    """Whether a text holds what every drawn table does: a rule that meets a bar."""
    # Its names stand between bars; one sign is found twenty times faster than two.
    return ("|" in text or "│" in text) and any(sign in text for sign in _SIGNS)


def find(lines: Sequence[str]) -> list[tuple[int, int, Grid]]:
    """The tables of a text: where each begins and ends, and what it holds."""
    found: list[tuple[int, int, Grid]] = []
    done = 0
    ends = dict.fromkeys("|│", 0)
    left = most_tries(len(lines))
    for at in [at for at, line in enumerate(lines) if "--" in line or "─" in line]:
        if at <= done or not left or not is_rule(lines[at]):
            continue
        bar = "│" if "│" in lines[at - 1] else "|"
        if ends[bar] <= at:
            ends[bar] = _end(lines, bar, at + 1)
        if bar not in lines[at - 1] or ends[bar] - at <= _LEAST_ROWS:
            continue
        table = _table(lines, at, done, ends[bar])
        if table is None:
            left -= 1
        else:
            found.append(table)
            done = table[1]
    return found


def _end(lines: Sequence[str], bar: str, at: int) -> int:
    """The line after the last one with a bar."""
    while at < len(lines) and bar in lines[at]:
        at += 1
    return at


def is_rule(line: str) -> bool:
    """Whether a line is one that separates the names of a table from its rows."""
    return (
        ("--" in line or "─" in line)
        and len(line) < _LONGEST_RULE
        and _RULE.fullmatch(line) is not None
    )


def _table(lines: Sequence[str], rule: int, after: int, end: int) -> tuple[int, int, Grid] | None:
    """The table whose names stand above a rule, below no line before `after`, and up to `end`."""
    bar = "│" if "│" in lines[rule - 1] else "|"
    probe = min(end, rule + _PROBE)
    for kind in _kinds(lines[rule - 1], lines[rule]):
        start = rule - 1 - (KINDS[kind].top is not None)
        if start >= after and _fitted(kind, bar, lines, rule, probe) is not None:
            grid = _fitted(kind, bar, lines, rule, end)
            foot = grid.layout.foot() if grid else []
            if grid is not None and foot == list(lines[end : end + len(foot)]):
                return start, end + len(foot), grid
    return None


def _fitted(kind: str, bar: str, lines: Sequence[str], rule: int, end: int) -> Grid | None:
    """The lines around a rule, up to `end`, as a table of a kind."""
    drawing = KINDS[kind]
    start = rule - 1 - (drawing.top is not None)
    first = rule + (drawing.middle is not None)
    # A rule of another style, below names that have none in this kind, is no row.
    no_row = lines[rule] if first == rule else None

    def cells_of(line: str) -> list[str]:
        return [] if line is no_row else _cells(line, kind, bar)

    cut = Cut(_cells(lines[rule - 1], kind, bar), cells_of, first)
    sample = cut.sample(lines[first:end], SAMPLE)
    if not sample:
        return None
    tries = (
        fitted(layout, cut, lines[start:first], lines[first:end])
        for layout in layouts(kind, cut.names, list(zip(*sample, strict=True)))
    )
    return next(filter(None, tries), None)


def _kinds(names: str, rule: str) -> Sequence[str]:
    """The kinds that a table may be, by its names and the rule below them."""
    if names.startswith("│"):
        return ("box",)
    if names.startswith("|"):
        return (
            ("grid",)
            if rule.startswith("+")
            else ("markdown", "spaced markdown", "bars", "tight bars")
        )
    return ("psql",)


def _cells(line: str, kind: str, bar: str) -> list[str]:
    """The cells of a line with the blanks that pad them."""
    drawing = KINDS[kind]
    inner = line.removeprefix(drawing.left.rstrip()).removesuffix(drawing.right.lstrip())
    edge = len(drawing.left) - len(drawing.left.rstrip())
    cells = inner.split(bar)
    if kind == "tight bars":
        return cells
    if kind == "psql":
        return [cell[1:] if at == len(cells) - 1 else cell[1:-1] for at, cell in enumerate(cells)]
    return [cell[edge : len(cell) - edge] for cell in cells]
