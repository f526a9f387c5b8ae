"""The contract of an adapter, for the bodies of each API."""

from __future__ import annotations

import pytest

from headroom_core.formats import WireCodec
from headroom_core.testing.adapter_contract import AdapterContract
from headroom_core.testing.zoo import ZOO
from tests.sdk.asked import SHAPES


class TestBodies(AdapterContract[object]):
    """What a client sends is read and patched by the codecs of the wire formats."""

    @pytest.fixture
    def codec(self) -> WireCodec:
        return WireCodec()

    @pytest.fixture(params=SHAPES)
    def conversation(self, request: pytest.FixtureRequest) -> list[object]:
        return [*ZOO[request.param]()]
