"""Write a log as templates and, in order, one short line for each of its lines."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, groupby, pairwise
from typing import TYPE_CHECKING

from headroom_core.compressors.batches import joined
from headroom_core.compressors.logs.blocks import blocks_of
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

DEFINITION = 30
"""What a template must save to be worth the reader's attention, in characters."""


@dataclass(slots=True)
class _Folded:
    """A template with the lines that it stands for."""

    template: Template
    starts: Sequence[int]
    size: int
    """How many lines each of them is."""
    repeats: bool
    """Whether a value stands twice."""
    rows: Iterator[str]
    """The values of each line, read once; none where there are no fields."""
    name: str = ""

    def next_text(self) -> str:
        """The next short line. A digit needs no blank between it and the name."""
        values = next(self.rows, None)
        if values is None:
            return self.name
        return self.name + values if "0" <= values[:1] <= "9" else f"{self.name} {values}"


def write(lines: Sequence[str]) -> tuple[str, str]:
    """Return the legend and the body of the form."""
    sections = hoist(lines)
    folded = list(_folded(sections.reduced, sections.stamps))
    mark = _mark([each.template for each in folded])
    stamped = any(sections.stamps)
    definitions: list[str] = []
    owners: list[_Folded | None] = [None] * len(lines)
    for each in folded:
        text = _definition(each.template, mark, stamped=stamped)
        if text is not None:
            each.name = name_of(len(definitions))
            definitions.append(f"{each.name}={text}")
            for at in each.starts:
                owners[at] = each
    names = frozenset(map(name_of, range(len(definitions))))
    body = joined(chain(definitions, _body(_texts(sections, owners, names))))
    repeats = any(each.repeats for each in folded)
    return legend_of(len(definitions), mark, repeats=repeats, body=body), body


def _folded(lines: Sequence[str], stamps: Sequence[str]) -> Iterator[_Folded]:
    """The templates that are worth their definition, with the lines of each."""
    for block in blocks_of(lines, group(lines), stamps):
        template = fold(block.shape, lines, block.starts, block.size)
        literal = sum(map(len, template.literals))
        parts = len(template.literals)
        count = len(block.starts) if template.columns else _runs(block.starts)
        if (count - 1) * literal > count * (2 + parts) + 2 * parts + DEFINITION:
            repeats = len(template.holes) > len(template.columns)
            rows = map(" ".join, zip(*template.columns, strict=True))
            yield _Folded(template, block.starts, block.size, repeats, rows)


def _texts(
    sections: Sections, owners: Sequence[_Folded | None], names: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """Each line of the body, with the section in which it stands."""
    at = 0
    while at < len(sections.reduced):
        stamp, owner = sections.stamps[at], owners[at]
        if owner is None:
            line = sections.reduced[at]
            yield stamp, STAMPED + line[1:] if stamp else _escaped(line, names)
            at += 1
        else:
            yield stamp, owner.next_text()
            at += owner.size


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
