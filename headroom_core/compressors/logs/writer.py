"""Write a log as templates and, in order, one short line for each of its lines."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, compress, count, groupby, islice, pairwise, repeat
from operator import eq
from typing import TYPE_CHECKING

from headroom_core.compressors.logs.blocks import blocks_of
from headroom_core.compressors.logs.fields import fold
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
from headroom_core.compressors.logs.groups import group
from headroom_core.compressors.logs.sections import STAMP, hoist
from headroom_core.compressors.logs.units import column_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

DEFINITION = 30
"""What a template must save to be worth the reader's attention, in characters."""

# What becomes of a line: no line of its own, a short line, or itself.
_INSIDE, _SHORT, _ALONE = range(3)


@dataclass(frozen=True, slots=True)
class _Folded:
    """A template with the lines that it stands for."""

    literals: Sequence[str]
    holes: Sequence[int]
    starts: Sequence[int]
    size: int
    """How many lines each of them is."""
    repeats: bool
    """Whether a value stands twice."""
    rows: Sequence[str]
    """The values of each line; none where there are no fields."""

    def texts(self, name: str) -> Iterable[str]:
        """The short lines. A digit needs no blank between it and the name."""
        if not self.rows:
            return repeat(name, len(self.starts))
        return [
            name + values if "0" <= values[:1] <= "9" else f"{name} {values}"
            for values in self.rows
        ]


def write(lines: Sequence[str]) -> tuple[str, str]:
    """Return the legend and the body of the form."""
    sections = hoist(lines)
    folded = list(_folded(sections.reduced, sections.stamps))
    mark = _mark(folded)
    stamped = any(sections.stamps)
    definitions: list[str] = []
    texts = list(sections.reduced)
    kinds = bytearray([_ALONE]) * len(lines)
    for each in folded:
        text = _definition(each, mark, stamped=stamped)
        if text is not None:
            name = name_of(len(definitions))
            definitions.append(f"{name}={text}")
            inner = bytes([_INSIDE]) * (each.size - 1)
            for at, short in zip(each.starts, each.texts(name), strict=True):
                texts[at] = short
                kinds[at] = _SHORT
                if inner:
                    kinds[at + 1 : at + each.size] = inner
    repeats = any(each.repeats for each in folded)
    del folded
    names = frozenset(map(name_of, range(len(definitions))))
    for at in compress(count(), map(_ALONE.__eq__, kinds)):
        line = texts[at]
        texts[at] = STAMPED + line[1:] if sections.stamps[at] else _escaped(line, names)
    stamps = sections.stamps
    if _INSIDE in kinds:
        texts, stamps = list(compress(texts, kinds)), list(compress(stamps, kinds))
    body = "\n".join(chain(definitions, _body(texts, stamps)))
    return legend_of(len(definitions), mark, repeats=repeats, body=body), body


def _folded(lines: Sequence[str], stamps: Sequence[str]) -> Iterator[_Folded]:
    """The templates that are worth their definition, with the lines of each."""
    for block in blocks_of(lines, group(lines), stamps):
        template = fold(block.shape, lines, block.starts, block.size)
        literal = sum(map(len, template.literals))
        parts = len(template.literals)
        times = len(block.starts) if template.columns else _runs(block.starts)
        if (times - 1) * literal > times * (2 + parts) + 2 * parts + DEFINITION:
            repeats = len(template.holes) > len(template.columns)
            rows = column_of(map(" ".join, zip(*template.columns, strict=True)), times)
            yield _Folded(
                template.literals, template.holes, block.starts, block.size, repeats, rows
            )


def _runs(members: Sequence[int]) -> int:
    """How many runs of neighbours there are: equal neighbours are counted anyway."""
    return 1 + sum(at + 1 != after for at, after in pairwise(members))


def _mark(templates: Sequence[_Folded]) -> str:
    """The mark of a field that the fewest templates contain as their own text."""
    texts = ["\n".join(template.literals) for template in templates]

    def clashes(mark: str) -> int:
        return sum(_clashes(text, mark) for text in texts)

    return min(FIELD_MARKS, key=clashes)


def _clashes(text: str, mark: str) -> bool:
    return BREAK in text or (mark[0] in text and field_pattern(mark).search(text) is not None)


def _definition(template: _Folded, mark: str, *, stamped: bool) -> str | None:
    """Write a template, or return `None` if its own text reads like a field or a section."""
    if _clashes("\n".join(template.literals), mark):
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


def _body(texts: Sequence[str], stamps: Sequence[str]) -> Iterator[str]:
    """Say each section where it starts, and equal neighbours once."""
    last = ""
    start = 0
    for stamp, run in groupby(stamps):
        if stamp and stamp != last:
            yield SECTION + stamp
            last = stamp
        end = start + len(list(run))
        yield from _counted(texts[start:end])
        start = end


def _counted(texts: Sequence[str]) -> Iterator[str]:
    """The lines, equal neighbours once where that is shorter."""
    done = 0
    for at in compress(count(), map(eq, texts, islice(texts, 1, None))):
        if at < done:
            continue
        text = texts[at]
        times = next((more for more in range(2, len(texts) - at) if texts[at + more] != text), 0)
        times = times or len(texts) - at
        counted = f"x{times} {text}"
        if len(counted) < times * (len(text) + 1) - 1:
            yield from texts[done:at]
            yield counted
            done = at + times
    yield from texts[done:]
