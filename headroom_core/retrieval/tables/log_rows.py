"""Rows of logs and of any other text: each line with the fields that can be read from it.

Every line has `line` (its number) and `text`. Where they can be read there are also `time`,
`level`, `ip`, `method`, `path`, `status`, `bytes`, and every `key=value` of the line by its key.
"""

from __future__ import annotations

import re
from functools import partial
from itertools import compress, repeat
from operator import contains
from typing import TYPE_CHECKING

from headroom_core.retrieval.tables.table import Cell, Table, cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LEVELS = "TRACE DEBUG INFO NOTICE WARN WARNING ERROR SEVERE CRITICAL FATAL ALERT EMERG".split()
_LOWER = "trace debug info notice warning warn error critical fatal".split()
_METHODS = "GET POST PUT PATCH DELETE HEAD OPTIONS".split()


def _any_of(words: Sequence[str]) -> str:
    return "|".join(rf"{word}(?<!\w{word})\b" for word in words)


# A search is fast where an expression starts with what it finds: what must not stand in front is
# looked for afterwards, backwards. Where a group is, that is the value.
_PATTERNS = {
    "time": re.compile(
        r"\d{4}[-/.]\d\d[-/.]\d\d[T .-]\d\d[:.]\d\d[:.]\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
        r"|\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d(?: [+-]\d{4})?"
        r"|[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d|\d\d:\d\d:\d\d(?:[.,]\d{1,9})?"
    ),
    "level": re.compile(
        "|".join(
            [
                _any_of(_LEVELS),
                *(rf"{sign}({'|'.join(_LOWER)})(?=[\]>\s\"])" for sign in (r"\[", "<", "=", '"')),
            ]
        )
    ),
    "ip": re.compile(r"\d(?<![\d.]\d)\d{0,2}(?:\.\d{1,3}){3}(?![\d.])"),
    "method": re.compile(rf"(?:{_any_of(_METHODS)})(?= )"),
    "path": re.compile(rf"(?:{'|'.join(_METHODS)}) (/[^\s\"?]*)"),
    "status": re.compile(r"\" ([1-5]\d\d)\b|status[ =:][ \"]?([1-5]\d\d)\b"),
    "bytes": re.compile(r"\" \d\d\d (\d{1,15})\b"),
}
_PAIR = re.compile(
    r"(?<![\w.-])([A-Za-z_][\w.-]{0,40})=(?:\"([^\"]*)\"|'([^']*)'|([^\s,;)\]}\"']+))"
)
_SAMPLE = 400


def log_table(lines: Sequence[str]) -> Table:
    """Read any text as rows; a column is looked for in the lines when it is asked for."""
    numbers: Sequence[int] = range(1, len(lines) + 1)
    rows = lines
    if not all(map(str.strip, lines)):
        filled = list(map(str.strip, lines))
        numbers = list(compress(numbers, filled))
        rows = list(compress(lines, filled))
    return Table(
        kind="lines",
        size=len(rows),
        columns=("line", "text", *_found(rows[:: max(1, len(rows) // _SAMPLE)])),
        column=partial(_column, rows, numbers),
        source=rows.__getitem__,
        some=partial(_some, rows, numbers),
    )


def _found(sample: Sequence[str]) -> list[str]:
    """The fields that occur in a sample of the lines."""
    names = [name for name, find in _PATTERNS.items() if any(map(find.search, sample))]
    keys = {pair[0]: None for line in sample for pair in _PAIR.findall(line[:2_000])}
    return [*names, *[key for key in keys if key not in names]][:60]


def _some(
    rows: Sequence[str], numbers: Sequence[int], name: str, wanted: Sequence[int]
) -> list[Cell] | None:
    return _column([rows[at] for at in wanted], [numbers[at] for at in wanted], name)


def _column(rows: Sequence[str], numbers: Sequence[int], name: str) -> list[Cell] | None:
    if name == "line":
        return list(numbers)
    if name in {"text", "message"}:
        return list(rows)
    pair = f"{name}="
    in_pair = re.compile(
        rf"{re.escape(pair)}(?<![\w.-]{re.escape(pair)})"
        r"(?:\"([^\"]*)\"|'([^']*)'|([^\s,;)\]}\"']+))"
    )
    find = _PATTERNS.get(name)
    found: Iterable[re.Match[str] | None]
    if find is None:
        found = map(in_pair.search, rows)
    elif any(map(contains, rows, repeat(pair))):
        found = (in_pair.search(row) or find.search(row) for row in rows)
    else:
        found = map(find.search, rows)
    values = cells(["" if each is None else each[each.lastindex or 0] for each in found])
    return values if any(value is not None for value in values) else None
