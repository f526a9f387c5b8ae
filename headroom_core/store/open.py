"""Open the store that settings or a URL name."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from headroom_core.store.memory import Memory, MemoryStore
from headroom_core.store.settings import MEMORY, SQLITE, StoreSettings
from headroom_core.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from headroom_core.store.base import Store
    from headroom_core.store.seal import Seal

DEFAULT_FILE = "originals.db"


def open_store(
    store: str | StoreSettings = "", *, namespace: str = "", key: str | None = None
) -> Store:
    """Open a handle on a store, and make the store if it is not there.

    `store` is a URL or all of the settings; `namespace`, if given, stands for theirs. `key`, 32
    bytes in hex or base64, encrypts what is written to disk; it goes before `key_file`. Raises
    `ConfigError` for wrong settings and `StoreError` when the store cannot be opened with them.
    """
    settings = StoreSettings(url=store) if isinstance(store, str) else store
    if namespace:
        settings = replace(settings, namespace=namespace)
    if settings.url.startswith(MEMORY):
        return _memory_store(settings)
    return SqliteStore(
        sqlite_path(settings.url),
        settings.namespace,
        max_bytes=settings.max_bytes,
        durability=settings.durability,
        seal=_seal(settings, key),
    )


def sqlite_path(url: str) -> Path:
    """Return the file that a URL names: the default one for the empty URL."""
    if not url:
        return user_data_path("headroom") / DEFAULT_FILE
    # Absolute from now on: the working directory may change while the store is open.
    return Path(url.removeprefix(SQLITE)).expanduser().absolute()


def _memory_store(settings: StoreSettings) -> MemoryStore:
    name = settings.url.removeprefix(MEMORY)
    memory = _shared(name) if name else Memory()
    memory.max_bytes = settings.max_bytes
    return MemoryStore(settings.namespace, memory=memory, url=settings.url)


@cache
def _shared(name: str) -> Memory:
    del name
    return Memory()


def _seal(settings: StoreSettings, key: str | None) -> Seal | None:
    if key is None and not settings.key_file:
        return None
    # Only who encrypts needs `cryptography`, which is heavy and an extra.
    from headroom_core.store.encryption import (  # noqa: PLC0415 - see above
        Encrypted,
        read_key,
        read_key_file,
    )

    secret = read_key_file(settings.key_file) if key is None else read_key(key)
    return Encrypted(secret, settings.namespace)
