"""Read what `grep`, `rg`, `git grep` and `ag` print into lines that know their file."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

Mark = Literal["hit", "context", "gap", "odd"]
Style = Literal["flat", "bare", "heading"]

# A path without blanks, or a rooted one with single blanks. Possessive: no second try, so linear.
_PATH = r"(?:(?:[A-Za-z]:(?=[\\/]))?[^\s:]++|\.{0,2}/[^\s:]*+(?: [^\s:]++)++)"
_HIT = re.compile(rf"({_PATH}):([1-9]\d{{0,8}}):")
_BARE = re.compile(rf"({_PATH}):")
_NUMBER_DASH = re.compile(r"([1-9]\d{0,8})-")
_NUMBERED = re.compile(r"([1-9]\d{0,8})([:-])")
_DASHED = re.compile(r"-[1-9]\d{0,8}-")
_NAMED_FILE = re.compile(
    r"[\w./\\ ()@+\[\]-]*(?:[/\\]|\w\.\w)[\w./\\ ()@+\[\]-]*\Z|[A-Z][A-Za-z]+\Z"
)

LONGEST_PATH = 1024


class Line(NamedTuple):
    """One line of a search result."""

    mark: Mark
    path: str
    number: int
    """The line number in the file; 0 where the search printed none."""
    text: str


class Results(NamedTuple):
    """A search result that was read to its end."""

    style: Style
    lines: list[Line]


def read(lines: Sequence[str]) -> Results | None:
    """Read a search result, or return `None` when most of the lines are none."""
    if (flat := _flat(lines)) is not None:
        return Results("flat", flat)
    if (blocks := _heading(lines)) is not None:
        return Results("heading", blocks)
    bare = _bare(lines)
    return None if bare is None else Results("bare", bare)


def looks_like(head: Sequence[str]) -> bool:
    """Whether the first lines of a text are those of a search."""
    whole = len(head) - head[::-1].index("") - 1 if "" in head else 0  # up to the last full block
    return read(head) is not None or _heading(head[:whole]) is not None


def _flat(lines: Sequence[str]) -> list[Line] | None:
    """Lines `path:12:text`, with `path-11-text` for context and `--` between blocks."""
    matches = [_hit(line) for line in lines]
    if not any(matches):
        return None
    paths = {path: path for match in matches if match and (path := match[1])}
    glued = {path for path in paths if _is_context(path, paths)}
    ahead = ""
    following = [""] * len(lines)
    for index in range(len(lines) - 1, -1, -1):
        match = matches[index]
        if match and match[1] not in glued and _is_path(match[1]):
            ahead = paths[match[1]]  # one text for all lines of a file
        following[index] = ahead
    found: list[Line] = []
    path, odd = "", 0
    for line, match, ahead in zip(lines, matches, following, strict=True):
        if match and match[1] == ahead:
            path = ahead
            found.append(Line("hit", path, int(match[2]), line[match.end() :]))
        elif line == "--":
            found.append(Line("gap", "", 0, line))
        elif (context := _context(line, path) or _context(line, ahead)) is not None:
            path = context.path
            found.append(context)
        else:
            odd += 1
            found.append(Line("odd", "", 0, line))
    return found if len(found) - odd >= max(2, 3 * odd // 2) and path else None


def _is_path(path: str) -> bool:
    """Whether it may name a file; a time of day, an address or a word of a sentence does not."""
    return path[0].isalpha() or (
        any(sign in path for sign in "/.\\") and not path.replace(".", "").isdigit()
    )


def _hit(line: str) -> re.Match[str] | None:
    match = _HIT.match(line)
    return match if match and len(match[1]) <= LONGEST_PATH else None


def _is_context(path: str, paths: Container[str]) -> bool:
    """Whether a path is a context line whose text went on like a hit: `a.py-7-see b:12:`."""
    return any(path[: dash.start()] in paths for dash in _DASHED.finditer(path))


def _context(line: str, path: str) -> Line | None:
    if not path or not line.startswith(path) or not line.startswith("-", len(path)):
        return None
    number = _NUMBER_DASH.match(line, len(path) + 1)
    return Line("context", path, int(number[1]), line[number.end() :]) if number else None


def _heading(lines: Sequence[str]) -> list[Line] | None:
    """Blocks of a path and `12:text` lines, with one empty line between blocks."""
    if not _starts_blocks(lines):
        return None
    found: list[Line] = []
    path = ""
    for line in lines:
        if not path:
            if _NUMBERED.match(line) or line in {"", "--"} or (found and line == found[-1].path):
                return None
            path = line
        elif number := _NUMBERED.match(line):
            mark: Mark = "hit" if number[2] == ":" else "context"
            found.append(Line(mark, path, int(number[1]), line[number.end() :]))
        elif line not in {"", "--"} or found[-1].path != path:
            return None
        elif line:
            found.append(Line("gap", path, 0, line))
        else:
            path = ""
    return found if found and found[-1].path == path else None


def _starts_blocks(lines: Sequence[str]) -> bool:
    return len(lines) > 2 and _NUMBERED.match(lines[1]) is not None and _is_file(lines[0])


def _is_file(path: str) -> bool:
    return len(path) <= LONGEST_PATH and _NAMED_FILE.match(path) is not None


def _bare(lines: Sequence[str]) -> list[Line] | None:
    """Lines `path:text`, when every line is one and the paths come in runs."""
    found: list[Line] = []
    for line in lines:
        match = _BARE.match(line)
        if match is None:
            return None
        found.append(Line("hit", match[1], 0, line[match.end() :]))
    paths = dict.fromkeys(line.path for line in found)
    runs = 1 + sum(a.path != b.path for a, b in pairwise(found))
    return found if 2 * runs <= len(found) and all(map(_is_named, paths)) else None


def _is_named(path: str) -> bool:
    return _is_file(path) and ("/" in path or "." in path)
