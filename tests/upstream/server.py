"""The server: one thread a request, every request recorded, every answer scripted.

with serving(say("hello")) as upstream:
    OpenAI(base_url=f"{upstream.url}/v1", api_key="k").chat.completions.create(...)
upstream.requests[0].json["messages"]
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import TYPE_CHECKING

from headroom_core.formats.wire import WireObject, is_object
from tests.upstream.bodies import body
from tests.upstream.events import events
from tests.upstream.turns import Turn

if TYPE_CHECKING:
    from collections.abc import Generator

    from headroom_core.formats import WireFormat


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it arrived."""

    method: str
    path: str
    """With its query string."""
    headers: dict[str, str]
    """By their names in lower case."""
    raw: bytes

    @property
    def json(self) -> WireObject:
        value: object = json.loads(self.raw)
        assert is_object(value)
        return value

    @property
    def shape(self) -> WireFormat:
        """The API that the path belongs to."""
        path = self.path.partition("?")[0]
        if path.endswith("/responses"):
            return "openai_responses"
        return "anthropic" if "/messages" in path else "openai_chat"


Answer = Turn | WireObject | int
"""A turn in the API's own format, an object as it is, or the status of an error."""
Script = Callable[[Received], Answer]


@dataclass(slots=True)
class Upstream:
    """What the server was asked, and where it is."""

    url: str
    """The origin, without `/v1`."""
    requests: list[Received] = field(default_factory=list[Received])

    @property
    def bodies(self) -> list[WireObject]:
        return [request.json for request in self.requests]


@contextmanager
def serving(*script: Answer | Script) -> Generator[Upstream]:
    """Serve until the block ends. Several answers are given in turn, the last one from then on."""
    lock = Lock()
    upstream = Upstream("")

    def answer(received: Received) -> Answer:
        with lock:
            upstream.requests.append(received)
            told = script[min(len(upstream.requests), len(script)) - 1]
        return told(received) if callable(told) else told

    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(answer))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    upstream.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield upstream
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(answer: Script) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            received = Received(self.command, self.path, headers, raw)
            told = answer(received)
            if isinstance(told, Turn):
                self._turn(received, told)
            elif isinstance(told, int):
                kind = {"type": "error", "message": f"status {told}"}
                self._json(told, {"type": "error", "error": kind})
            else:
                self._json(200, told)

        do_GET = do_DELETE = do_POST  # noqa: N815 - the names that the base class calls

        def _turn(self, received: Received, turn: Turn) -> None:
            asked = received.json
            model = str(asked.get("model", "fake"))
            if not asked.get("stream"):
                self._json(200, body(received.shape, turn, model))
                return
            options = asked.get("stream_options")
            usage = bool(is_object(options) and options.get("include_usage"))
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("transfer-encoding", "chunked")
            self._end_headers()
            for event in events(received.shape, turn, model, usage=usage):
                self.wfile.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")
            self.wfile.write(b"0\r\n\r\n")

        def _json(self, status: int, value: WireObject) -> None:
            raw = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(raw)))
            self._end_headers()
            self.wfile.write(raw)

        def _end_headers(self) -> None:
            self.send_header("request-id", "req_1")
            # A client that a test does not close must not be left with an open connection.
            self.send_header("connection", "close")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            """Nothing: the output belongs to the tests."""

    return Handler
