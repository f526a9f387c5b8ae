"""What a conversation asks for in a source text: names, and the functions that bear or use them."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from headroom_core import signals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_core.compressors.base import Hint
    from headroom_core.compressors.coding.outline import Outline

_MOST_SYMBOLS = 60
_MOST_SAME, _MOST_ROWS = 3, 20
_PATIENCE = 2
_SYMBOL = re.compile(r"[A-Za-z_$][\w$]*(?:(?:::|[.#~]|->)~?[\w$]+)*[?!]?")
_QUOTED = re.compile(r"`([^`\n]{1,200})`")
_TELLING = re.compile(r"\w[_\d$.:#~]|->|^_|[a-z][A-Z]|^[A-Z]{3}")
_LAST_PART = re.compile(r"[\w$]+[?!]?$")


def show_wanted(outline: Outline, hint: Hint, room: int) -> bool:
    """Show what is asked for: names that are meant for sure in any case, the rest as it fits.

    Tells whether a function is asked for by its name.
    """
    symbols = _symbols(hint.query)
    named = _named(outline, [*symbols, *_symbols(hint.arguments)], room)
    for index in named:
        outline.show(index, required=True)
    rows = _rows_with(outline, symbols)
    if hint.keep:
        rows += [row for row, line in enumerate(outline.lines) if hint.keep.matches(line)]
    for row in rows:
        outline.show_row(row)
    left = room - outline.size()
    for index in _also(outline, hint, rows):
        left -= outline.length(index)
        if left < 0:
            break
        outline.show(index)
    return bool(named)


def _symbols(text: str) -> list[str]:
    """The names of a text that can only be meant as names, in order."""
    quoted = [name for part in _QUOTED.findall(text) for name in _SYMBOL.findall(part)]
    telling = [name for name in _SYMBOL.findall(text) if _TELLING.search(name)]
    return list(dict.fromkeys((*quoted, *telling)))[:_MOST_SYMBOLS]


def _named(outline: Outline, symbols: list[str], room: int) -> list[int]:
    """The functions that bear one of the names; where many share it and are long, the first."""
    wanted = {part for symbol in symbols for part in (symbol, _last(symbol))}
    bearers: dict[str, list[int]] = {}
    for index, function in enumerate(outline.functions):
        name = function.name if function.name in wanted else _last(function.name)
        if name in wanted:
            bearers.setdefault(name, []).append(index)
    return sorted(index for found in bearers.values() for index in _first(outline, found, room))


def _first(outline: Outline, found: list[int], room: int) -> list[int]:
    """The first few of some functions, and the next ones while they are not too long."""
    taken = 0
    for count, index in enumerate(found):
        taken += outline.length(index)
        if count >= _MOST_SAME and taken > _PATIENCE * room:
            return found[:count]
    return found


def _last(name: str) -> str:
    match = _LAST_PART.search(name)
    return match[0] if match is not None else name


def _rows_with(outline: Outline, symbols: list[str]) -> list[int]:
    """The rows that hold a name which few rows hold."""
    text = "\n".join(outline.lines)
    ends = list(accumulate(len(line) + 1 for line in outline.lines))
    found: set[int] = set()
    for symbol in symbols:
        rows = {bisect_right(ends, at) for at in _places(text, symbol)}
        if len(rows) <= _MOST_ROWS:
            found |= rows
    return sorted(found)


def _places(text: str, symbol: str) -> Iterator[int]:
    """Where a name stands as a word, up to one more time than is of use."""
    word = re.compile(rf"(?<![\w$]){re.escape(symbol)}(?![\w$])")
    for _, match in zip(range(_MOST_ROWS + 1), word.finditer(text), strict=False):
        yield match.start()


def _also(outline: Outline, hint: Hint, rows: list[int]) -> list[int]:
    """Functions that are worth their room: named by a word, using a name, holding rare words."""
    words = signals.terms_of(hint.query)[:_MOST_SYMBOLS]
    bearers = [k for k, f in enumerate(outline.functions) if f.name.lower() in words]
    users = [outline.owners[row] for row in rows if outline.owners[row] >= 0]
    outer = [k for k, parent in enumerate(outline.parents) if parent < 0]
    bodies = [(outline.functions[k].start, outline.functions[k].end + 1) for k in outer]
    texts = ["\n".join(outline.lines[start:end]) for start, end in bodies]
    holders = signals.rare_hits(texts, words)
    ranked = sorted(holders, key=lambda unit: (-len(holders[unit]), unit))
    return list(dict.fromkeys((*bearers, *users, *(outer[unit] for unit in ranked))))
