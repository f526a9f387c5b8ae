"""The way to the upstreams: a pool of connections, and nothing that looks into what goes through.

Requests are handed to the transport of the HTTP client and not to the client itself, which would
add headers, follow redirects, keep cookies and take content encodings off.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import httpx2

from headroom_core.errors import HeadroomError
from headroom_proxy.headers import RawHeaders, value_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from headroom_proxy.settings import ProxySettings
    from headroom_proxy.upstreams import Upstream

IDLE_SECONDS = 55.0
"""How long an idle connection is kept. Providers close theirs after a minute or more."""
_PROBE_SECONDS = 30


class UpstreamError(HeadroomError):
    """An upstream could not be reached, or did not speak HTTP."""


class BrokenError(HeadroomError):
    """An upstream's response broke off in the middle."""


class Wire:
    """Sends requests to upstreams. One for each worker."""

    def __init__(
        self, settings: ProxySettings, transport: httpx2.AsyncBaseTransport | None = None
    ) -> None:
        self._transport = transport or _transport(settings)
        # No read timeout: a model may think for as long as it likes, and a stream may pause.
        timeout = {"connect": settings.connect_seconds, "read": None, "write": None, "pool": None}
        self._timeout = timeout

    async def send(
        self,
        upstream: Upstream,
        method: str,
        target: bytes,
        headers: RawHeaders,
        body: bytes | AsyncIterator[bytes],
    ) -> Answer:
        """Send a request and return as soon as the response has begun.

        Raises `UpstreamError` where there is none.
        """
        stream = httpx2.ByteStream(body) if isinstance(body, bytes) else _Chunks(body)
        request = httpx2.Request(
            method,
            upstream.origin,
            headers=headers,
            stream=stream,
            extensions={"timeout": self._timeout, "target": target},
        )
        try:
            response = await self._transport.handle_async_request(request)
        except httpx2.TransportError as exc:
            raise UpstreamError(_told(exc)) from exc
        return Answer(response)

    async def close(self) -> None:
        """Close every connection."""
        await self._transport.aclose()


class Answer:
    """A response of an upstream, its body not read yet. Has to be closed."""

    def __init__(self, response: httpx2.Response) -> None:
        self._response = response
        self.status: int = response.status_code
        self.headers: RawHeaders = response.headers.raw

    def header(self, name: bytes) -> bytes:
        """The value of a header, given in lower case, or nothing."""
        return value_of(self.headers, name) or b""

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes in, with its encoding. Raises `BrokenError` where it breaks off."""
        stream = self._response.stream
        assert isinstance(stream, httpx2.AsyncByteStream)  # noqa: S101 - of an asynchronous transport
        try:
            async for chunk in stream:
                yield chunk
        except httpx2.TransportError as exc:
            raise BrokenError(_told(exc)) from exc

    async def read(self) -> bytes:
        """The whole body."""
        return b"".join([chunk async for chunk in self.chunks()])

    async def close(self) -> None:
        """Let go of the connection; one whose response was not read to its end is closed."""
        await self._response.aclose()


class _Chunks(httpx2.AsyncByteStream):
    """A body that is sent on while it comes in."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._chunks:
            yield chunk


def _transport(settings: ProxySettings) -> httpx2.AsyncHTTPTransport:
    most = settings.max_concurrency
    return httpx2.AsyncHTTPTransport(
        limits=httpx2.Limits(
            max_connections=most, max_keepalive_connections=most, keepalive_expiry=IDLE_SECONDS
        ),
        proxy=settings.via or None,
        socket_options=_keep_alive(),
    )


def _keep_alive() -> list[tuple[int, int, int]]:
    """Have the system probe silent connections: one that died is noticed, one that thinks stays."""
    names = ("TCP_KEEPIDLE", "TCP_KEEPINTVL")
    known = [number for name in names if (number := getattr(socket, name, None)) is not None]
    seconds = [(socket.IPPROTO_TCP, number, _PROBE_SECONDS) for number in known]
    return [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1), *seconds]


def _told(error: Exception) -> str:
    """What went wrong, without any URL or header in it."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
