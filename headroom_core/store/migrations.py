"""The tables of the SQLite store, as an ordered list of steps that is only ever added to.

`entries` holds what can be read, `tombstones` what was evicted, `spaces` the namespaces. A row is
found by (space, kind, address); what an address is depends on whether the namespace is encrypted.
The payload stands last, so that reading the other columns never touches its pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.errors import StoreError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable


def _first_tables(connection: sqlite3.Connection) -> None:
    connection.execute(
        """CREATE TABLE spaces (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            proof BLOB NOT NULL
        )"""
    )
    connection.execute(
        """CREATE TABLE entries (
            id INTEGER PRIMARY KEY,
            space INTEGER NOT NULL REFERENCES spaces (id),
            kind TEXT NOT NULL,
            address BLOB NOT NULL,
            label BLOB NOT NULL,
            digest BLOB NOT NULL,
            size INTEGER NOT NULL,
            stored INTEGER NOT NULL,
            created REAL NOT NULL,
            used REAL NOT NULL,
            payload BLOB NOT NULL,
            UNIQUE (space, kind, address)
        )"""
    )
    connection.execute("CREATE INDEX entries_by_use ON entries (used)")
    connection.execute(
        """CREATE TABLE tombstones (
            id INTEGER PRIMARY KEY,
            space INTEGER NOT NULL REFERENCES spaces (id),
            address BLOB NOT NULL,
            label BLOB NOT NULL,
            digest BLOB NOT NULL,
            created REAL NOT NULL,
            evicted REAL NOT NULL,
            UNIQUE (space, address)
        )"""
    )


MIGRATIONS: list[Callable[[sqlite3.Connection], None]] = [_first_tables]


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a file to the newest version, in the transaction that the caller has begun."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise StoreError(
            f"the store was written by a newer Headroom (version {version} of its tables, this one"
            f" knows {len(MIGRATIONS)}); upgrade, or use another file"
        )
    for done, migration in enumerate(MIGRATIONS[version:], start=version + 1):
        migration(connection)
        connection.execute(f"PRAGMA user_version = {done}")
