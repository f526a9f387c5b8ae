"""Stores of originals: what a note names is here, byte for byte."""

from __future__ import annotations

from headroom_core.store.base import (
    CollisionError,
    Entry,
    Store,
    StoreFullError,
    StoreInfo,
    Verification,
    ref_of,
)
from headroom_core.store.memory import Memory, MemoryStore
from headroom_core.store.open import open_store
from headroom_core.store.redact import Redactor, redact_secrets, redacts
from headroom_core.store.settings import StoreSettings
from headroom_core.store.sqlite import SqliteStore

__all__ = [
    "CollisionError",
    "Entry",
    "Memory",
    "MemoryStore",
    "Redactor",
    "SqliteStore",
    "Store",
    "StoreFullError",
    "StoreInfo",
    "StoreSettings",
    "Verification",
    "open_store",
    "redact_secrets",
    "redacts",
    "ref_of",
]
