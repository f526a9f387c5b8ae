"""The core's functions for gateways behind a tiny HTTP server, as the proxy serves them."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from headroom_core.service import Reply, compress_reply, retrieve_reply

if TYPE_CHECKING:
    from collections.abc import Generator

    from headroom_core.engine.headroom import Headroom


@contextmanager
def compression_service(engine: Headroom) -> Generator[tuple[str, list[str]]]:
    """Serve until the block ends: where it is, and the paths that it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body: object = json.loads(self.rfile.read(int(self.headers["content-length"])))
            self._send(compress_reply(engine, body))

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            ref = url.path.removeprefix("/v1/retrieve/")
            self._send(retrieve_reply(engine.store, ref, dict(parse_qsl(url.query))))

        def _send(self, reply: Reply) -> None:
            asked.append(self.path)
            raw = json.dumps(reply.body).encode()
            self.send_response(reply.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            """Nothing: the output belongs to the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
