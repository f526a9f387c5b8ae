"""The ways to leave out what the cells of one column share.

Each is tried on a sample; the one that saves most characters is then applied to all cells. Numbers
are never cut: a reader has to compare and to add them.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from itertools import chain, pairwise
from typing import TYPE_CHECKING, NamedTuple

from headroom_core.compressors.json_table.affixes import affixes
from headroom_core.compressors.packed import Packed
from headroom_core.compressors.tables.items import BREAKS, EMPTY, Item

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

Written = tuple[Item, "Iterable[str]"]
"""A column as a header names it, and its cells, to be read once."""
_LEAST_GAIN = 8
_LEAST_CELLS = 4
_REFRESH = 50
"""After so many rows a cell is written whole again, so that no reader has to look up far."""
_LEAST_COMMON = 0.25
_LEAST_ABOVE = 0.4
_NUMBER = re.compile(r"[-+]?[\d.,]+ ?(?:%|[A-Za-z]{0,3})", re.ASCII)
_WHOLE = ("", "")


class Cells(NamedTuple):
    """The cells of a column."""

    name: str
    cells: Sequence[str]
    sample: Sequence[str]
    whole: Collection[int]
    """Rows that the conversation asks about: their cells are written whole."""


class _Way(NamedTuple):
    gain: int
    write: Callable[[], Written | None]


def best(column: Cells) -> tuple[int, Written | None]:
    """How much the best way saves on the sample, and the column as it writes it."""
    if len(column.sample) < _LEAST_CELLS:
        return 0, None
    found = [*_blanks(column), *_starts(column)]
    for way in sorted(found, key=lambda way: -way.gain):
        written = way.write() if way.gain > _LEAST_GAIN else None
        if written is not None:
            return way.gain, written
    return 0, None


def _blanks(column: Cells) -> Iterator[_Way]:
    """A blank for the commonest cell, or for the cell above."""
    sample = column.sample
    common, count = Counter(sample).most_common(1)[0]
    if count >= _LEAST_COMMON * len(sample) and "\n" not in common:
        yield _Way((count - 1) * len(common) - 2, lambda: _by_default(column, common))
    repeats = [cell for last, cell in pairwise(sample) if cell == last]
    if len(repeats) >= _LEAST_ABOVE * len(sample):
        yield _Way(sum(map(len, repeats)), lambda: _by_above(column))


def _by_default(column: Cells, common: str) -> Written | None:
    if EMPTY in column.cells:
        return None
    literal = common.replace("{", "{{").replace("}", "}}")
    written = (
        "" if cell == common and at not in column.whole else cell or EMPTY
        for at, cell in enumerate(column.cells)
    )
    return Item(column.name, value=literal), written


def _by_above(column: Cells) -> Written | None:
    cells = column.cells
    if EMPTY in cells:
        return None
    written = (
        cell or EMPTY if cell != last or at % _REFRESH == 0 or at in column.whole else ""
        for at, (last, cell) in enumerate(zip(chain([""], cells), cells, strict=False))
    )
    return Item(column.name, above=""), written


def _starts(column: Cells) -> Iterator[_Way]:
    """What all cells begin and end with, and what a cell begins with like the one above."""
    sample = column.sample
    if _is_quoted(sample) or all(map(_NUMBER.fullmatch, sample)):
        return
    around = affixes(list(sample))
    if around == _WHOLE:
        around = ("", _end(sample))
    if around != _WHOLE:
        size = len(around[0]) + len(around[1])
        fits = sum(_middle(cell, around) is not None for cell in sample)
        yield _Way(size * (fits - 1), lambda: _by_affix(column, around))
    for edges in dict.fromkeys((_WHOLE, around)):
        yield from _by_start(column, edges)


def _end(texts: Sequence[str]) -> str:
    """The last part of all texts, such as the `-01` of a date, if it is the same."""
    for sign in BREAKS:
        end = texts[0][texts[0].rfind(sign) :]
        if end.startswith(sign) and all(text.endswith(end) for text in texts):
            return end
    return ""


def _by_affix(column: Cells, around: tuple[str, str]) -> Written | None:
    if _is_quoted(column.cells):
        return None
    return Item(column.name, around=around), _middles(column, around)


def _middles(column: Cells, around: tuple[str, str]) -> Iterator[str]:
    """The cells without what stands around them, made one by one when they are written."""
    for at, cell in enumerate(column.cells):
        middle = None if at in column.whole else _middle(cell, around)
        yield f"={cell}" if middle is None else middle


def _middle(cell: str, around: tuple[str, str]) -> str | None:
    """What stands between a prefix and a suffix; `None` when they do not fit."""
    before, after = around
    if len(cell) <= len(before) + len(after):
        return None
    if not cell.startswith(before) or not cell.endswith(after):
        return None
    middle = cell[len(before) : len(cell) - len(after)]
    return None if middle.startswith("=") else middle


def _by_start(column: Cells, around: tuple[str, str]) -> Iterator[_Way]:
    """Leave out the start that a cell shares with the one above, up to a sign that all have."""
    texts = _middles_of(column.sample, around)
    if texts is None:
        return
    edges = (len(around[0]) + len(around[1])) * (len(texts) - 1)
    for sign in BREAKS:
        if any(sign not in text for text in texts):
            continue
        heads = [text[: text.rfind(sign) + 1] for text in texts]
        repeats = [head for last, head in pairwise(heads) if head == last]
        if len(repeats) >= _LEAST_ABOVE * len(heads):
            saved = sum(map(len, repeats))
            yield _Way(saved + edges, partial(_write_start, column, sign, around))


def _middles_of(cells: Sequence[str], around: tuple[str, str]) -> Sequence[str] | None:
    """What stands in all cells between a prefix and a suffix; `None` when they do not fit one."""
    if around == _WHOLE:
        return None if any(not cell or cell[0] == "=" for cell in cells) else cells
    texts = [middle for cell in cells if (middle := _middle(cell, around)) is not None]
    return texts if len(texts) == len(cells) else None


def _write_start(column: Cells, sign: str, around: tuple[str, str]) -> Written | None:
    if _is_quoted(column.cells):
        return None
    written = Packed(_tails(column, sign, around))
    if len(written) < len(column.cells):
        return None
    return Item(column.name, above=sign, around=None if around == _WHOLE else around), written


def _tails(column: Cells, sign: str, around: tuple[str, str]) -> Iterator[str]:
    """The cells without the start that they share; ends before a cell that does not fit."""
    last = None
    for at, cell in enumerate(column.cells):
        middle = cell if around == _WHOLE else _middle(cell, around) or ""
        head, found, tail = middle.rpartition(sign)
        if not found:
            return
        is_left_out = head == last and at % _REFRESH and at not in column.whole
        yield tail if is_left_out else middle
        last = head


def _is_quoted(cells: Sequence[str]) -> bool:
    """Whether a cell may lose its meaning when it is cut: by its quotes, or by its lines."""
    joined = "".join(cells)
    return '"' in joined or "\n" in joined
