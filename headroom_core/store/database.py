"""One SQLite file, safe to share between threads, forks and processes.

A handle has one connection behind one lock. Before a fork the connection is closed, and parent
and child each open their own when they next need one.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from headroom_core.errors import CorruptedError, StoreError
from headroom_core.store.forks import watch_forks
from headroom_core.store.migrations import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from headroom_core.store.base import Durability

BUSY_SECONDS = 10.0
"""How long one call waits for other processes."""
WAL_LIMIT = 64 * 1024**2
CACHE_KIB = 512
"""Pages of the file that a handle holds: its indexes. A proxy has a handle for each client."""

_SYNCHRONOUS = {"normal": "NORMAL", "full": "FULL"}
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

# Closing any descriptor of a file drops every lock that this process holds on it, so a file is
# created and opened by one thread at a time.
_opening = threading.Lock()


class Database:
    """A connection that opens itself when it is needed. Raises nothing but `StoreError`."""

    def __init__(
        self,
        path: Path,
        *,
        durability: Durability,
        enter: Callable[[sqlite3.Connection], None],
    ) -> None:
        """`enter` runs in the transaction that opens a file: it may read and write its tables."""
        self.path = path
        self._durability: Durability = durability
        self._enter = enter
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._file = (0, 0)
        self._closed = False
        watch_forks(self)

    @contextmanager
    def read(self) -> Generator[sqlite3.Connection]:
        """Hold the connection, alone. Outside of `write`, every statement stands for itself."""
        with self._lock:
            if self._closed:
                raise StoreError(f"the store {self.path} is closed")
            try:
                yield self._connected()
            except (sqlite3.Error, OSError, UnicodeDecodeError) as exc:
                raise self._error(exc) from exc

    @contextmanager
    def write(self) -> Generator[sqlite3.Connection]:
        """Hold the connection in a transaction that is committed, or undone by any exception."""
        with self.read() as connection, _transaction(connection):
            yield connection

    def close(self) -> None:
        with self._lock:
            self._disconnect()
            self._closed = True

    def before_fork(self) -> None:
        self._lock.acquire()
        self._disconnect()

    def after_fork(self) -> None:
        self._lock.release()

    def _connected(self) -> sqlite3.Connection:
        # A file that was deleted or replaced under us would take writes that nobody ever reads.
        if self._connection is not None and self._identity() != self._file:
            self._disconnect()
        if self._connection is None:
            with _opening:
                self._create()
                self._connection = self._connect()
            self._file = self._identity()
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _identity(self) -> tuple[int, int]:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return (0, 0)
        return (found.st_dev, found.st_ino)

    def _create(self) -> None:
        """Make the file for the owner alone; the files that SQLite adds take its mode."""
        if self.path.exists():
            return
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.touch(mode=0o600)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        # Must come before the first table, and before the log: space can be given back later.
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        self._write_ahead(connection)
        connection.execute(f"PRAGMA synchronous = {_SYNCHRONOUS[self._durability]}")
        connection.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT}")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        connection.execute("PRAGMA secure_delete = ON")  # what is evicted leaves no readable pages
        with _transaction(connection):
            migrate(connection)
            self._enter(connection)

    def _write_ahead(self, connection: sqlite3.Connection) -> None:
        """Switch to the write-ahead log. Only here SQLite does not wait for others by itself."""
        deadline = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as exc:
                if exc.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.005)
            else:
                return

    def _error(self, exc: Exception) -> StoreError:
        message = f"the store {self.path} failed: {exc}"
        # A damaged file can make even SQLite's own message about it unreadable.
        unreadable = isinstance(exc, UnicodeDecodeError)
        if unreadable or getattr(exc, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
            return CorruptedError(message)
        return StoreError(message)


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Generator[None]:
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")
    except BaseException:
        # It may not have begun, and a full disk may have undone it already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
