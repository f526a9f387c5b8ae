"""With `retrieval`: the model asks, the middleware answers, and the client sees one response."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

import httpx2
import pytest
from anthropic import AsyncAnthropic
from openai import AsyncOpenAI
from starlette.responses import JSONResponse, Response, StreamingResponse

from headroom_asgi import CompressionMiddleware, Rewritten
from headroom_core.engine.headroom import Headroom
from headroom_core.formats.wire import WireObject, is_array, is_object
from headroom_core.retrieve_loop import Exchange
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_core.tool import NAME
from tests.asgi.apps import PATH_OF, Model, call, parts
from tests.conversations import Turn as Asking
from tests.conversations import log, written
from tests.upstream.bodies import body
from tests.upstream.events import events
from tests.upstream.turns import Asked, Turn, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import Message, Receive, Scope, Send

    from headroom_core.formats import WireFormat

RESULT = log(400, fatal_at=211)
REF = MemoryStore().put(RESULT)
ASK = Asked(NAME, json.dumps({"ref": REF, "query": "fatal"}), "call_r")
OWN = Asked("read", '{"path": "a.py"}', "call_o")
KEY: dict[WireFormat, str] = {
    "openai_chat": "messages",
    "openai_responses": "input",
    "anthropic": "messages",
}
shapes = pytest.mark.parametrize("shape", list(PATH_OF))
streams = pytest.mark.parametrize("stream", [False, True])


def a_request(shape: WireFormat, *, stream: bool = False) -> WireObject:
    tool: WireObject = {"name": "read", "input_schema": {"type": "object"}}
    if shape != "anthropic":
        tool = {"type": "function", "name": "read", "parameters": {"type": "object"}}
    if shape == "openai_chat":
        tool = {"type": "function", "function": {"name": "read", "parameters": {}}}
    messages = written([Asking("What failed?", RESULT)], shape)
    return {"model": "m", KEY[shape]: messages, "tools": [tool], "stream": stream}


def wrapped(model: Model) -> CompressionMiddleware:
    engine = Headroom(Settings(), store=MemoryStore())
    engine.store.put(RESULT)
    return CompressionMiddleware(model.app(), engine=engine, retrieval=True)


async def ask(app: CompressionMiddleware, shape: WireFormat, *, stream: bool) -> str:
    """The visible texts, as the provider's own SDK reads them."""
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app))
    given = a_request(shape)
    del given["stream"]
    if shape == "anthropic":
        claude = AsyncAnthropic(api_key="k", http_client=client, base_url="http://test")
        if stream:
            async with claude.messages.stream(
                model="m", max_tokens=9, messages=[], extra_body=given
            ) as blocks:
                return await blocks.get_final_text()
        message = await claude.messages.create(
            model="m", max_tokens=9, messages=[], extra_body=given
        )
        return "".join(block.text for block in message.content if block.type == "text")
    openai = AsyncOpenAI(api_key="k", http_client=client, base_url="http://test/v1")
    if shape == "openai_chat":
        if stream:
            async with openai.chat.completions.stream(
                model="m", messages=[], extra_body=given
            ) as chunks:
                return str((await chunks.get_final_completion()).choices[0].message.content)
        whole = await openai.chat.completions.create(model="m", messages=[], extra_body=given)
        return str(whole.choices[0].message.content)
    if stream:
        async with openai.responses.stream(model="m", input="", extra_body=given) as items:
            return (await items.get_final_response()).output_text
    return (await openai.responses.create(model="m", input="", extra_body=given)).output_text


@shapes
@streams
@pytest.mark.requirement("asgi.retrieval")
async def test_the_sdks_see_the_final_answer(shape: WireFormat, *, stream: bool) -> None:
    model = Model([Turn(calls=(ASK,)), Turn(calls=(ASK,)), say("The disk.")])
    app = wrapped(model)

    assert await ask(app, shape, stream=stream) == "The disk."

    first, second, third = model.bodies
    messages = [each[KEY[shape]] for each in (first, second, third)]
    for shorter, longer in pairwise(messages):
        assert is_array(shorter)
        assert is_array(longer)
        assert longer[: len(shorter)] == shorter
    assert first["tools"] == second["tools"]
    assert f"headroom {REF}" in json.dumps(first)
    assert "fatal" in json.dumps(messages[1]).lower()
    assert [each["accept-encoding"] for each in model.headers] == ["identity"] * 3
    savings = app.savings
    assert (savings.requests, savings.retrievals) == (1, 2)


@shapes
@streams
@pytest.mark.requirement("asgi.retrieval")
async def test_the_clients_own_calls_come_through_and_ours_do_not(
    shape: WireFormat, *, stream: bool
) -> None:
    model = Model([Turn(text="look", calls=(OWN, ASK))])
    app = wrapped(model)
    given = a_request(shape, stream=stream)

    called = await call(app, parts(json.dumps(given).encode()), path=PATH_OF[shape])

    assert called.status == 200
    assert b"call_o" in called.body
    assert NAME.encode() not in called.body
    assert app.savings.retrievals == 1
    if not stream:
        assert called.headers[b"content-length"] == b"%d" % len(called.body)


@shapes
@streams
@pytest.mark.requirement("asgi.same_bytes")
async def test_a_response_without_retrieval_is_the_very_same_bytes(
    shape: WireFormat, *, stream: bool
) -> None:
    turn = Turn(text="Hi. \u00e9", calls=(OWN,))
    answer = b"".join(events(shape, turn, "m"))
    kind = "text/event-stream"
    if not stream:
        answer, kind = json.dumps(body(shape, turn, "m"), indent=3).encode(), "application/json"
    model = Model([Response(answer, media_type=kind)])

    called = await call(
        wrapped(model),
        parts(json.dumps(a_request(shape, stream=stream)).encode()),
        path=PATH_OF[shape],
    )

    assert called.body == answer
    assert called.headers[b"x-headroom-tokens-saved"] != b"0"


PASSED: list[Response] = [
    JSONResponse({"error": {"message": "slow down"}}, 429, {"retry-after": "3"}),
    Response(b"\x1f\x8b", headers={"content-encoding": "gzip"}, media_type="application/json"),
    Response("<html>", media_type="text/html"),
    Response("[1]", media_type="application/json"),
    Response("{half", media_type="application/json"),
    Response(b"", 204),
]


@pytest.mark.parametrize("answer", PASSED, ids=str)
async def test_a_response_that_cannot_be_read_passes(answer: Response) -> None:
    called = await call(
        wrapped(Model([answer])), parts(json.dumps(a_request("anthropic")).encode())
    )

    assert called.body == answer.body
    assert called.status == answer.status_code
    assert [*called.sent[0]["headers"]][: len(answer.raw_headers)] == answer.raw_headers


async def test_a_later_round_that_is_refused_is_the_answer() -> None:
    refused = JSONResponse({"error": {"message": "slow down"}}, 429)
    model = Model([Turn(calls=(ASK,)), refused])

    called = await call(wrapped(model), parts(json.dumps(a_request("anthropic")).encode()))

    assert called.status == 429
    assert called.body == refused.body


async def test_a_later_round_of_a_stream_that_is_refused_is_an_error_in_it() -> None:
    model = Model(
        [Turn(text="look", calls=(ASK,)), JSONResponse({"error": {"message": "slow"}}, 429)]
    )
    given = json.dumps(a_request("anthropic", stream=True)).encode()

    called = await call(wrapped(model), parts(given))

    assert called.status == 200
    assert called.body.endswith(
        b'event: error\ndata: {"type": "error", "error": {"message": "slow"}}\n\n'
    )
    assert [message["type"] for message in called.sent].count("http.response.start") == 1
    assert called.sent[-1]["more_body"] is False


@streams
@pytest.mark.swallows
async def test_when_another_round_cannot_be_made_the_client_gets_a_valid_response(
    monkeypatch: pytest.MonkeyPatch, *, stream: bool
) -> None:
    model = Model([Turn(text="look", calls=(ASK,))])
    app = wrapped(model)

    def fail(request: Rewritten) -> bytes:
        raise RuntimeError("a bug")

    monkeypatch.setattr(Rewritten, "again", fail)

    given = json.dumps(a_request("anthropic", stream=stream)).encode()
    called = await call(app, parts(given))

    assert NAME.encode() not in called.body
    assert b"look" in called.body
    assert called.sent[-1]["more_body"] is False
    if not stream:
        assert json.loads(called.body)["stop_reason"] == "end_turn"


@pytest.mark.swallows
async def test_when_a_retrieval_fails_the_client_gets_the_response(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("a bug")

    model = Model([Turn(text="look", calls=(ASK,))])
    app = wrapped(model)
    monkeypatch.setattr(Exchange, "receive", fail)

    called = await call(app, parts(json.dumps(a_request("anthropic")).encode()))

    assert json.loads(called.body) == body("anthropic", Turn(text="look", calls=(ASK,)), "m")


async def test_what_streams_is_passed_on_event_by_event() -> None:
    given = [*events("anthropic", say("Hello, how are you?"), "m")]
    seen_after: list[int] = []
    sent: list[Message] = []

    def chunks() -> Iterator[bytes]:
        for event in given:
            yield event
            seen_after.append(len(sent))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        for chunk in chunks():
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body"})
        await send({"type": "http.response.trailers", "headers": [], "more_trailers": False})

    waiting = iter(parts(json.dumps(a_request("anthropic", stream=True)).encode()))

    async def receive() -> Message:
        return next(waiting)

    async def send(message: Message) -> None:
        sent.append(message)

    middleware = CompressionMiddleware(
        app, engine=Headroom(Settings(), store=MemoryStore()), retrieval=True
    )
    await middleware(SCOPE, receive, send)

    assert seen_after == list(range(2, len(given) + 2))
    assert [message["body"] for message in sent[1 : len(given) + 1]] == given
    assert [message["type"] for message in sent[-2:]] == [
        "http.response.body",
        "http.response.trailers",
    ]


HEADERS = [(b"content-type", b"text/event-stream"), (b"content-length", b"5"), (b"x", b"1")]
SCOPE: Scope = {
    "type": "http",
    "method": "POST",
    "path": "/v1/messages",
    "headers": [(b"content-type", b"application/json")],
}


async def test_a_later_request_gets_the_hidden_exchange_back() -> None:
    model = Model([Turn(calls=(ASK,)), say("The disk."), say("You are welcome.")])
    app = wrapped(model)
    given = a_request("anthropic")
    called = await call(app, parts(json.dumps(given).encode()))
    answer = json.loads(called.body)
    assert is_array(given["messages"])
    later = [
        *given["messages"],
        {"role": "assistant", "content": answer["content"]},
        {"role": "user", "content": "Thanks."},
    ]

    await call(app, parts(json.dumps({**given, "messages": later}).encode()))

    _, second, third = (each["messages"] for each in model.bodies)
    assert is_array(second)
    assert is_array(third)
    assert third[: len(second)] == second
    assert is_object(third[-1])
    assert third[-1]["content"] == "Thanks."


async def test_an_application_may_answer_a_plain_request_with_a_stream() -> None:
    stream = StreamingResponse(iter([b"data: x\n\n"]), media_type="text/event-stream")

    called = await call(
        wrapped(Model([stream])), parts(json.dumps(a_request("anthropic")).encode())
    )

    assert called.body == b"data: x\n\n"


async def test_a_plain_response_may_come_in_several_pieces() -> None:
    raw = json.dumps(body("anthropic", Turn(calls=(ASK,)), "m")).encode()
    pieces = StreamingResponse(iter([raw[:50], raw[50:], b""]), media_type="application/json")
    app = wrapped(Model([pieces, say("The disk.")]))

    called = await call(app, parts(json.dumps(a_request("anthropic")).encode()))

    assert json.loads(called.body)["content"] == [{"type": "text", "text": "The disk."}]
    assert app.savings.retrievals == 1
