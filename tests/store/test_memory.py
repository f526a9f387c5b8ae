"""The store in memory keeps the contract."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.errors import EvictedError
from headroom_core.store import memory as module
from headroom_core.store.base import CollisionError
from headroom_core.store.memory import Memory, MemoryStore
from headroom_core.testing.store_contract import OpenStore, StoreContract, incompressible


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def open_store(self) -> OpenStore:
        memory = Memory()

        def open_handle(namespace: str = "", max_bytes: int = 1 << 30) -> MemoryStore:
            memory.max_bytes = max_bytes
            return MemoryStore(namespace, memory=memory)

        return open_handle


def one_ref_for_all(digest: bytes) -> str:
    del digest
    return "0123456789abcdef"


@given(st.text(st.characters()))
def test_any_text_comes_back(text: str) -> None:
    store = MemoryStore()

    assert store.get(store.put(text)) == text


def test_what_was_used_lately_is_evicted_last() -> None:
    store = MemoryStore(memory=Memory(max_bytes=1 << 20))
    refs = [store.put(incompressible(300_000, seed)) for seed in range(3)]
    store.get(refs[0])
    store.put(incompressible(300_000, 4))

    assert store.contains(refs[0])
    with pytest.raises(EvictedError):
        store.get(refs[1])


def test_an_evicted_value_can_be_set_again() -> None:
    store = MemoryStore(memory=Memory(max_bytes=1 << 20))
    store.remember("key", b"first")
    store.put(incompressible(600_000, 1))
    store.put(incompressible(600_000, 2))

    assert store.recall("key") is None
    assert store.remember("key", b"second") == b"second"


def test_a_ref_never_names_two_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ref_of_digest", one_ref_for_all)
    store = MemoryStore()
    ref = store.put("one")

    with pytest.raises(CollisionError, match=ref):
        store.put("two")
    assert store.get(ref) == "one"
    store.evict(ref)
    with pytest.raises(CollisionError):
        store.put("two")
