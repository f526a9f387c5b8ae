"""The SQLite store keeps the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headroom_core.store.sqlite import SqliteStore
from headroom_core.testing.store_contract import OpenStore, StoreContract

if TYPE_CHECKING:
    from pathlib import Path


class TestSqliteStore(StoreContract):
    @pytest.fixture
    def open_store(self, tmp_path: Path) -> OpenStore:
        def open_handle(namespace: str = "", max_bytes: int = 1 << 30) -> SqliteStore:
            return SqliteStore(tmp_path / "originals.db", namespace, max_bytes=max_bytes)

        return open_handle
