"""One engine for each client: what one key has stored, another cannot read.

The namespace of a client's originals is a keyed digest of its credentials, so it says nothing of
them. The key lies beside the store, for its owner alone.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections import OrderedDict
from dataclasses import replace
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING

from headroom_core.config import load
from headroom_core.engine.headroom import Headroom
from headroom_core.engine.memory import memory_of
from headroom_core.errors import ConfigError
from headroom_core.store.open import sqlite_path
from headroom_core.store.settings import MEMORY, StoreSettings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from headroom_core.engine.memory import Memory
    from headroom_core.settings import Settings

MOST_TENANTS = 64
"""Engines that are held ready; the one used longest ago makes room for a new one."""
MEMO_SHARE = 4
"""All engines together may take this part of the memory that the settings allow for memos."""

_CREDENTIALS = frozenset(
    {
        b"authorization",
        b"x-api-key",
        b"api-key",
        b"x-goog-api-key",
        b"x-headroom-affinity",  # one of a gateway's own tenants, all of whom share its key
    }
)
_KEY_FILE = "proxy.key"
_KEY_BYTES = 32


class Tenants:
    """The engines of all clients of this process."""

    def __init__(self, settings: Settings, *, most: int = MOST_TENANTS) -> None:
        stored = settings.store_settings()
        if stored == StoreSettings():
            stored = load().settings.store_settings()  # that of this machine, as everywhere
        if stored.url == MEMORY:
            # One memory for all engines, which outlives each of them.
            stored = replace(stored, url=f"{MEMORY}proxy-{secrets.token_hex(8)}")
        # The proxy answers the tool, whatever the notes of other surfaces on this machine say.
        self._settings = replace(settings, surface="tool")
        self.memory: Memory = memory_of(settings.memo_bytes // MEMO_SHARE)
        self._stored = stored
        self._key = _key(stored)
        self._most = most
        self._engines: OrderedDict[str, Headroom] = OrderedDict()
        self._lock = Lock()

    def namespace(self, headers: Iterable[tuple[bytes, bytes]]) -> str:
        """The namespace of whoever sends these headers, given in lower case."""
        digest = hmac.new(self._key, digestmod=sha256)
        for name, value in sorted(each for each in headers if each[0] in _CREDENTIALS):
            digest.update(b"%s %d %s\n" % (name, len(value), value))
        base = self._stored.namespace
        return f"{base}{'/' if base else ''}proxy-{digest.hexdigest()[:32]}"

    def engine(self, namespace: str) -> Headroom:
        """The engine of a namespace."""
        with self._lock:
            engine = self._engines.get(namespace)
            if engine is None:
                engine = self._engines[namespace] = self._made(namespace)
            self._engines.move_to_end(namespace)
            spare = [self._engines.popitem(last=False)[1]] if self._is_over() else []
        for each in spare:
            each.close()  # a request that still has it opens the store again
        return engine

    def close(self) -> None:
        """Close every store."""
        with self._lock:
            engines = [*self._engines.values()]
            self._engines.clear()
        for each in engines:
            each.close()

    def _made(self, namespace: str) -> Headroom:
        settings = replace(self._settings, store=replace(self._stored, namespace=namespace))
        return Headroom(settings, memory=replace(self.memory, owner=namespace.encode()))

    def _is_over(self) -> bool:
        return len(self._engines) > self._most


def _key(stored: StoreSettings) -> bytes:
    if stored.url.startswith(MEMORY):
        return secrets.token_bytes(_KEY_BYTES)  # it need not outlive the originals
    path = sqlite_path(stored.url).with_name(_KEY_FILE)
    try:
        return _read_or_make(path)
    except OSError as exc:
        raise ConfigError(f"cannot keep the proxy's key in {str(path)!r}: {exc}") from exc


def _read_or_make(path: Path) -> bytes:
    """The key in a file. Workers that start together end up with the same one."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        own = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        own.touch(mode=0o600)
        own.write_bytes(secrets.token_bytes(_KEY_BYTES))
        try:
            os.link(own, path)  # unlike a rename, this does not replace what another one wrote
        except FileExistsError:
            pass
        finally:
            own.unlink()
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise ConfigError(f"{str(path)!r} holds no key of {_KEY_BYTES} bytes; remove it")
    return key
