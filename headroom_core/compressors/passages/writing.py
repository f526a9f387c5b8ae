"""Write the shown units as they stand in the text, and say in every gap what it held."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.passages.layout import Layout

_MOST_TITLES = 4
_MOST_SOURCES = 40
_LONGEST_TITLE = 48
_WORDS = {
    "sentence": ("sentence", "sentences"),
    "heading": ("heading", "headings"),
    "head": ("chunk", "chunks"),
    "row": ("row", "rows"),
    "frame": ("bracket", "brackets"),
    "item": ("item", "items"),
    "code": ("block of code", "blocks of code"),
}


def write(layout: Layout, shown: Sequence[int], *, of_file: bool = False) -> str:
    """The shown units in order, and what is left out between them.

    A gap is marked in a line of its own; inside a value of JSON, where it is. In a file it names
    the lines that it stands for.
    """
    starts = _line_starts(layout.text) if of_file else []
    units = layout.units
    pieces: list[str] = []
    after = 0
    for number in (*shown, len(units)):
        if number > after:
            pieces += _marked(layout, after, number, starts)
        elif number and number < len(units):
            pieces.append(layout.text[units[number - 1].end : units[number].start])
        if number < len(units):
            pieces.append(layout.text_of(units[number]))
        after = number + 1
    return "".join(pieces)


def _line_starts(text: str) -> list[int]:
    return list(accumulate((len(line) + 1 for line in text.split("\n")), initial=0))


def _marked(layout: Layout, start: int, end: int, starts: Sequence[int]) -> Iterator[str]:
    """The mark of a gap, and the line ends that set it apart."""
    units = layout.units
    inside = layout.inline and units[start].section == units[end - 1].section
    apart = " " if inside and units[start].kind == "sentence" else "\n"
    yield apart if start and not (apart == " " and units[start - 1].kind == "head") else ""
    yield f"[… {_lines(layout, start, end, starts)}{gap(layout, start, end)}]"
    yield apart if end < len(units) and not (apart == " " and units[end].kind == "head") else ""


def _lines(layout: Layout, start: int, end: int, starts: Sequence[int]) -> str:
    """The numbers of the lines that a gap reaches over, if they are wanted."""
    if not starts:
        return ""
    first = bisect_right(starts, layout.units[start].start)
    last = bisect_right(starts, layout.units[end - 1].end - 1)
    return f"lines {first}-{last}, " if last > first else f"line {first}, "


def gap(layout: Layout, start: int, end: int) -> str:
    """What the units between two numbers are, and what the sections are called."""
    kinds = Counter(unit.kind for unit in layout.units[start:end])
    sections = dict.fromkeys(unit.section for unit in layout.units[start:end])
    if "head" in kinds:
        kinds["head"] = len(
            {unit.section for unit in layout.units[start:end] if unit.kind == "head"}
        )
    if len(kinds) > 1:
        del kinds["heading"]
    held = ", ".join(f"{count} {_WORDS[kind][count > 1]}" for kind, count in kinds.items())
    before = layout.units[start - 1].section if start else 0
    named = [layout.titles[each] for each in sections if each != before and layout.titles[each]]
    titles = [_short(title) for title in dict.fromkeys(named)]
    most = _MOST_SOURCES if "head" in kinds else _MOST_TITLES
    more = f", {len(titles) - most} more" if len(titles) > most else ""
    names = ", ".join(titles[:most])
    return f"{held}{': ' if names else ''}{names}{more}"


def _short(title: str) -> str:
    title = title.replace("[", "(").replace("]", ")")
    return title if len(title) <= _LONGEST_TITLE else f"{title[:_LONGEST_TITLE]}…"
