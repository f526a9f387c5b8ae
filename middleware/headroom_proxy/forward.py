"""Pass a request on and its response back, byte for byte, both while they come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_proxy.headers import to_client, to_upstream, value_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from headroom_proxy.access import Asked
    from headroom_proxy.client import Client
    from headroom_proxy.headers import RawHeaders
    from headroom_proxy.record import Record
    from headroom_proxy.upstreams import Upstream
    from headroom_proxy.wire import Answer, Wire


async def forward(  # noqa: PLR0913, PLR0917 - a request, where it goes, and who waits for the answer
    wire: Wire,
    upstream: Upstream,
    asked: Asked,
    body: bytes | AsyncIterator[bytes],
    client: Client,
    record: Record,
) -> None:
    """Pass on what is not to be looked into."""
    answer = await send(wire, upstream, asked, body)
    record.first_byte()
    await passed_back(answer, client)


async def send(
    wire: Wire, upstream: Upstream, asked: Asked, body: bytes | AsyncIterator[bytes]
) -> Answer:
    """Send a request upstream as its client has sent it."""
    headers = to_upstream(asked.headers, upstream.host)
    return await wire.send(
        upstream,
        asked.method,
        upstream.target(asked.path, asked.query),
        framed(headers, asked.headers, body),
        body,
    )


async def passed_back(answer: Answer, client: Client, more: RawHeaders | None = None) -> None:
    """Give a response to the client as it comes in, with headers of ours behind its own."""
    try:
        await client.start(answer.status, [*to_client(answer.headers), *(more or [])])
        async for chunk in answer.chunks():
            await client.write(chunk)
        await client.finish()
    finally:
        await answer.close()


def framed(
    headers: RawHeaders, given: RawHeaders, body: bytes | AsyncIterator[bytes]
) -> RawHeaders:
    """The headers with the one that says where the body ends, as far as there is a body."""
    was_chunked = value_of(given, b"transfer-encoding") is not None
    had_length = value_of(given, b"content-length") is not None
    if isinstance(body, bytes):
        if had_length or not (was_chunked or body):
            return headers
        return [*headers, (b"content-length", b"%d" % len(body))]
    if was_chunked and not had_length:
        return [*headers, (b"transfer-encoding", b"chunked")]
    return headers
