"""An encrypted store keeps the contract, and shows nothing to those without its key."""

from __future__ import annotations

import base64
import importlib
import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from headroom_core.errors import (
    ConfigError,
    CorruptedError,
    EvictedError,
    MissingExtraError,
    StoreError,
)
from headroom_core.store.base import ref_of
from headroom_core.store.encryption import Encrypted, read_key, read_key_file
from headroom_core.store.sqlite import SqliteStore
from headroom_core.testing.store_contract import OpenStore, StoreContract

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = bytes(range(32))
OTHER_KEY = bytes(32)


def opened(
    path: Path, namespace: str = "", key: bytes = KEY, max_bytes: int = 1 << 30
) -> SqliteStore:
    return SqliteStore(path, namespace, max_bytes=max_bytes, seal=Encrypted(key, namespace))


class TestEncryptedStore(StoreContract):
    @pytest.fixture
    def open_store(self, path: Path) -> Iterator[OpenStore]:
        stores: list[SqliteStore] = []

        def open_handle(namespace: str = "", max_bytes: int = 1 << 30) -> SqliteStore:
            stores.append(opened(path, namespace, max_bytes=max_bytes))
            return stores[-1]

        yield open_handle
        for store in stores:
            store.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "originals.db"


def everything(path: Path) -> bytes:
    return b"".join(each.read_bytes() for each in sorted(path.parent.glob("originals.db*")))


def test_neither_texts_nor_refs_nor_keys_stand_in_the_file(path: Path) -> None:
    with closing(opened(path)) as store:
        ref = store.put("a phrase that zstd leaves as it is")
        gone = store.put("another phrase")
        store.evict(gone)
        store.remember("the key of a value", b"the value of a key")
        written = everything(path)
    written += everything(path)

    for word in (ref, gone, "a phrase", "another phrase", "the key of", "the value of"):
        assert word.encode() not in written
        assert bytes.fromhex(ref) not in written


def test_two_namespaces_with_one_text_have_nothing_in_common(path: Path) -> None:
    for namespace in ("one", "two"):
        with closing(opened(path, namespace)) as store:
            store.put("the same text")
            store.put("another text")
            store.remember("key", b"the same value")
            store.evict(store.put("the same evicted text"))
    with closing(sqlite3.connect(path)) as connection:
        for table in ("entries", "tombstones"):
            rows = connection.execute(f"SELECT address, label, digest FROM {table}").fetchall()
            values = [value for row in rows for value in row]

            assert len(set(values)) == len(values)


@pytest.mark.parametrize("key", [OTHER_KEY, None])
def test_a_wrong_key_is_told_when_the_store_is_opened(path: Path, key: bytes | None) -> None:
    opened(path, "mine").close()

    with pytest.raises(StoreError, match="'mine' of the store is encrypted"):
        SqliteStore(path, "mine", seal=None if key is None else Encrypted(key, "mine"))


def test_a_namespace_that_is_not_encrypted_takes_no_key(path: Path) -> None:
    SqliteStore(path, "mine").close()

    with pytest.raises(StoreError, match="'mine' of the store is not encrypted"):
        opened(path, "mine")


def test_namespaces_of_one_file_may_have_keys_of_their_own(path: Path) -> None:
    for namespace, key in (("one", KEY), ("two", OTHER_KEY)):
        with closing(opened(path, namespace, key)) as store:
            assert store.get(store.put("text")) == "text"
    ref = ref_of("text")
    with closing(SqliteStore(path, "plain")) as store:
        assert not store.info().encrypted
        assert not store.contains(ref)
    with closing(opened(path, "one")) as store:
        assert store.info().encrypted
        assert store.get(ref) == "text"


@pytest.mark.parametrize(
    "payload",
    [
        "zeroblob(3)",
        "zeroblob(80)",
        "(SELECT payload FROM entries WHERE kind = 'value')",
        "(SELECT payload FROM entries WHERE kind = 'original' ORDER BY id DESC)",
    ],
)
def test_bytes_that_were_changed_or_moved_are_corrupted(path: Path, payload: str) -> None:
    with closing(opened(path)) as store:
        ref = store.put("one")
        store.put("two")
        store.remember("key", b"one")
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(f"UPDATE entries SET payload = {payload} WHERE kind = 'original'")

        with pytest.raises(CorruptedError, match=ref):
            store.get(ref)
        assert ref in store.verify().corrupted


def test_an_original_whose_ref_is_damaged_is_still_listed(path: Path) -> None:
    with closing(opened(path)) as store:
        ref = store.put("one")
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE entries SET label = zeroblob(40)")

        assert [entry.ref for entry in store.entries()] == ["?" * 16]
        assert store.verify().corrupted == ("?" * 16,)
        assert store.get(ref) == "one"


def test_tombstones_of_an_encrypted_store_last(path: Path) -> None:
    with closing(opened(path)) as store:
        ref = store.put("text")
        store.evict(ref)
    with closing(opened(path)) as store:
        with pytest.raises(EvictedError):
            store.get(ref)
        assert [entry.ref for entry in store.entries()] == [ref]


@pytest.mark.parametrize(
    "text",
    [
        KEY.hex(),
        KEY.hex().upper() + "\n",
        base64.b64encode(KEY).decode(),
        base64.urlsafe_b64encode(KEY).decode(),
        base64.b64encode(KEY).decode().rstrip("="),
    ],
)
def test_a_key_may_be_hex_or_base64(text: str, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(text)

    assert read_key(text) == KEY
    assert read_key_file(str(file)) == KEY


@pytest.mark.parametrize(
    "text", ["", "hunter2", "g" * 64, "ab" * 31, "a" * 43 + "!", "\u00e9" * 43]
)
def test_a_bad_key_is_refused_without_being_shown(text: str, tmp_path: Path) -> None:
    file = tmp_path / "key-file"
    file.write_text(text)

    with pytest.raises(ConfigError, match="32 random bytes") as caught:
        read_key(text)
    assert not text or text not in str(caught.value)
    with pytest.raises(ConfigError, match="key-file") as caught:
        read_key_file(str(file))
    assert not text or text not in str(caught.value)


def test_a_key_file_that_is_not_there_is_a_wrong_setting(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_key_file(str(tmp_path / "none"))


def test_without_the_extra_encryption_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    monkeypatch.delitem(sys.modules, "headroom_core.store.encryption")

    with pytest.raises(MissingExtraError, match=r"\[crypto\]"):
        importlib.import_module("headroom_core.store.encryption")
