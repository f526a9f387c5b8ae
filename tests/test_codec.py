"""The seam for adapters: what is registered as a codec has the shape of the protocol."""

from __future__ import annotations

import inspect
from importlib import import_module

import pytest

from headroom_core.formats import CODECS, WireCodec


@pytest.mark.parametrize(
    "codec", [*CODECS, WireCodec()], ids=lambda each: getattr(each, "name", "wire")
)
@pytest.mark.parametrize("method", ["parse", "patch"])
def test_a_codec_takes_what_the_protocol_says(codec: object, method: str) -> None:
    protocol = import_module("headroom_core.codec").Codec

    named = list(inspect.signature(getattr(protocol, method)).parameters)
    assert list(inspect.signature(getattr(type(codec), method)).parameters) == named
