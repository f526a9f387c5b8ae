"""The model asks for what a note hides and is answered inside the call, which nobody notices."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import anthropic
import openai
import pytest

from headroom_core.formats.wire import WireObject, is_array
from headroom_core.retrieve_loop import SHAPES as WIRE
from headroom_core.tool import NAME
from headroom_sdk import with_headroom
from tests.sdk.asked import (
    HIDDEN,
    KEY,
    LONG,
    SHAPES,
    asked,
    conversation,
    curious,
    results,
    tool,
)
from tests.sdk.paths import PATHS, Path, items, settled
from tests.upstream import Asked, Turn, say, serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_core.engine.headroom import Headroom
    from headroom_core.formats import WireFormat
    from tests.upstream import Received
    from tests.upstream.server import Answer

    Connect = Callable[..., Any]

SDK: dict[WireFormat, Any] = {"openai_chat": openai, "anthropic": anthropic}
ANSWERED = [path for path in PATHS if path.answers and "parse" not in path.name]


def call_of(shape: WireFormat, **more: Any) -> dict[str, Any]:
    return asked(shape, conversation(shape, LONG), tools=[tool(shape)], **more)


def way(shape: WireFormat, name: str) -> Path:
    return next(path for path in PATHS if (path.shape, path.name) == (shape, name))


@pytest.mark.requirement("sdk.retrieval")
@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
@pytest.mark.parametrize("path", ANSWERED, ids=str)
async def test_the_model_finds_the_hidden_fact_inside_the_call(
    path: Path, sync: bool, connect: Connect, engine: Headroom
) -> None:
    with serving(curious()) as upstream:
        ours = with_headroom(connect(path.shape, upstream.url, sync=sync), engine=engine)
        text = await path.ask(ours, call_of(path.shape))

    first, second = upstream.bodies
    assert text.endswith("It took 269ms.")
    assert HIDDEN not in str(first)
    assert HIDDEN in results(path.shape, second[KEY[path.shape]])[-1]
    assert first["tools"] == second["tools"]
    assert bool(first.get("stream")) == bool(second.get("stream")) == path.streams
    assert ours.headroom.savings.retrievals == 1
    assert ours.headroom.savings.requests == 1


@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
@pytest.mark.parametrize("path", [path for path in PATHS if "parse" in path.name], ids=str)
async def test_a_structured_answer_is_parsed_after_a_retrieval(
    path: Path, sync: bool, connect: Connect, engine: Headroom
) -> None:
    ask = curious()

    def model(received: Received) -> Answer:
        turn = ask(received)
        return turn if turn.calls else say('{"cause": "269ms"}')

    with serving(model) as upstream:
        ours = with_headroom(connect(path.shape, upstream.url, sync=sync), engine=engine)
        text = await path.ask(ours, call_of(path.shape))

    assert text == '{"cause": "269ms"}'
    assert len(upstream.requests) == 2


@pytest.mark.parametrize("name", ["create", "create_stream"])
@pytest.mark.parametrize("shape", SHAPES)
async def test_several_retrievals_follow_each_other_and_the_usage_is_the_sum(
    shape: WireFormat, name: str, connect: Connect, engine: Headroom
) -> None:
    with serving(curious({"lines": "1-3"}, {"query": "id=137"})) as upstream:
        ours = with_headroom(connect(shape, upstream.url), engine=engine)
        if name == "create_stream":
            text = await way(shape, name).ask(ours, call_of(shape))
            assert text.endswith("It took 269ms.")
        else:
            raw = await settled(creator(shape, ours).with_raw_response.create(**call_of(shape)))
            usage = json.loads(raw.http_response.content)["usage"]
            assert sum(usage.get(key, 0) for key in ("prompt_tokens", "input_tokens")) == 300

    assert len(upstream.requests) == 3
    assert ours.headroom.savings.retrievals == 2
    assert len({str(body["tools"]) for body in upstream.bodies}) == 1


def creator(shape: WireFormat, client: Any) -> Any:
    match shape:
        case "openai_chat":
            return client.chat.completions
        case "openai_responses":
            return client.responses
        case "anthropic":
            return client.messages


@pytest.mark.parametrize("name", ["create", "create_stream"])
@pytest.mark.parametrize("shape", SHAPES)
async def test_the_caller_gets_its_own_call_and_ours_is_answered_on_its_way_back(
    shape: WireFormat, name: str, connect: Connect
) -> None:
    own = Asked("run_command", '{"command": "df"}', "call_own")
    with serving(curious(beside=(own,))) as upstream:
        ours = with_headroom(connect(shape, upstream.url))
        messages = conversation(shape, LONG)
        first = creator(shape, ours).create(**asked(shape, messages, tools=[tool(shape)]))
        turn = json.loads(json.dumps(WIRE[shape].turn(first.model_dump(exclude_none=True))))
        result = WIRE[shape].results([("call_own", "disk full")])
        later = [*messages, *turn, *result]
        text = await way(shape, name).ask(ours, asked(shape, later, tools=[tool(shape)]))

    assert [call.name for call in WIRE[shape].calls(turn)] == ["run_command"]
    assert NAME not in str(turn)
    sent = upstream.bodies[1][KEY[shape]]
    assert is_array(sent)
    calls = [call for each in sent for call in WIRE[shape].calls([each])]
    assert {call.call_id for call in calls} == {"call_0", "call_own", "call_r0"}
    assert any(HIDDEN in each for each in results(shape, sent))
    assert "disk full" in results(shape, sent)
    assert text == "It took 269ms."


@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
@pytest.mark.parametrize("shape", SHAPES)
async def test_a_retrieval_that_the_provider_refuses_is_left_out(
    shape: WireFormat, sync: bool, connect: Connect, engine: Headroom
) -> None:
    ask = curious()

    def model(received: Received) -> Answer:
        if "call_r0" in received.raw.decode():
            return 400
        return ask(received) if NAME in received.raw.decode() else say("It took 269ms.")

    with serving(model) as upstream:
        ours = with_headroom(connect(shape, upstream.url, sync=sync), engine=engine)
        text = await way(shape, "create").ask(ours, call_of(shape))

    assert text == "It took 269ms."
    assert "tools" in upstream.bodies[2]
    assert NAME not in str(upstream.bodies[2])
    assert LONG in results(shape, upstream.bodies[2][KEY[shape]])
    assert any("refused" in warning for warning in ours.headroom.savings.warnings)


@pytest.mark.swallows
@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
@pytest.mark.parametrize("shape", SHAPES)
async def test_a_bug_of_ours_in_a_retrieval_leaves_the_request_as_it_came(
    shape: WireFormat,
    sync: bool,
    connect: Connect,
    engine: Headroom,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("headroom_sdk.loop.Exchange.receive", broken)
    with serving(say("Done.")) as upstream:
        ours = with_headroom(connect(shape, upstream.url, sync=sync), engine=engine)
        text = await way(shape, "create").ask(ours, call_of(shape))

    assert text == "Done."
    assert LONG in results(shape, upstream.bodies[-1][KEY[shape]])
    assert any("RuntimeError" in warning for warning in ours.headroom.savings.warnings)


async def test_a_later_round_is_another_request_for_the_provider(
    connect: Connect, engine: Headroom
) -> None:
    with serving(curious()) as upstream:
        ours = with_headroom(connect("openai_chat", upstream.url), engine=engine)
        ours.chat.completions.create(
            **call_of("openai_chat"), extra_headers={"Idempotency-Key": "mine"}
        )

    keys = [each.headers["idempotency-key"] for each in upstream.requests]
    assert keys == ["mine", "mine-2"]


@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
@pytest.mark.parametrize("shape", SHAPES)
async def test_streams_stay_streams(
    shape: WireFormat, sync: bool, connect: Connect, engine: Headroom
) -> None:
    with serving(curious()) as upstream:
        ours = with_headroom(connect(shape, upstream.url, sync=sync), engine=engine)
        stream = await settled(creator(shape, ours).create(**call_of(shape), stream=True))
        first = await (anext(stream) if not sync else settled(next(stream)))
        asked_by_then = len(upstream.requests)
        rest = await items(stream)

    assert first is not None
    assert asked_by_then == 1
    assert len(upstream.requests) == 2
    assert NAME not in str(rest)


@pytest.mark.parametrize("rounds", [1, 2])
@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
@pytest.mark.parametrize("shape", SHAPES)
async def test_closing_a_stream_closes_the_one_of_the_provider(
    shape: WireFormat, sync: bool, rounds: int, connect: Connect, engine: Headroom
) -> None:
    with serving(curious()) as upstream:
        bare = connect(shape, upstream.url, sync=sync)
        ours = with_headroom(bare, engine=engine)
        stream = await settled(creator(shape, ours).create(**call_of(shape), stream=True))
        while len(upstream.requests) < rounds:
            await (anext(stream) if not sync else settled(next(stream)))
        await settled(stream.close())

        assert stream.response.is_closed
        # No connection is left in use: an open response would hold its own.
        pool = bare._client._transport._pool
        assert all(each.is_idle() or each.is_closed() for each in pool.connections)
    assert len(upstream.requests) == rounds


@pytest.mark.requirement("sdk.prefix")
@pytest.mark.parametrize("name", ["create", "create_stream"])
@pytest.mark.parametrize("shape", SHAPES)
async def test_a_long_conversation_keeps_its_prefix_with_the_hidden_exchange_in_it(
    shape: WireFormat, name: str, connect: Connect
) -> None:
    """Twenty turns; in the third one the model retrieves, and the caller never learns of it."""

    def model(received: Received) -> Turn:
        raw = received.raw.decode()
        note = re.search(r"\[headroom ([0-9a-f]{16}):", raw)
        if note and "question 2" in raw and "question 3" not in raw and "call_r0" not in raw:
            call = Asked(NAME, json.dumps({"ref": note[1], "query": "id=137"}), "call_r0")
            return Turn(calls=(call,))
        return say(f"answer {raw.count('question')}")

    messages: list[Any] = conversation(shape, LONG)
    with serving(model) as upstream:
        ours = with_headroom(connect(shape, upstream.url))
        for turn in range(20):
            messages.append({"role": "user", "content": f"question {turn}"})
            text = await way(shape, name).ask(ours, asked(shape, messages, tools=[tool(shape)]))
            messages.append({"role": "assistant", "content": text})

    sent = [[json.dumps(each) for each in as_list(body[KEY[shape]])] for body in upstream.bodies]
    assert len(sent) == 21
    assert all(later[: len(earlier)] == earlier for earlier, later in pairwise(sent))
    assert "call_r0" in str(sent[-1])
    assert "call_r0" not in str(messages)


def as_list(value: object) -> list[object]:
    assert is_array(value)
    return value


@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
@pytest.mark.parametrize("shape", SHAPES)
async def test_what_comes_instead_of_a_stream_is_handed_out(
    shape: WireFormat, sync: bool, connect: Connect, engine: Headroom
) -> None:
    """Some proxies answer a request for a stream with one JSON document."""
    with serving({"id": "x"}) as upstream:
        ours = with_headroom(connect(shape, upstream.url, sync=sync), engine=engine)
        stream = await settled(creator(shape, ours).create(**call_of(shape), stream=True))

        assert await items(stream) == []


@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
@pytest.mark.parametrize("shape", SHAPES)
async def test_a_later_round_that_is_no_stream_ends_the_stream_with_an_error(
    shape: WireFormat, sync: bool, connect: Connect, engine: Headroom
) -> None:
    ask = curious()

    def model(received: Received) -> Answer:
        broken: WireObject = {"error": {"type": "api_error", "message": "no stream today"}}
        return broken if "call_r0" in received.raw.decode() else ask(received)

    with serving(model) as upstream:
        ours = with_headroom(connect(shape, upstream.url, sync=sync), engine=engine)
        stream = await settled(creator(shape, ours).create(**call_of(shape), stream=True))
        if shape == "openai_responses":  # whose errors are events
            assert (await items(stream))[-1].message == "no stream today"
        else:
            with pytest.raises(SDK[shape].APIError, match="no stream today"):
                await items(stream)


@pytest.mark.swallows
async def test_a_later_round_that_cannot_be_compressed_goes_out_as_it_came(
    connect: Connect, engine: Headroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = curious()

    def model(received: Received) -> Turn:
        monkeypatch.setattr("headroom_sdk.loop.Loop.shortened", None)
        return ask(received) if NAME in received.raw.decode() else say("As it came.")

    with serving(model) as upstream:
        ours = with_headroom(connect("openai_chat", upstream.url), engine=engine)
        text = await way("openai_chat", "create").ask(ours, call_of("openai_chat"))

    assert text == "As it came."
    assert LONG in results("openai_chat", upstream.bodies[1]["messages"])


@pytest.mark.swallows
@pytest.mark.parametrize("step", ["feed", "end"])
@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
@pytest.mark.parametrize("shape", SHAPES)
async def test_a_bug_of_ours_in_a_stream_leaves_the_stream_as_it_comes(
    shape: WireFormat,
    sync: bool,
    step: str,
    *,
    connect: Connect,
    engine: Headroom,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> bytes:
        raise RuntimeError("a bug")

    monkeypatch.setattr(f"headroom_sdk.loop.StreamExchange.{step}", broken)
    with serving(say("It took 269ms.")) as upstream:
        ours = with_headroom(connect(shape, upstream.url, sync=sync), engine=engine)
        text = await way(shape, "create_stream").ask(ours, call_of(shape))

    assert text == "It took 269ms."
    assert len(upstream.requests) == 1
    assert any("RuntimeError" in warning for warning in ours.headroom.savings.warnings)
