"""The lines of a text that hold what the conversation asks about."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHARE = 20


def hit_lines(text: str, terms: Iterable[str], lines: int) -> set[int]:
    """The indices of the lines that hold a term which at most 5 % of the lines, or one, hold."""
    low = text.lower()
    most = max(1, lines // _SHARE)
    found: set[int] = set()
    for term in terms:
        hits = _lines_with(low, term, most)
        if len(hits) <= most:
            found |= hits
    return found


def _lines_with(text: str, term: str, most: int) -> set[int]:
    """The lines that hold a term; given up when there are too many."""
    hits: set[int] = set()
    line = last = 0
    at = text.find(term)
    while at >= 0 and len(hits) <= most:
        line += text.count("\n", last, at)
        hits.add(line)
        last = at
        end = text.find("\n", at)
        at = text.find(term, end) if end >= 0 else -1
    return hits
