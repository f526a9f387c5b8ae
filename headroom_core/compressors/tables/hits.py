"""The lines of a text that hold what the conversation asks about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.signals import standing_alone

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHARE = 20


def hit_lines(text: str, terms: Iterable[str], lines: int) -> set[int]:
    """The indices of the lines that hold a term which at most 5 % of the lines, or one, hold.

    A short term must be a word of its own, as must one in capitals, spelled so.
    """
    low = text.lower()
    most = max(1, lines // _SHARE)
    found: set[int] = set()
    for term in terms:
        wanted = standing_alone(term) or re.compile(re.escape(term))
        hits = _lines_with(text if term.isupper() else low, wanted, most)
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
