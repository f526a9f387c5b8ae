"""Cut huge runs of white space, on which the regular expression of an encoding runs out of stack.

The rule looks at the text alone and is the same for every vocabulary and machine, so that all
counters agree: a run of more than `MAX_RUN` white-space characters is cut after each `MAX_RUN` of
them, and the pieces are counted one by one. A text without such a run is one piece, and its count
is the encoding's own.
"""

from __future__ import annotations

import re

MAX_RUN = 131_072

_VISIBLE = re.compile(r"\S")


def pieces(text: str) -> list[str]:
    """Return the pieces that are counted one by one; joined they are the text."""
    cuts = _cuts(text)
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def _cuts(text: str) -> list[int]:
    """Where the long runs are cut.

    A run of more than `MAX_RUN` covers at least one multiple of `MAX_RUN`, so only those places
    are looked at.
    """
    cuts: list[int] = []
    done = 0
    for place in range(MAX_RUN, len(text), MAX_RUN):
        if place >= done and text[place].isspace():
            before = text[max(done, place - MAX_RUN) : place]
            start = place - (len(before) - len(before.rstrip()))
            end = _VISIBLE.search(text, place)
            done = end.start() if end else len(text)
            cuts.extend(range(start + MAX_RUN, done, MAX_RUN))
    return cuts
