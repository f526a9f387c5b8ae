"""The middleware: what it reads, what it leaves alone, and what it tells."""

from __future__ import annotations

import json
import socket
import sys
import threading
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from typing import TYPE_CHECKING, cast

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from starlette.testclient import TestClient

import headroom_asgi
from headroom_asgi import CompressionMiddleware
from headroom_core.engine.headroom import Headroom
from headroom_core.errors import ConfigError, MissingExtraError
from headroom_core.formats import WireCodec
from headroom_core.formats.wire import WireObject
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_core.testing.adapter_contract import AdapterContract
from tests.asgi.apps import PATH_OF, a_scope, call, parts
from tests.conversations import Turn, log, written

if TYPE_CHECKING:
    from collections.abc import Generator

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from headroom_core.codec import Codec
    from headroom_core.formats import WireFormat
    from headroom_core.report import CompressResult

JSON = (b"content-type", b"application/json")
LONG = json.dumps(
    {"model": "m", "messages": written([Turn("What failed?", log(300, fatal_at=7))], "anthropic")}
).encode()


class Echo:
    """Answers with the body that it got, and keeps what it was called with."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []
        self.received: list[Message] = []
        self.saw_disconnect = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        if scope["type"] != "http":
            return
        while (message := await receive())["type"] == "http.request":
            self.received.append(message)
            if not message.get("more_body"):
                break
        else:
            self.saw_disconnect = True
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x", b"1")]})
        await send({"type": "http.response.body", "body": self.body})

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.received)

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.scopes[-1]["headers"])


def an_engine() -> Headroom:
    return Headroom(Settings(), store=MemoryStore())


class TestWithTheContract(AdapterContract[WireObject]):
    """Messages as they stand in the bodies of requests."""

    @pytest.fixture
    def codec(self) -> Codec[WireObject]:
        return cast("Codec[WireObject]", WireCodec())  # patches a message into its own type

    @pytest.fixture
    def conversation(self) -> list[WireObject]:
        turns = [Turn("What failed?", log(500, fatal_at=7)), Turn("And here?", log(90))]
        return written(turns, "anthropic")


@pytest.mark.parametrize("shape", list(PATH_OF))
@pytest.mark.parametrize("prefix", ["", "/llm/api"])
def test_a_request_is_shortened_wherever_the_application_is_mounted(
    shape: WireFormat, prefix: str
) -> None:
    seen: list[bytes] = []

    async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        seen.append(await request.body())
        assert int(request.headers["content-length"]) == len(seen[0])
        await PlainTextResponse("ok")(scope, receive, send)

    middleware = [Middleware(CompressionMiddleware, engine=an_engine())]
    app = Starlette(routes=[Mount(prefix, app=endpoint)], middleware=middleware)
    turns = [Turn("What failed?", log(300, fatal_at=7))]
    key = "input" if shape == "openai_responses" else "messages"
    sent = {"model": "m", key: written(turns, shape)}

    response = TestClient(app).post(prefix + PATH_OF[shape] + "?beta=true", json=sent)

    got = json.loads(seen[0])
    assert response.text == "ok"
    assert got.keys() == sent.keys()
    assert len(seen[0]) < len(json.dumps(sent))
    before = int(response.headers["x-headroom-tokens-before"])
    after = int(response.headers["x-headroom-tokens-after"])
    assert before - after == int(response.headers["x-headroom-tokens-saved"]) > 0
    assert response.headers["x-headroom-transforms"]


OTHERS: list[dict[str, object]] = [
    {"method": "GET"},
    {"method": "PUT"},
    {"path": "/v1/embeddings"},
    {"path": "/v1/messages/batches"},
    {"path": "/v1/messages/count_tokens"},
    {"path": "/chats/5/messages"},
    {"headers": [(b"content-type", b"text/plain")]},
    {"headers": []},
    {"headers": [JSON, (b"content-encoding", b"br")]},
    {"headers": [JSON, (b"content-length", b"99999999999")]},
]


@pytest.mark.parametrize("fields", OTHERS, ids=str)
@pytest.mark.requirement("asgi.same_bytes")
async def test_what_is_not_for_us_is_not_even_read(fields: dict[str, object]) -> None:
    echo = Echo()
    app = CompressionMiddleware(echo, engine=an_engine())
    scope = a_scope(**fields)
    messages = parts(LONG, 100)
    waiting = iter(messages)
    sent: list[Message] = []

    async def receive() -> Message:
        return next(waiting)

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)

    assert echo.scopes[0] is scope
    assert all(a is b for a, b in zip(echo.received, messages, strict=True))
    assert b"".join(message.get("body", b"") for message in sent) == LONG
    assert app.savings.requests == 0


@pytest.mark.parametrize("kind", ["websocket", "lifespan"])
async def test_other_protocols_pass(kind: str) -> None:
    echo = Echo()
    scope = {"type": kind}

    await CompressionMiddleware(echo, engine=an_engine())(scope, parts, parts)  # type: ignore[arg-type] # never called

    assert echo.scopes[0] is scope


BODIES = [
    b"",
    b"{",
    b"[]",
    b'{"messages": "odd"}',
    b'{"messages": [], "x": 1E5, "x": 0.10}',
    b'{"messages": [{"role": "user", "content": "\\ud83d"}]}',
    b"\xff\xfe",
]


@pytest.mark.parametrize("raw", BODIES)
@pytest.mark.parametrize("cuts", [(), (1,)])
@pytest.mark.requirement("asgi.same_bytes")
async def test_what_cannot_be_shortened_arrives_as_it_came(
    raw: bytes, cuts: tuple[int, ...]
) -> None:
    echo = Echo()
    messages = parts(raw, *[cut for cut in cuts if cut < len(raw)])

    called = await call(CompressionMiddleware(echo, engine=an_engine()), messages)

    assert called.body == raw
    assert all(a is b for a, b in zip(echo.received, messages, strict=True))


@given(raw=st.binary(max_size=200), headers=st.lists(st.tuples(st.binary(), st.binary())))
@pytest.mark.requirement("asgi.same_bytes")
async def test_any_bytes_under_any_headers_pass(
    raw: bytes, headers: list[tuple[bytes, bytes]]
) -> None:
    echo = Echo()
    app = CompressionMiddleware(echo, engine=an_engine())

    called = await call(app, parts(raw), headers=[JSON, *headers])

    assert called.body == raw
    assert echo.headers == dict([JSON, *headers])


async def test_a_lone_surrogate_stays_one_in_a_request_that_gets_shorter() -> None:
    echo = Echo()
    raw = LONG.replace(b"What failed?", b"What \\ud83d failed?")

    await call(CompressionMiddleware(echo, engine=an_engine()), parts(raw, 50, 500))

    assert len(echo.body) < len(raw)
    assert b"What \\ud83d failed?" in echo.body


@pytest.mark.parametrize(("value", "bypassed"), [(b"true", 1), (b"1", 1), (b"false", 0)])
async def test_a_client_may_ask_to_be_left_alone(value: bytes, bypassed: int) -> None:
    echo = Echo()
    app = CompressionMiddleware(echo, engine=an_engine(), retrieval=True)

    called = await call(app, parts(LONG), headers=[JSON, (b"x-headroom-bypass", value)])

    assert (echo.body == LONG) == bool(bypassed)
    assert app.savings.bypassed == bypassed
    assert (called.headers[b"x-headroom-tokens-saved"] == b"0") == bool(bypassed)


async def test_counting_is_rewritten_where_it_is_asked_for() -> None:
    echo = Echo()
    app = CompressionMiddleware(echo, engine=an_engine(), count_tokens=True)

    await call(app, parts(LONG), path="/v1/messages/count_tokens")

    assert len(echo.body) < len(LONG)
    assert app.savings.requests == 0


@pytest.mark.swallows
async def test_an_error_of_ours_leaves_the_request_as_it_came(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*args: object, **kwargs: object) -> CompressResult[object]:
        raise RuntimeError("a bug")

    monkeypatch.setattr(Headroom, "compress", fail)
    echo = Echo()
    app = CompressionMiddleware(echo, engine=an_engine())

    called = await call(app, parts(LONG))

    assert called.body == LONG
    assert any("RuntimeError" in warning for warning in app.savings.warnings)


def test_lossless_is_the_default_and_the_settings_decide() -> None:
    def lossless(**how: object) -> bool:
        app = CompressionMiddleware(Echo(), **how)  # type: ignore[arg-type] # a table of settings
        return not app.rewriter.retrieval

    assert lossless()
    assert not lossless(retrieval=True)
    assert not lossless(settings=Settings(retrieval=True))
    assert lossless(settings=Settings(retrieval=True), retrieval=False)


WRONG: list[tuple[dict[str, object], str]] = [
    ({"engine": None, "settings": None}, "not both"),
    ({"minimum_size": 5, "maximum_size": 4}, "`minimum_size` must be"),
    ({"minimum_size": -1}, "`minimum_size` must be"),
    ({"paths": {"v1": "anthropic"}}, "`paths` must be"),
]


@pytest.mark.parametrize(("how", "message"), WRONG)
def test_a_wrong_setting_is_an_error_at_once(how: dict[str, object], message: str) -> None:
    if "engine" in how:
        how = {"engine": an_engine(), "settings": Settings()}
    with pytest.raises(ConfigError, match=message):
        CompressionMiddleware(Echo(), **how)  # type: ignore[arg-type] # wrong on purpose


async def test_a_path_may_be_configured() -> None:
    echo = Echo()
    app = CompressionMiddleware(echo, engine=an_engine(), paths={"/ask": "anthropic"})

    await call(app, parts(LONG), path="/v1/messages")
    assert app.savings.requests == 0
    await call(app, parts(LONG), path="/a/ask")
    assert app.savings.requests == 1


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "starlette", None)
    spec = spec_from_file_location("without_starlette", str(headroom_asgi.__file__))
    assert spec is not None
    assert spec.loader is not None

    with pytest.raises(MissingExtraError, match=r"headroom-gateway\[asgi\]"):
        spec.loader.exec_module(module_from_spec(spec))


@contextmanager
def served(app: ASGIApp) -> Generator[int]:
    """Serve an application on loopback; the port."""
    config = uvicorn.Config(app, port=0, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    listener = config.bind_socket()
    listener.listen()
    thread = threading.Thread(target=lambda: server.run([listener]), daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)


def exchanged(port: int, *pieces: bytes) -> bytes:
    """What a server says until it closes the connection, asked in these pieces."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        for piece in pieces:
            connection.sendall(piece)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_a_real_server_sends_continue_reads_chunks_and_goes_on_after_a_client_left() -> None:
    echo = Echo()
    app = CompressionMiddleware(echo, engine=an_engine())
    head = (
        b"POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        b"connection: close\r\nexpect: 100-continue\r\n"
    )
    chunked = [
        b"%x\r\n%b\r\n" % (len(LONG[at : at + 999]), LONG[at : at + 999])
        for at in range(0, len(LONG), 999)
    ]

    with served(app) as port:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as leaving:
            leaving.sendall(head + b"content-length: 99999\r\n\r\n" + LONG[:500])
        answer = exchanged(
            port, head + b"transfer-encoding: chunked\r\n\r\n", *chunked, b"0\r\n\r\n"
        )

    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")
    body = answer.rpartition(b"\r\n\r\n0\r\n\r\n")[0] or answer
    assert b"x-headroom-tokens-saved" in body
    asked = [dict(scope["headers"]) for scope in echo.scopes]
    [headers] = [each for each in asked if each[b"content-length"] != b"99999"]
    assert b"transfer-encoding" not in headers
    assert int(headers[b"content-length"]) < len(LONG)
    assert int(headers[b"content-length"]) in {len(each["body"]) for each in echo.received}
