"""The rows of one namespace in a SQLite store: finding, reading, writing and listing them.

Every method runs on a connection that the caller holds, in the caller's transaction if it writes.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.errors import CorruptedError, StoreError
from headroom_core.store.base import (
    Entry,
    bytes_of,
    collision,
    digest_of,
    evicted,
    not_found,
    ref_of_digest,
    text_of,
)
from headroom_core.store.pack import pack, unpack

if TYPE_CHECKING:
    import sqlite3

    from headroom_core.errors import NotFoundError
    from headroom_core.store.seal import Kind, Seal

UNREADABLE = "?" * 16
"""Stands for a ref that has been damaged."""
# The casts are for damaged rows: SQLite stores values of any type in any column.
_ROW = (
    "SELECT id, kind, CAST(digest AS BLOB), CAST(used AS REAL), CAST(payload AS BLOB) FROM entries"
)
PAGE = 256
"""Entries that are listed by one query, so that a long list keeps nobody waiting."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is needed to read one original or side value back."""

    id: int
    kind: Kind
    digest: bytes
    used: float
    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A row that is ready to be written."""

    kind: Kind
    address: bytes
    label: bytes
    digest: bytes
    size: int
    payload: bytes


class Space:
    """One namespace, as its rows stand in the file."""

    def __init__(self, name: str, seal: Seal) -> None:
        self.name = name
        self._seal = seal
        self._id = 0

    def enter(self, connection: sqlite3.Connection) -> None:
        """Find the namespace in a file, or make it there. Raises `StoreError` for a wrong key."""
        connection.execute(
            "INSERT OR IGNORE INTO spaces (name, proof) VALUES (?, ?)",
            (self.name, self._seal.proof),
        )
        self._id, proof = connection.execute(
            "SELECT id, proof FROM spaces WHERE name = ?", (self.name,)
        ).fetchone()
        if not self._seal.opens(proof):
            raise StoreError(self._refusal(encrypted=proof != b""))

    def find(self, connection: sqlite3.Connection, kind: Kind, name: str) -> Row | None:
        """Return the row of an original or side value."""
        found = connection.execute(
            f"{_ROW} WHERE space = ? AND kind = ? AND address = ?",
            (self._id, kind, self._seal.address(kind, name)),
        ).fetchone()
        return None if found is None else Row(*found)

    def find_listed(self, connection: sqlite3.Connection, number: int) -> Row | None:
        """Return the row that was listed under a number, unless it has gone since."""
        found = connection.execute(
            f"{_ROW} WHERE id = ? AND space = ?", (number, self._id)
        ).fetchone()
        return None if found is None else Row(*found)

    def has(self, connection: sqlite3.Connection, ref: str) -> bool:
        """Say whether an original is there, without reading it."""
        found = connection.execute(
            "SELECT 1 FROM entries WHERE space = ? AND kind = 'original' AND address = ?",
            (self._id, self._seal.address("original", ref)),
        ).fetchone()
        return found is not None

    def read(self, row: Row, name: str) -> bytes:
        """Return the bytes of a row. Raises `CorruptedError` unless they are the ones stored."""
        try:
            data = unpack(self._seal.unseal(row.payload, f"{row.kind} {name}"))
        except CorruptedError as exc:
            raise CorruptedError(f"the {row.kind} `{name}` is corrupted: {exc}") from exc
        digest = digest_of(data)
        right_name = row.kind == "value" or ref_of_digest(digest) == name
        if self._seal.mark(digest) != row.digest or not right_name:
            raise CorruptedError(f"the {row.kind} `{name}` is corrupted: its digest is another one")
        return data

    def standing(self, connection: sqlite3.Connection, ref: str, digest: bytes) -> Row | None:
        """Return the row of an original if it is there and intact.

        Raises `CollisionError` when its ref names another text here, evicted or not.
        """
        row = self.find(connection, "original", ref)
        known = self._tombstone(connection, ref) if row is None else row.digest
        if known is not None and known != self._seal.mark(digest):
            raise collision(ref)
        return self.intact(row, ref)

    def pack(self, kind: Kind, name: str, data: bytes, digest: bytes) -> Packed:
        """Prepare a row. This is the slow part, and it needs no connection."""
        return Packed(
            kind=kind,
            address=self._seal.address(kind, name),
            label=self._seal.seal(bytes_of(name), f"{kind} label"),
            digest=self._seal.mark(digest),
            size=len(data),
            payload=self._seal.seal(pack(data), f"{kind} {name}"),
        )

    def write(self, connection: sqlite3.Connection, packed: Packed) -> int:
        """Write a row, in place of a damaged one or of a tombstone, and return its id."""
        now = time.time()
        written = connection.execute(
            "INSERT OR REPLACE INTO entries (space, kind, address, label, digest, size, stored,"
            " created, used, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self._id,
                packed.kind,
                packed.address,
                packed.label,
                packed.digest,
                packed.size,
                len(packed.payload),
                now,
                now,
                packed.payload,
            ),
        )
        if packed.kind == "original":
            connection.execute(
                "DELETE FROM tombstones WHERE space = ? AND address = ?",
                (self._id, packed.address),
            )
        return written.lastrowid or 0

    def missing(self, connection: sqlite3.Connection, ref: str) -> NotFoundError:
        """Return the error for an original that is not there: evicted, or never stored."""
        return not_found(ref) if self._tombstone(connection, ref) is None else evicted(ref)

    def page(self, connection: sqlite3.Connection, after: int) -> list[tuple[int, Entry]]:
        """Return the next originals, each with its id, oldest first."""
        rows = connection.execute(
            "SELECT id, label, size, stored, created, used FROM entries"
            " WHERE space = ? AND kind = 'original' AND id > ? ORDER BY id LIMIT ?",
            (self._id, after, PAGE),
        )
        return [(row[0], Entry(self._ref(row[1]), *row[2:])) for row in rows]

    def tombstones(self, connection: sqlite3.Connection, after: int) -> list[tuple[int, Entry]]:
        """Return the next evicted originals, each with its id, in order of eviction."""
        rows = connection.execute(
            "SELECT id, label, created, evicted FROM tombstones"
            " WHERE space = ? AND id > ? ORDER BY id LIMIT ?",
            (self._id, after, PAGE),
        )
        return [
            (number, Entry(self._ref(label), 0, 0, created, gone, evicted=True))
            for number, label, created, gone in rows
        ]

    def totals(self, connection: sqlite3.Connection) -> tuple[int, int, int]:
        """Count the originals, their bytes, and the tombstones."""
        originals, size = connection.execute(
            "SELECT count(*), coalesce(sum(size), 0) FROM entries"
            " WHERE space = ? AND kind = 'original'",
            (self._id,),
        ).fetchone()
        (gone,) = connection.execute(
            "SELECT count(*) FROM tombstones WHERE space = ?", (self._id,)
        ).fetchone()
        return originals, size, gone

    def intact(self, row: Row | None, name: str) -> Row | None:
        """Return a row if it is there and can be read."""
        if row is not None:
            try:
                self.read(row, name)
            except CorruptedError:
                return None
        return row

    def _tombstone(self, connection: sqlite3.Connection, ref: str) -> bytes | None:
        found = connection.execute(
            "SELECT digest FROM tombstones WHERE space = ? AND address = ?",
            (self._id, self._seal.address("original", ref)),
        ).fetchone()
        return None if found is None else found[0]

    def _ref(self, label: bytes) -> str:
        try:
            return text_of(self._seal.unseal(label, "original label"))
        except (CorruptedError, UnicodeDecodeError):
            return UNREADABLE

    def _refusal(self, *, encrypted: bool) -> str:
        name = f"namespace {self.name!r} of the store"
        if not encrypted:
            return f"{name} is not encrypted; use another namespace or file for this key"
        if self._seal.encrypted:
            return f"{name} is encrypted with another key"
        return f"{name} is encrypted; set `HEADROOM_STORE_KEY` or `key_file` to its key"
