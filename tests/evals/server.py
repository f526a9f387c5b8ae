"""A model server on loopback that answers by a script."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from headroom_core.formats.wire import WireObject

    Script = Callable[[WireObject], WireObject | bytes | int]


@contextmanager
def serving(script: Script) -> Generator[str]:
    """The base URL of a server whose responses are those of the script.

    An object is sent as JSON, bytes as they are, and a number as the status of an error.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            request: WireObject = json.loads(raw)
            request |= {"path": self.path, "key": self.headers["authorization"]}
            told = script(request)
            body = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(told if isinstance(told, int) else 200)
            self.send_header("content-length", str(len(body)))
            self.send_header("location", "/elsewhere")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            """Nothing: the output belongs to the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def says(text: str, **usage: object) -> WireObject:
    """A response that ends the turn."""
    message = {"role": "assistant", "content": text}
    return {"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage}


def calls(name: str, **arguments: object) -> WireObject:
    """A response that calls a tool."""
    function = {"name": name, "arguments": json.dumps(arguments)}
    call = {"id": "call_9", "type": "function", "function": function}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    return {"choices": [{"message": message, "finish_reason": "tool_calls"}]}


def seen(request: WireObject) -> str:
    """All that the model reads."""
    return json.dumps(request["messages"], ensure_ascii=False)


def names_of_tools(request: WireObject) -> list[str]:
    """The names of the tools that are offered."""
    return [each["function"]["name"] for each in json.loads(json.dumps(request["tools"]))]
