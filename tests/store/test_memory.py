"""The store in memory keeps the contract."""

from __future__ import annotations

import pytest

from headroom_core.store.memory import Memory, MemoryStore
from headroom_core.testing.store_contract import OpenStore, StoreContract


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def open_store(self) -> OpenStore:
        memory = Memory()

        def open_handle(namespace: str = "", max_bytes: int = 1 << 30) -> MemoryStore:
            memory.max_bytes = max_bytes
            return MemoryStore(namespace, memory=memory)

        return open_handle
