"""The rounds of one call of a model: what it asks for is answered, and the client sees one answer.

Whatever fails in a later round, the client has an answer that is whole for its protocol: the first
round was its own request, and it knows of no other.
"""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from headroom_core.fail_open import fail_open
from headroom_core.formats.wire import WireObject, is_object
from headroom_core.json_splice import splice
from headroom_core.retrieve_loop import StreamExchange
from headroom_proxy.guarded_bytes import GuardedBytes
from headroom_proxy.guarded_response import mended_response
from headroom_proxy.headers import RawHeaders, replaced, to_client
from headroom_proxy.wire import BrokenError, UpstreamError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from concurrent.futures import Executor

    from headroom_asgi.rewrite import Rewritten
    from headroom_core.retrieve_loop import Exchange
    from headroom_proxy.client import Client
    from headroom_proxy.wire import Answer
    from headroom_proxy.write_guard import WriteGuard

T = TypeVar("T")

SMALL_BYTES = 16_384
"""Responses up to this size are read at once, if nothing of ours stands in them."""
GUARD_HEADER = b"x-headroom-write-guard"
"""Says what became of a call that carried a note. A stream has begun before there is one."""


class Rounds:
    """Goes on with a request until the model has said what the client is to hear."""

    def __init__(  # noqa: PLR0913 - three of them are the ways back to the caller
        self,
        request: Rewritten,
        exchange: Exchange,
        guard: WriteGuard,
        *,
        send: Callable[[bytes], Awaitable[Answer]],
        answered: Callable[[], object],
        threads: Executor,
    ) -> None:
        """`send` sends a body upstream; `answered` hears of each round that was answered."""
        self._request = request
        self._exchange = exchange
        self._guard = guard
        self._send = send
        self._answered = answered
        self._threads = threads

    async def stream(self, answer: Answer, client: Client, headers: RawHeaders) -> None:
        """Stream the answer of the first round, and of all that follow, as one."""
        stream = StreamExchange(self._exchange)
        kept = replaced(to_client(answer.headers), {b"content-length": None})
        await client.start(answer.status, [*kept, *headers])
        is_first = True
        while True:
            try:
                await self._relayed(answer, stream, client)
            except BrokenError:
                if is_first:
                    raise
                await client.finish(stream.fail(b""))
                return
            if stream.finished:
                await client.finish()
                return
            is_first = False
            self._answered()
            following = await self._following()
            if isinstance(following, bytes):
                await client.finish(stream.fail(following))
                return
            answer = following

    async def _relayed(self, answer: Answer, stream: StreamExchange, client: Client) -> None:
        """Give one response on. Also one that breaks off: what has come is the client's."""
        guarded = GuardedBytes(self._exchange.shape, self._guard)
        broken: BrokenError | None = None
        try:
            async for chunk in answer.chunks():
                if out := stream.feed(guarded.feed(chunk)):
                    await client.write(out)
        except BrokenError as exc:
            broken = exc
        finally:
            await answer.close()
        rest = stream.feed(guarded.end()) + await self._in_thread(stream.end)
        if rest:
            await client.write(rest)
        if broken is not None:
            raise broken

    async def _following(self) -> Answer | bytes:
        """The response of the next round, or the body of an error if there is none."""
        with fail_open("another round"):
            body = await self._in_thread(self._request.again)
            try:
                answer = await self._send(body)
                if answer.status == 200 and not answer.header(b"content-encoding"):
                    return answer
                refusal = await answer.read()
                await answer.close()
            except (UpstreamError, BrokenError):
                return b""
            return refusal
        return b""

    async def whole(self, answer: Answer, client: Client, headers: RawHeaders) -> None:
        """Give the one response that is for the client."""
        while True:
            try:
                raw = await answer.read()
            finally:
                await answer.close()
            if self._is_plain(raw):
                visible = self._received(raw)
            else:
                visible = await self._in_thread(partial(self._received, raw))
            if visible is not None:
                break
            self._answered()
            answer = await self._send(await self._in_thread(self._request.again))
            if answer.status != 200:
                visible = await answer.read()
                await answer.close()
                break
        kept = replaced(to_client(answer.headers), {b"content-length": b"%d" % len(visible)})
        if self._guard.outcome:
            headers = [*headers, (GUARD_HEADER, self._guard.outcome.encode())]
        await client.start(answer.status, [*kept, *headers])
        await client.finish(visible)

    def _is_plain(self, raw: bytes) -> bool:
        """Whether nothing has to be looked up or kept for a response, so that reading is quick."""
        return len(raw) <= SMALL_BYTES and b"headroom" not in raw and not self._exchange.rounds

    def _received(self, raw: bytes) -> bytes | None:
        """What the client gets of a response; `None` if the model is to be asked again."""
        with fail_open("answer of a retrieval"):
            response = _parsed(raw)
            if response is None:
                return raw
            mended = mended_response(self._exchange.shape, response, self._guard)
            visible = self._exchange.receive(mended)
            if visible is None:
                return None
            return splice(raw, response, visible) or json.dumps(visible).encode()
        return raw

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _parsed(raw: bytes) -> WireObject | None:
    try:
        value: object = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value if is_object(value) else None
