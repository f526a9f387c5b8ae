"""Cut a tool result into the wrapper that an agent put around it and what the tool printed.

Segments are whole lines and their concatenation is the text. Wrapper lines stay as they are; what
stands between them is compressed on its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_WRAPPER_LINE = re.compile(
    r"(?:Exit code|Exit status|Chunk ID|Wall time|Process exited with code|Original token count"
    r"|Return code|Duration|Command|Working directory|Shell cwd was reset)\b.{0,200}"
    r"|(?:Output|Stdout|Stderr|STDOUT|STDERR|stdout|stderr|Result|Error output):"
    r"|</?(?:output|stdout|stderr|result|error|returncode|bash-stdout|bash-stderr|tool_result)>"
    r"|<returncode>-?\d+</returncode>"
)
_REMINDER_OPENS = "<system-reminder>"
_REMINDER_CLOSES = "</system-reminder>"
_MOST_WRAPPER_LINES = 12
_MOST_REMINDER_LINES = 60


@dataclass(frozen=True, slots=True)
class Segment:
    """Some whole lines of a text. All but the last segment of a text end with a newline."""

    text: str
    wrapper: bool = False


def split(text: str) -> list[Segment]:
    """Cut off the wrapper lines at the head and the foot of `text`."""
    head = _head_end(text)
    foot = _foot_start(text, head)
    cuts = [(0, head, True), (head, foot, False), (foot, len(text), True)]
    return [Segment(text[a:b], wrapper) for a, b, wrapper in cuts if a < b] or [Segment(text)]


def _head_end(text: str) -> int:
    """Where the wrapper lines at the head end: after the last of the first lines that is one."""
    at = end = 0
    for _ in range(_MOST_WRAPPER_LINES):
        newline = text.find("\n", at)
        if newline < 0:
            break
        line = text[at:newline]
        at = newline + 1
        if _WRAPPER_LINE.fullmatch(line):
            end = at
        elif line.strip():
            break
    return end


def _foot_start(text: str, head: int) -> int:
    """Where the wrapper lines at the foot begin."""
    at = start = len(text)
    for _ in range(_MOST_WRAPPER_LINES):
        line_start = text.rfind("\n", head, max(head, at - 1)) + 1 or head
        line = text[line_start:at].rstrip("\n")
        if line_start <= head:
            break
        if line == _REMINDER_CLOSES:
            line_start = _reminder_start(text, head, line_start)
            start = min(start, line_start)
        elif _WRAPPER_LINE.fullmatch(line):
            start = line_start
        elif line.strip():
            break
        at = line_start
    return start


def _reminder_start(text: str, head: int, at: int) -> int:
    """Where the reminder block that closes at `at` opens; `at` itself when it does not."""
    opens = text.rfind(f"\n{_REMINDER_OPENS}", head, at)
    short = opens >= 0 and text.count("\n", opens, at) <= _MOST_REMINDER_LINES
    return opens + 1 if short else at
