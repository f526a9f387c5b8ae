"""What two lists of lines have in common, found by lines that occur once in both.

Linear but for a logarithm, whatever the input: equal ends are taken off, the lines that are unique
in what is left are the anchors, and the same is done between them, a bounded number of times.
What has no anchor counts as changed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MOST_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Match:
    """`count` lines in a row that are equal on both sides."""

    old: int
    new: int
    count: int

    @property
    def old_end(self) -> int:
        """The index after the last old line."""
        return self.old + self.count

    @property
    def new_end(self) -> int:
        """The index after the last new line."""
        return self.new + self.count


@dataclass(frozen=True, slots=True)
class _Gap:
    """A stretch of both sides that is still to be compared."""

    old: int
    old_end: int
    new: int
    new_end: int


def matches(old: Sequence[str], new: Sequence[str]) -> list[Match]:
    """The common stretches of two texts, in the order of both, none touching the next."""
    found: list[Match] = []
    gaps = [_Gap(0, len(old), 0, len(new))]
    for _ in range(_MOST_ROUNDS):
        left: list[_Gap] = []
        for gap in gaps:
            left += _narrow(old, new, gap, found)
        gaps = left
    return _settled(old, _joined(sorted(found, key=lambda match: match.old)))


def _narrow(
    old: Sequence[str], new: Sequence[str], gap: _Gap, found: list[Match]
) -> Iterator[_Gap]:
    """Take the equal ends and the anchors of a gap; what stays between them comes back."""
    a, a_end, b, b_end = gap.old, gap.old_end, gap.new, gap.new_end
    while a < a_end and b < b_end and old[a] == new[b]:
        a, b = a + 1, b + 1
    while a < a_end and b < b_end and old[a_end - 1] == new[b_end - 1]:
        a_end, b_end = a_end - 1, b_end - 1
    if a > gap.old:
        found.append(Match(gap.old, gap.new, a - gap.old))
    if a_end < gap.old_end:
        found.append(Match(a_end, b_end, gap.old_end - a_end))
    if a == a_end or b == b_end:
        return  # one side is used up: the rest of the other one was put in or taken out
    anchors = _anchors(old, new, _Gap(a, a_end, b, b_end))
    for i, j in anchors:
        found.append(Match(i, j, 1))
        yield _Gap(a, i, b, j)
        a, b = i + 1, j + 1
    if anchors:
        yield _Gap(a, a_end, b, b_end)


def _anchors(old: Sequence[str], new: Sequence[str], gap: _Gap) -> list[tuple[int, int]]:
    """The lines that are unique on both sides, as far as they stand in the same order."""
    here = Counter(new[gap.new : gap.new_end])
    there = Counter(old[gap.old : gap.old_end])
    at = {new[j]: j for j in range(gap.new, gap.new_end) if here[new[j]] == 1}
    pairs = [
        (i, at[old[i]]) for i in range(gap.old, gap.old_end) if old[i] in at and there[old[i]] == 1
    ]
    return _rising(pairs)


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """A longest subsequence in which the second numbers rise, too."""
    ends: list[int] = []
    holders: list[int] = []
    before: list[int] = []
    for index, (_, j) in enumerate(pairs):
        place = bisect_left(ends, j)
        before.append(holders[place - 1] if place else -1)
        ends[place : place + 1] = [j]
        holders[place : place + 1] = [index]
    chain: list[tuple[int, int]] = []
    at = holders[-1] if holders else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def _joined(found: list[Match]) -> list[Match]:
    """Matches that touch each other on both sides become one."""
    out: list[Match] = []
    for match in found:
        if out and (out[-1].old_end, out[-1].new_end) == (match.old, match.new):
            out[-1] = Match(out[-1].old, out[-1].new, out[-1].count + match.count)
        else:
            out.append(match)
    return out


def _settled(old: Sequence[str], found: list[Match]) -> list[Match]:
    """Without first and last matches that fit as well on the other side of a deletion.

    A range of a file that starts with a blank line must not match the file's first blank line.
    """
    if len(found) > 1 and found[0].new_end == found[1].new:
        first, start = found[0], found[1].old - found[0].count
        if old[start : found[1].old] == old[first.old : first.old_end]:
            found[:2] = [Match(start, first.new, first.count + found[1].count)]
    if len(found) > 1 and found[-2].new_end == found[-1].new:
        last, end = found[-1], found[-2].old_end
        if old[end : end + last.count] == old[last.old : last.old_end]:
            found[-2:] = [Match(found[-2].old, found[-2].new, found[-2].count + last.count)]
    return found
