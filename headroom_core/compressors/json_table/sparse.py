"""How much room a table takes at least, told from the keys that few of its rows have.

A key that only some rows have never follows from others, so all rows have a cell for it.
"""

from __future__ import annotations

from collections import Counter
from heapq import nlargest
from typing import TYPE_CHECKING, NamedTuple

from headroom_core.compressors.json_table.columns import MOST_NESTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from headroom_core.compressors.json_table.rows import Row


_LEAST_ROWS = 3
"""Of two rows one may follow from the other."""


class _Own(NamedTuple):
    """What the columns take that hold nothing but the values of one row."""

    columns: int = 0
    names: int = 0
    """The characters of their names, in the header."""
    texts: int = 0
    """The characters of their cells."""


def least_size(
    rows: Sequence[Row], shapes: Mapping[tuple[str, ...], int], few: int, room: float
) -> int:
    """What the cells and names take, where a `few` rows may yet be left out of the columns.

    The keys of the rows are counted in `shapes`. What is surely more than the room is not all told.
    """
    every = len(rows) - few
    if every < _LEAST_ROWS:
        return 0
    counts: Counter[str] = Counter()
    for shape, number in shapes.items():
        counts.update(dict.fromkeys(shape, number))
    partial = sum(1 < count < every for count in counts.values())
    single = {key for key, count in counts.items() if count == 1}
    if not partial and not single:
        return 0
    surely = every * (partial + len(single) - 2 * few * max(map(len, shapes)))
    if surely >= room:
        return surely
    having = [row for row in rows if not single.isdisjoint(row)] if single else []
    own = [_own(row, single.intersection(row), -1, 0) for row in having]
    columns = partial + sum(each.columns for each in own)
    names = sum(each.names for each in own)
    if few:
        columns -= sum(nlargest(few, (each.columns for each in own)))
        columns -= sum(nlargest(few, map(len, rows)))
        names -= sum(nlargest(few, (each.names for each in own)))
    # A row that is left out still has its texts.
    return every * max(0, columns) + names + sum(each.texts for each in own)


def _own(row: Row, keys: Iterable[str], before: int, nested: int) -> _Own:
    """What the values of an object take under some of its keys, which no other has.

    An object becomes columns itself; any other value is one.
    """
    columns = names = texts = 0
    for key in keys:
        value = row[key]
        name = before + 1 + len(key)
        if isinstance(value, dict) and value and nested < MOST_NESTED:
            if all(isinstance(each, dict) for each in value.values()):
                columns += 1  # it may be a map, whose entries are rows of one column
                continue
            inner = _own(value, value, name, nested + 1)
            columns += inner.columns
            names += inner.names
            texts += inner.texts
        else:
            columns += 1
            names += name
            texts += len(value) if isinstance(value, str) else 0
    return _Own(columns, names, texts)
