"""Bodies of requests: shorter where they can be, and otherwise the very same bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from headroom_asgi.paths import MESSAGES_KEY, PATHS, Endpoint, checked_paths, endpoint_of
from headroom_asgi.rewrite import Rewriter
from headroom_core.engine.headroom import Headroom
from headroom_core.errors import ConfigError
from headroom_core.formats.wire import WireObject, is_array, is_object
from headroom_core.retrieve_loop import SHAPES, Hidden
from headroom_core.retrieve_loop.wire_history import keep_results
from headroom_core.savings import Ledger
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_core.tool import NAME
from tests.conversations import Turn, log, written

if TYPE_CHECKING:
    from headroom_core.formats import WireFormat

shapes = pytest.mark.parametrize("shape", list(MESSAGES_KEY))


def a_rewriter(*, retrieval: bool = False) -> Rewriter:
    return Rewriter(Headroom(Settings(), store=MemoryStore()), Ledger(), retrieval=retrieval)


def a_tool(shape: WireFormat, name: str = "read") -> WireObject:
    if shape == "openai_chat":
        return {"type": "function", "function": {"name": name, "parameters": {}}}
    return {"type": "function", "name": name}


def a_body(shape: WireFormat, **fields: object) -> WireObject:
    messages = written([Turn("What failed?", log(300, fatal_at=7))], shape)
    return {"model": "m", "temperature": 0.5, MESSAGES_KEY[shape]: messages, **fields}


def raw_of(body: WireObject) -> bytes:
    return json.dumps(body, indent=1).replace('"temperature": 0.5', '"temperature": 5E-1').encode()


@shapes
def test_a_long_result_is_shortened_and_nothing_else_changes(shape: WireFormat) -> None:
    body = a_body(shape, tools=[a_tool(shape)], unknown={"n": 1})
    raw = raw_of(body)
    rewriter = a_rewriter()

    request = rewriter.rewrite(raw, shape)

    assert len(request.raw) < len(raw)
    assert b'"temperature": 5E-1' in request.raw
    sent = json.loads(request.raw)
    key = MESSAGES_KEY[shape]
    assert {**sent, key: None} == {**body, key: None}
    assert request.result is not None
    assert sent[key] == request.result.messages
    assert request.exchange is None
    savings = rewriter.ledger.savings()
    assert (savings.requests, savings.compressed, savings.overhead) == (1, 1, 0)
    assert savings.tokens_saved > 0


@shapes
def test_with_retrieval_the_tool_comes_behind_those_of_the_client(shape: WireFormat) -> None:
    body = a_body(shape, tools=[a_tool(shape)], stream=True)
    rewriter = a_rewriter(retrieval=True)

    request = rewriter.rewrite(raw_of(body), shape)

    tools = json.loads(request.raw)["tools"]
    assert tools[0] == a_tool(shape)
    assert NAME in json.dumps(tools[1:])
    assert len(tools) == 2
    assert request.exchange is not None
    assert request.streams
    assert 0 < rewriter.ledger.savings().overhead <= 250


@shapes
@pytest.mark.parametrize(
    "fields",
    [{}, {"tools": []}, {"n": 2}, {"background": True}, {"thread": {"type": "create"}}],
)
def test_a_request_that_cannot_ask_stays_lossless(shape: WireFormat, fields: WireObject) -> None:
    if {"n", "background", "thread"} & fields.keys():
        fields = {**fields, "tools": [a_tool(shape)]}

    request = a_rewriter(retrieval=True).rewrite(raw_of(a_body(shape, **fields)), shape)

    assert request.exchange is None
    assert NAME.encode() not in request.raw
    assert request.result is not None
    assert all(edit.lossless for edit in request.result.edits)


def asks(shape: WireFormat, ref: str) -> WireObject:
    arguments = {"ref": ref, "query": "FATAL"}
    text = json.dumps(arguments)
    match shape:
        case "openai_chat":
            function = {"name": NAME, "arguments": text}
            call = {"id": "r1", "type": "function", "function": function}
            message = {"role": "assistant", "content": None, "tool_calls": [call]}
            return {"choices": [{"message": message, "finish_reason": "tool_calls"}]}
        case "openai_responses":
            item = {"type": "function_call", "call_id": "r1", "name": NAME, "arguments": text}
            return {"output": [item], "status": "completed"}
        case "anthropic":
            use = {"type": "tool_use", "id": "r1", "name": NAME, "input": arguments}
            return {"content": [use], "stop_reason": "tool_use"}


@shapes
def test_the_next_round_extends_what_was_sent(shape: WireFormat) -> None:
    body = a_body(shape, tools=[a_tool(shape)])
    rewriter = a_rewriter(retrieval=True)
    request = rewriter.rewrite(raw_of(body), shape)
    assert request.exchange is not None
    assert request.result is not None
    [ref] = [edit.ref for edit in request.result.edits if edit.ref]

    assert request.exchange.receive(asks(shape, ref)) is None
    rewriter.count_answers(request.exchange)
    again = request.again()

    key = MESSAGES_KEY[shape]
    first, second = json.loads(request.raw), json.loads(again)
    assert second[key][: len(first[key])] == first[key]
    assert second[key][len(first[key]) :] == request.exchange.messages[len(first[key]) :]
    assert "FATAL" in json.dumps(second[key][-1])
    assert {**first, key: 0} == {**second, key: 0}
    assert b'"temperature": 5E-1' in again
    assert rewriter.ledger.savings().retrievals == 1


def test_a_conversation_that_the_provider_keeps_gets_the_answers_alone() -> None:
    shape: WireFormat = "openai_responses"
    body = a_body(shape, tools=[a_tool(shape)], conversation="conv_1")
    request = a_rewriter(retrieval=True).rewrite(raw_of(body), shape)
    assert request.exchange is not None

    request.exchange.receive(asks(shape, "0" * 16))

    sent = json.loads(request.again())["input"]
    assert sent == request.exchange.answers


def test_an_input_that_is_a_text_stays_one_until_something_was_asked() -> None:
    body: WireObject = {"input": "What failed?", "tools": [a_tool("openai_responses")]}
    request = a_rewriter(retrieval=True).rewrite(raw_of(body), "openai_responses")
    assert request.exchange is not None

    first = json.loads(request.raw)["input"]
    request.exchange.receive(asks("openai_responses", "0" * 16))

    sent = json.loads(request.again())["input"]
    assert first == "What failed?"
    assert is_array(sent)
    assert sent[0] == {"role": "user", "content": "What failed?"}
    assert len(sent) == 3


@shapes
@pytest.mark.requirement("asgi.same_bytes")
def test_a_bypassed_request_is_counted_and_left_alone(shape: WireFormat) -> None:
    raw = raw_of(a_body(shape, tools=[a_tool(shape)]))
    rewriter = a_rewriter(retrieval=True)

    request = rewriter.rewrite(raw, shape, bypass=True)

    assert request.raw is raw
    assert request.exchange is None
    savings = rewriter.ledger.savings()
    assert (savings.requests, savings.bypassed, savings.tokens_saved) == (1, 1, 0)
    assert savings.tokens_before > 0


@shapes
def test_counting_reads_what_the_call_would_send(shape: WireFormat) -> None:
    raw = raw_of(a_body(shape, tools=[a_tool(shape)]))
    rewriter = a_rewriter(retrieval=True)

    counted = rewriter.rewrite(raw, shape, answers=False)

    assert counted.raw == rewriter.rewrite(raw, shape).raw
    assert counted.exchange is None
    assert rewriter.ledger.savings().requests == 1
    with pytest.raises(ValueError, match="no exchange"):
        counted.again()


ODD = [b"", b"{", b"[1]", b"5", b"null", b"\xff", b"[" * 100_000, b"{}", b'{"messages": 5}']


@pytest.mark.parametrize("raw", ODD)
@pytest.mark.requirement("asgi.same_bytes")
def test_what_is_no_request_is_the_same_object(raw: bytes) -> None:
    rewriter = a_rewriter(retrieval=True)

    request = rewriter.rewrite(raw, "openai_chat")

    assert request.raw is raw
    assert request.result is None
    assert rewriter.ledger.savings().requests == 0


def test_a_request_in_which_a_key_stands_twice_is_left_alone() -> None:
    raw = raw_of(a_body("openai_chat"))
    twice = b'{"messages": [],' + raw[1:]
    rewriter = a_rewriter()

    request = rewriter.rewrite(twice, "openai_chat")

    assert request.raw is twice
    assert any("spliced" in warning for warning in rewriter.ledger.savings().warnings)


@pytest.mark.swallows
@pytest.mark.parametrize("answers", [True, False])
def test_an_error_of_ours_leaves_the_request_as_it_is(
    monkeypatch: pytest.MonkeyPatch, *, answers: bool
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(Headroom, "compress", fail)
    raw = raw_of(a_body("anthropic"))
    rewriter = a_rewriter()

    request = rewriter.rewrite(raw, "anthropic", answers=answers)

    assert request.raw is raw
    warnings = rewriter.ledger.savings().warnings
    assert any("RuntimeError" in warning for warning in warnings) == answers


@pytest.mark.swallows
def test_a_body_that_cannot_be_made_again_is_an_error() -> None:
    request = a_rewriter(retrieval=True).rewrite(
        raw_of(a_body("openai_chat", tools=[a_tool("openai_chat")])), "openai_chat"
    )
    assert request.exchange is not None
    request.exchange.messages = [{object()}]

    with pytest.raises(ValueError, match="cannot be spliced again"):
        request.again()


def test_paths_are_known_by_their_end() -> None:
    assert endpoint_of("/api/v1/messages/") == Endpoint("anthropic")
    assert endpoint_of("/openai/deployments/x/chat/completions") == Endpoint("openai_chat")
    assert endpoint_of("/v1/responses") == Endpoint("openai_responses")
    assert endpoint_of("/chats/5/messages") is None
    assert endpoint_of("/v1/messages/count_tokens") is None
    counting: dict[str, WireFormat] = {"/x": "anthropic", "/v1/messages/count_tokens": "anthropic"}
    assert endpoint_of("/v1/messages/count_tokens", PATHS, counting) == Endpoint(
        "anthropic", counts=True
    )


@pytest.mark.parametrize("paths", [{"v1/messages": "anthropic"}, {"/v1/messages": "claude"}])
def test_a_wrong_path_is_an_error_at_once(paths: dict[str, WireFormat]) -> None:
    with pytest.raises(ConfigError, match="`paths` must"):
        checked_paths(paths)
    assert checked_paths({"/x/": "anthropic"}) == {"/x": "anthropic"}


def test_every_shape_has_its_calls_and_its_key() -> None:
    assert MESSAGES_KEY.keys() == SHAPES.keys()
    assert is_object(a_tool("anthropic"))


@pytest.mark.parametrize(
    "settings", [Settings(mode="lossless"), Settings(surface="mcp")], ids=["lossless", "mcp"]
)
def test_no_tool_is_added_where_no_note_would_name_it(settings: Settings) -> None:
    rewriter = Rewriter(Headroom(settings, store=MemoryStore()), Ledger(), retrieval=True)
    body = a_body("openai_chat", tools=[a_tool("openai_chat")])

    made = rewriter.rewrite(raw_of(body), "openai_chat")

    assert made.exchange is None
    assert json.loads(made.raw)["tools"] == body["tools"]


def test_retrieved_text_whose_call_the_provider_keeps_is_not_shortened_again() -> None:
    rewriter = a_rewriter(retrieval=True)
    tools = [a_tool("openai_responses")]
    retrieved = {"type": "function_call_output", "call_id": "r", "output": log(300)}
    keep_results(rewriter.engine.store, "resp_1", Hidden[object](results=[retrieved]))
    result = {"type": "function_call_output", "call_id": "c", "output": log(300, seed=1)}
    body: WireObject = {
        "input": [result],
        "tools": tools,
        "previous_response_id": "resp_1",
    }

    made = rewriter.rewrite(raw_of(body), "openai_responses")

    first, second = json.loads(made.raw)["input"]
    assert first == retrieved
    assert len(second["output"]) < len(log(300, seed=1)) / 2
