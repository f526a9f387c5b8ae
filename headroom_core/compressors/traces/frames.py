"""Read the frames of stack traces, as many languages print them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Python's is followed by its source; Go's stands below its function.
_PYTHON = re.compile(r"\s*File \"[^\"]*\", line [0-9]+")
_GO = re.compile(r"\t\S[^\n]*\.(?:go|s|c|h):[0-9]+")
# gdb, PHP and sanitizers: `#0  0x401 in main () at a.c:4`, `#1 /a.php(3): f()`; Rust: `  0: f`.
# A number sign alone starts the lines of many tools, such as the steps of `docker build`.
_NUMBERED = re.compile(
    r"\s*#[0-9]+\s+(?:0x[0-9a-f]+\b|[^\s(]+ ?\(|\{main\}|\S+ (?:in|at) )|\s+[0-9]+:\s+\S"
)
_AT = re.compile(
    r"\s+at \S|\s*\.{3} [0-9]+ (?:more|common frames)|\tfrom \S|\s+- (?:locked|waiting)"
)
_LIBRARY = re.compile(
    r"site-packages|dist-packages|/lib/python[0-9]|<frozen |node_modules|node:|internal/"
    r"|/go[-0-9.]*/src/|/pkg/mod/|/rustc/|/\.cargo/|\bstd(?:\[|::)|\bcore(?:\[|::)"
    r"|\b(?:java|javax|jdk|sun|com\.sun|kotlin|scala|groovy|junit)\.|\borg\.(?:apache|junit|spring"
    r"framework|gradle|eclipse|hibernate)\.|\b(?:System|Microsoft)\.|/usr/(?:local/)?(?:lib|include)"
    r"|/lib(?:64)?/|libc\.so|ld-linux|_start\b|/vendor/|/gems/|<anonymous>|\bruntime\."
)


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a stack: its lines, and whether they are of the user's own code."""

    lines: range
    own: bool


@dataclass(frozen=True, slots=True)
class Stack:
    """Frames that stand below each other."""

    frames: list[Frame]
    innermost_last: bool

    @property
    def lines(self) -> range:
        """All lines of the stack."""
        return range(self.frames[0].lines.start, self.frames[-1].lines.stop)

    @property
    def inside_out(self) -> list[Frame]:
        """The frames from the innermost to the outermost."""
        return self.frames[::-1] if self.innermost_last else self.frames


def is_frame(line: str) -> bool:
    """Whether a line alone looks like a frame, in any language."""
    return any(sort.match(line) for sort in (_PYTHON, _AT, _GO, _NUMBERED))


def stacks_of(lines: Sequence[str]) -> Iterator[Stack]:
    """Return the stacks in order. Frames of a Python stack end with the innermost one."""
    frames: list[Frame] = []
    python = False
    for found in _frames(lines):
        is_python = _PYTHON.match(lines[found.lines.start]) is not None
        if frames and (found.lines.start != frames[-1].lines.stop or is_python != python):
            yield Stack(frames, python)
            frames = []
        frames.append(found)
        python = is_python
    if frames:
        yield Stack(frames, python)


def _frames(lines: Sequence[str]) -> Iterator[Frame]:
    at = 0
    while at < len(lines):
        end = _end(lines, at)
        if end > at:
            text = " ".join(lines[at:end])
            yield Frame(range(at, end), _LIBRARY.search(text) is None)
        at = max(end, at + 1)


def _end(lines: Sequence[str], at: int) -> int:
    """Where the frame that starts here ends; `at` if none starts here."""
    line = lines[at]
    if _PYTHON.match(line):
        return _indented(lines, at)
    if at + 1 < len(lines) and _GO.match(lines[at + 1]) and line[:1].strip():
        return at + 2
    if _NUMBERED.match(line):
        return at + 2 if at + 1 < len(lines) and _AT.match(lines[at + 1]) else at + 1
    return at + 1 if _AT.match(line) else at


def _indented(lines: Sequence[str], at: int) -> int:
    """The end of the lines that stand deeper than this one: the source of a Python frame."""
    depth = len(lines[at]) - len(lines[at].lstrip())
    end = at + 1
    while end < len(lines) and lines[end][: depth + 1].isspace() and len(lines[end]) > depth:
        end += 1
    return end
