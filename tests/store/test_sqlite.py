"""The SQLite store keeps the contract, and what a file adds to it."""

from __future__ import annotations

import sqlite3
import stat
import threading
from contextlib import closing, suppress
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headroom_core.errors import CorruptedError, NotFoundError, StoreError
from headroom_core.store import database, space, sqlite
from headroom_core.store.base import CollisionError
from headroom_core.store.database import CACHE_KIB
from headroom_core.store.sqlite import SqliteStore
from headroom_core.testing.store_contract import OpenStore, StoreContract, incompressible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from headroom_core.store.base import Durability

BOTH_OF_ANOTHER = (
    "UPDATE entries SET (digest, payload) ="
    " (SELECT digest, payload FROM entries WHERE kind = 'value')"
)


class TestSqliteStore(StoreContract):
    @pytest.fixture
    def open_store(self, path: Path) -> Iterator[OpenStore]:
        opened: list[SqliteStore] = []

        def open_handle(namespace: str = "", max_bytes: int = 1 << 30) -> SqliteStore:
            opened.append(SqliteStore(path, namespace, max_bytes=max_bytes))
            return opened[-1]

        yield open_handle
        for store in opened:
            store.close()


def edit(path: Path, statement: str, *values: object) -> None:
    """Change the file behind the store's back."""
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute(statement, values).rowcount > 0


@given(text=st.text(st.characters()))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_comes_back(store: SqliteStore, text: str) -> None:
    assert store.get(store.put(text)) == text


def test_file_and_directory_are_for_the_owner_alone(store: SqliteStore, path: Path) -> None:
    store.put("text")

    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    files = list(path.parent.iterdir())
    assert len(files) == 3
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}


@pytest.mark.requirement("store.corrupted")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET payload = zeroblob(20)",
        "UPDATE entries SET payload = substr(payload, 1, length(payload) - 1)",
        "UPDATE entries SET payload = (SELECT payload FROM entries WHERE kind = 'value')",
        "UPDATE entries SET digest = zeroblob(32)",
        "UPDATE entries SET payload = 'text', digest = 7, used = 'never'",
        BOTH_OF_ANOTHER,
    ],
)
def test_a_corrupted_original_is_reported_and_never_returned(
    store: SqliteStore, path: Path, statement: str
) -> None:
    store.remember("key", b"other")
    ref, sound = store.put("text " * 20), "sound " * 20
    edit(path, f"{statement} WHERE kind = 'original'")
    store.put(sound)

    with pytest.raises(CorruptedError, match=ref):
        store.get(ref)
    assert store.contains(ref)
    assert store.verify().corrupted == (ref,)
    assert store.verify().checked == 2


@pytest.mark.parametrize("seed", range(30))
def test_a_damaged_file_never_gives_another_text(tmp_path: Path, seed: int) -> None:
    texts = [f"line {number}\n" * (number * 7) for number in range(40)]
    with closing(SqliteStore(tmp_path / "sound.db")) as store:
        refs = [store.put(text) for text in texts]
    damaged = bytearray((tmp_path / "sound.db").read_bytes())
    random = Random(seed)
    for _ in range(1 + seed % 4):
        damaged[random.randrange(len(damaged))] = random.randrange(256)
    (tmp_path / "damaged.db").write_bytes(damaged)

    # Whatever else happens is a `StoreError`.
    with suppress(StoreError), closing(SqliteStore(tmp_path / "damaged.db")) as store:
        for ref, text in zip(refs, texts, strict=True):
            with suppress(StoreError):
                assert store.get(ref) == text
        with suppress(StoreError):
            store.verify()
        assert store.put(texts[0]) == refs[0]


def test_a_damaged_name_is_reported(store: SqliteStore, path: Path) -> None:
    ref = store.put("text")
    edit(path, "UPDATE entries SET label = x'ff'")

    assert [entry.ref for entry in store.entries()] == ["?" * 16]
    assert store.verify().corrupted == ("?" * 16,)
    assert store.get(ref) == "text"


def test_damage_that_sqlite_cannot_even_tell_about_is_reported(
    store: SqliteStore, path: Path
) -> None:
    store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET sql = CAST(x'637265617465ff' AS TEXT)")

    with pytest.raises(CorruptedError):
        SqliteStore(path)


def test_storing_again_mends_a_corrupted_original(store: SqliteStore, path: Path) -> None:
    ref = store.put("text")
    edit(path, "UPDATE entries SET payload = zeroblob(20)")

    assert store.put("text") == ref
    assert store.get(ref) == "text"


def test_a_corrupted_value_is_reported_and_can_be_set_again(store: SqliteStore, path: Path) -> None:
    store.remember("key", b"first")
    edit(path, "UPDATE entries SET payload = zeroblob(20)")

    with pytest.raises(CorruptedError, match="value `key`"):
        store.recall("key")
    assert store.remember("key", b"second") == b"second"
    assert store.recall("key") == b"second"


def one_ref_for_all(digest: bytes) -> str:
    del digest
    return "0123456789abcdef"


def test_a_ref_never_names_two_texts(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (sqlite, space):
        monkeypatch.setattr(module, "ref_of_digest", one_ref_for_all)
    ref = store.put("one")

    with pytest.raises(CollisionError, match=ref):
        store.put("two")
    assert store.get(ref) == "one"
    store.evict(ref)
    with pytest.raises(CollisionError):
        store.put("two")


def test_a_file_that_is_no_store_is_reported(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("not a database, but long enough to be taken for one\n" * 100)

    with pytest.raises(CorruptedError, match="not a database"):
        SqliteStore(path)


def test_a_store_of_a_newer_version_is_left_alone(store: SqliteStore, path: Path) -> None:
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")

    with pytest.raises(StoreError, match="newer Headroom"):
        SqliteStore(path)


def test_a_directory_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match="failed"):
        SqliteStore(tmp_path / "file" / "originals.db")


def test_a_file_that_was_deleted_is_made_again(store: SqliteStore, path: Path) -> None:
    lost = store.put("lost")
    for file in path.parent.iterdir():
        file.unlink()
    ref = store.put("text")

    with pytest.raises(NotFoundError):
        store.get(lost)
    with closing(SqliteStore(path)) as other:
        assert other.get(ref) == "text"


def test_a_handle_holds_few_pages_in_memory(
    path: Path, connections: list[sqlite3.Connection]
) -> None:
    with closing(SqliteStore(path)):
        (cache,) = connections[0].execute("PRAGMA cache_size").fetchone()

    assert cache == -CACHE_KIB


@pytest.mark.parametrize("durability", ["normal", "full"])
def test_full_durability_syncs_every_commit(
    path: Path, connections: list[sqlite3.Connection], durability: Durability
) -> None:
    with closing(SqliteStore(path, durability=durability)) as store:
        (level,) = connections[0].execute("PRAGMA synchronous").fetchone()
        (mode,) = connections[0].execute("PRAGMA journal_mode").fetchone()

        assert level == {"normal": 1, "full": 2}[durability]
        assert mode == "wal"
        assert store.info().durability == durability


def test_with_full_durability_storing_again_commits_again(path: Path) -> None:
    with closing(SqliteStore(path, durability="full")) as store:
        store.put("text")
        edit(path, "UPDATE entries SET used = 1")
        store.put("text")

        assert next(store.entries()).used > 1


def test_a_full_disk_is_reported_and_loses_nothing(
    connections: list[sqlite3.Connection], store: SqliteStore
) -> None:
    ref = store.put("text")
    connections[0].execute("PRAGMA max_page_count = 40")

    with pytest.raises(StoreError, match="database or disk is full"):
        store.put(incompressible(400_000))
    assert store.get(ref) == "text"
    assert store.put("small") is not None
    assert store.verify().corrupted == ()


def test_a_store_that_others_keep_busy_is_reported(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with closing(SqliteStore(path)) as store, closing(sqlite3.connect(path)) as other:
        ref = store.put("text")
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreError, match="locked"):
            store.put("other")
        assert store.get(ref) == "text"


def test_opening_waits_for_those_who_read_the_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path, check_same_thread=False)) as other:
        other.executescript("CREATE TABLE t (x); INSERT INTO t VALUES (1); BEGIN; SELECT * FROM t")
        other.execute("SELECT * FROM t").fetchall()
        timer = threading.Timer(0.1, other.rollback)
        timer.start()
        with closing(SqliteStore(path)) as store:
            assert store.get(store.put("text")) == "text"
        timer.join()


def test_opening_tries_again_while_others_switch_to_the_log(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = [1, 2]

    class Busy(sqlite3.Connection):
        def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
            if "journal_mode" in statement and refusals:
                refusals.pop()
                error = sqlite3.OperationalError("database is locked")
                error.sqlite_errorcode = sqlite3.SQLITE_BUSY
                raise error
            return super().execute(statement, *values)

    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Busy))
    with closing(SqliteStore(path)) as store:
        assert store.get(store.put("text")) == "text"
    assert not refusals


def test_opening_does_not_wait_forever(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.parent.mkdir()
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(path)) as other:
        other.executescript("CREATE TABLE t (x); INSERT INTO t VALUES (1); BEGIN")
        other.execute("SELECT * FROM t").fetchall()

        with pytest.raises(StoreError, match="locked"):
            SqliteStore(path)
