"""Read a unified diff, or the log of a repository with diffs in it, into its parts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_HUNK = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@(.*)", re.DOTALL)
_EXTENDED = (
    *("index ", "old mode ", "new mode ", "new file mode ", "deleted file mode ", "similarity "),
    *("dissimilarity ", "rename ", "copy ", "--- ", "+++ ", "Binary files "),
)


class Raw(NamedTuple):
    """Lines outside of files and hunks: of a commit, a message, a summary."""

    start: int
    end: int


class Header(NamedTuple):
    """The lines from `diff --git` to the first hunk."""

    start: int
    end: int


class Hunk(NamedTuple):
    """An `@@` line and its body."""

    start: int
    end: int
    old: int
    old_count: int
    new: int
    new_count: int
    section: str
    """What stands behind the second `@@`."""

    @property
    def first_old(self) -> int:
        """The first old line; `git` counts from the line before where there is none."""
        return self.old + (not self.old_count)

    @property
    def first_new(self) -> int:
        """The first new line."""
        return self.new + (not self.new_count)

    @property
    def shift(self) -> int:
        """How many lines further down the new file is than the old one, after this hunk."""
        return self.first_new + self.new_count - self.first_old - self.old_count

    def head(self) -> str:
        """The `@@` line, as `git` and `diff` write it."""
        old = f"{self.old}" if self.old_count == 1 else f"{self.old},{self.old_count}"
        new = f"{self.new}" if self.new_count == 1 else f"{self.new},{self.new_count}"
        return f"@@ -{old} +{new} @@{self.section}"


Part = Raw | Header | Hunk


def parts_of(lines: Sequence[str]) -> list[Part]:
    """The parts of a diff; every line is in one of them."""
    parts: list[Part] = []
    at = 0
    while at < len(lines):
        part = _part(lines, at)
        if isinstance(part, Raw) and parts and isinstance(parts[-1], Raw):
            part = Raw(parts.pop().start, part.end)
        parts.append(part)
        at = part.end
    return parts


def _part(lines: Sequence[str], at: int) -> Part:
    line = lines[at]
    if line.startswith("diff --git "):
        end = at + 1
        while end < len(lines) and lines[end].startswith(_EXTENDED):
            end += 1
        return Header(at, end)
    return hunk_at(lines, at) or Raw(at, at + 1)


def hunk_at(lines: Sequence[str], at: int) -> Hunk | None:
    """The hunk that starts at `at`; `None` when its body is not as long as it says."""
    match = _HUNK.fullmatch(lines[at]) if lines[at].startswith("@@ -") else None
    if match is None:
        return None
    old_count, new_count = int(match[2] or 1), int(match[4] or 1)
    end = body_end(lines, at + 1, old_count, new_count)
    if end is None:
        return None
    return Hunk(at, end, int(match[1]), old_count, int(match[3]), new_count, match[5])


def body_end(lines: Sequence[str], at: int, old: int, new: int) -> int | None:
    """Where a body with so many lines of each side ends; `None` when it does not fit."""
    while at < len(lines) and (old > 0 or new > 0):
        sign = lines[at][:1] or " "
        old -= sign in " -"
        new -= sign in " +"
        if sign not in " -+\\":
            return None
        at += 1
    if old or new:
        return None
    return at + (at < len(lines) and lines[at].startswith("\\"))
