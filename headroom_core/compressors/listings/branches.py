"""The lossless form of `tree`: a blank a level instead of drawn branches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from headroom_core.compressors.bounded import LinesOut
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BRANCHES = "tree, one blank a level"
DEEPEST = 200
_ODD = "| a line that stood as it follows"
_MARKED = "| "


_ANY = re.compile(
    rf"((?:[│|][ \u00a0]{{3}}|    ){{0,{DEEPEST - 1}}}+)(?:[├└]──|[|`]--) (\S.*)", re.DOTALL
)
_NARROW = re.compile(rf"((?:│ |  ){{0,{DEEPEST - 1}}}+)[├└]─[─┬] (\S.*)", re.DOTALL)
_SIGNS = ("├─", "└─", "|-- ", "`-- ")
"""Every branch has one of them."""


class _Style(NamedTuple):
    """How branches are drawn."""

    words: str
    pipe: str
    fork: str
    last: str
    opens: str = ""
    """What stands for the last sign of a branch, in front of the blank, that has others below."""

    def branch(self, *, is_last: bool, is_parent: bool) -> str:
        """The branch of a name."""
        drawn = self.last if is_last else self.fork
        return f"{drawn[:-2]}{self.opens} " if self.opens and is_parent else drawn

    def pattern(self) -> re.Pattern[str]:
        """A drawn line: its levels, its branch, its name."""
        pipe = re.escape(self.pipe)
        branches = "|".join(
            re.escape(self.branch(is_last=is_last, is_parent=is_parent))
            for is_last in (False, True)
            for is_parent in (False, True)
        )
        blank = " " * len(self.pipe)
        return re.compile(
            rf"((?:{pipe}|{blank}){{0,{DEEPEST - 1}}}+)(?:{branches})(\S.*)", re.DOTALL
        )


_STYLES = (
    _Style("drawn with │ and hard blanks", "│\u00a0\u00a0 ", "├── ", "└── "),
    _Style("drawn with │", "│   ", "├── ", "└── "),
    _Style("drawn with | and `", "|   ", "|-- ", "`-- "),
    _Style("drawn with │ and ┬", "│ ", "├── ", "└── ", "┬"),
)
_PATTERNS = tuple((style, style.pattern()) for style in _STYLES)


def levels_of(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """How deep each line is in the tree, 0 for one without branch, and its name."""
    narrow = any("─┬ " in line for line in lines)
    pattern, width = (_NARROW, 2) if narrow else (_ANY, 4)
    for line in lines:
        match = pattern.fullmatch(line)
        yield (len(match[1]) // width + 1, match[2]) if match else (0, line)


def looks_like(lines: Sequence[str]) -> bool:
    """Whether at least half of the lines, a sample of a text, are drawn branches."""
    text = "\n".join(lines)
    if 2 * sum(map(text.count, _SIGNS)) < len(lines):
        return False
    return 2 * sum(level > 0 for level, _ in levels_of(lines)) >= len(lines) > 2


def write(lines: Sequence[str]) -> tuple[str, str] | None:
    """The legend and the body, or `None` when the lines are not of `tree`."""
    for style, pattern in _PATTERNS:
        width = len(style.pipe)
        nodes = [
            (len(match[1]) // width + 1, match[2])
            if (match := pattern.fullmatch(line))
            else (0, line)
            for line in lines
        ]
        if any(level for level, _ in nodes) and _drawn(nodes, style) == list(lines):
            return _written(nodes, style)
    return None


def _written(nodes: Sequence[tuple[int, str]], style: _Style) -> tuple[str, str]:
    body = [
        f"{' ' * level}{name}" if level or not name.startswith((" ", _MARKED)) else _MARKED + name
        for level, name in nodes
    ]
    odd = any(line.startswith(_MARKED) for line in body)
    return "; ".join([BRANCHES, style.words, *([_ODD] if odd else [])]), "\n".join(body)


def _drawn(nodes: Sequence[tuple[int, str]], style: _Style) -> list[str]:
    """The lines as `tree` draws them: a branch goes on while a sibling follows."""
    lines: list[str] = []
    goes_on = [False] * (DEEPEST + 1)
    deepest = below = 0
    for level, name in reversed(nodes):
        goes_on[level + 1 : deepest + 1] = [False] * max(0, deepest - level)
        deepest = level
        if level:
            blank = " " * len(style.pipe)
            above = "".join(style.pipe if each else blank for each in goes_on[1:level])
            branch = style.branch(is_last=not goes_on[level], is_parent=below > level)
            lines.append(above + branch + name)
            goes_on[level] = True
        else:
            lines.append(name)
        below = level
    return lines[::-1]


def read(legend: str, body: str) -> str:
    """The text of a form; `DecodeError` when it is not one."""
    phrases = legend.split("; ")
    style = next((style for style in _STYLES if style.words in phrases), None)
    if style is None or phrases[0] != BRANCHES:
        raise DecodeError("`listing` does not know this legend")
    nodes: list[tuple[int, str]] = []
    for line in body.split("\n"):
        name = line.lstrip(" ")
        level = len(line) - len(name)
        if level > DEEPEST:
            raise DecodeError("`listing` has a tree that is too deep")
        nodes.append((level, name.removeprefix(_MARKED) if not level else name))
    out = LinesOut()
    out.extend(_drawn(nodes, style))
    return out.text()
