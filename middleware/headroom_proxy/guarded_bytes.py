"""The write guard over the bytes of server-sent events. What it does not change passes as it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from headroom_core.fail_open import fail_open
from headroom_core.formats.wire import WireObject, is_object
from headroom_core.json_splice import splice
from headroom_core.retrieve_loop.sse import Frame, SseReader
from headroom_proxy.guarded_events import guarded_events

if TYPE_CHECKING:
    from headroom_core.formats import WireFormat
    from headroom_proxy.write_guard import WriteGuard


_MARKS = (b"tool", b"function_call")
"""One of these stands in every event that opens a call, or says it again at its end."""


class GuardedBytes:
    """Takes the bytes of one response in and gives out those with the arguments mended."""

    def __init__(self, shape: WireFormat, guard: WriteGuard) -> None:
        self._events = guarded_events(shape, guard)
        self._reader = SseReader()

    def feed(self, chunk: bytes) -> bytes:
        """Take bytes in; the events that are whole, mended."""
        return b"".join([self._frame(frame) for frame in self._reader.feed(chunk)])

    def end(self) -> bytes:
        """What came without an end."""
        rest = self._reader.rest()
        return rest.raw if rest is not None else b""

    def _concerns(self, data: bytes) -> bool:
        """Whether an event may be about a call; most are not, and need not be parsed."""
        return self._events.is_watching or any(mark in data for mark in _MARKS)

    def _frame(self, frame: Frame) -> bytes:
        data = frame.data or b""
        if not data.startswith(b"{") or not self._concerns(data):
            return frame.raw
        with fail_open("write guard over a stream"):
            event: object = json.loads(data)
            if is_object(event):
                return b"".join(
                    [_written(frame, data, event, each) for each in self._events.feed(event)]
                )
        return frame.raw


def _written(frame: Frame, data: bytes, event: WireObject, new: WireObject) -> bytes:
    if new is event:
        return frame.raw
    if new.get("type") == event.get("type"):
        spliced = splice(data, event, new)
        return frame.with_data(spliced or json.dumps(new).encode())
    # An event of another type that goes in front: it needs a name of its own.
    return f"event: {new['type']}\ndata: {json.dumps(new)}\n\n".encode()
