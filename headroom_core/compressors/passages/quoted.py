"""Find what a question quotes to the letter: it may be all signs and numbers, without a word."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.passages.layout import Layout

_LEAST = 2
"""A single sign stands anywhere."""
_FEW = 2
_SHARE = 20
"""What more than a few units hold, and more than one in so many, singles none of them out."""


def quoted_units(layout: Layout, phrases: Sequence[str]) -> set[int]:
    """The units that hold one of the phrases, where few of them do."""
    starts = [unit.start for unit in layout.units]
    most = max(_FEW, len(starts) // _SHARE)
    quoted: set[int] = set()
    for phrase in phrases:
        holders: set[int] = set()
        at = layout.text.find(phrase) if len(phrase) >= _LEAST else -1
        while at >= 0 and len(holders) <= most:
            unit = bisect_right(starts, at) - 1
            if unit >= 0 and at < layout.units[unit].end:
                holders.add(unit)
            at = layout.text.find(phrase, at + 1)
        if len(holders) <= most:
            quoted |= holders
    return quoted
