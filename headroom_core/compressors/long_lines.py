"""Lines that are too long to show whole, such as minified code: their ends and what is asked for.

A line of 40,000 characters may hold one of the words of a question. Shown whole it would take the
room of everything else; so it is shown in pieces, with marks that say how much is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core import signals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.base import Hint

LONGEST = 1_000
"""Lines up to this many characters are shown whole."""
_START, _END = 300, 100
_AROUND = 100
_LEAST_CUT = 40
_MOST_WINDOWS = 6


def shortened(lines: Sequence[str], hint: Hint) -> Sequence[str]:
    """The lines, with those that are too long cut; the same object where none is.

    A line that the caller's own rules keep stays whole.
    """
    if not any(len(line) > LONGEST for line in lines):
        return lines
    wanted = signals.terms(hint)
    return [
        line if len(line) <= LONGEST or _is_kept(line, hint) else _cut(line, wanted)
        for line in lines
    ]


def _is_kept(line: str, hint: Hint) -> bool:
    return hint.keep is not None and hint.keep.matches(line)


def _cut(line: str, wanted: Sequence[str]) -> str:
    """The two ends of a line, and what stands around the words that are wanted."""
    parts: list[str] = []
    shown = 0
    for start, end in sorted(_windows(line, wanted)):
        if start - shown >= _LEAST_CUT:
            parts.append(f"[… {start - shown} characters …]")
            shown = start
        parts.append(line[shown:end])
        shown = max(shown, end)
    return "".join(parts)


def _windows(line: str, wanted: Sequence[str]) -> Iterator[tuple[int, int]]:
    yield 0, _START
    yield len(line) - _END, len(line)
    low = line.lower()
    places = [at for term in wanted if (at := low.find(term)) >= _START]
    problem = signals.first_problem(line)
    for at in [*([] if problem is None else [problem]), *places][:_MOST_WINDOWS]:
        yield max(0, at - _AROUND), min(len(line), at + _AROUND)
