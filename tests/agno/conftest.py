"""What tests of Agno's models leave behind is put away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.agno.providers import OPEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture(autouse=True)
async def closed_clients() -> AsyncIterator[None]:
    """Close the clients of the SDKs, as their connections would outlive the test."""
    yield
    await OPEN.close()
