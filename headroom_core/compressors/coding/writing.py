"""Write an outline: source lines, and comments that name the lines of what is left out."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from headroom_core.compressors.gutters import number_of

if TYPE_CHECKING:
    from headroom_core.compressors.coding.functions import Function
    from headroom_core.compressors.coding.outline import Outline
    from headroom_core.compressors.gutters import Bare

_NUMBERS = "[line numbers left out; comments name the lines of gaps]"
_MOST_NAMES = 40


def write(here: Bare, outline: Outline, comment: str) -> tuple[str, int]:
    """The outline as text, and how many characters of it were asked for."""
    out = [_NUMBERS] if here.runs else []
    required = due = 0
    for rows, is_hidden in outline.stretches():
        if is_hidden:
            out.append(_gap(here, outline, rows, comment))
            due = _known(here, rows[-1]) + 1
            continue
        for row in rows:
            line = here.lines[row]
            number = number_of(row, here.runs)
            # A number that does not follow from the line before, or from a gap's, is shown.
            if here.style is not None and number is not None and number != due:
                line = here.style.write(number, line)
            out.append(line)
            due = _known(here, row) + 1
            required += len(line) + 1 if outline.required[row] else 0
    return "\n".join(out), required


def _gap(here: Bare, outline: Outline, rows: range, comment: str) -> str:
    """The comment that stands for hidden rows, indented as the least of them, with their names."""
    hidden = [line for line in here.lines[rows.start : rows.stop] if line.strip()]
    indent = min((line[: len(line) - len(line.lstrip())] for line in hidden), key=len)
    start, end = _known(here, rows.start), _known(here, rows[-1])
    lines = f"line {start}" if start == end else f"lines {start}-{end}"
    names = _names(outline, rows)
    told = ", ".join(names[:_MOST_NAMES]) + (", …" if len(names) > _MOST_NAMES else "")
    return f"{indent}{comment} … {lines}{': ' if told else ''}{told}"


def _names(outline: Outline, rows: range) -> list[str]:
    """The functions that a gap hides from their first line on, but not those inside of them."""
    functions = outline.functions
    first = bisect_left(functions, rows.start, key=_start)
    after = bisect_left(functions, rows.stop, key=_start)
    inside = range(first, after)
    found = (functions[k].name for k in inside if outline.parents[k] < first)
    return list(dict.fromkeys(name for name in found if name))


def _start(function: Function) -> int:
    return function.start


def _known(here: Bare, row: int) -> int:
    """The number that a reader knows a row by."""
    number = number_of(row, here.runs)
    return row + 1 if number is None else number
