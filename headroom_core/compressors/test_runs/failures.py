"""Failures of one test with many parameters: the first and the last whole, of the others the gist.

A test that runs for forty parameters and breaks prints the same listing forty times. What tells
these apart are their names, their first explanations and their places: those stay of each.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEADING = re.compile(
    r"_{3,} (?P<pytest>\S.*) _{3,}"
    r"|(?:FAIL|ERROR): (?P<unittest>\w+ \([\w.]+\).*)"
    r"| *--- FAIL: (?P<go>\S+) \([0-9.]+s\)"
    r"|---- (?P<cargo>\S+) stdout ----"
    r"| *● (?P<jest>\S.*)"
)
_SECTION = re.compile(r"=+ .* =+|=+|failures:|FAIL|FAIL\t.*|ok  \t.*|Test Suites: .*")
_PLACE = re.compile(r"\S+:[0-9]+: |\s+at .*:[0-9]+:[0-9]+\)?|  File \".*\", line [0-9]+, in ")
_GIST = re.compile(r"E  +\S|\s*(?:\S+: )?(?:panicked at|assert|\w*(?:Error|Exception|Failure)\b)")
_PARAMETER = re.compile(r"\[.*|/.*| [\(\[{<].*|[0-9]+|\".*|'.*")
_ENOUGH = 3


def alike(lines: Sequence[str]) -> Iterator[int]:
    """The lines of failures between the first and the last of one test, but for their gist."""
    groups: defaultdict[tuple[str, ...], list[range]] = defaultdict(list)
    for block in _blocks(lines):
        groups[_key(lines, block)].append(block)
    for blocks in groups.values():
        if len(blocks) >= _ENOUGH:
            for block in blocks[1:-1]:
                gist = _gist(lines, block)
                yield from (at for at in block if at not in gist)


def _blocks(lines: Sequence[str]) -> Iterator[range]:
    """Each failure from its heading up to the next one, or to what follows them all."""
    start: int | None = None
    for at, line in enumerate(lines):
        is_heading = _HEADING.fullmatch(line) is not None
        if start is not None and (is_heading or _SECTION.fullmatch(line)):
            yield range(start, at)
            start = None
        if is_heading:
            start = at
    if start is not None:
        yield range(start, len(lines))


def _key(lines: Sequence[str], block: range) -> tuple[str, ...]:
    """Which test it was, without its parameters, and where it broke."""
    found = _HEADING.fullmatch(lines[block.start])
    name = found[found.lastgroup] if found is not None and found.lastgroup else ""
    places = (match.group() for at in block if (match := _PLACE.match(lines[at])))
    return (_PARAMETER.sub("", name), *places)


def _gist(lines: Sequence[str], block: range) -> set[int]:
    """The heading, the first line that explains, and the last line that says where."""
    places = [at for at in block if _PLACE.match(lines[at])]
    why = next((at for at in block[1:] if _GIST.match(lines[at])), block.start)
    return {block.start, why, *places[-1:]}
