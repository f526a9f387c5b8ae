"""The lines of a text that hold what the conversation asks about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.signals import by_itself

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHARE = 20


def hit_lines(text: str, terms: Iterable[str], lines: int) -> set[int]:
    """The indices of the lines that hold a term which at most 5 % of the lines, or one, hold.

    A term in capitals must be a word of its own, and spelled so.
    """
    low = text.lower()
    most = max(1, lines // _SHARE)
    found: set[int] = set()
    for term in terms:
        if term.isupper():
            hits = _lines_with(text, by_itself(term), most)
        else:
            hits = _lines_with(low, re.compile(re.escape(term)), most)
        if len(hits) <= most:
            found |= hits
    return found


def _lines_with(text: str, term: re.Pattern[str], most: int) -> set[int]:
    """The lines that hold a term; given up when there are too many."""
    hits: set[int] = set()
    line = last = 0
    match = term.search(text)
    while match is not None and len(hits) <= most:
        line += text.count("\n", last, match.start())
        hits.add(line)
        last = match.start()
        end = text.find("\n", last)
        match = term.search(text, end) if end >= 0 else None
    return hits
