"""Commits of a `git log`: messages without their indent, authors by name once they are known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Sequence

INDENT = "    "
_COMMIT = re.compile(r"commit [0-9a-f]{7,64}(?: \(.*\))?")
_AUTHOR = re.compile(r"(Author: +[^<>]*[^<> ]) <[^<>]*>")
_NAME_ONLY = re.compile(r"Author: +[^<>]*[^<> ]")


def is_log(lines: Sequence[str]) -> bool:
    """Whether the lines start like the output of `git log`."""
    return _COMMIT.fullmatch(lines[0]) is not None


class Messages:
    """Where in a commit a line stands; folding and unfolding take the same steps."""

    def __init__(self) -> None:
        self._state: Literal["outside", "head", "message"] = "outside"
        self._authors: dict[str, str] = {}
        self.messages: int = 0
        self.authors: int = 0
        """How often something was left out."""

    def leave(self) -> None:
        """Something else than a commit's line follows."""
        self._state = "outside"

    def fold(self, line: str) -> str | None:
        """The line as the form has it; `None` when it must stand as it is, and be marked."""
        if self._state == "outside" or _COMMIT.fullmatch(line):
            self._state = "head" if _COMMIT.fullmatch(line) else "outside"
            return line
        if not line.strip():
            self._blank(line)
            return line
        if self._state == "head":
            return self._fold_head(line)
        if line.startswith(INDENT):
            self.messages += 1
            return line.removeprefix(INDENT)
        self._state = "outside"
        return None

    def marked(self, line: str) -> None:
        """A line that stands as it is: one without indent ends the message."""
        if self._state == "message" and not line.startswith(INDENT):
            self._state = "outside"

    def unfold(self, line: str) -> str:
        """The line again, from one that was not marked."""
        if self._state == "outside" or _COMMIT.fullmatch(line):
            self._state = "head" if _COMMIT.fullmatch(line) else "outside"
            return line
        if not line.strip():
            self._blank(line)
            return line
        if self._state == "message":
            return INDENT + line
        return self._unfold_head(line)

    def _blank(self, line: str) -> None:
        if not line:
            self._state = "message" if self._state == "head" else "outside"

    def _fold_head(self, line: str) -> str | None:
        match = _AUTHOR.fullmatch(line)
        if match is None:
            return None if _NAME_ONLY.fullmatch(line) else line
        known = self._authors.get(match[1])
        self._authors[match[1]] = line
        self.authors += known == line
        return match[1] if known == line else line

    def _unfold_head(self, line: str) -> str:
        if _NAME_ONLY.fullmatch(line):
            if line not in self._authors:
                raise DecodeError("`diff` names an author that is not known yet")
            return self._authors[line]
        if match := _AUTHOR.fullmatch(line):
            self._authors[match[1]] = line
        return line
