"""Write a log as templates and, in order, one short line for each of its lines."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from headroom_core.compressors.logs.fields import Template, fold
from headroom_core.compressors.logs.grammar import (
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
from headroom_core.compressors.logs.sections import hoist
from headroom_core.compressors.logs.templates import group

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def write(lines: Sequence[str]) -> tuple[str, str]:
    """Return the legend and the body of the form."""
    sections = hoist(lines)
    folded = list(_folded(sections.reduced))
    mark = _mark([template for _, template in folded])
    definitions: list[str] = []
    short: dict[int, str] = {}
    for members, template in folded:
        text = _definition(template, mark, stamped=bool(sections.stamps[members[0]]))
        if text is not None:
            name = name_of(len(definitions))
            definitions.append(f"{name}={text}")
            short.update(zip(members, _filled(template, name, len(members)), strict=True))
    names = frozenset(map(name_of, range(len(definitions))))
    texts = [
        short[at] if at in short else STAMPED + line[1:] if stamp else _escaped(line, names)
        for at, (line, stamp) in enumerate(zip(sections.reduced, sections.stamps, strict=True))
    ]
    body = "\n".join([*definitions, *_body(texts, sections.stamps)])
    repeats = any(len(each.holes) > len(each.columns) for _, each in folded)
    return legend_of(len(definitions), mark, repeats=repeats, body=body), body


def _folded(lines: Sequence[str]) -> Iterator[tuple[list[int], Template]]:
    """The templates that are worth their definition, with the lines of each."""
    for each in group(lines):
        template = fold([lines[at] for at in each.lines])
        literal = sum(map(len, template.literals))
        parts = len(template.literals)
        count = len(each.lines) if template.columns else _runs(each.lines)
        if (count - 1) * literal > count * (2 + parts) + 2 * parts + 4:
            yield each.lines, template


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
    return any(mark[0] in text and found(text) for text in template.literals)


def _definition(template: Template, mark: str, *, stamped: bool) -> str | None:
    """Write a template, or return `None` if its own text reads like a field or a section."""
    first = template.literals[0]
    if first.startswith(STAMPED) or _clashes(template, mark):
        return None
    parts = [STAMPED + first[1:] if stamped else first]
    seen = 0
    for hole, literal in zip(template.holes, template.literals[1:], strict=True):
        parts.append(mark if hole == seen else repeat_of(mark, hole))
        parts.append(literal)
        seen = max(seen, hole + 1)
    return "".join(parts)


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


def _body(texts: Sequence[str], stamps: Sequence[str]) -> Iterator[str]:
    """Say each section where it starts, and equal neighbours once."""
    last = ""
    for (stamp, text), run in groupby(zip(stamps, texts, strict=True)):
        if stamp and stamp != last:
            yield SECTION + stamp
            last = stamp
        times = sum(1 for _ in run)
        counted = f"x{times} {text}"
        if len(counted) < times * (len(text) + 1) - 1:
            yield counted
        else:
            yield from [text] * times
