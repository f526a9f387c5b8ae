"""Rows of logs and of any other text: each line with the fields that can be read from it.

Every line has `line` (its number) and `text`. Where they can be read there are also `time`,
`level`, `ip`, `method`, `path`, `status`, `bytes`, and every `key=value` of the line by its key.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from headroom_core.retrieval.tables.table import Cell, Table, cell

if TYPE_CHECKING:
    from collections.abc import Sequence

_PATTERNS = {
    "time": re.compile(
        r"\d{4}[-/.]\d\d[-/.]\d\d[T .-]\d\d[:.]\d\d[:.]\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
        r"|\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d(?: [+-]\d{4})?"
        r"|[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d|\d\d:\d\d:\d\d(?:[.,]\d{1,9})?"
    ),
    "level": re.compile(
        r"\b(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|SEVERE|CRITICAL|FATAL|ALERT|EMERG)\b"
        r"|(?<=[\[<=\"])(?:trace|debug|info|notice|warn(?:ing)?|error|critical|fatal)(?=[\]>\s\"])"
    ),
    "ip": re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])"),
    "method": re.compile(r"\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)(?= )"),
    "path": re.compile(
        r"(?<=GET |PUT )/[^\s\"?]*|(?<=POST |HEAD )/[^\s\"?]*|(?<=PATCH )/[^\s\"?]*"
    ),
    "status": re.compile(r"(?<=\" )[1-5]\d\d\b|(?<=status[ =:])[ \"]?[1-5]\d\d\b"),
    "bytes": re.compile(r"(?<=\" \d\d\d )\d{1,15}\b"),
}
_PAIR = re.compile(
    r"(?<![\w.-])([A-Za-z_][\w.-]{0,40})=(?:\"([^\"]*)\"|'([^']*)'|([^\s,;)\]}\"']+))"
)
_SAMPLE = 400


def log_table(lines: Sequence[str]) -> Table:
    """Read any text as rows; a column is looked for in the lines when it is asked for."""
    numbers = [number for number, line in enumerate(lines, 1) if line.strip()]
    rows = [lines[number - 1] for number in numbers]
    return Table(
        kind="lines",
        size=len(rows),
        columns=("line", "text", *_found(rows[:: max(1, len(rows) // _SAMPLE)])),
        column=partial(_column, rows, numbers),
        source=rows.__getitem__,
    )


def _found(sample: Sequence[str]) -> list[str]:
    """The fields that occur in a sample of the lines."""
    names = [name for name, find in _PATTERNS.items() if any(map(find.search, sample))]
    keys = {pair[0]: None for line in sample for pair in _PAIR.findall(line[:2_000])}
    return [*names, *[key for key in keys if key not in names]][:60]


def _column(rows: Sequence[str], numbers: Sequence[int], name: str) -> list[Cell] | None:
    if name == "line":
        return list(numbers)
    if name in {"text", "message"}:
        return list(rows)
    pairs = re.compile(
        rf"(?<![\w.-]){re.escape(name)}=(?:\"([^\"]*)\"|'([^']*)'|([^\s,;)\]}}\"']+))"
    )
    find = _PATTERNS.get(name)
    values: list[Cell] = []
    for row in rows:
        if match := pairs.search(row) if f"{name}=" in row else None:
            values.append(cell(next((each for each in match.groups() if each is not None), "")))
        elif find and (match := find.search(row)):
            values.append(cell(match.group().strip(' "')))
        else:
            values.append(None)
    return values if any(value is not None for value in values) else None
