"""Where the block that a line of source opens ends: by its brackets, else by its indentation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.retrieval.code_only import CONTINUES

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_LINES = 20_000
MOST_ABOVE = 30
MOST_READ = 8
"""So many times the text is read for all the blocks of one question."""
_BRACKET = re.compile(r"[(){}\[\];]")
_CLOSES = {"(": ")", "[": "]", "{": "}"}
_BRANCH = re.compile(r"\s*#\s*(if|el|endif)(?:n?def|se|if)?\b")
_DIRECTIVE = re.compile(r"\s*#\s*(?:define|undef|include|pragma|error|warning|line|region)\b")
_GOES_ON = re.compile(
    r"\s*(?:[\]{)>:,&|?.=+\0-]|(?:where|throws|extends|implements|noexcept|requires)\b)"
)
_STILL_GOES_ON = ("{", "|", "&")
_COLON = re.compile(r"\s*(?:async\s+)?(?:def|class)\b")
_END = re.compile(r"end\b")
_AMID = re.compile(r"(?:rescue|ensure|else|elsif|after|catch)\b")
_DECORATES = re.compile(r"\s*(?:@\w|#\[|\[(?:\w+: ?)?\w.*[\](,]$|template\s*<)(?!.*;$)")
_DOCUMENTS = ("///", "#[")
_ARGUMENTS_END = re.compile(r"\s*[)\]}]+[)\]]\s*$|\s*[)\]]\s*$")
_FUNCTION = re.compile(r"\s*[\w:~]+\s*(?:$|\((?!\s*\)))")
_TYPES = re.compile(r"[\w\s:*&<>,]*[\w*&>]")


class Blocks:
    """The blocks of some lines of code, from which texts and comments were taken."""

    def __init__(self, code: Sequence[str]) -> None:
        self._code = code
        self._left = MOST_READ * (sum(map(len, code)) + len(code))

    def last(self, index: int, column: int) -> int:
        """The index of the last line of what is defined at a place."""
        by_indent = self._by_indent(index)
        if by_indent > index and _END.match(self._code[by_indent].lstrip()):
            return by_indent
        by_brackets = self._by_brackets(index, column)
        return by_indent if by_brackets is None else by_brackets

    def first(self, index: int, column: int, lines: Sequence[str]) -> int:
        """The index of the first line: that of what decorates it, or of its type above it."""
        line = self._code[index]
        first = index
        if index and not line[:column].strip() and _FUNCTION.match(line):
            first -= _is_type(self._code[index - 1], line)
        for above in range(first - 1, max(-1, first - MOST_ABOVE), -1):
            if not lines[above].strip():
                break
            if not self._code[above].strip() or _depth(lines[above]) > _depth(line):
                first = above if lines[above].lstrip().startswith(_DOCUMENTS) else first
            elif _DECORATES.match(lines[above]):
                first = above
            elif not _ARGUMENTS_END.match(self._code[above]):
                break
        return first

    def _by_brackets(self, index: int, column: int) -> int | None:
        """The last line by its brackets, or `None` for what has no block in braces.

        Within a bracket only those of its kind count, so that `case x)` of a shell closes nothing.
        """
        brackets = _Brackets()
        reached = index
        indent = _depth(self._code[index])
        for number in range(index, min(len(self._code), index + MOST_LINES)):
            line = self._code[number]
            self._left -= len(line) + 1
            if self._left < 0:
                return None
            if number > index:
                if brackets.skip(line):
                    continue
                if not brackets.depth and _is_next(line, indent):
                    return reached
            reached = number if line.strip() else reached
            end = brackets.read(line, column if number == index else 0)
            if end or (brackets.closed and not brackets.depth and not self._goes_on(index, number)):
                return number if brackets.closed or end == ";" else None
            if not brackets.depth:
                if line.rstrip().endswith(":") and _COLON.match(self._code[index]):
                    return None
                brackets.closed = False
        return None if brackets.depth else reached

    def _goes_on(self, index: int, number: int) -> bool:
        """Whether more follows closed braces: behind `: a{1},` comes the block of a constructor."""
        if number > index and self._code[number].rstrip().endswith(","):
            return "{" in self._code[number]
        following = (line for line in self._code[number + 1 : number + 3] if line.strip())
        return number > index and next(following, "").lstrip().startswith(_STILL_GOES_ON)

    def _by_indent(self, index: int) -> int:
        indent = _depth(self._code[index])
        last = index
        for number in range(index + 1, min(len(self._code), index + MOST_LINES)):
            line = self._code[number]
            start = line.lstrip()
            if not start:
                continue
            depth = len(line) - len(start)
            if depth > indent or line.startswith(CONTINUES) or _AMID.match(start):
                last = number
                continue
            if depth < indent or not (start[0] in "{})]" or _END.match(start)):
                break
            last = number
            if start[0] == "}" or _END.match(start):
                break
        return last


class _Brackets:
    """What is open while lines are read from the first to the last."""

    def __init__(self) -> None:
        self.depth = 0
        self.closed = False
        """Whether braces were closed."""
        self._kind = ""
        self._branches: list[tuple[int, str]] = []
        self._skipped = 0

    def read(self, line: str, column: int) -> str:
        """Read a line from a column on; return what ends a statement in it, if anything does."""
        for match in _BRACKET.finditer(line, column):
            bracket = match[0]
            if self.depth:
                self.depth += (bracket == self._kind) - (bracket == _CLOSES[self._kind])
                self.closed = self.closed or (not self.depth and self._kind == "{")
            elif bracket in _CLOSES:
                self.depth, self._kind = 1, bracket
            else:
                return bracket
        return ""

    def skip(self, line: str) -> bool:
        """Whether a line is none of code: each branch of `#if` starts as deep as the first one."""
        match = _BRANCH.match(line)
        if match is None:
            return self._skipped > 0 or bool(_DIRECTIVE.match(line))
        word = match[1]
        if self._skipped or (word == "el" and not self._branches):
            # What begins in one branch goes on behind all of them, not in the next one.
            self._skipped = (self._skipped or 1) + {"if": 1, "el": 0, "endif": -1}[word]
        elif word == "if":
            self._branches.append((self.depth, self._kind))
        elif word == "el":
            self.depth, self._kind = self._branches[-1]
        elif self._branches:
            self._branches.pop()
        return True


def _is_next(line: str, indent: int) -> bool:
    """Whether a line begins something else than the block of what stands above it."""
    return bool(line.strip()) and _depth(line) <= indent and not _GOES_ON.match(line)


def _is_type(line: str, name: str) -> bool:
    return bool(_TYPES.fullmatch(line.rstrip())) and _depth(line) == _depth(name)


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())
