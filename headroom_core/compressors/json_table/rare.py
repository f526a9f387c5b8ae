"""Which objects are better left as JSON among the rows of a table, told from their keys alone.

A column takes a cell of every row, if only a blank one. What hardly any row has takes less room in
an object that says everything itself.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Keys = tuple[str, ...]

MOST_RARE = 0.15
"""Of all rows no more may be left as JSON."""
_LEAST_ROWS = 20
"""Where there are fewer, a column is not much longer than the object."""
_AROUND = 10
"""About so many characters take the signs around a key, and what its column saves of a value."""


def rare_shapes(counts: Mapping[Keys, int]) -> set[Keys]:
    """The keys of the objects that take less room as JSON, of rows counted by their keys."""
    total = sum(counts.values())
    rare: set[Keys] = set()
    if total < _LEAST_ROWS or len(counts) < 2:
        return rare
    having = Counter(chain.from_iterable(counts))
    room = int(total * MOST_RARE)
    for group in _rarest_first(counts):
        some = group - rare
        number = sum(counts[keys] for keys in some)
        if not some or number > room:
            continue
        here = Counter(chain.from_iterable(some))
        own = [key for key, times in here.items() if times == having[key]]
        saved = sum(total - number + len(key) for key in own)
        if saved > sum(counts[keys] * _as_json(keys) for keys in some):
            rare |= some
            having.subtract(here)
            room -= number
    return rare


def _rarest_first(counts: Mapping[Keys, int]) -> list[frozenset[Keys]]:
    """For each key that not all objects have the kinds of those that do."""
    having: dict[str, set[Keys]] = {}
    for keys in counts:
        for key in keys:
            having.setdefault(key, set()).add(keys)
    groups = dict.fromkeys(frozenset(each) for each in having.values() if len(each) < len(counts))
    return sorted(groups, key=lambda each: sum(counts[keys] for keys in each))


def _as_json(keys: Keys) -> int:
    """About how many more characters an object takes as JSON than as a row."""
    return sum(len(key) + _AROUND for key in keys)
