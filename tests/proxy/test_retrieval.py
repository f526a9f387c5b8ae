"""Retrieval through the proxy: the client sees one answer, the model gets what it asks for."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING

import httpx2
import pytest

from headroom_core.formats.wire import WireObject, is_array, is_object
from headroom_core.notes import find_notes
from headroom_core.tool import NAME, is_retrieve_tool
from tests.conversations import WIRES, Turn, Wire, log, result_texts, written
from tests.proxy.raw import Conversation, raw_serving
from tests.proxy.running import Running, proxying
from tests.upstream import Asked, Received, Upstream, say, serving
from tests.upstream import Turn as Said
from tests.upstream.events import events

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.upstream.server import Answer

PATHS: dict[Wire, str] = {
    "openai_chat": "/v1/chat/completions",
    "openai_responses": "/v1/responses",
    "anthropic": "/v1/messages",
}
KEYS: dict[Wire, str] = {
    "openai_chat": "messages",
    "openai_responses": "input",
    "anthropic": "messages",
}
ORIGINAL = log(1_500)


def tool(wire: Wire, name: str = "run_command") -> WireObject:
    schema: WireObject = {"type": "object", "properties": {"command": {"type": "string"}}}
    match wire:
        case "openai_chat":
            return {"type": "function", "function": {"name": name, "parameters": schema}}
        case "openai_responses":
            return {"type": "function", "name": name, "parameters": schema}
        case "anthropic":
            return {"name": name, "input_schema": schema}


def request(wire: Wire, messages: list[WireObject], *, stream: bool, tools: bool = True) -> bytes:
    body: WireObject = {"model": "m", "stream": stream, KEYS[wire]: messages, "x": 1.0}
    if wire == "anthropic":
        body["max_tokens"] = 100
    if wire == "openai_chat" and stream:
        body["stream_options"] = {"include_usage": True}
    if tools:
        body["tools"] = [tool(wire)]
    return json.dumps(body, indent=1).encode()


def asked(proxy: Running, wire: Wire, raw: bytes, **headers: str) -> httpx2.Response:
    given = {"content-type": "application/json", **headers}
    return httpx2.post(proxy.url + PATHS[wire], content=raw, headers=given, timeout=30)


def messages_of(received: Received, wire: Wire) -> list[WireObject]:
    messages = received.json[KEYS[wire]]
    assert is_array(messages)
    return [each for each in messages if is_object(each)]


def tools_of(received: Received) -> list[object]:
    tools = received.json.get("tools")
    return tools if is_array(tools) else []


def retrieves(received: Received) -> Answer:
    """The model asks for what the note of its request names, once it has not been answered yet."""
    texts = json.dumps(received.json)
    if "call_of_ours" in texts:
        return Said(text="it was the disk", output_tokens=20)
    (note, *_) = find_notes(received.json)
    arguments = json.dumps({"ref": note.ref, "query": "disk"})
    return Said(text="Let me look. ", calls=(Asked(NAME, arguments, "call_of_ours"),))


def said(wire: Wire, response: httpx2.Response) -> tuple[str, WireObject]:
    """The text that a client reads, and the usage that it is told."""
    if "event-stream" not in response.headers["content-type"]:
        body: WireObject = response.json()
        return _text(wire, body), _usage(body)
    text = ""
    usage: WireObject = {}
    for line in response.text.splitlines():
        if not line.startswith("data: {"):
            continue
        event: WireObject = json.loads(line[6:])
        match event.get("type"), event.get("delta"):
            case "content_block_delta", {"type": "text_delta", "text": str(piece)}:
                text += piece
            case "response.output_text.delta", str(piece):
                text += piece
            case "message_delta", _:
                usage |= _usage(event)
            case "message_start", _:
                message = event["message"]
                usage |= _usage(message) if is_object(message) else {}
            case "response.completed", _:
                whole = event["response"]
                usage = _usage(whole) if is_object(whole) else {}
            case _:
                text += _chat_piece(event)
                usage |= _usage(event)
    return text, usage


def _chat_piece(event: WireObject) -> str:
    match event.get("choices"):
        case [{"delta": {"content": str(piece)}}]:
            return piece
        case _:
            return ""


def _text(wire: Wire, body: WireObject) -> str:
    match body:
        case {"choices": [{"message": {"content": str(text)}}]}:
            return text
        case _:
            return "".join(_texts(body.get("content") or body["output"]))


def _texts(value: object) -> list[str]:
    if is_array(value):
        return [text for each in value for text in _texts(each)]
    if is_object(value):
        own = value.get("text")
        return [own] if isinstance(own, str) else _texts(value.get("content"))
    return []


def _usage(body: WireObject) -> WireObject:
    usage = body.get("usage")
    return usage if is_object(usage) else {}


@pytest.mark.requirement("proxy.retrieval")
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("wire", WIRES)
def test_the_model_is_answered_and_the_client_sees_one_answer(wire: Wire, stream: bool) -> None:
    raw = request(wire, written([Turn("what failed?", ORIGINAL)], wire), stream=stream)

    with serving(retrieves) as upstream, proxying(upstream.url) as proxy:
        response = asked(proxy, wire, raw)
        stats = proxy.stats()

    first, second = upstream.requests
    assert [is_retrieve_tool(_name(each)) for each in tools_of(first)] == [False, True]
    assert tools_of(second) == tools_of(first)
    assert messages_of(second, wire)[: len(messages_of(first, wire))] == messages_of(first, wire)
    answer = result_texts(messages_of(second, wire))[-1]
    assert "disk" in answer
    assert len(answer) < len(ORIGINAL)
    text, usage = said(wire, response)
    assert "it was the disk" in text
    assert NAME not in response.text
    assert "call_of_ours" not in response.text
    assert usage.get("output_tokens", usage.get("completion_tokens")) == 30
    assert stats["retrievals"] == 1
    assert stats["tokens"]["saved"] > 10_000
    assert int(response.headers["x-headroom-tokens-saved"]) > 10_000
    if stream:
        assert "Let me look. " in text


def _name(each: object) -> str:
    assert is_object(each)
    function = each.get("function", each)
    assert is_object(function)
    return str(function["name"])


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("wire", WIRES)
def test_the_hidden_exchange_is_sent_again_on_the_next_request(wire: Wire, stream: bool) -> None:
    history = written([Turn("what failed?", ORIGINAL)], wire)

    with serving(retrieves) as upstream, proxying(upstream.url) as proxy:
        first = asked(proxy, wire, request(wire, history, stream=stream))
        text, _ = said(wire, first)
        more: list[WireObject] = [*_turn(wire, text), {"role": "user", "content": "and?"}]
        asked(proxy, wire, request(wire, [*history, *more], stream=stream))

    _, before, after = (messages_of(each, wire) for each in upstream.requests)
    assert after[: len(before)] == before
    assert len(upstream.requests) == 3


def _turn(wire: Wire, text: str) -> list[WireObject]:
    """What a client keeps of an answer: a block or an item for each that it got."""
    pieces = [piece for piece in ("Let me look. ", "it was the disk") if piece in text]
    match wire:
        case "openai_chat":
            return [{"role": "assistant", "content": text}]
        case "openai_responses":
            return [{"role": "assistant", "content": piece} for piece in pieces]
        case "anthropic":
            blocks = [{"type": "text", "text": piece} for piece in pieces]
            return [{"role": "assistant", "content": blocks}]


@pytest.mark.parametrize("wire", WIRES)
def test_without_tools_nothing_is_hidden_and_no_tool_added(wire: Wire) -> None:
    history = written([Turn("what failed?", ORIGINAL)], wire)

    with serving(say("ok")) as upstream, proxying(upstream.url) as proxy:
        asked(proxy, wire, request(wire, history, stream=False, tools=False))

    (received,) = upstream.requests
    assert "tools" not in received.json
    assert find_notes(received.json) == []
    assert len(received.raw) < len(ORIGINAL)


@pytest.mark.requirement("proxy.spliced")
@pytest.mark.parametrize("wire", WIRES)
def test_what_is_not_edited_keeps_its_bytes(wire: Wire) -> None:
    history = written([Turn("hi", "a short result")], wire)
    plain = request(wire, history, stream=False, tools=False)
    odd = plain.replace(
        b'"x": 1.0', b'"x" : 1.0E+5, "y": "\\u00e9\\/", "z": 12345678901234567890123'
    )
    large = request(wire, written([Turn("?", ORIGINAL)], wire), stream=False)
    edited = large.replace(b'"x": 1.0', b'"x" : 1.0E+5, "y": "\\u00e9\\/"')

    with serving(say("ok")) as upstream, proxying(upstream.url) as proxy:
        for raw in (plain, odd, edited):
            asked(proxy, wire, raw)
        asked(proxy, wire, edited, **{"x-headroom-bypass": "true"})

    assert [each.raw for each in upstream.requests[:2]] == [plain, odd]
    assert b'"x" : 1.0E+5, "y": "\\u00e9\\/"' in upstream.requests[2].raw
    assert len(upstream.requests[2].raw) < len(edited) / 4
    assert upstream.requests[3].raw == edited


@pytest.mark.parametrize(("kind", "encode"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_a_body_with_an_encoding_is_read_and_sent_without(
    kind: str, encode: Callable[[bytes], bytes]
) -> None:
    large = request("anthropic", written([Turn("?", ORIGINAL)], "anthropic"), stream=False)
    small = request("anthropic", written([Turn("?", "1")], "anthropic"), stream=False, tools=False)

    packed = encode(small)
    with serving({"content": []}) as upstream, proxying(upstream.url) as proxy:
        for raw in (encode(large), packed, b"garbage", large):
            asked(proxy, "anthropic", raw, **{"content-encoding": kind})

    edited, untouched, garbage, plain = upstream.requests
    assert "content-encoding" not in edited.headers
    assert edited.json["x"] == 1.0
    assert len(edited.raw) < len(large) / 4
    assert [each.headers["content-encoding"] for each in upstream.requests[1:]] == [kind] * 3
    assert (untouched.raw, garbage.raw, plain.raw) == (packed, b"garbage", large)


def test_an_answer_with_an_encoding_is_passed_on_unread() -> None:
    body = gzip.compress(b'{"content": []}')

    def script(conversation: Conversation) -> None:
        conversation.send_json(body, b"200 OK", b"content-encoding: gzip")

    raw = request("anthropic", written([Turn("?", ORIGINAL)], "anthropic"), stream=False)
    with raw_serving(script) as upstream, proxying(upstream.url) as proxy:
        response = asked(proxy, "anthropic", raw)

    assert response.json() == {"content": []}
    assert b"accept-encoding: identity" in upstream.requests[0]


@pytest.mark.parametrize("answer", [b"not json", b"[]", b'{"odd": 1}'])
def test_an_answer_that_is_none_is_passed_on(answer: bytes) -> None:
    raw = request("anthropic", written([Turn("?", ORIGINAL)], "anthropic"), stream=False)

    with (
        raw_serving(lambda conversation: conversation.send_json(answer)) as upstream,
        proxying(upstream.url) as proxy,
    ):
        assert asked(proxy, "anthropic", raw).content == answer


def test_an_answer_in_one_piece_that_breaks_off_is_an_error() -> None:
    def script(conversation: Conversation) -> None:
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n"
        conversation.send(head + b'{"content')
        conversation.reset()

    raw = request("anthropic", written([Turn("?", ORIGINAL)], "anthropic"), stream=False)
    with raw_serving(script) as upstream, proxying(upstream.url) as proxy:
        assert asked(proxy, "anthropic", raw).status_code == 502


@pytest.mark.parametrize("breaks", ["refused", "reset"])
def test_a_later_round_that_breaks_off_ends_the_stream_in_order(breaks: str) -> None:
    rounds: list[bytes] = []

    def script(conversation: Conversation) -> None:
        rounds.append(conversation.request)
        head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
        if len(rounds) == 1:
            raw = conversation.request
            (note, *_) = find_notes(json.loads(raw.partition(b"\r\n\r\n")[2]))
            call = Asked(NAME, json.dumps({"ref": note.ref, "lines": "1-2"}), "call_of_ours")
            conversation.send(head + b"transfer-encoding: chunked\r\n\r\n")
            for event in events("anthropic", Said(text="Let me look. ", calls=(call,)), "m"):
                conversation.send_chunk(event)
            conversation.send(b"0\r\n\r\n")
        elif breaks == "refused":
            conversation.reset()
        else:
            conversation.send(head + b"content-length: 999\r\n\r\nevent: ping")
            conversation.reset()

    raw = request("anthropic", written([Turn("?", ORIGINAL)], "anthropic"), stream=True)
    with raw_serving(script) as upstream, proxying(upstream.url) as proxy:
        response = asked(proxy, "anthropic", raw)

    assert len(rounds) == 2
    assert "Let me look. " in said("anthropic", response)[0]
    assert "event: error" in response.text


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("wire", WIRES)
def test_a_later_round_that_fails_leaves_a_whole_answer(wire: Wire, stream: bool) -> None:
    raw = request(wire, written([Turn("what failed?", ORIGINAL)], wire), stream=stream)

    with serving(retrieves, 529) as upstream, proxying(upstream.url) as proxy:
        response = asked(proxy, wire, raw)

    assert len(upstream.requests) == 2
    if stream:
        assert response.status_code == 200
        assert "status 529" in response.text
        assert NAME not in response.text
    else:
        assert response.status_code == 529


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("wire", WIRES)
def test_a_model_that_never_stops_asking_is_stopped(wire: Wire, stream: bool) -> None:
    raw = request(wire, written([Turn("what failed?", ORIGINAL)], wire), stream=stream)

    def always(received: Received) -> Answer:
        (note, *_) = find_notes(received.json)
        number = json.dumps(received.json).count("call_of_ours")
        arguments = json.dumps({"ref": note.ref, "query": "disk"})
        return Said(text="again ", calls=(Asked(NAME, arguments, f"call_of_ours_{number}"),))

    with serving(always) as upstream, proxying(upstream.url, max_rounds=2) as proxy:
        response = asked(proxy, wire, raw)

    assert response.status_code == 200
    assert 3 <= len(upstream.requests) <= 4
    assert NAME not in response.text


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("wire", WIRES)
def test_a_model_that_writes_a_view_writes_the_original(wire: Wire, stream: bool) -> None:
    raw = request(wire, written([Turn("copy it", ORIGINAL)], wire), stream=stream)

    def copies(received: Received) -> Answer:
        (view, *_) = result_texts(messages_of(received, wire))
        arguments = json.dumps({"command": f"cat <<E\n{view}\nE"})
        return Said(text="copying", calls=(Asked("run_command", arguments, "c9"),))

    with serving(copies) as upstream, proxying(upstream.url) as proxy:
        response = asked(proxy, wire, raw)
        stats = proxy.stats()

    assert len(upstream.requests) == 1
    assert "[headroom " not in response.text
    assert "request id=1234" in response.text
    assert stats["write_guard"] == {"repaired": 1}


@pytest.mark.requirement("proxy.fail_open")
@pytest.mark.swallows
@pytest.mark.parametrize("wire", WIRES)
def test_a_request_does_not_fail_when_we_do(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = request(wire, written([Turn("what failed?", ORIGINAL)], wire), stream=False)

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("headroom_core.engine.headroom.Headroom.compress", fail)
    monkeypatch.setattr("headroom_proxy.prefix.Prefixes.look", fail)
    with serving(say("ok")) as upstream, proxying(upstream.url) as proxy:
        response = asked(proxy, wire, raw)
        stats = proxy.stats()

    assert response.status_code == 200
    assert upstream.requests[0].raw == raw
    assert sum(stats["warnings"].values()) == 1


@pytest.mark.parametrize("wire", WIRES)
def test_tokens_are_counted_of_what_would_be_sent(wire: Wire) -> None:
    counting = {"anthropic": "/count_tokens", "openai_responses": "/input_tokens"}.get(wire)
    raw = request(wire, written([Turn("what failed?", ORIGINAL)], wire), stream=False)

    with serving({"input_tokens": 5}) as upstream, proxying(upstream.url) as proxy:
        if counting is None:
            return
        given = {"content-type": "application/json"}
        httpx2.post(proxy.url + PATHS[wire] + counting, content=raw, headers=given)
        asked(proxy, wire, raw)

    counted, called = upstream.requests
    assert counted.raw == called.raw


def test_the_prefix_is_told_to_the_client(upstream_of_ok: tuple[Upstream, Running]) -> None:
    _, proxy = upstream_of_ok
    history = written([Turn("one", "1")], "anthropic")
    longer = [*history, *written([Turn("two", "2")], "anthropic")]

    told = [
        asked(proxy, "anthropic", request("anthropic", messages, stream=False, tools=tools))
        for messages, tools in [(history, True), (longer, True), (longer, False)]
    ]
    stats = proxy.stats()

    assert [each.headers["x-headroom-prefix"] for each in told] == [
        "new",
        "extended",
        "changed: tools removed (run_command)",
    ]
    assert stats["prefixes"]["latest_changes"][0]["reason"] == "tools_removed"


@pytest.fixture
def upstream_of_ok() -> object:
    with serving(say("ok")) as upstream, proxying(upstream.url) as proxy:
        yield upstream, proxy
