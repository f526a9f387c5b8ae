"""The client's side of one request: its body, its leaving, and the answer that it gets."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from headroom_core.errors import HeadroomError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from starlette.types import Receive, Send

    from headroom_proxy.headers import RawHeaders
    from headroom_proxy.upstreams import Provider


class ClientGoneError(HeadroomError):
    """The client has closed its connection."""


class TooLargeError(HeadroomError):
    """The body of a request is larger than the settings allow."""


class Client:
    """Reads from and writes to the client of one request, and counts what goes by."""

    def __init__(self, receive: Receive, send: Send, *, most: int) -> None:
        self._receive = receive
        self._send = send
        self._most = most
        self._has_more = True
        self._is_read = asyncio.Event()
        self._is_answered = False
        self.bytes_in: int = 0
        self.bytes_out: int = 0
        self.status: int = 0
        """The status that the client was sent; 0 before that."""

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body while it comes in."""
        while self._has_more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientGoneError
            chunk: bytes = message.get("body", b"")
            self._has_more = message.get("more_body", False)
            if not self._has_more:
                self._is_read.set()
            self.bytes_in += len(chunk)
            if self.bytes_in > self._most:
                raise TooLargeError
            if chunk:
                yield chunk

    async def read(self, most: int) -> tuple[bytes, bool]:
        """The body, or its first part when it is larger than `most`; and whether it is all."""
        parts: list[bytes] = []
        async for chunk in self.chunks():
            parts.append(chunk)
            if self.bytes_in > most:
                break
        return b"".join(parts), not self._has_more

    async def rest(self, first: bytes) -> AsyncIterator[bytes]:
        """The body from its first part on, which was read already."""
        yield first
        async for chunk in self.chunks():
            yield chunk

    @asynccontextmanager
    async def watched(self) -> AsyncGenerator[None]:
        """Stop what the block does, with `ClientGoneError`, when the client leaves.

        The watch begins when the body has been read: what comes then can only be the end.
        """
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a server runs each request in a task
        gone = False

        async def watch() -> None:
            nonlocal gone
            await self._is_read.wait()
            while (await self._receive())["type"] != "http.disconnect":
                pass
            if not self._is_answered:  # a server says the same once the answer is complete
                gone = True
                task.cancel()

        watcher = asyncio.create_task(watch())
        try:
            yield
        except asyncio.CancelledError:
            if gone and task.uncancel() == 0:
                raise ClientGoneError from None
            raise
        finally:
            watcher.cancel()

    async def start(self, status: int, headers: RawHeaders) -> None:
        """Send the head of the answer."""
        self.status = status
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def write(self, chunk: bytes) -> None:
        """Send a part of the body. Waits while the client is slow."""
        self.bytes_out += len(chunk)
        await self._send({"type": "http.response.body", "body": chunk, "more_body": True})

    async def finish(self, chunk: bytes = b"") -> None:
        """Send the last part of the body."""
        self.bytes_out += len(chunk)
        self._is_answered = True
        await self._send({"type": "http.response.body", "body": chunk, "more_body": False})

    async def answer(self, status: int, body: bytes, headers: RawHeaders) -> None:
        """Send a whole answer."""
        await self.start(status, [*headers, (b"content-length", b"%d" % len(body))])
        await self.finish(body)

    async def answer_json(
        self, status: int, value: object, headers: RawHeaders | None = None
    ) -> None:
        """Send an object as the whole answer."""
        body = json.dumps(value).encode()
        await self.answer(status, body, [(b"content-type", b"application/json"), *(headers or [])])


def error_body(provider: Provider, kind: str, why: str) -> dict[str, object]:
    """An error of ours in the shape in which the upstream's own errors come."""
    message = f"headroom proxy: {why}"
    if provider == "anthropic":
        return {"type": "error", "error": {"type": kind, "message": message}}
    return {"error": {"message": message, "type": kind, "param": None, "code": None}}
