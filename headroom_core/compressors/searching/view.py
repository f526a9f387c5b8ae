"""The lossy view of a search result: the hits that matter, by file, and counts of the rest."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from headroom_core import signals
from headroom_core.compressors.base import View
from headroom_core.compressors.bounded import count_of
from headroom_core.compressors.long_lines import shortened
from headroom_core.compressors.packed import Packed
from headroom_core.compressors.searching.worth import DEFINITION, worths

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.base import Hint
    from headroom_core.compressors.searching.hits import Line, Results

LEGEND = "[search results by file: hits as LINE text; left out: context, and what is in brackets]"
HIDES = "definitions and named hits first, the rest counted by file"
_LOG = (".log", ".out", ".err")
_FINDING = re.compile(
    r"(?:\d+:)?\s*+(?:fatal |internal )?(?:error|warning)(?:\[\w+\]| \w+)?:", re.IGNORECASE
)
_COUNTS_SHARE = 4
"""A quarter of the room is for the counts of what is left out."""
_LEAST_ROOM = 60
_MARKER = 25


def make(found: Results, total: int, hint: Hint, room: int) -> View | None:
    """The view, or `None` when it would leave nothing out."""
    required = _required(found.lines, hint)
    texts = shortened([line.text for line in found.lines], hint)
    lines = [line._replace(text=text) for line, text in zip(found.lines, texts, strict=True)]
    counts_room = room // _COUNTS_SHARE
    chosen = _chosen(lines, required, hint, room - counts_room)
    if all(at in chosen or line.mark == "gap" for at, line in enumerate(lines)):
        return None
    body = [LEGEND, *_body(lines, chosen, counts_room)]
    cost = sum(_cost(lines[at]) for at in required)
    return View("\n".join(body), "lines", len(chosen), total, HIDES, cost)


def _required(lines: Sequence[Line], hint: Hint) -> set[int]:
    """What stays whatever the room: what the question names, and what went wrong."""
    units = Packed(f"{line.path}:{line.number}:{line.text}" for line in lines)
    required = set(signals.rare_hits(units, signals.terms(hint)))
    messages = [line.text if line.mark == "odd" else "" for line in lines]
    required |= set(signals.problems(messages, least=signals.WEAK))
    # Code that speaks of errors is no error; a hit in a log and a compiler's finding may be one.
    events = [line.text if line.path.endswith(_LOG) else "" for line in lines]
    required |= set(signals.problems(events))
    required |= {at for at, line in enumerate(lines) if _FINDING.match(line.text)}
    if hint.keep:
        required |= {at for at, unit in enumerate(units) if hint.keep.matches(unit)}
    return {at for at in required if lines[at].mark != "gap"}


def _cost(line: Line) -> int:
    return len(line.text) + 10


def _chosen(lines: Sequence[Line], required: set[int], hint: Hint, room: int) -> set[int]:
    """The lines to show: the required ones, then the best that still fit."""
    chosen = set(required)
    paths = {lines[at].path for at in chosen}
    worth = worths(lines, hint)
    order = [at for at, value in enumerate(worth) if value]
    order.sort(key=worth.__getitem__, reverse=True)  # among equals the first stays first
    for at in order:
        if room < _LEAST_ROOM:
            break
        for each in (at, *(_goes_on(lines, at) if worth[at] >= DEFINITION / 2 else ())):
            path = lines[each].path
            cost = _cost(lines[each]) + (0 if path in paths else len(path) + _MARKER)
            if each in chosen or cost > room:
                break
            room -= cost
            chosen.add(each)
            paths.add(path)
    return chosen


def _goes_on(lines: Sequence[Line], at: int) -> Iterator[int]:
    """The context after a definition: its signature often goes on there."""
    for each in range(at + 1, min(at + 4, len(lines))):
        if lines[each].mark != "context" or lines[each].path != lines[at].path:
            return
        yield each


def _body(lines: Sequence[Line], chosen: set[int], room: int) -> Iterator[str]:
    """The chosen lines in order, and what is left out between them."""
    stretches = list(_stretches(lines, chosen))
    share = room // max(1, sum(isinstance(each, Counter) for each in stretches))
    path = ""
    left: Counter[str] = Counter()
    for each in stretches:
        if isinstance(each, Counter):
            left = each
            yield from _more(left.pop(path, 0))
            continue
        ahead = left.pop(each.path, 0)
        yield from _elsewhere(left, share)
        if each.path not in {path, ""}:
            path = each.path
            yield path
        yield from _more(ahead)
        yield _shown(each)
        left = Counter()
    yield from _elsewhere(left, share)


def _stretches(lines: Sequence[Line], chosen: set[int]) -> Iterator[Line | Counter[str]]:
    """Each chosen line, and the hits by file of each stretch of others."""
    left: Counter[str] = Counter()
    for at, line in enumerate(lines):
        if at in chosen:
            if left:
                yield left
                left = Counter()
            yield line
        elif line.mark in {"hit", "odd"}:
            left[line.path] += 1
    if left:
        yield left


def _shown(line: Line) -> str:
    if line.mark == "odd":
        return f"| {line.text}"
    sign = " " if line.mark == "hit" else "-"
    return f"{line.number}{sign}{line.text}" if line.number else f" {line.text}"


def _more(count: int) -> Iterator[str]:
    """How many lines of this file are left out here."""
    if count:
        yield f"[… {count} more]"


def _elsewhere(left: Counter[str], room: int) -> Iterator[str]:
    """How many lines of other files are left out here, by file as far as the room goes."""
    if not left:
        return
    total = left.total()
    messages = left.pop("", 0)
    named: set[str] = set()
    for name, _ in left.most_common():
        room -= len(name) + 5
        if room < 0:
            break
        named.add(name)
    parts = [f"{name} {count}" for name, count in left.items() if name in named]
    if rest := len(left) - len(named):
        parts.append(count_of(rest, "other file"))
    if messages:
        parts.append(count_of(messages, "message"))
    yield f"[… {total} more: {', '.join(parts)}]"
