"""Run the rounds of a request whose answer is streamed: one body out of the bodies of all rounds.

The caller reads it while the provider writes it. Closing it closes the response of the provider
that is being read.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from anyio.to_thread import run_sync

from headroom_sdk.responses import ajoined, is_event_stream, joined, with_stream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from httpx2 import Response

    from headroom_sdk.loop import Loop
    from headroom_sdk.rounds import AsyncSend, Send


def join(loop: Loop, first: Response, send: Send) -> Response:
    """The response that the caller reads; what is no stream of events comes back as it is."""
    if not is_event_stream(first):
        return first
    body = _Body(loop, first, send)
    body.whole = with_stream(first, joined(first, body.chunks(), body.close))
    return body.whole


def ajoin(loop: Loop, first: Response, send: AsyncSend) -> Response:
    """The same for an asynchronous client."""
    if not is_event_stream(first):
        return first
    body = _AsyncBody(loop, first, send)
    body.whole = with_stream(first, ajoined(first, body.chunks(), body.close))
    return body.whole


class _Body:
    def __init__(self, loop: Loop, first: Response, send: Send) -> None:
        self._loop = loop
        self._read = first
        self._send = send
        self.whole: Response = first

    def chunks(self) -> Iterator[bytes]:
        loop = self._loop
        while True:
            is_over = False
            for chunk in self._read.iter_bytes():
                if is_over:
                    continue  # read to its end, so that the connection can be used again
                out = loop.feed(chunk)
                # Ended here and now: an SDK may read no further than the end of a stream.
                if is_over := loop.is_over:
                    out += loop.end()
                if out:
                    yield out
                if is_over and not loop.is_finished:
                    break
            self._read.close()
            if not is_over and (out := loop.end()):
                yield out
            if loop.is_finished:
                return
            self._read = self._send(loop.changes())
            if not _goes_on(self._read):
                yield loop.fail(self._read.read())
                return

    def close(self) -> None:
        self._read.close()
        _take_time(self.whole, self._read)


class _AsyncBody:
    def __init__(self, loop: Loop, first: Response, send: AsyncSend) -> None:
        self._loop = loop
        self._read = first
        self._send = send
        self.whole: Response = first

    async def chunks(self) -> AsyncIterator[bytes]:
        loop = self._loop
        while True:
            is_over = False
            async for chunk in self._read.aiter_bytes():
                if is_over:
                    continue  # read to its end, so that the connection can be used again
                out = loop.feed(chunk)
                # Ended here and now: an SDK may read no further than the end of a stream.
                if is_over := loop.is_over:
                    out += await run_sync(loop.end)
                if out:
                    yield out
                if is_over and not loop.is_finished:
                    break
            await self._read.aclose()
            if not is_over and (out := await run_sync(loop.end)):
                yield out
            if loop.is_finished:
                return
            self._read = await self._send(await run_sync(loop.changes))
            if not _goes_on(self._read):
                yield loop.fail(await self._read.aread())
                return

    async def close(self) -> None:
        await self._read.aclose()
        _take_time(self.whole, self._read)


def _goes_on(response: Response) -> bool:
    """Whether this is the stream of a further round. Where the SDK does not say so, an error is."""
    return response.is_success and is_event_stream(response)


def _take_time(whole: Response, last: Response) -> None:
    with suppress(RuntimeError):  # not every response was timed
        whole.elapsed = last.elapsed
