"""What a line of a text stands under: titles, sections, files of a diff or of search results."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_CHARS = 160
_TAG = re.compile(r"<[^<>]{0,400}>")
_HEADS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(r"diff --\w.{0,500}|Index: .{1,300}")),
    (2, re.compile(r"@@ .{0,300}")),
    (1, re.compile(r"(?:[=_#*-]{3,}) \S.{0,200} ?(?:[=_#*-]{3,})")),
    (1, re.compile(r"\[{1,2}[\w.\"' /-]{1,120}\]{1,2}")),
)
_FIRST = frozenset("dI@=_#*-[")
_MARKS = re.compile(r"(#{1,6})\s+\S.{0,300}")
_HTML = re.compile(r".{0,800}?<h([1-6])\b.{0,1200}")
_UNDERLINE = re.compile(r"(?:={3,}|-{3,}|~{3,}|\^{3,}|\*{3,}|\"{3,}|\+{3,})")
_HIT = re.compile(r"\d{1,7}[:-]")


def heading(lines: Sequence[str], index: int) -> tuple[int, str] | None:
    """Return the level and the words of the heading that a line is, or `None`."""
    line = lines[index]
    if not line or line[0] == " ":
        return None
    if line[0] == "#" and (match := _MARKS.fullmatch(line)):
        return len(match[1]), line[:MOST_CHARS]
    if "<h" in line and (match := _HTML.fullmatch(line)):
        return int(match[1]), _TAG.sub("", line[match.start(1) - 2 :]).strip()[:MOST_CHARS]
    if line[0] in _FIRST:
        for level, pattern in _HEADS:
            if pattern.fullmatch(line):
                return level, line[:MOST_CHARS]
    return _by_what_follows(line, lines[index + 1] if index + 1 < len(lines) else "")


def _by_what_follows(line: str, following: str) -> tuple[int, str] | None:
    """A title with a rule below it, and a path with the hits of a search below it."""
    if len(line) < MOST_CHARS and line[0].isalnum() and _UNDERLINE.fullmatch(following[:200]):
        return (1 if following[0] == "=" else 2), line
    if len(line) < 300 and not line.count(" ") and _HIT.match(following) and not _HIT.match(line):
        return 1, line
    return None


class Under:
    """The headings that are open while lines are read from the first to the last."""

    def __init__(self) -> None:
        self._open: list[tuple[int, str]] = []

    def enter(self, level: int, words: str) -> None:
        """Open a heading; it closes those of its level and below."""
        self._open = [each for each in self._open if each[0] < level][-4:]
        self._open.append((level, words))

    def __str__(self) -> str:
        return " > ".join(words for _, words in self._open)


def headings(lines: Sequence[str]) -> list[str]:
    """Return for each line what it stands under; a heading stands under itself."""
    under = Under()
    now = ""
    found: list[str] = []
    for index in range(len(lines)):
        if (head := heading(lines, index)) is not None:
            under.enter(*head)
            now = str(under)
        found.append(now)
    return found
