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
from typing import TYPE_CHECKING

from headroom_core import signals
from headroom_core.compressors.base import View
from headroom_core.compressors.logs.entries import Entries, read_entries
from headroom_core.compressors.logs.patterns import Pattern, named, patterns_of
from headroom_core.compressors.logs.templates import mask, shape_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from headroom_core.compressors.base import Hint

_LEVEL = re.compile(
    r"\b(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|CRITICAL|FATAL|SEVERE"
    r"|(?<=\[)(?:trace|debug|info|notice|warn|error|crit|alert|emerg)(?=\]))\b"
)
# Android's ` 1702  2395 W Tag:` and `W/Tag`, and the `W0105` of C++ and Go.
_LETTER = re.compile(r"(?: *[0-9]+ +[0-9]+ (?=[EFW] )|(?=[EFW](?:/|[0-9]{4} )))([EFW])")
_MOST_LEVEL = 120
_ROWS_SHARE = 0.55
_LINES_SHARE = 0.15
_MOST_VARIANTS = 8
_MOST_TRACE = 120
_ENDS = 3
_AROUND = 2
_COLUMNS = 4
_MOST_VALUES = 50


def view_of(lines: Sequence[str], hint: Hint, room: int) -> View:
    """Show every distinct problem and every rare hit, then patterns and other lines by worth."""
    entries = read_entries(lines)
    patterns = patterns_of(entries.messages)
    bad = _problems(lines, entries)
    names: list[str] = []
    required = set(_distinct(entries.messages, patterns, bad, names))
    required.update(signals.rare_hits(lines, signals.terms(hint)), _rare_words(lines))
    if hint.keep is not None:
        required.update(at for at, line in enumerate(lines) if hint.keep.matches(line))
    required.update(_traces(entries, sorted(required & bad.keys())))
    needed = sum(len(lines[at]) + 1 for at in required) + sum(map(len, names))
    hidden = [each for each in patterns if not required.issuperset(each.lines)]
    rows = [_head(lines, entries), *_rows(hidden, bad, int(room * _ROWS_SHARE)), *names]
    left = room - needed - sum(len(row) + 1 for row in rows)
    left = max(left, int(room * _LINES_SHARE))
    shown = sorted(required | set(_more(lines, required, _worth(len(lines), patterns, bad), left)))
    body = "\n".join([*rows, "[lines in order, others left out]", *gapped(lines, shown)])
    hides = "every distinct error and warning shown" if bad else "no line sounds like an error"
    return View(body, "lines", len(shown), len(lines), hides, needed)


def gapped(lines: Sequence[str], shown: Iterable[int]) -> Iterator[str]:
    """The shown lines in order, with a mark where others are left out."""
    after = 0
    for at in (*shown, len(lines)):
        if at > after:
            yield f"[… {at - after} line{'s' if at - after > 1 else ''}]"
        if at < len(lines):
            yield lines[at]
        after = at + 1


def _problems(lines: Sequence[str], entries: Entries) -> dict[int, int]:
    """The problems by word, and by level letter where a log has those."""
    bad = signals.problems(lines)
    for at, message in enumerate(entries.messages):
        letter = _LETTER.match(message)
        if letter is not None and at not in bad:
            bad[at] = signals.WARNING if letter.group(1) == "W" else signals.ERROR
    return dict(sorted(bad.items()))


def _head(lines: Sequence[str], entries: Entries) -> str:
    found = Counter(
        match.group() for line in lines if (match := _LEVEL.search(line, 0, _MOST_LEVEL))
    )
    said = f"{len(lines)} lines" + (f", {entries.span}" if entries.span else "")
    levels = ", ".join(f"{count} {level}" for level, count in found.most_common())
    return f"[{said}{': ' if levels else ''}{levels}; N x pattern, {{}} = values]"


def _distinct(
    messages: Sequence[str], patterns: Sequence[Pattern], bad: dict[int, int], names: list[str]
) -> Iterator[int]:
    """The first and the last line of every distinct problem.

    Where many problems differ in one word only, the first and the last of all, and their words.
    """
    shapes: dict[tuple[str, ...], list[int]] = {}
    for at in bad:
        shapes.setdefault(shape_of(mask(messages[at])), []).append(at)
    shape_at = {members[0]: members for members in shapes.values()}
    for pattern in patterns:
        variants = [at for at in pattern.lines if at in shape_at]
        if len(variants) > _MOST_VARIANTS:
            names.append(
                f"[in {pattern.text}: {', '.join(named([messages[at] for at in variants]))}]"
            )
            shape_at[variants[0]] = [variants[0], max(shape_at[at][-1] for at in variants)]
            for at in variants[1:]:
                del shape_at[at]
    for members in shape_at.values():
        yield members[0]
        yield members[-1]


def _traces(entries: Entries, problems: Sequence[int]) -> Iterator[int]:
    """The whole entry of every problem, such as a traceback, once."""
    seen: set[str] = set()
    ends: dict[int, int] = {}
    for at, head in enumerate(entries.heads):
        ends[head] = at + 1
    for at in problems:
        head = entries.heads[at]
        members = range(head, min(ends[head], head + _MOST_TRACE))
        key = mask("\n".join(entries.messages[member] for member in members))
        if key not in seen:
            seen.add(key)
            yield from members


def _rare_words(lines: Sequence[str]) -> Iterator[int]:
    """The first line of each rare word in a column of few words, such as a level or a label."""
    most = max(2, len(lines) // 100)
    for column in zip(*(_columns(line) for line in lines), strict=True):
        counts = Counter(column)
        if 1 < len(counts) <= min(_MOST_VALUES, len(lines) // 4):
            for word, count in counts.items():
                if word and count <= most:
                    yield column.index(word)


def _columns(line: str) -> list[str]:
    words = [word if word.isalpha() else "" for word in line.split(" ", _COLUMNS)[:_COLUMNS]]
    return words + [""] * (_COLUMNS - len(words))


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


def _worth(count: int, patterns: Sequence[Pattern], bad: dict[int, int]) -> Iterator[int]:
    """Lines by worth: both ends, what surrounds the first failure, what is rare."""
    yield from (0, count - 1)
    if bad:
        first = min(bad, key=lambda at: (-bad[at], at))
        yield from range(max(0, first - _AROUND), min(count, first + _AROUND + 1))
    yield from range(min(_ENDS, count))
    yield from range(max(0, count - _ENDS), count)
    often = {at for pattern in patterns for at in pattern.lines}
    yield from (at for at in range(count) if at not in often)
    yield from (pattern.lines[0] for pattern in patterns)


def _more(lines: Sequence[str], shown: set[int], worth: Iterable[int], room: int) -> Iterator[int]:
    for at in dict.fromkeys(worth):
        if at not in shown:
            room -= len(lines[at]) + 1
            if room < 0:
                return
            yield at
