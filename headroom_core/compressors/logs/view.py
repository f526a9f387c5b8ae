"""Show of a log what matters: its patterns with counts, its problems, and what was asked for.

[90 lines, 2026-01-05 10:30:00,000 to 2026-01-05 10:33:19,500: 60 INFO, 29 WARN, 1 ERROR]
60 x INFO  [pool-{0..3}] com.example.OrderService: order {60 different} accepted in {0..8} ms
[lines in order, others left out]
[… 60 lines]
2026-01-05 10:33:00,001 ERROR [pool-1] com.example.OrderService: no stock for sku-9
java.lang.IllegalStateException: no stock
[… 20 lines]
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain, compress
from typing import TYPE_CHECKING

from headroom_core import signals
from headroom_core.compressors.base import View
from headroom_core.compressors.gaps import distinct, filled, gapped
from headroom_core.compressors.logs.entries import Entries, read_entries
from headroom_core.compressors.logs.patterns import Pattern, patterns_of
from headroom_core.compressors.logs.problems import bad_lines, problems_of
from headroom_core.compressors.logs.templates import mask
from headroom_core.compressors.long_lines import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from headroom_core.compressors.base import Hint

_LEVEL = re.compile(
    r"\b(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|CRITICAL|FATAL|SEVERE"
    r"|(?<=\[)(?:trace|debug|info|notice|warn|error|crit|alert|emerg)(?=\]))\b"
)
_MOST_LEVEL = 120
_FILLED = 0.8  # of the room: more of the same says little
_ROWS_SHARE = 0.5
_LEAST_SHARE = 0.3
_LINES_SHARE = 0.1
_ENDS = 3
_AROUND = 2
_LEAST_LINES = 3
_MOST_TERMS = 40
_MOST_RELEVANT = 8
_SCORE = 1 << 20


def view_of(lines: Sequence[str], hint: Hint, room: int) -> View:
    """Show every distinct problem and every rare hit, then patterns and other lines by worth."""
    entries = read_entries(lines)
    patterns = patterns_of(entries.messages)
    bad = bad_lines(lines, entries)
    problems = problems_of(lines, entries, patterns, bad, room)
    required = problems.lines | set(signals.rare_hits(lines, signals.terms(hint)))
    if hint.keep is not None:
        required.update(at for at, line in enumerate(lines) if hint.keep.matches(line))
    cut = shortened(lines, hint)
    needed = sum(len(cut[at]) + 1 for at in required) + sum(map(len, problems.rows))
    told = required | problems.told
    hidden = [
        each
        for each in patterns
        if each.text and len(each.lines) >= _LEAST_LINES and not told.issuperset(each.lines)
    ]
    share = _ROWS_SHARE if needed < room else _LEAST_SHARE
    rows = [_head(lines, entries), *_rows(hidden, bad, int(room * share)), *problems.rows]
    left = int(room * _FILLED) - needed - sum(len(row) + 1 for row in rows)
    left = max(left, int(room * _LINES_SHARE))
    asked = relevant(lines, signals.terms(hint))
    rare = _rare(len(lines), patterns, problems.told)
    worth = chain(_ends(len(lines), bad), asked, rare, problems.more)
    shown = filled(cut, required | set(_more(cut, required, worth, left)))
    body = "\n".join([*rows, "[lines in order, others left out]", *gapped(cut, shown)])
    hides = "every distinct error and warning shown" if bad else "no line sounds like an error"
    return View(body, "lines", len(shown), len(lines), hides, needed)


def _head(lines: Sequence[str], entries: Entries) -> str:
    found = Counter(
        match.group() for line in lines if (match := _LEVEL.search(line, 0, _MOST_LEVEL))
    )
    said = f"{len(lines)} lines" + (f", {entries.span}" if entries.span else "")
    levels = ", ".join(f"{count} {level}" for level, count in found.most_common())
    return f"[{said}{': ' if levels else ''}{levels}; N x pattern, {{}} = values]"


def _rows(patterns: Sequence[Pattern], bad: dict[int, int], room: int) -> list[str]:
    """As many patterns as there is room for: the worst first, then the most frequent."""
    order = sorted(patterns, key=lambda each: (-_badness(each, bad), -len(each.lines)))
    rows: list[str] = []
    for at, pattern in enumerate(order):
        room -= len(pattern.row) + 1
        if room < 0:
            rest = sum(len(each.lines) for each in order[at:])
            rows.append(f"[… {len(order) - at} more patterns, of {rest} lines]")
            break
        rows.append(pattern.row)
    return rows


def _badness(pattern: Pattern, bad: dict[int, int]) -> int:
    return bad.get(pattern.lines[0]) or signals.severity(pattern.text)


def relevant(lines: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """The few lines that hold most of what was asked for, where rare terms count more."""
    scores: Counter[int] = Counter()
    found = signals.holders_of(lines, wanted[:_MOST_TERMS], len(lines) // 2, inside_words=True)
    for holders in found.values():
        scores.update(dict.fromkeys(holders, _SCORE // max(1, len(holders))))
    best = {mask(lines[at].lower()): at for at, _ in reversed(scores.most_common(_MOST_RELEVANT))}
    return sorted(best.values())


def _ends(count: int, bad: dict[int, int]) -> Iterator[int]:
    """Both ends, and what surrounds the first failure."""
    yield from (0, count - 1)
    if bad:
        first = min(bad, key=lambda at: (-bad[at], at))
        yield from range(max(0, first - _AROUND), min(count, first + _AROUND + 1))


def _rare(count: int, patterns: Sequence[Pattern], told: set[int]) -> Iterator[int]:
    """More of both ends, then what is like no other line, then a line of each pattern."""
    yield from range(min(_ENDS, count))
    yield from range(max(0, count - _ENDS), count)
    alone = bytearray(b"\1") * count
    for at in chain(told, *(pattern.lines for pattern in patterns)):
        alone[at] = False
    yield from compress(range(count), alone)
    first = (pattern.lines[0] for pattern in patterns if pattern.text)
    yield from (at for at in first if at not in told)


def _more(lines: Sequence[str], shown: set[int], worth: Iterable[int], room: int) -> Iterator[int]:
    for at in distinct(worth):
        if at not in shown:
            room -= len(lines[at]) + 1
            if room < 0:
                return
            yield at
