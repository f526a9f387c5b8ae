"""The store of originals that outlives its process: one SQLite file for the whole machine.

Every `put` is one committed transaction of the write-ahead log, so what it returned is there after
`kill -9`, and with `durability="full"` after a loss of power. Every read checks the digest.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from headroom_core.errors import StoreError
from headroom_core.store.base import (
    DEFAULT_MAX_BYTES,
    Durability,
    Entry,
    StoreInfo,
    Verification,
    bytes_of,
    digest_of,
    parse_ref,
    ref_of_digest,
    text_of,
    too_large,
)
from headroom_core.store.cap import bury, bytes_used, make_room, vacuum
from headroom_core.store.database import Database
from headroom_core.store.seal import Seal, Unencrypted
from headroom_core.store.space import Packed, Row, Space

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from pathlib import Path

TOUCH_SECONDS = 600.0
"""A use is written down only when the last one known is older than this: reads stay cheap."""
TOUCHES = 64
"""So many retrievals are written down together, with a `put` if there is one before that."""


class SqliteStore:
    """`Store` in one file, shared by threads, forks, processes and namespaces."""

    def __init__(
        self,
        path: Path,
        namespace: str = "",
        *,
        max_bytes: int = DEFAULT_MAX_BYTES,
        durability: Durability = "normal",
        seal: Seal | None = None,
    ) -> None:
        """Open the file, and make it if it is not there.

        Raises `StoreError` when it cannot be opened, also for a wrong key. `max_bytes` counts the
        pages of the file that are in use, for all namespaces.
        """
        self.namespace = namespace
        self.max_bytes = max_bytes
        self.durability: Durability = durability
        self._seal: Seal = Unencrypted() if seal is None else seal
        self._space = Space(namespace, self._seal)
        self._touched: dict[int, float] = {}
        self._database = Database(path, durability=durability, enter=self._space.enter)
        with self._database.read():
            pass  # a store that cannot be opened is a wrong setting, to be told at once

    def put(self, text: str) -> str:
        data = bytes_of(text)
        digest = digest_of(data)
        ref = ref_of_digest(digest)
        with self._database.read() as connection:
            row = self._space.standing(connection, ref, digest)
            if row is not None:
                self._touch(row)
        if row is not None and self.durability == "normal":
            self._flush(1)  # at once, or another process might evict what is about to be named
            return ref
        packed = self._space.pack("original", ref, data, digest)
        with self._database.write() as connection:
            row = self._space.standing(connection, ref, digest)
            if row is None:
                self._insert(connection, packed)
            else:
                # A commit of our own also syncs to disk what another process left unsynced.
                self._write_use(connection, {row.id: time.time()})
        return ref

    def get(self, ref: str) -> str:
        ref = parse_ref(ref)
        with self._database.read() as connection:
            row = self._space.find(connection, "original", ref)
            if row is None:
                raise self._space.missing(connection, ref)
            self._touch(row)
        text = text_of(self._space.read(row, ref))
        self._flush(TOUCHES)
        return text

    def contains(self, ref: str) -> bool:
        with self._database.read() as connection:
            return self._space.has(connection, ref.strip().lower())

    def remember(self, key: str, value: bytes) -> bytes:
        packed = self._space.pack("value", key, value, digest_of(value))
        with self._database.write() as connection:
            row = self._space.intact(self._space.find(connection, "value", key), key)
            if row is not None:
                self._touch(row)
                return self._space.read(row, key)
            self._insert(connection, packed)
        return value

    def recall(self, key: str) -> bytes | None:
        with self._database.read() as connection:
            row = self._space.find(connection, "value", key)
            if row is None:
                return None
            self._touch(row)
        value = self._space.read(row, key)
        self._flush(TOUCHES)
        return value

    def entries(self) -> Iterator[Entry]:
        yield from (entry for _, entry in self._listed(self._space.page))
        yield from (entry for _, entry in self._listed(self._space.tombstones))

    def evict(self, ref: str) -> None:
        ref = parse_ref(ref)
        with self._database.write() as connection:
            row = self._space.find(connection, "original", ref)
            if row is None:
                raise self._space.missing(connection, ref)
            bury(connection, row.id)
            vacuum(connection)

    def verify(self) -> Verification:
        checked = 0
        corrupted: list[str] = []
        for number, entry in self._listed(self._space.page):
            with self._database.read() as connection:
                row = self._space.find_listed(connection, number)
            if row is None:
                continue  # evicted since the list was made
            checked += 1
            if self._space.intact(row, entry.ref) is None:
                corrupted.append(entry.ref)
        return Verification(checked, tuple(corrupted))

    def info(self) -> StoreInfo:
        with self._database.read() as connection:
            originals, size, gone = self._space.totals(connection)
            used = bytes_used(connection)
        return StoreInfo(
            url=f"sqlite:///{self._database.path}",
            namespace=self.namespace,
            originals=originals,
            evicted=gone,
            size=size,
            bytes_used=used,
            max_bytes=self.max_bytes,
            encrypted=self._seal.encrypted,
            durability=self.durability,
        )

    def close(self) -> None:
        self._flush(1)
        self._database.close()

    def _listed(
        self, page: Callable[[sqlite3.Connection, int], list[tuple[int, Entry]]]
    ) -> Iterator[tuple[int, Entry]]:
        last = 0
        while True:
            with self._database.read() as connection:
                found = page(connection, last)
            if not found:
                return
            yield from found
            last = found[-1][0]

    def _insert(self, connection: sqlite3.Connection, packed: Packed) -> None:
        if len(packed.payload) > self.max_bytes:
            raise too_large(self.max_bytes)  # before anything is evicted in vain
        self._write_use(connection, self._touched)
        new = self._space.write(connection, packed)
        make_room(connection, keep=new, max_bytes=self.max_bytes)

    def _touch(self, row: Row) -> None:
        now = time.time()
        if now - row.used > TOUCH_SECONDS:
            self._touched[row.id] = now

    def _flush(self, least: int) -> None:
        """Write down the uses that are not yet written, if there are enough of them."""
        if len(self._touched) >= least:
            # What is here can be read, and is stored, even if its use cannot be written down.
            with suppress(StoreError), self._database.write() as connection:
                self._write_use(connection, self._touched)

    def _write_use(self, connection: sqlite3.Connection, used: dict[int, float]) -> None:
        connection.executemany(
            "UPDATE entries SET used = ? WHERE id = ?",
            [(when, entry) for entry, when in used.items()],
        )
        used.clear()
