"""What of a log must stay visible in any view: every distinct problem, and what is rare."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from headroom_core import signals
from headroom_core.compressors.batches import batches_of
from headroom_core.compressors.logs.diagnostics import diagnostics_of
from headroom_core.compressors.logs.patterns import named
from headroom_core.compressors.logs.templates import VALUE, mask, pieces
from headroom_core.compressors.traces.frames import stacks_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from headroom_core.compressors.logs.entries import Entries
    from headroom_core.compressors.logs.patterns import Pattern

# Android's ` 1702  2395 W Tag:` and `W/Tag`, and the `W0105` of C++ and Go.
_LETTER = re.compile(r"(?: *[0-9]+ +[0-9]+ (?=[EFW] )|(?=[EFW](?:/|[0-9]{4} )))([EFW])")
_FRAME = re.compile(r"\s+(?:at |File \"|from |in |#?[0-9]+: |#[0-9]+ )|Caused by: |goroutine ")
_BRIEF = re.compile(r"(?:[A-Fa-f-]*|.{0,3})0")
_MOST_VARIANTS = 8
_WHOLE_TRACE = 40
_COMMON = 8
_INNERMOST = 3
_MOST_CONTEXT = 8
_PLACES_SHARE = 0.3
_EXPLAINS_SHARE = 0.25
_MOST_WORDS = 600
_MOST_SECOND = 4
_COLUMNS = 4
_MOST_VALUES = 50
_RARE_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Problems:
    """What a view shows of the problems."""

    lines: set[int]
    """The lines to show as they are."""
    rows: list[str]
    """What is said of many lines at once: the places, or the words, in which they differ."""
    told: set[int]
    """The lines that the rows speak of."""
    more: list[int]
    """The second of each message that is said of many places, to show where there is room."""


def problems_of(
    lines: Sequence[str],
    entries: Entries,
    patterns: Sequence[Pattern],
    bad: dict[int, int],
    room: int,
) -> Problems:
    """The first and the last line of every distinct problem, its entry, and rare words.

    Problems that differ in one word only, or are said of many places, are one problem, whose
    words or places are named.
    """
    found = diagnostics_of(lines)
    counted = {at for each in found.counted for at in each.lines}
    said = counted.union(*(found.details.get(at, ()) for at in counted))
    rows = [f"[{row}]" for row in found.rows(int(room * _PLACES_SHARE))]
    second = [each.lines[1] for each in found.counted]
    more = [line for at in second for line in (at, *found.details[at][:_MOST_SECOND])]
    problems = Problems(set(), rows, said | found.explains, more)
    for each in found.counted:  # the row of a remark says enough
        if signals.severity(each.said) >= signals.WARNING:
            problems.lines.add(each.lines[0])
    kinds: dict[str, list[int]] = {}
    for at in sorted({*bad, *found.wrong}.difference(said, found.explains)):
        kinds.setdefault(_kind(entries.messages[at]), []).append(at)
    distinct = {members[0]: members[-1] for members in kinds.values()}
    _join_variants(problems, entries.messages, patterns, distinct, bad)
    first = sorted(problems.lines.union(distinct), key=lambda at: (-bad.get(at, 0), at))
    problems.lines.update(distinct, distinct.values(), (entries.heads[at] for at in first))
    common = bytearray(len(lines))
    for pattern in patterns:
        for at in pattern.lines if len(pattern.lines) >= _COMMON else ():
            common[at] = True
    problems.lines.update(_tracebacks(lines, entries, bad), _rare_words(lines))
    explains = (found.details.get(at) or _below(entries, at, common) for at in first)
    problems.lines.update(_within(lines, explains, int(room * _EXPLAINS_SHARE)))
    return problems


def _kind(message: str) -> str:
    """The message without its values; a name in front of a number is no value."""
    split = pieces(mask(message.strip()))
    split[::2] = [VALUE if _BRIEF.fullmatch(token) else token for token in split[::2]]
    return "".join(split)


def _join_variants(
    problems: Problems,
    messages: Sequence[str],
    patterns: Sequence[Pattern],
    distinct: dict[int, int],
    bad: Mapping[int, int],
) -> None:
    for pattern in patterns:
        variants = [at for at in pattern.lines if at in distinct]
        if len(variants) > _MOST_VARIANTS:
            words = ", ".join(named(pattern, [messages[at] for at in variants]))
            if max(bad.get(at, 0) for at in variants) < signals.ERROR and len(words) > _MOST_WORDS:
                words = f"{words[:_MOST_WORDS]}…"
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


def _tracebacks(lines: Sequence[str], entries: Entries, bad: Iterable[int]) -> Iterator[int]:
    """The entries of problems that hold frames of a stack, each distinct one once."""
    seen: set[str] = set()
    for head in dict.fromkeys(entries.heads[at] for at in bad):
        end = entries.ends[head]
        if any(map(_FRAME.match, lines[head : min(end, head + _MOST_CONTEXT)])):
            key = mask("\n".join(entries.messages[head:end]))
            if key not in seen:
                seen.add(key)
                members = range(head, end)
                yield from members if len(members) <= _WHOLE_TRACE else _frames(lines, members)


def _below(entries: Entries, at: int, common: bytearray) -> Iterator[int]:
    """The lines of an entry below a problem, but for those that many entries have."""
    for member in range(at + 1, entries.ends[entries.heads[at]]):
        if not common[member]:
            yield member


def _within(lines: Sequence[str], explains: Iterable[Iterable[int]], room: int) -> Iterator[int]:
    """What explains problems, each line once, while there is room for it."""
    seen: set[str] = set()
    for members in explains:
        for at in islice(members, _MOST_CONTEXT):
            if lines[at] in seen:
                continue
            seen.add(lines[at])
            room -= len(lines[at]) + 1
            if room < 0:
                return
            yield at


def _frames(lines: Sequence[str], members: range) -> Iterator[int]:
    """Of a very long traceback all but the frames of libraries between the ends of its stacks."""
    said = set(members)
    for stack in stacks_of([lines[at] for at in members]):
        for frame in stack.inside_out[_INNERMOST:-1]:
            if not frame.own:
                said.difference_update(members.start + at for at in frame.lines)
    yield from sorted(said)


def _rare_words(lines: Sequence[str]) -> Iterator[int]:
    """The first line of each rare word in a column of few words, such as a level or a label.

    Where many lines have a word that is rare, the words are no column: they begin sentences.
    """
    most = max(2, len(lines) // 100)
    few = min(_MOST_VALUES, len(lines) // 4)
    for counts, first in _words_of(lines, few):
        if 1 < len(counts) <= few:
            rare = [word for word, count in counts.items() if word and count <= most]
            if sum(counts[word] for word in rare) <= len(lines) * _RARE_SHARE:
                yield from map(first.__getitem__, rare)


def _words_of(lines: Sequence[str], few: int) -> list[tuple[Counter[str], dict[str, int]]]:
    """How often each word of a column comes, and where first; of more than a few not all."""
    found: list[tuple[Counter[str], dict[str, int]]] = [(Counter(), {}) for _ in range(_COLUMNS)]
    done = 0
    for batch in batches_of(lines):
        columns = zip(*map(_columns, batch), strict=True)
        for (counts, first), column in zip(found, columns, strict=True):
            if len(counts) <= few:
                counts.update(column)
                first.update((word, done + column.index(word)) for word in counts.keys() - first)
        done += len(batch)
    return found


def _columns(line: str) -> list[str]:
    words = [word if word.isalpha() else "" for word in line.split(" ", _COLUMNS)[:_COLUMNS]]
    return words + [""] * (_COLUMNS - len(words))
