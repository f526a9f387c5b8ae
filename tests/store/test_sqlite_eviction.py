"""What makes room in the file of a store, and which uses are remembered for it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from headroom_core.errors import EvictedError, StoreError
from headroom_core.store import database, space, sqlite
from headroom_core.store.base import StoreFullError
from headroom_core.store.sqlite import SqliteStore
from headroom_core.testing.store_contract import incompressible

if TYPE_CHECKING:
    from pathlib import Path

from tests.store.test_sqlite import edit


def test_what_was_retrieved_lately_is_evicted_last(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "TOUCH_SECONDS", -1.0)
    with closing(SqliteStore(path, max_bytes=1 << 20)) as store:
        refs = [store.put(incompressible(300_000, seed)) for seed in range(3)]
        store.get(refs[0])
        more = [store.put(incompressible(300_000, 4))]

        assert store.contains(refs[0])
        assert all(store.contains(ref) for ref in more)
        with pytest.raises(EvictedError):
            store.get(refs[1])


def test_what_was_stored_again_lately_is_evicted_last(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "TOUCH_SECONDS", -1.0)
    with closing(SqliteStore(path, max_bytes=1 << 20)) as store:
        refs = [store.put(incompressible(300_000, seed)) for seed in range(3)]
        store.put(incompressible(300_000, 0))
        store.put(incompressible(300_000, 4))

        assert store.contains(refs[0])
        assert not store.contains(refs[1])


def test_a_cap_set_lower_is_kept_from_the_next_text_on(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        for seed in range(20):
            store.put(incompressible(500_000, seed))
    size = path.stat().st_size
    with closing(SqliteStore(path, max_bytes=1 << 20)) as store:
        for seed in range(30, 50):
            store.put(incompressible(500_000, seed))

        assert store.info().bytes_used <= 1 << 20
    assert path.stat().st_size < size


def test_a_text_that_leaves_no_room_for_the_tables_evicts_nothing(path: Path) -> None:
    with closing(SqliteStore(path, max_bytes=1 << 20)) as store:
        ref = store.put("small")

        with pytest.raises(StoreFullError):
            store.put(incompressible((1 << 20) - 5_000))
        assert store.get(ref) == "small"


def test_the_file_shrinks_when_originals_are_evicted(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        refs = [store.put(incompressible(500_000, seed)) for seed in range(4)]
    size = path.stat().st_size
    with closing(SqliteStore(path)) as store:
        for ref in refs:
            store.evict(ref)

    assert path.stat().st_size < size / 10


def test_an_evicted_text_leaves_no_bytes_behind(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        store.put("kept")
        ref = store.put("a phrase that zstd leaves as it is")
    assert b"a phrase that zstd" in path.read_bytes()
    with closing(SqliteStore(path)) as store:
        store.evict(ref)

    assert b"a phrase that zstd" not in path.read_bytes()


def test_uses_are_written_down_now_and_then(
    store: SqliteStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refs = [store.put(f"text {number}") for number in range(70)]
    store.remember("key", b"value")
    edit(path, "UPDATE entries SET used = 1, created = 1")
    for ref in refs:
        store.get(ref)

    assert sum(entry.used > 1 for entry in store.entries()) == sqlite.TOUCHES
    store.recall("key")
    assert store.remember("key", b"other") == b"value"
    store.close()
    with closing(SqliteStore(path)) as other:
        assert all(entry.used > 1 for entry in other.entries())


def test_storing_again_counts_as_a_use_at_once(store: SqliteStore, path: Path) -> None:
    store.put("text")
    edit(path, "UPDATE entries SET used = 1, created = 1")
    store.put("text")

    with closing(SqliteStore(path)) as other:
        assert next(other.entries()).used > 1
        assert next(other.entries()).created == 1


def test_storing_again_works_when_nothing_can_be_written(
    connections: list[sqlite3.Connection], store: SqliteStore, path: Path
) -> None:
    ref = store.put("text")
    edit(path, "UPDATE entries SET used = 1")
    connections[0].execute("PRAGMA query_only = ON")

    assert store.put("text") == ref
    with pytest.raises(StoreError):
        store.put("other")


def test_a_read_does_not_fail_because_its_use_cannot_be_written_down(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "TOUCH_SECONDS", -1.0)
    monkeypatch.setattr(sqlite, "TOUCHES", 1)
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.01)
    with closing(SqliteStore(path)) as store, closing(sqlite3.connect(path)) as other:
        ref = store.put("text")
        other.execute("BEGIN IMMEDIATE")

        assert store.get(ref) == "text"
        other.rollback()


def test_what_is_evicted_during_a_verification_is_no_error(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    refs = [store.put(f"text {number}") for number in range(3)]
    read = space.Space.intact

    def evicting(self: space.Space, row: space.Row | None, name: str) -> space.Row | None:
        if name == refs[0]:
            store.evict(refs[2])
        return read(self, row, name)

    monkeypatch.setattr(space.Space, "intact", evicting)
    verification = store.verify()

    assert verification.checked == 2
    assert verification.corrupted == ()
