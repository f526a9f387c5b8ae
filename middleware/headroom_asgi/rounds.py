"""The rounds of one request: the application is called again as long as the model retrieves."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from headroom_asgi.body import replayed
from headroom_asgi.headers import content_encoding, is_json, media_type, of_scope, with_body
from headroom_asgi.off_loop import off_loop
from headroom_core.fail_open import fail_open
from headroom_core.formats.wire import WireObject, is_object
from headroom_core.json_splice import splice
from headroom_core.retrieve_loop import SHAPES, StreamExchange

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from headroom_asgi.rewrite import Rewriter, Rewritten
    from headroom_core.retrieve_loop import Exchange

logger: logging.Logger = logging.getLogger(__name__)


class Rounds:
    """Calls an application until the model has its answers, and gives the client one response."""

    def __init__(
        self, app: ASGIApp, rewriter: Rewriter, request: Rewritten, exchange: Exchange
    ) -> None:
        self._app = app
        self._rewriter = rewriter
        self._request = request
        self._exchange = exchange

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = JoinedResponse(self._exchange, self._rewriter, send)
        body: bytes | None = self._request.raw
        while body is not None:
            message: Message = {"type": "http.request", "body": body, "more_body": False}
            # A fresh copy for each round, since routers write into it.
            asked = {**scope, "headers": with_body(scope["headers"], len(body))}
            await self._app(asked, replayed([message], receive), response.take)
            body = await self._next(response)

    async def _next(self, response: JoinedResponse) -> bytes | None:
        """The body of another round, if the model wants one."""
        if not response.again:
            return None
        with fail_open("another round of a request"):
            return await off_loop(self._request.again)
        await response.give_up()
        return None


class JoinedResponse:
    """What the client gets, made of the responses of all rounds. `take` is the `send` of each."""

    def __init__(self, exchange: Exchange, rewriter: Rewriter, send: Send) -> None:
        self.again = False
        """Whether the response that has ended asks for another round."""
        self._exchange = exchange
        self._rewriter = rewriter
        self._send = send
        self._counted = 0
        self._stream: StreamExchange | None = None
        self._start: Message | None = None
        self._chunks: list[bytes] | None = None
        """What has come of a body that is read as a whole."""

    async def take(self, message: Message) -> None:
        match message["type"]:
            case "http.response.start":
                await self._begin(message)
            case "http.response.body":
                await self._body(message.get("body", b""), more=message.get("more_body", False))
            case _:
                await self._send(message)

    async def give_up(self) -> None:
        """End the response without another round, which the model has asked for."""
        if self._stream is not None:
            await self._send(_body(self._stream.fail(b"")))
            return
        raw = b"".join(self._chunks or [])
        response = _parsed(raw) or {}
        shape = SHAPES[self._exchange.shape]
        calls = shape.calls(shape.turn(response))
        ours = {call.index for call in calls if self._exchange.is_ours(call)}
        await self._give(raw, response, shape.drop(response, ours))

    async def _begin(self, message: Message) -> None:
        self.again = False
        self._start, self._chunks = message, None
        headers = of_scope(message)
        is_readable = message["status"] == 200 and not content_encoding(headers)
        is_stream = is_readable and media_type(headers) == "text/event-stream"
        if self._stream is not None and is_stream:
            return
        if self._stream is not None or (is_readable and is_json(headers)):
            self._chunks = []
        elif is_stream:
            self._stream = StreamExchange(self._exchange)
            await self._send({**message, "headers": with_body(message.get("headers", []), None)})
        else:
            if content_encoding(headers):
                logger.warning("an encoded response cannot be read, so no retrieval is answered")
            await self._send(message)

    async def _body(self, chunk: bytes, *, more: bool) -> None:
        if self._chunks is not None:
            self._chunks.append(chunk)
            if not more:
                await self._whole(b"".join(self._chunks))
        elif self._stream is not None:
            await self._streamed(self._stream, chunk, more=more)
        else:
            await self._send(_body(chunk, more=more))

    async def _streamed(self, stream: StreamExchange, chunk: bytes, *, more: bool) -> None:
        out = stream.feed(chunk)
        if not more:
            # This is where retrievals are answered.
            out += await off_loop(stream.end)
            self._count()
            self.again = stream.again
        is_last = not more and not self.again
        if out or is_last:
            await self._send(_body(out, more=not is_last))

    async def _whole(self, raw: bytes) -> None:
        if self._stream is not None:
            # The stream has begun, so that an error can only be told within it.
            await self._send(_body(self._stream.fail(raw)))
            return
        response = _parsed(raw)
        visible = response
        if response is not None:
            with fail_open("answer of a retrieval"):
                visible = await off_loop(self._exchange.receive, response)
                self._count()
                self.again = visible is None
        if not self.again:
            await self._give(raw, response, visible)

    async def _give(self, raw: bytes, response: WireObject | None, visible: object) -> None:
        """Give a response to the client; its very bytes where nothing of it was changed."""
        start: Message = self._start or {}
        if visible is not response:
            raw = splice(raw, response, visible) or json.dumps(visible).encode()
            start = {**start, "headers": with_body(start.get("headers", []), len(raw))}
        await self._send(start)
        await self._send(_body(raw))

    def _count(self) -> None:
        if self._exchange.rounds > self._counted:
            self._counted = self._exchange.rounds
            self._rewriter.count_answers(self._exchange)


def _body(chunk: bytes, *, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": chunk, "more_body": more}


def _parsed(raw: bytes) -> WireObject | None:
    try:
        value: object = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value if is_object(value) else None
