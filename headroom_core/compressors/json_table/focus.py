"""What the conversation is after, and which units of a text it points at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

from headroom_core import signals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.base import Hint
    from headroom_core.keep import KeepRules

_PHRASE = re.compile(r"`([^`\n]{3,200})`|\"([^\"\n]{3,200})\"|'([^'\n]{3,200})'")
_MOST_TERMS = 60
_RARE = 20
_MOST_FAVOURED = 3


@dataclass(frozen=True, slots=True)
class Focus:
    """What a view must not hide."""

    wanted: Sequence[str]
    """The lower-case terms and phrases of the question and of the call."""
    keep: KeepRules | None = None

    def hits(self, units: Sequence[str]) -> Hits:
        """Which units hold which terms."""
        rare: dict[int, int] = {}
        scores: dict[int, float] = {}
        most = max(1, len(units) // _RARE)
        told = signals.holders_of(units, self.wanted, len(units) - 1, inside_words=True)
        for holders in filter(None, told.values()):
            worth = log(len(units) / len(holders))
            for index in holders:
                scores[index] = scores.get(index, 0) + worth
                if len(holders) <= most:
                    rare[index] = min(rare.get(index, most), len(holders))
        best = sorted(scores, key=lambda index: (-scores[index], index))[:_MOST_FAVOURED]
        return Hits(sorted(rare, key=lambda index: (rare[index], -scores[index], index)), best)

    def kept(self, units: Sequence[str]) -> Iterator[int]:
        """The units that the caller's own rules keep."""
        if self.keep is not None:
            for index, unit in enumerate(units):
                if self.keep.matches(unit):
                    yield index


@dataclass(frozen=True, slots=True)
class Hits:
    """The units that a question points at."""

    rare: list[int]
    """Those with a term that few others have, the rarest first."""
    best: list[int]
    """The few with the most telling terms."""


def focus_of(hint: Hint) -> Focus:
    """What the question and the call of a result point at."""
    phrases = [
        next(group for group in match.groups() if group).lower()
        for match in _PHRASE.finditer(hint.query)
    ]
    terms = dict.fromkeys([*phrases, *signals.terms(hint)])
    return Focus(list(terms)[:_MOST_TERMS], hint.keep)
