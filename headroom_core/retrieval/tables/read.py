"""Find out what kind of table an original is, and remember the last ones that were read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.memo import Memo
from headroom_core.retrieval.lines import lines_of
from headroom_core.retrieval.tables.json_rows import (
    are_most,
    json_lines,
    json_table,
    starting_lines,
)
from headroom_core.retrieval.tables.log_rows import log_table
from headroom_core.retrieval.tables.text_rows import aligned_table, delimited_table, ruled_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from headroom_core.retrieval.tables.table import Table

REMEMBERED_BYTES = 128 * 2**20
BYTES_PER_CHARACTER = 8
BYTES_PER_LINE = 200
"""About what the rows of a table take for each character and each line of its source."""
SCANNED_FROM = 100_000
"""JSON of so many characters is read column by column."""

_OBJECTS = re.compile(r"[ \t\n\r]*(?:\[[ \t\n\r]*)?\{")
# The text itself is the key: it stays in memory with its table, and to compare it takes less time
# than any digest of it.
TABLES: Memo[str, Table] = Memo(REMEMBERED_BYTES)


def read_table(text: str, wanted: Sequence[str] = ()) -> Table:
    """Return the rows of an original; of a text without any other shape, its lines.

    `wanted` names the columns that will be asked for first: some are best read with the table.
    """
    table = TABLES.get(text)
    if table is None:
        table = _read(text, wanted)
        size = len(text) * BYTES_PER_CHARACTER + text.count("\n") * BYTES_PER_LINE
        TABLES.put(text, table, size)
    return table


def _read(text: str, wanted: Sequence[str]) -> Table:
    found = _json(text, wanted)
    if found is not None:
        return found
    lines = lines_of(text)
    starting = starting_lines(lines) if "{" in text else []
    if are_most(starting, lines):
        scan = _scan(text)
        found = (scan and scan.scan_lines(lines, starting, wanted)) or json_lines(lines, starting)
    return (
        found
        or ruled_table(lines)
        or delimited_table(text, lines)
        or aligned_table(lines)
        or log_table(lines)
    )


def _json(text: str, wanted: Sequence[str]) -> Table | None:
    scan = _scan(text) if _OBJECTS.match(text) else None
    found = scan and (scan.scan_each_line(text, wanted) or scan.scan_table(text, wanted))
    return found or json_table(text)


def _scan(text: str) -> ModuleType | None:
    if len(text) < SCANNED_FROM:
        return None
    try:
        # It takes a moment to import, and there are interpreters that it has no wheel for.
        from headroom_core.retrieval.tables import json_scan  # noqa: PLC0415 - see above
    except ImportError:
        return None
    return json_scan
