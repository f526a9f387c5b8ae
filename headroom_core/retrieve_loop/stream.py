"""One stream of bytes for the client, out of the streamed responses of several rounds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from headroom_core.formats.wire import WireObject, is_object
from headroom_core.json_splice import splice
from headroom_core.retrieve_loop.joining_anthropic import AnthropicJoined
from headroom_core.retrieve_loop.joining_chat import ChatJoined
from headroom_core.retrieve_loop.joining_responses import ResponsesJoined
from headroom_core.retrieve_loop.sse import Frame, SseReader
from headroom_core.tool import NAME

if TYPE_CHECKING:
    from headroom_core.formats import WireFormat
    from headroom_core.retrieve_loop.exchange import Exchange
    from headroom_core.retrieve_loop.joining import Joined, Sent

_JOINED: dict[WireFormat, type[Joined]] = {
    "openai_chat": ChatJoined,
    "openai_responses": ResponsesJoined,
    "anthropic": AnthropicJoined,
}
_DONE = b"[DONE]"


def joined(exchange: Exchange) -> Joined:
    """Join streamed responses event by event, as SDKs and WebSockets hand them over."""
    return _JOINED[exchange.shape](exchange)


class StreamExchange:
    """Streams an `Exchange` as server-sent events. Knows no connection: bytes in, bytes out.

        stream = StreamExchange(exchange)
        while not stream.finished:
            for chunk in send({**body, "messages": exchange.messages}):
                client.write(stream.feed(chunk))
            client.write(stream.end())

    Events that are not changed go out as their very same bytes, and never later than they came in
    whole. `end` is also for a response that broke off: the client then has what it would have had.
    Where one of the later requests is refused, `fail` tells the client as its API tells of errors.
    """

    def __init__(self, exchange: Exchange) -> None:
        self.exchange: Exchange = exchange
        self._joined = joined(exchange)
        self._begin()

    @property
    def again(self) -> bool:
        """Whether `exchange.messages` have to be sent and their response fed, known after `end`."""
        return self._joined.again

    @property
    def finished(self) -> bool:
        """Whether the client has got all that it will get."""
        return self._joined.finished

    @property
    def over(self) -> bool:
        """Whether the response has said that it is over, so that nothing more needs to come."""
        return self._joined.over

    def feed(self, chunk: bytes) -> bytes:
        """Take bytes of the upstream in; what the client gets for them."""
        return b"".join([self._frame(frame) for frame in self._reader.feed(chunk)])

    def end(self) -> bytes:
        """Take note that the upstream's stream has ended; what the client gets before the end."""
        rest = self._reader.rest()
        out = [self._frame(rest, is_half=True)] if rest is not None else []
        out += [self._written(sent) for sent in self._joined.close()]
        if self._done is not None and not self.again:
            out.append(self._done.raw)
        self._begin()
        return b"".join(out)

    def fail(self, body: bytes) -> bytes:
        """Take an answer that is no stream but tells of an error; what the client gets for it."""
        event = self._joined.fail(_object(body))
        named = f"event: {event['type']}\n" if "type" in event else ""
        return f"{named}data: {json.dumps(event)}\n\n".encode()

    def _begin(self) -> None:
        self._reader = SseReader()
        self._frames: dict[int, tuple[WireObject, Frame]] = {}
        self._done: Frame | None = None

    def _frame(self, frame: Frame, *, is_half: bool = False) -> bytes:
        data = frame.data
        if data is not None and data.strip() == _DONE:
            self._joined.over = True
            if self._joined.holds_back:
                self._done = frame
                return b""
            return frame.raw
        event = _object(data or b"")
        if event is None:
            # Half an event may be one of a call of ours, which the client does not know of.
            is_ours = is_half and (self._joined.holds_back or NAME.encode() in frame.raw)
            return b"" if is_ours else frame.raw
        # Kept with its event, whose identity is the key.
        self._frames[id(event)] = (event, frame)
        out = b"".join([self._written(sent) for sent in self._joined.take(event)])
        if not self._joined.holds_back:
            self._frames.clear()
        return out

    def _written(self, sent: Sent) -> bytes:
        _, frame = self._frames[id(sent.source)]
        if sent.event is sent.source:
            return frame.raw
        spliced = splice(frame.data or b"", sent.source, sent.event)
        return frame.with_data(spliced or json.dumps(sent.event).encode())


def _object(data: bytes) -> WireObject | None:
    try:
        value: object = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return value if is_object(value) else None
