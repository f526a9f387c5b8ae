"""What of a log must stay visible in any view: every distinct problem, and what is rare."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core import signals
from headroom_core.compressors.logs.diagnostics import diagnostics_of
from headroom_core.compressors.logs.patterns import named
from headroom_core.compressors.logs.templates import mask, shape_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.logs.entries import Entries
    from headroom_core.compressors.logs.patterns import Pattern

# Android's ` 1702  2395 W Tag:` and `W/Tag`, and the `W0105` of C++ and Go.
_LETTER = re.compile(r"(?: *[0-9]+ +[0-9]+ (?=[EFW] )|(?=[EFW](?:/|[0-9]{4} )))([EFW])")
_FRAME = re.compile(r"\s+(?:at |File \"|from |in |#?[0-9]+: |#[0-9]+ )|Caused by: |goroutine ")
_MOST_VARIANTS = 8
_MOST_TRACE = 120
_MOST_CONTEXT = 8
_COLUMNS = 4
_MOST_VALUES = 50


@dataclass(frozen=True, slots=True)
class Problems:
    """What a view shows of the problems."""

    lines: set[int]
    """The lines to show as they are."""
    rows: list[str]
    """What is said of many lines at once: the places, or the words, in which they differ."""
    told: set[int]
    """The lines that the rows speak of."""


def problems_of(
    lines: Sequence[str], entries: Entries, patterns: Sequence[Pattern], bad: dict[int, int]
) -> Problems:
    """The first and the last line of every distinct problem, its entry, and rare words.

    Problems that differ in one word only, or are said of many places, are one problem, whose
    words or places are all named.
    """
    diagnostics = diagnostics_of(lines)
    said = {at: each.said for each in diagnostics for at in each.lines}
    problems = Problems(set(), [f"[{each.row}]" for each in diagnostics], set(said))
    kinds: dict[tuple[str, ...] | str, list[int]] = {}
    for at in bad:
        kinds.setdefault(said.get(at) or shape_of(mask(entries.messages[at])), []).append(at)
    distinct = {members[0]: members[-1] for members in kinds.values()}
    _join_variants(problems, entries.messages, patterns, distinct)
    problems.lines.update(distinct, distinct.values(), (each.lines[0] for each in diagnostics))
    problems.lines.update(_entries(entries, bad, distinct), _rare_words(lines))
    return problems


def _join_variants(
    problems: Problems,
    messages: Sequence[str],
    patterns: Sequence[Pattern],
    distinct: dict[int, int],
) -> None:
    for pattern in patterns:
        variants = [at for at in pattern.lines if at in distinct]
        if len(variants) > _MOST_VARIANTS:
            words = ", ".join(named([messages[at] for at in variants]))
            problems.rows.append(f"[{pattern.row}; the words: {words}]")
            problems.told.update(pattern.lines)
            distinct[variants[0]] = max(distinct.pop(at) for at in variants)


def bad_lines(lines: Sequence[str], entries: Entries) -> dict[int, int]:
    """The problems by word, and by level letter where a log has those."""
    bad = signals.problems(lines)
    for at, message in enumerate(entries.messages):
        letter = _LETTER.match(message)
        if letter is not None and at not in bad:
            bad[at] = signals.WARNING if letter.group(1) == "W" else signals.ERROR
    return dict(sorted(bad.items()))


def _entries(entries: Entries, bad: dict[int, int], first: dict[int, int]) -> Iterator[int]:
    """What stands below a problem for the first time: every distinct traceback, once."""
    seen: set[str] = set()
    heads: set[int] = set()
    ends: dict[int, int] = {}
    for at, head in enumerate(entries.heads):
        ends[head] = at + 1
    for at in bad:
        head = entries.heads[at]
        if head in heads and at not in first:
            continue
        heads.add(head)
        members = range(head, min(ends[head], head + _MOST_CONTEXT))
        if any(map(_FRAME.match, (entries.messages[member] for member in members))):
            members = range(head, min(ends[head], head + _MOST_TRACE))
        elif at not in first:
            continue
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
