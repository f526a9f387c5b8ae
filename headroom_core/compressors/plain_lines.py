"""Show of lines in no known shape those that answer the question, below what they stand under.

    Certificate:
    [… 5 lines]
            Validity
                Not Before: May  5 09:37:37 2011 GMT
                Not After : Dec 31 09:37:37 2030 GMT
    [… 80 lines]

A list of commits, a certificate, a manual page: many programs print lines that are no table, no
log and no sentences. What the question names in them is found as it is in running text; where it
names nothing, nothing is left out.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from headroom_core import signals
from headroom_core.compressors.base import Compressor, Hint, View
from headroom_core.compressors.coding.languages import language_of
from headroom_core.compressors.gaps import GAP_CHARS, filled, gapped
from headroom_core.compressors.gutters import bare
from headroom_core.compressors.long_lines import shortened
from headroom_core.compressors.passages.asked import asked
from headroom_core.compressors.passages.choose import choose
from headroom_core.compressors.passages.layout import Layout, Unit
from headroom_core.compressors.passages.scoring import score

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.source import Source

_LEAST_LINES = 20
_MOST_LINES = 100_000
_MOST_ABOVE = 4
_MOST_OF_SOURCE = 0.9
_HEADING = re.compile(r"^#{2,6} \S", re.MULTILINE)
_LEAST_HEADINGS = 2
_SENTENCE_END = re.compile(r"[^\W\d_]{2}[.!?]\)?\n")
_LINES_FOR_A_SENTENCE = 10
_HIDES = "chosen by the question"
_CUT = "chosen by the question, long lines cut"


class PlainLines(Compressor):
    """Query-aware excerpts of lines that no other compressor knows."""

    name = "lines"
    last_resort = True

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        wanted = asked(hint)
        if not wanted.own or hint.edited or len(source.lines) > _MOST_LINES:
            return None
        if _is_document(source.text):
            return None
        lines = shortened(source.lines, hint)
        if lines is source.lines and (len(lines) < _LEAST_LINES or _is_read_whole(source, hint)):
            return None
        layout, places = _layout(lines)
        scores = score(layout, wanted)
        if not scores.answers:
            return None
        chosen = choose(layout, scores, wanted, hint, room)
        ends = (0, 1, len(lines) - 2, len(lines) - 1)
        must = {at for at in ends if 0 <= at < len(lines)}.union(signals.problems(lines))
        shown = must | {places[number] for number in chosen.units}
        left = room - sum(len(lines[at]) + 1 for at in shown)
        shown.update(list(_outline(layout, places, shown, left)))
        order = filled(lines, shown)
        body = "\n".join(gapped(lines, order))
        if len(body) > _MOST_OF_SOURCE * len(source):
            return None
        required = min(chosen.required + sum(len(lines[at]) + 1 for at in must), len(body))
        hides = _HIDES if lines is source.lines else _CUT
        return View(body, "lines", len(order), len(lines), hides, required)


def _is_document(text: str) -> bool:
    """Whether a text has headings or sentences: a plan or a report, to be read as a whole."""
    headings = len(list(islice(_HEADING.finditer(text), _LEAST_HEADINGS)))
    ends = sum(1 for _ in _SENTENCE_END.finditer(text))
    return headings == _LEAST_HEADINGS or ends * _LINES_FOR_A_SENTENCE > text.count("\n")


def _is_read_whole(source: Source, hint: Hint) -> bool:
    """Whether a text is a file to work on, or code: its own compressor knows what to show of it."""
    if hint.origin == "file_read":
        return True
    code = bare(source.lines, source.head).lines[: len(source.head)]
    return language_of(code, hint.path, hint.command) is not None


def _outline(layout: Layout, places: Sequence[int], shown: set[int], room: int) -> Iterator[int]:
    """Lines for the room that is left: those that others stand below, then the first ones."""
    leads = {lead for unit in layout.units for lead in unit.leads}
    for number in (*sorted(leads), *range(len(places))):
        unit = layout.units[number]
        room -= unit.end - unit.start + 1 + GAP_CHARS if places[number] not in shown else 0
        if room < 0:
            return
        yield places[number]


def _layout(lines: Sequence[str]) -> tuple[Layout, list[int]]:
    """A unit for each line that is not blank, and the number of its line.

    A line is led by the one above it that stands further left; those below the same one are a
    block, and so is each line that stands below none.
    """
    layout = Layout("\n".join(lines))
    places: list[int] = []
    above: list[tuple[int, int, int]] = []  # indent, unit, and the block of what is below it
    start = 0
    for at, line in enumerate(lines):
        bare = line.lstrip(" \t")
        if bare:
            indent = len(line) - len(bare)
            while above and above[-1][0] >= indent:
                above.pop()
            layout.blocks += 2
            block = above[-1][2] if above else layout.blocks - 1
            leads = (above[-1][1],) if above else ()
            if len(above) < _MOST_ABOVE:
                above.append((indent, len(places), layout.blocks))
            layout.units.append(Unit(start, start + len(line), "sentence", block, 0, leads))
            places.append(at)
        start += len(line) + 1
    return layout, places
