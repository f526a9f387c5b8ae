"""A format, each in turn, and a store."""

from __future__ import annotations

import pytest

from headroom_core.store.memory import MemoryStore
from tests.retrieve_loop.wires import SHAPE_NAMES, Wire


@pytest.fixture(params=SHAPE_NAMES)
def wire(request: pytest.FixtureRequest) -> Wire:
    return Wire(request.param)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()
