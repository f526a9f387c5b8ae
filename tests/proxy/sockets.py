"""An upstream that speaks WebSocket, by a script."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Thread
from typing import TYPE_CHECKING

from websockets.sync.server import Server, ServerConnection, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from websockets.http11 import Request, Response
    from websockets.typing import Subprotocol


@dataclass(slots=True)
class SocketUpstream:
    """What came in."""

    url: str
    handshakes: list[Request] = field(default_factory=list["Request"], repr=False)
    closes: list[tuple[int | None, str | None]] = field(
        default_factory=list[tuple[int | None, str | None]]
    )


@contextmanager
def socket_serving(
    talk: Callable[[ServerConnection], None],
    *,
    subprotocols: Sequence[Subprotocol] | None = None,
    deny: int = 0,
) -> Generator[SocketUpstream]:
    """Serve until the block ends. `deny` is the status that refuses every handshake."""
    upstream = SocketUpstream("")

    def check(connection: ServerConnection, request: Request) -> Response | None:
        upstream.handshakes.append(request)
        if not deny:
            return None
        return connection.respond(HTTPStatus(deny), '{"error": "no key"}')

    def greet(connection: ServerConnection, request: Request, response: Response) -> None:
        response.headers["x-request-id"] = "r1"
        response.headers["openai-processing-ms"] = "5"

    def handle(connection: ServerConnection) -> None:
        talk(connection)
        upstream.closes.append((connection.close_code, connection.close_reason))

    server: Server = serve(
        handle,
        "127.0.0.1",
        0,
        process_request=check,
        process_response=greet,
        subprotocols=subprotocols,
        max_size=None,
    )
    upstream.url = f"http://127.0.0.1:{server.socket.getsockname()[1]}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield upstream
    finally:
        server.shutdown()
        thread.join()
