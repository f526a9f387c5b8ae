"""Find out what kind of table an original is, and remember the last ones that were read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.engine.memo import Memo
from headroom_core.retrieval.lines import lines_of
from headroom_core.retrieval.tables.json_rows import json_lines, json_table
from headroom_core.retrieval.tables.log_rows import log_table
from headroom_core.retrieval.tables.text_rows import aligned_table, delimited_table, ruled_table
from headroom_core.store.base import bytes_of, digest_of

if TYPE_CHECKING:
    from headroom_core.retrieval.tables.table import Table

REMEMBERED_BYTES = 128 * 2**20
BYTES_PER_CHARACTER = 8
"""About what the rows of a table take for each character of its source."""

_tables: Memo[Table] = Memo(REMEMBERED_BYTES)


def read_table(text: str) -> Table:
    """Return the rows of an original; of a text without any other shape, its lines."""
    key = digest_of(bytes_of(text))
    table = _tables.get(key)
    if table is None:
        table = _read(text)
        _tables.put(key, table, len(text) * BYTES_PER_CHARACTER)
    return table


def _read(text: str) -> Table:
    found = json_table(text) or json_lines(text)
    if found is not None:
        return found
    lines = lines_of(text)
    return ruled_table(lines) or delimited_table(text) or aligned_table(lines) or log_table(lines)
