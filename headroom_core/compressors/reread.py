"""A file that was read before: what changed since, or that nothing did."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.compressors.base import Compressor, Encoded
from headroom_core.compressors.bases import (
    MAX_CHARS,
    SHELF,
    base_of,
    checked,
    digest,
    label,
    may_be_base,
)
from headroom_core.compressors.gutters import Bare, bare, describe, dress, read_description
from headroom_core.compressors.line_diff import matches
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.base import Hint
    from headroom_core.compressors.line_diff import Match
    from headroom_core.source import Source

_LEAST_CHARS = 300
_MOST_SHARE = 0.75
_MOST_RECENT = 2
_NEARER = 1.3
_LEAST_CUT = 3
_UNCHANGED = "(no line differs)"
_LEGEND = re.compile(
    r"[^\]\n]*? as in tool result (\d{1,9}) of this conversation"
    r"(?:, its lines (-?\d{1,9})-(-?\d{1,9}))?(?:, except for these hunks)?"
    r"((?:; lines [^;]*)*); sha256 ([0-9a-f]{8})"
)
_HUNK = re.compile(r"@@ -(-?\d{1,9}) \+-?\d{1,9} @@")


class Reread(Compressor):
    """The same path read again: a pointer to the earlier read and hunks, as in a unified diff.

    The base is an earlier result of this conversation that can be read in whole. Both may have
    gutters, of different kinds even: what is compared is the text, and the numbers are described.
    """

    name = "reread"
    keeps_lines = True

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        if not hint.path or not _LEAST_CHARS <= len(source) <= MAX_CHARS:
            return None
        best: Encoded | None = None
        candidates = _candidates(hint)
        here = bare(source.lines, source.head) if candidates else Bare([])
        for index in candidates:
            there = SHELF.base(hint.earlier[index].original).bare
            opening = f"{label(hint.earlier[index])} as in tool result {index + 1}"
            form = _against(there, here, opening, digest(source.text))
            # The older base wins unless a newer one is clearly nearer: chains stay short.
            if best is None or _NEARER * len(form.body) + _LEAST_CHARS < len(best.body):
                best = form
        return best if best and len(best.body) <= _MOST_SHARE * len(source) else None

    def decode(self, legend: str, body: str, context: Sequence[str] = ()) -> str:
        match = _LEGEND.fullmatch(legend)
        if match is None:
            raise DecodeError(f"`reread` cannot read its legend {legend!r}")
        there = base_of(context, int(match[1]))
        start, stop = 0, len(there.lines)
        if match[2]:
            start, stop = int(match[2]) - there.offset, int(match[3]) + 1 - there.offset
        if not 0 <= start <= stop <= len(there.lines):
            raise DecodeError(f"tool result {match[1]} has no lines {match[2]}-{match[3]}")
        lines = list(_patched(there, start, stop, body.split("\n")))
        style, runs = read_description(match[4])
        return checked("\n".join(dress(lines, style, runs)), match[5])


def _candidates(hint: Hint) -> list[int]:
    """The earlier reads of the same file to compare with: the first and the latest."""
    same = [
        k
        for k, e in enumerate(hint.earlier)
        if may_be_base(e) and e.path and _same(e.path, hint.path)
    ]
    return same[:1] + same[1:][-_MOST_RECENT:]


def _same(one: str, other: str) -> bool:
    """Whether two paths may name one file, one of them perhaps relative."""
    if len(one) < len(other):
        one, other = other, one
    return one == other or one.endswith(f"/{other.removeprefix('./')}")


def _against(there: Bare, here: Bare, opening: str, sha: str) -> Encoded:
    """The form of a text over one base."""
    common = matches(there.lines, here.lines)
    start, stop = _span(there, common)
    opening += " of this conversation"
    if (start, stop) != (0, len(there.lines)):
        opening += f", its lines {start + there.offset}-{stop - 1 + there.offset}"
    hunks = list(_hunks(there, here, common, start, stop))
    opening += ", except for these hunks" if hunks else ""
    return Encoded(f"{opening}{describe(here)}; sha256 {sha}", "\n".join(hunks or [_UNCHANGED]))


def _span(there: Bare, common: list[Match]) -> tuple[int, int]:
    """The part of the base that the text is about: a range may be read again, not the whole."""
    start, stop = 0, len(there.lines)
    if common and common[0].old > _LEAST_CUT:
        start = common[0].old
    if common and stop - common[-1].old_end > _LEAST_CUT:
        stop = common[-1].old_end
    return start, stop


def _hunks(there: Bare, here: Bare, common: list[Match], start: int, stop: int) -> Iterator[str]:
    """The changed stretches with a line of context on both sides, near ones joined."""
    old_at, new_at = start, 0
    lines: list[str] = []
    edges = [(m.old, m.new, m.count) for m in common] + [(stop, len(here.lines), 0)]
    for old, new, count in edges:
        if (old, new) != (old_at, new_at):
            if not lines:
                lead = int(old_at > start and new_at > 0)
                lines = [f"@@ -{old_at - lead + there.offset} +{new_at - lead + here.offset} @@"]
                lines += [f" {line}" for line in there.lines[old_at - lead : old_at]]
            lines += [f"-{line}" for line in there.lines[old_at:old]]
            lines += [f"+{line}" for line in here.lines[new_at:new]]
        old_at, new_at = old + count, new + count
        if lines and 0 < count <= 2:
            lines += [f" {line}" for line in here.lines[new:new_at]]
        elif lines:
            yield from lines + [f" {line}" for line in here.lines[new : new + min(count, 1)]]
            lines = []


def _patched(there: Bare, start: int, stop: int, hunks: list[str]) -> Iterator[str]:
    """The lines that come of applying the hunks; every context line is compared."""
    at = start
    for line in [] if hunks == [_UNCHANGED] else hunks:
        head = _HUNK.fullmatch(line)
        mark = line[:1]
        if head is not None:
            to = int(head[1]) - there.offset
            if not at <= to <= stop:
                raise DecodeError(f"the hunk {line!r} does not lie in its base")
            yield from there.lines[at:to]
            at = to
        elif mark == "+":
            yield line[1:]
        elif mark in {" ", "-"} and at < stop and there.lines[at] == line[1:]:
            yield from there.lines[at : at + (mark == " ")]
            at += 1
        else:
            raise DecodeError("a hunk does not fit its base")
    yield from there.lines[at:stop]
