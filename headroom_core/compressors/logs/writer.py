"""Write a log as templates and, in order, one short line for each of its lines."""

from __future__ import annotations

from itertools import groupby, pairwise, repeat
from typing import TYPE_CHECKING

from headroom_core.compressors.logs.blocks import Block, blocks_of
from headroom_core.compressors.logs.fields import Template, fold
from headroom_core.compressors.logs.grammar import (
    BREAK,
    ESCAPE,
    FIELD_MARKS,
    NAME,
    REPEAT,
    SECTION,
    STAMPED,
    field_pattern,
    legend_of,
    name_of,
    repeat_of,
)
from headroom_core.compressors.logs.sections import STAMP, Sections, hoist
from headroom_core.compressors.logs.templates import group

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_DEFINITION = 30
"""What a template must save to be worth the reader's attention, in characters."""


def write(lines: Sequence[str]) -> tuple[str, str]:
    """Return the legend and the body of the form."""
    sections = hoist(lines)
    folded = list(_folded(sections.reduced, sections.stamps))
    mark = _mark([template for _, template in folded])
    definitions: list[str] = []
    short: dict[int, tuple[str, int]] = {}
    for block, template in folded:
        text = _definition(template, mark, stamped=any(sections.stamps))
        if text is not None:
            name = name_of(len(definitions))
            definitions.append(f"{name}={text}")
            filled = _filled(template, name, len(block.starts))
            short.update(zip(block.starts, zip(filled, repeat(block.size)), strict=True))
    names = frozenset(map(name_of, range(len(definitions))))
    body = "\n".join([*definitions, *_body(_texts(sections, short, names))])
    repeats = any(len(each.holes) > len(each.columns) for _, each in folded)
    return legend_of(len(definitions), mark, repeats=repeats, body=body), body


def _folded(lines: Sequence[str], stamps: Sequence[str]) -> Iterator[tuple[Block, Template]]:
    """The templates that are worth their definition, with the lines of each."""
    for block in blocks_of(lines, group(lines), stamps):
        template = fold(block.shape, [lines[at : at + block.size] for at in block.starts])
        literal = sum(map(len, template.literals))
        parts = len(template.literals)
        count = len(block.starts) if template.columns else _runs(block.starts)
        if (count - 1) * literal > count * (2 + parts) + 2 * parts + _DEFINITION:
            yield block, template


def _texts(
    sections: Sections, short: dict[int, tuple[str, int]], names: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """Each line of the body, with the section in which it stands."""
    at = 0
    while at < len(sections.reduced):
        line, stamp = sections.reduced[at], sections.stamps[at]
        text, size = short.get(at, ("", 1))
        yield stamp, text or (STAMPED + line[1:] if stamp else _escaped(line, names))
        at += size


def _runs(members: Sequence[int]) -> int:
    """How many runs of neighbours there are: equal neighbours are counted anyway."""
    return 1 + sum(at + 1 != after for at, after in pairwise(members))


def _mark(templates: Sequence[Template]) -> str:
    """The mark of a field that the fewest templates contain as their own text."""

    def clashes(mark: str) -> int:
        return sum(_clashes(template, mark) for template in templates)

    return min(FIELD_MARKS, key=clashes)


def _clashes(template: Template, mark: str) -> bool:
    found = field_pattern(mark).search
    return any(BREAK in text or (mark[0] in text and found(text)) for text in template.literals)


def _definition(template: Template, mark: str, *, stamped: bool) -> str | None:
    """Write a template, or return `None` if its own text reads like a field or a section."""
    if _clashes(template, mark):
        return None
    parts = [template.literals[0]]
    seen = 0
    for hole, literal in zip(template.holes, template.literals[1:], strict=True):
        parts.append(mark if hole == seen else repeat_of(mark, hole))
        parts.append(literal)
        seen = max(seen, hole + 1)
    lines = "".join(parts).split("\n")
    if any(line.startswith(STAMPED) for line in lines):
        return None
    return BREAK.join(
        STAMPED + line[1:] if stamped and line[:1] == STAMP else line for line in lines
    )


def _filled(template: Template, name: str, count: int) -> Iterator[str]:
    """Write the short lines of one template. A digit needs no blank between it and the name."""
    if not template.columns:
        yield from [name] * count
    for values in map(" ".join, zip(*template.columns, strict=True)):
        yield name + values if "0" <= values[:1] <= "9" else f"{name} {values}"


def _escaped(line: str, names: frozenset[str]) -> str:
    """Put a sign before a line that the reader would take for something else."""
    named = NAME.match(line)
    if (
        line.startswith((ESCAPE, STAMPED, SECTION))
        or REPEAT.match(line)
        or (named and named.group() in names)
    ):
        return ESCAPE + line
    return line


def _body(texts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Say each section where it starts, and equal neighbours once."""
    last = ""
    for (stamp, text), run in groupby(texts):
        if stamp and stamp != last:
            yield SECTION + stamp
            last = stamp
        times = sum(1 for _ in run)
        counted = f"x{times} {text}"
        if len(counted) < times * (len(text) + 1) - 1:
            yield counted
        else:
            yield from [text] * times
