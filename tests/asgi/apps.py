"""Applications and clients for the tests: a model behind ASGI, and the smallest of servers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from headroom_core.formats.wire import WireObject, is_object
from tests.upstream.bodies import body
from tests.upstream.events import events

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Scope

    from headroom_core.formats import WireFormat
    from tests.upstream.turns import Turn

PATH_OF: dict[WireFormat, str] = {
    "openai_chat": "/v1/chat/completions",
    "openai_responses": "/v1/responses",
    "anthropic": "/v1/messages",
}


@dataclass
class Model:
    """A scripted model behind the paths of all APIs. It records what it was sent."""

    script: Sequence[Turn | Response | Callable[[], Response]]
    requests: list[bytes] = field(default_factory=list[bytes])
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])

    @property
    def bodies(self) -> list[WireObject]:
        found: list[object] = [json.loads(raw) for raw in self.requests]
        return [each for each in found if is_object(each)]

    def app(self) -> Starlette:
        shapes: dict[str, WireFormat] = {path: shape for shape, path in PATH_OF.items()}

        async def answer(request: Request) -> Response:
            self.requests.append(await request.body())
            self.headers.append(dict(request.headers))
            told = self.script[min(len(self.requests), len(self.script)) - 1]
            if isinstance(told, Response):
                return told
            if callable(told):
                return told()
            shape = shapes[request.url.path]
            asked: object = json.loads(self.requests[-1])
            if is_object(asked) and asked.get("stream"):
                return StreamingResponse(streamed(shape, told), media_type="text/event-stream")
            return JSONResponse(body(shape, told, "m"))

        return Starlette(routes=[Route(path, answer, methods=["POST"]) for path in shapes])


async def streamed(shape: WireFormat, turn: Turn) -> AsyncIterator[bytes]:
    for event in events(shape, turn, "m"):
        yield event


@dataclass
class Called:
    """What an application was given, and what it sent."""

    sent: list[Message] = field(default_factory=list["Message"])

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent[1:])


async def call(app: ASGIApp, messages: Sequence[Message], **scope: object) -> Called:
    """Call an application as a server does, with these messages from the client."""
    called = Called()
    waiting = iter(messages)

    async def receive() -> Message:
        return next(waiting, {"type": "http.disconnect"})

    async def send(message: Message) -> None:
        called.sent.append(message)

    await app(a_scope(**scope), receive, send)
    return called


def a_scope(**fields: object) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/messages",
        "raw_path": b"/v1/messages",
        "root_path": "",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
        **fields,
    }


def parts(raw: bytes, *cuts: int) -> list[Message]:
    """A body as the messages of a server."""
    bounds = list(zip([0, *cuts], [*cuts, len(raw)], strict=True))
    return [
        {"type": "http.request", "body": raw[a:b], "more_body": b < len(raw)} for a, b in bounds
    ]
