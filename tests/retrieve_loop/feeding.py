"""What the tests of streams give to one and read of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from headroom_core.formats.wire import WireObject, is_object
from headroom_core.retrieve_loop import Exchange
from headroom_core.retrieve_loop.sse import SseReader
from tests.retrieve_loop.test_stream import (
    USER,
    a_store,
    an_offer,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.formats import WireFormat
    from headroom_core.retrieve_loop import Joined


def an_exchange(shape: WireFormat) -> Exchange:
    return Exchange(shape, [USER], store=a_store(), offer=an_offer(shape))


def fed(stream: Joined, given: Sequence[WireObject]) -> list[WireObject]:
    return [sent for event in given for sent in stream.feed(event)]


def encoded(given: Sequence[WireObject]) -> bytes:
    return b"".join(
        f"event: {event.get('type', 'message')}\ndata: {json.dumps(event)}\n\n".encode()
        for event in given
    )


def datas(out: bytes) -> list[WireObject]:
    frames = SseReader().feed(out)
    found: list[WireObject] = []
    for frame in frames:
        if frame.data is not None and frame.data != b"[DONE]":
            event: object = json.loads(frame.data)
            assert is_object(event)
            found.append(event)
    return found
