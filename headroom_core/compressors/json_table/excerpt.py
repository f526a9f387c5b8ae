"""Long cells shortened to what matters, with their length said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core import signals

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHORT = 240
_SHORT_OBJECT = 1200
_LEAD = 100
_SCANNED = 200_000
_AROUND = 70
_MOST_WINDOWS = 6


def excerpt_row(line: str, delimiter: str, wanted: Sequence[str]) -> str:
    """A row whose long cells are shortened; one that is written as JSON is no single cell."""
    if len(line) <= (_SHORT_OBJECT if line.startswith("!") else _SHORT):
        return line
    return delimiter.join(excerpt(cell, wanted) for cell in line.split(delimiter))


def excerpt(text: str, wanted: Sequence[str]) -> str:
    """A text, or its beginning and what stands around the wanted words and problems in it."""
    if len(text) <= _SHORT:
        return text
    if text.startswith("(") and ")(" in text:
        return _excerpt_rows(text.split(")("), wanted)
    windows = [(0, _LEAD)]
    low = text.lower()
    for at in [low.find(term) for term in wanted] + signals_in(text):
        if at >= _LEAD and len(windows) <= _MOST_WINDOWS:
            windows.append((max(0, at - _AROUND), at + _AROUND))
    out: list[str] = []
    shown = 0
    for start, end in sorted(windows):
        begin = max(start, shown)
        if begin > shown:
            out.append(" … ")
        if end > begin:
            out.append(text[begin:end])
            shown = end
    if shown < len(text):
        out.append(f"[… of {len(text)} characters]")
    return "".join(out)


def signals_in(text: str) -> list[int]:
    """Where the first line that sounds like a problem starts, if there is one."""
    lines = text[:_SCANNED].split("\\n")
    found = signals.problems(lines)
    if not found:
        return []
    first = min(found)
    return [sum(len(line) + 2 for line in lines[:first])]


def _excerpt_rows(rows: list[str], wanted: Sequence[str]) -> str:
    """The rows of a child table that matter, and how many others there are."""
    last = len(rows) - 1
    keep = {0, last, *signals.problems(rows), *signals.rare_hits(rows, wanted)}
    out: list[str] = []
    hidden = 0
    for index, row in enumerate(rows):
        if index not in keep:
            hidden += 1
            continue
        if hidden:
            out.append(f"[… {hidden} rows]")
            hidden = 0
        out.append(f"{'(' if index else ''}{row}{')' if index < last else ''}")
    return "".join(out)
