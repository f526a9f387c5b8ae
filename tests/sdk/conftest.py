"""Clients of the SDKs for tests, closed at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from headroom_core.engine.headroom import Headroom
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from tests.sdk.paths import client_of, settled

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from headroom_core.formats import WireFormat


@pytest.fixture(scope="session")
def engine() -> Headroom:
    """One for all: what it remembers makes these tests quick and changes no byte."""
    return Headroom(Settings(), store=MemoryStore())


@pytest.fixture
async def connect() -> AsyncGenerator[Callable[..., Any]]:
    """Make clients by the format that they speak and the address of the provider."""
    made: list[Any] = []

    def make(shape: WireFormat, url: str, *, sync: bool = True, **options: Any) -> Any:
        made.append(client_of(shape, url, sync=sync, **options))
        return made[-1]

    yield make
    for client in made:
        await settled(client.close())
