"""The upstream's side of a WebSocket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake, InvalidStatus
from websockets.typing import Subprotocol

from headroom_core.errors import HeadroomError
from headroom_proxy.headers import RawHeaders, to_client, to_upstream
from headroom_proxy.wire import UpstreamError

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection
    from websockets.datastructures import Headers

    from headroom_proxy.access import Asked
    from headroom_proxy.settings import ProxySettings
    from headroom_proxy.upstreams import Upstream

PING_SECONDS = 20
"""How often the way to the upstream is kept open while a model thinks."""

_OF_THE_HANDSHAKE = b"sec-websocket-"


class DeniedError(HeadroomError):
    """The upstream has refused the handshake, with a response for the client."""

    def __init__(self, status: int, headers: RawHeaders, body: bytes) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.headers = headers
        self.body = body


class _Direct(connect):
    """Connects where the settings say. A redirect, credentials and all, is up to the client."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


async def connected(upstream: Upstream, asked: Asked, settings: ProxySettings) -> ClientConnection:
    """Open it. Raises `DeniedError`, or `UpstreamError` where there is no answer at all."""
    scheme, _, place = upstream.url.partition("://")
    target = upstream.target(asked.path, asked.query).decode("latin-1")
    try:
        return await _Direct(
            f"{'wss' if scheme == 'https' else 'ws'}://{place}{target}",
            additional_headers=_headers(asked, upstream),
            user_agent_header=None,
            subprotocols=_subprotocols(asked) or None,
            max_size=settings.max_body_bytes,
            open_timeout=settings.connect_seconds,
            ping_interval=PING_SECONDS,
            ping_timeout=None,
            proxy=settings.via or None,
        )
    except InvalidStatus as exc:
        response = exc.response
        headers = handshake_headers(response.headers)
        raise DeniedError(response.status_code, headers, bytes(response.body or b"")) from exc
    except (InvalidHandshake, OSError, TimeoutError, EOFError) as exc:
        raise UpstreamError(type(exc).__name__) from exc


def handshake_headers(headers: Headers) -> RawHeaders:
    """What the client gets of the headers of a handshake's response."""
    given = [
        (name.lower().encode(), value.encode("latin-1")) for name, value in headers.raw_items()
    ]
    return [each for each in to_client(given) if not each[0].startswith(_OF_THE_HANDSHAKE)]


def _headers(asked: Asked, upstream: Upstream) -> list[tuple[str, str]]:
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in to_upstream(asked.headers, upstream.host)
        if name != b"host" and not name.startswith(_OF_THE_HANDSHAKE)
    ]


def _subprotocols(asked: Asked) -> list[Subprotocol]:
    return [
        Subprotocol(word.strip().decode("latin-1"))
        for name, value in asked.headers
        if name == b"sec-websocket-protocol"
        for word in value.split(b",")
    ]
