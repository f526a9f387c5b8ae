"""Rows of several kinds, as events are: each has values where the others have none.

In one table every row has a blank for each key that only other kinds have. Told from the columns of
that table, rows with much the same keys belong together, where a header of their own costs less.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain, compress
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table.values import Absent, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from headroom_core.compressors.json_table.columns import Column

LETTERS = "abcdefghijkl"
"""The kinds by name, in the order in which they come."""
LETTER = 4
"""A row that says its kind costs about so many characters more, since these are tokens mostly."""
_LEAST_ROWS = 20
_LEAST_BLANKS = 2
"""So many blanks in a row on average are worth a second look."""
_MOST_KEYS, _MOST_INNER = 400, 100
_FIRST = 100
_HEADER, _NAME = 50, 12
"""About so many characters take a header without, and the name of, a key that not all rows have."""
_NONE = frozenset({Absent, type(None)})


@dataclass(slots=True)
class _Kind:
    """Rows that have some of these keys."""

    keys: int
    rows: int

    def cost_of(self, keys: int, rows: int) -> int:
        """What it takes that so many rows with these keys are of this kind: blanks, and names."""
        lacking, more = self.keys & ~keys, keys & ~self.keys
        return (self.rows + _NAME) * more.bit_count() + rows * lacking.bit_count()


def kinds_of(columns: Sequence[Column], least: float = 0) -> list[list[int]]:
    """The places of the rows of each kind; none where all are of one.

    Nor where fewer than the `least` characters are saved, about.
    """
    rows = len(columns[0].values) if columns else 0
    if rows < _LEAST_ROWS:
        return []
    some = [having for column in columns for having in _having(column) if 0 in having]
    held = sum(having.count(1) for having in some)
    if len(some) > _MOST_KEYS or len(some) * rows - held < max(least, _LEAST_BLANKS * rows):
        return []
    keys = [0] * rows
    for number, having in enumerate(some):
        for at in compress(range(rows), having):
            keys[at] |= 1 << number
    place, kinds = _placed(Counter(keys))
    found = [
        [at for at, each in enumerate(keys) if place[each] == number]
        for number in range(len(kinds))
    ]
    found.sort()
    blanks = sum(kind.rows * kind.keys.bit_count() for kind in kinds) - held
    names = sum(kind.keys.bit_count() for kind in kinds) - len(some)
    costs = blanks + _HEADER * len(kinds) + _NAME * names + LETTER * rows
    gain = len(some) * rows - held - costs + sum(_told(column.values, found) for column in columns)
    return found if len(found) > 1 and gain >= least else []


def _told(values: Sequence[Value], kinds: Sequence[Sequence[int]]) -> int:
    """How many characters of a column's texts the headers of kinds say for all of their rows."""
    if not isinstance(values[0], str) or values.count(values[0]) == len(values):
        return 0
    if len(set(map(str, values[:_FIRST]))) > len(LETTERS):
        return 0
    told = 0
    for places in kinds:
        text = values[places[0]]
        if isinstance(text, str) and all(values[at] == text for at in places):
            told += len(places) * (len(text) + 1)
    return told


def _having(column: Column) -> Iterator[bytes | bytearray]:
    """For each row whether it has a value in a column, and then each key of the objects in it."""
    types = set(map(type, column.values))
    if not types.isdisjoint(_NONE):
        yield bytes(type(each) not in _NONE for each in column.values)
    if dict in types and column.child is None:
        objects = {at: each for at, each in enumerate(column.values) if isinstance(each, dict)}
        names = dict.fromkeys(chain.from_iterable(objects.values()))
        for name in names if len(names) <= _MOST_INNER else ():
            having = bytearray(len(column.values))
            for at, each in objects.items():
                having[at] = name in each
            yield having


def _placed(counts: Mapping[int, int]) -> tuple[dict[int, int], list[_Kind]]:
    """The number of the kind that rows with these keys are of, and the kinds."""
    kinds: list[_Kind] = []
    found: dict[int, int] = {}
    for keys in sorted(counts, key=counts.__getitem__, reverse=True):
        rows = counts[keys]
        costs = [kind.cost_of(keys, rows) for kind in kinds]
        own = _HEADER + _NAME * keys.bit_count()
        if len(kinds) < len(LETTERS) and own < min(costs, default=own + 1):
            found[keys] = len(kinds)
            kinds.append(_Kind(keys, rows))
        else:
            at = costs.index(min(costs))
            kinds[at].keys |= keys
            kinds[at].rows += rows
            found[keys] = at
    return found, kinds
