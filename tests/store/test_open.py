"""Opening a store by URL or settings."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from headroom_core.errors import ConfigError, NotFoundError, StoreError
from headroom_core.store.memory import MemoryStore
from headroom_core.store.open import open_store, sqlite_path
from headroom_core.store.redact import redact_secrets
from headroom_core.store.settings import StoreSettings
from headroom_core.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from pathlib import Path

KEY = "00" * 32


def test_without_a_url_the_store_is_a_file_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    with closing(open_store()) as store:
        ref = store.put("text")
    with closing(open_store()) as store:
        assert store.get(ref) == "text"
    assert sqlite_path("").is_relative_to(tmp_path)
    assert sqlite_path("").is_file()


def test_a_url_names_a_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a/b.db"
    with closing(open_store(url)) as store:
        assert isinstance(store, SqliteStore)
        assert store.info().url == url
    assert (tmp_path / "a" / "b.db").is_file()


def test_a_relative_path_stays_where_it_was_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert sqlite_path("sqlite:///b.db") == tmp_path / "b.db"
    assert "~" not in str(sqlite_path("sqlite:///~/b.db"))


def test_memory_is_a_store_of_its_own_unless_it_is_named() -> None:
    ref = open_store("memory://shared").put("text")

    assert open_store("memory://shared").get(ref) == "text"
    for url in ("memory://", "memory://other"):
        with pytest.raises(NotFoundError):
            open_store(url).get(ref)
    assert open_store("memory://shared").info().url == "memory://shared"
    assert isinstance(open_store("memory://"), MemoryStore)


def test_the_settings_reach_the_store(tmp_path: Path) -> None:
    pytest.importorskip("cryptography")
    key_file = tmp_path / "key"
    key_file.write_text(KEY)
    settings = StoreSettings(
        url=f"sqlite:///{tmp_path}/b.db",
        namespace="mine",
        max_bytes=2 << 20,
        durability="full",
        key_file=str(key_file),
    )
    with closing(open_store(settings)) as store:
        info = store.info()

    assert info.namespace == "mine"
    assert info.max_bytes == 2 << 20
    assert info.durability == "full"
    assert info.encrypted


def test_a_namespace_in_the_call_stands_for_that_of_the_settings() -> None:
    settings = StoreSettings(url="memory://", namespace="mine", max_bytes=2 << 20)
    info = open_store(settings, namespace="other").info()

    assert info.namespace == "other"
    assert info.max_bytes == 2 << 20


def test_a_key_goes_before_the_key_file(tmp_path: Path) -> None:
    pytest.importorskip("cryptography")
    url = f"sqlite:///{tmp_path}/b.db"
    open_store(url, key=KEY).close()
    open_store(StoreSettings(url=url, key_file="/nowhere"), key=KEY).close()

    with pytest.raises(StoreError, match="another key"):
        open_store(url, key="11" * 32)
    with pytest.raises(ConfigError, match="32 random bytes"):
        open_store(url, key="")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"url": "redis://localhost"}, "must start with `sqlite:///` or `memory://`"),
        ({"url": "sqlite:/x"}, "must start with"),
        ({"url": "/var/x.db"}, "must start with"),
        ({"url": "sqlite:///"}, "names no file"),
        ({"url": 1}, "`store.url` must be a string"),
        ({"namespace": None}, "`store.namespace` must be a string"),
        ({"namespace": "a\nb"}, "printable"),
        ({"namespace": "\ud800"}, "printable"),
        ({"key_file": 3}, "`store.key_file` must be a string"),
        ({"max_bytes": 1000}, "`store.max_bytes` must be a whole number"),
        ({"max_bytes": True}, "`store.max_bytes`"),
        ({"max_bytes": "2GB"}, "`store.max_bytes`"),
        ({"durability": "fast"}, "`store.durability` must be normal or full"),
        ({"redact": "all"}, "`store.redact` must be off, secrets or a callable"),
    ],
)
def test_a_wrong_setting_is_told_at_once(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        StoreSettings(**wrong)


def test_an_unknown_scheme_is_a_wrong_setting() -> None:
    with pytest.raises(ConfigError, match="sqlite:///"):
        open_store("postgres://localhost/x")


def test_the_redactor_is_the_one_that_was_asked_for() -> None:
    assert StoreSettings().redactor() is None
    assert StoreSettings(redact="secrets").redactor() is redact_secrets
    assert StoreSettings(redact=str.upper).redactor() is str.upper
