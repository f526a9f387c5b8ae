"""A client's WebSocket joined with the upstream's: every frame goes on, and so does every close."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple, Protocol

from websockets.exceptions import ConnectionClosed

from headroom_proxy.upstream_socket import handshake_headers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import Receive, Scope, Send
    from websockets.asyncio.client import ClientConnection

    from headroom_proxy.record import Record

Frame = str | bytes

_NORMAL, _NO_CODE, _ABNORMAL, _ERROR = 1000, 1005, 1006, 1011


class Passed(NamedTuple):
    """What becomes of a frame of the upstream."""

    to_client: Sequence[Frame]
    to_upstream: Sequence[Frame] = ()


class Traffic(Protocol):
    """What is done to frames on their way. Whatever it does not know, it gives back as it is."""

    async def from_client(self, frame: Frame) -> Frame:
        """What the upstream gets for a frame of the client."""
        ...

    async def from_upstream(self, frame: Frame) -> Passed:
        """What client and upstream get for a frame of the upstream."""
        ...


class PlainTraffic:
    """Changes nothing."""

    async def from_client(self, frame: Frame) -> Frame:
        return frame

    async def from_upstream(self, frame: Frame) -> Passed:
        return Passed([frame])


class ClientSocket:
    """The client's side."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self.status: int = 0
        """The status of the handshake."""
        self.bytes_in: int = 0
        self.bytes_out: int = 0

    async def opened(self) -> None:
        """Wait for the client's handshake."""
        await self._receive()

    async def accept(self, upstream: ClientConnection) -> None:
        """Accept, with what the upstream's handshake has said."""
        response = upstream.response
        headers = handshake_headers(response.headers) if response is not None else []
        self.status = 101
        await self._send(
            {"type": "websocket.accept", "subprotocol": upstream.subprotocol, "headers": headers}
        )

    async def deny(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        """Refuse the handshake, with a response where the server is able to send one."""
        self.status = status
        if "websocket.http.response" not in self._scope.get("extensions", {}):
            await self._send({"type": "websocket.close", "code": 1008})
            return
        start = {"type": "websocket.http.response.start", "status": status, "headers": headers}
        await self._send(start)
        await self._send({"type": "websocket.http.response.body", "body": body})

    async def frame(self) -> Frame | tuple[int, str]:
        """The next frame; or, when there is none any more, the code and reason of the end."""
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            return message.get("code") or _NO_CODE, message.get("reason") or ""
        text: str | None = message.get("text")
        frame: Frame = text if text is not None else message["bytes"]
        self.bytes_in += len(frame)
        return frame

    async def write(self, frame: Frame) -> None:
        """Send a frame. Waits while the client is slow."""
        self.bytes_out += len(frame)
        kind = "text" if isinstance(frame, str) else "bytes"
        await self._send({"type": "websocket.send", kind: frame})

    async def close(self, code: int, reason: str) -> None:
        """Close as the upstream has closed."""
        await self._send({"type": "websocket.close", "code": code, "reason": reason})


async def join(
    client: ClientSocket, upstream: ClientConnection, traffic: Traffic, record: Record
) -> None:
    """Pass frames on until one side closes, and close the other side in the same way."""
    reading = asyncio.create_task(_from_client(client, upstream, traffic))
    writing = asyncio.create_task(_from_upstream(client, upstream, traffic))
    try:
        done, _ = await asyncio.wait({reading, writing}, return_when=asyncio.FIRST_COMPLETED)
        if writing in done:
            code, reason = writing.result()
            if code == _ABNORMAL:
                record.fault = "upstream_broke_off"
            await client.close(*_sayable(code, reason))
        else:
            await upstream.close(*_sayable(*reading.result()))
    finally:
        reading.cancel()
        writing.cancel()
        await asyncio.gather(reading, writing, return_exceptions=True)
        await upstream.close()


async def _from_client(
    client: ClientSocket, upstream: ClientConnection, traffic: Traffic
) -> tuple[int, str]:
    while True:
        frame = await client.frame()
        if isinstance(frame, tuple):
            return frame
        try:
            await upstream.send(await traffic.from_client(frame))
        except ConnectionClosed:
            await upstream.wait_closed()
            await asyncio.Event().wait()  # the other direction knows how it ended


async def _from_upstream(
    client: ClientSocket, upstream: ClientConnection, traffic: Traffic
) -> tuple[int, str]:
    try:
        async for frame in upstream:
            passed = await traffic.from_upstream(frame)
            for each in passed.to_client:
                await client.write(each)
            for each in passed.to_upstream:
                await upstream.send(each)
    except ConnectionClosed:
        pass
    return upstream.close_code or _ABNORMAL, upstream.close_reason or ""


def _sayable(code: int, reason: str) -> tuple[int, str]:
    """A code that may stand in a close frame: two of them only ever mean that there was none."""
    return {_NO_CODE: _NORMAL, _ABNORMAL: _ERROR}.get(code, code), reason
