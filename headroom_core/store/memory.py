"""A store that lives as long as its process: for tests, and for those who want nothing on disk."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.errors import StoreError
from headroom_core.store.base import (
    BYTES_PER_TOMBSTONE,
    DEFAULT_MAX_BYTES,
    Entry,
    StoreInfo,
    Verification,
    bytes_of,
    collision,
    digest_of,
    evicted,
    not_found,
    parse_ref,
    ref_of_digest,
    text_of,
    too_large,
)
from headroom_core.store.forks import watch_forks
from headroom_core.store.pack import pack, unpack

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from headroom_core.errors import NotFoundError
    from headroom_core.store.seal import Kind

_Key = tuple[str, "Kind", str]
"""Namespace, kind, and ref or key."""


@dataclass(slots=True)
class _Held:
    """One original or, under a key, one side value."""

    payload: bytes
    digest: bytes
    size: int
    created: float
    used: float


@dataclass(slots=True)
class _Gone:
    """What is remembered about an evicted original."""

    digest: bytes
    created: float
    evicted: float


class Memory:
    """What several handles share: all namespaces, in order of use, under one size cap."""

    def __init__(self, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        self.max_bytes = max_bytes
        self.lock: threading.Lock = threading.Lock()
        self.held: OrderedDict[_Key, _Held] = OrderedDict()
        self.gone: dict[_Key, _Gone] = {}
        self.bytes_used: int = 0
        watch_forks(self)

    def before_fork(self) -> None:
        self.lock.acquire()

    def after_fork(self) -> None:
        self.lock.release()

    def find(self, key: _Key) -> _Held | None:
        """Return what is held under a key and count it as used."""
        if (held := self.held.get(key)) is not None:
            held.used = time.time()
            self.held.move_to_end(key)
        return held

    def add(self, key: _Key, data: bytes, digest: bytes) -> None:
        """Hold bytes under a key; evict what was used least recently to make room."""
        now = time.time()
        payload = pack(data)
        if len(payload) > self.max_bytes:
            raise too_large(self.max_bytes)
        while self.bytes_used + len(payload) > self.max_bytes:
            self.drop(next(iter(self.held)))
        while len(self.gone) > self.max_bytes // BYTES_PER_TOMBSTONE:
            del self.gone[next(iter(self.gone))]
        self.gone.pop(key, None)
        self.held[key] = _Held(payload, digest, len(data), now, now)
        self.bytes_used += len(payload)

    def drop(self, key: _Key) -> None:
        """Evict one; only originals leave a trace."""
        held = self.held.pop(key)
        self.bytes_used -= len(held.payload)
        if key[1] == "original":
            self.gone[key] = _Gone(held.digest, held.created, time.time())


class MemoryStore:
    """`Store` in memory. Handles that are given the same `Memory` share what they hold."""

    def __init__(
        self, namespace: str = "", *, memory: Memory | None = None, url: str = "memory://"
    ) -> None:
        self.namespace = namespace
        self.url = url
        self._memory = Memory() if memory is None else memory
        self._closed = False

    def put(self, text: str) -> str:
        data = bytes_of(text)
        digest = digest_of(data)
        ref = ref_of_digest(digest)
        key = self._key(ref)
        with self._open() as memory:
            if (known := memory.held.get(key) or memory.gone.get(key)) and known.digest != digest:
                raise collision(ref)
            if memory.find(key) is None:
                memory.add(key, data, digest)
        return ref

    def get(self, ref: str) -> str:
        ref = parse_ref(ref)
        with self._open() as memory:
            if (held := memory.find(self._key(ref))) is None:
                raise self._missing(ref)
            return text_of(unpack(held.payload))

    def contains(self, ref: str) -> bool:
        with self._open() as memory:
            return self._key(ref.strip().lower()) in memory.held

    def remember(self, key: str, value: bytes) -> bytes:
        place = self._key(key, "value")
        with self._open() as memory:
            if (held := memory.find(place)) is not None:
                return unpack(held.payload)
            memory.add(place, value, digest_of(value))
            return value

    def recall(self, key: str) -> bytes | None:
        with self._open() as memory:
            held = memory.find(self._key(key, "value"))
            return None if held is None else unpack(held.payload)

    def entries(self) -> Iterator[Entry]:
        with self._open() as memory:
            held = [
                Entry(key[2], one.size, len(one.payload), one.created, one.used)
                for key, one in memory.held.items()
                if key[:2] == (self.namespace, "original")
            ]
            gone = [
                Entry(key[2], 0, 0, one.created, one.evicted, evicted=True)
                for key, one in memory.gone.items()
                if key[0] == self.namespace
            ]
        yield from sorted(held, key=lambda entry: entry.created)
        yield from gone

    def evict(self, ref: str) -> None:
        ref = parse_ref(ref)
        with self._open() as memory:
            if self._key(ref) not in memory.held:
                raise self._missing(ref)
            memory.drop(self._key(ref))

    def verify(self) -> Verification:
        checked = self.info().originals  # nothing but a broken machine changes what is in memory
        return Verification(checked, ())

    def info(self) -> StoreInfo:
        entries = list(self.entries())
        return StoreInfo(
            url=self.url,
            namespace=self.namespace,
            originals=sum(not entry.evicted for entry in entries),
            evicted=sum(entry.evicted for entry in entries),
            size=sum(entry.size for entry in entries),
            bytes_used=self._memory.bytes_used,
            max_bytes=self._memory.max_bytes,
            encrypted=False,
            durability="normal",
        )

    def close(self) -> None:
        self._closed = True

    def _key(self, name: str, kind: Kind = "original") -> _Key:
        return (self.namespace, kind, name)

    def _missing(self, ref: str) -> NotFoundError:
        return evicted(ref) if self._key(ref) in self._memory.gone else not_found(ref)

    @contextmanager
    def _open(self) -> Generator[Memory]:
        if self._closed:
            raise StoreError("the store is closed")
        with self._memory.lock:
            yield self._memory
