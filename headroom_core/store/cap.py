"""Keep a SQLite store under its size cap: what was used least recently goes first."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from headroom_core.store.base import BYTES_PER_TOMBSTONE, too_large

if TYPE_CHECKING:
    import sqlite3

SLACK_PAGES = 1024
"""Free pages that stay in the file: the next originals go there."""
VACUUM_PAGES = 64
"""Free pages given back to the file system by one `put`, so that no single one takes long."""


def bytes_used(connection: sqlite3.Connection) -> int:
    """Return the bytes of the pages in use, tables and indexes included."""
    return (_pragma(connection, "page_count") - _pragma(connection, "freelist_count")) * _pragma(
        connection, "page_size"
    )


def make_room(connection: sqlite3.Connection, *, keep: int, max_bytes: int) -> None:
    """Evict until the store is under its cap again, but never the entry `keep`."""
    while bytes_used(connection) > max_bytes:
        oldest = connection.execute(
            "SELECT id FROM entries WHERE id != ? ORDER BY used, id LIMIT 1", (keep,)
        ).fetchone()
        if oldest is None:
            raise too_large(max_bytes)
        bury(connection, oldest[0])
        connection.execute(
            "DELETE FROM tombstones WHERE id <= (SELECT max(id) FROM tombstones) - ?",
            (max_bytes // BYTES_PER_TOMBSTONE,),
        )
    if _pragma(connection, "freelist_count") > SLACK_PAGES:
        vacuum(connection, VACUUM_PAGES)


def bury(connection: sqlite3.Connection, entry: int) -> None:
    """Remove an entry; of an original, remember that it was there."""
    connection.execute(
        "INSERT OR REPLACE INTO tombstones (space, address, label, digest, created, evicted)"
        " SELECT space, address, label, digest, created, ? FROM entries"
        " WHERE id = ? AND kind = 'original'",
        (time.time(), entry),
    )
    connection.execute("DELETE FROM entries WHERE id = ?", (entry,))


def vacuum(connection: sqlite3.Connection, pages: int | None = None) -> None:
    """Give free pages back to the file system: so many, or all."""
    free = _pragma(connection, "freelist_count")
    for _ in range(free if pages is None else min(free, pages)):
        # The module takes one step of a statement that returns no columns: one page.
        connection.execute("PRAGMA incremental_vacuum(1)")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value
