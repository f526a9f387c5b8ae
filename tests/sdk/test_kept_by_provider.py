"""Conversations that a provider keeps: only what is new goes over the wire."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from headroom_core.formats.wire import WireObject, is_array, is_object
from headroom_core.tool import NAME, tool_in
from headroom_sdk import with_headroom
from tests.sdk.asked import HIDDEN, LONG, asked, conversation, curious, results, tool
from tests.sdk.paths import items
from tests.upstream import Asked, Turn, say, serving
from tests.upstream.bodies import body

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_core.formats import WireFormat
    from tests.upstream import Received

    Connect = Callable[..., Any]

SHAPE: WireFormat = "openai_responses"
# Arguments of Anthropic's SDK in later versions only.
CREATE = {"thread": {"type": "create"}}
CONTINUE = {"thread": {"type": "continue", "previous_message_id": "msg_1"}}


def call_of(**more: Any) -> dict[str, Any]:
    return asked(SHAPE, conversation(SHAPE, LONG)[1:], tools=[tool(SHAPE)], **more)


def kinds(sent: WireObject) -> list[object]:
    given = sent["input"]
    assert is_array(given)
    return [each.get("type") for each in given if is_object(each)]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_retrieval_goes_on_from_the_response_that_asked(stream: bool, connect: Connect) -> None:
    def model(received: Received) -> Turn:
        # What the provider keeps is not in the request.
        if HIDDEN in received.raw.decode():
            return say("It took 269ms.")
        return curious()(received)

    with serving(model) as upstream:
        ours = with_headroom(connect(SHAPE, upstream.url))
        answer = ours.responses.create(**call_of(previous_response_id="resp_0"), stream=stream)
        if stream:
            list(answer)

    first, second = upstream.bodies
    assert (first["previous_response_id"], second["previous_response_id"]) == ("resp_0", "resp_1")
    assert kinds(second) == ["function_call_output"]
    assert first["tools"] == second["tools"]


def test_an_answer_of_ours_goes_back_with_the_results_of_the_caller(connect: Connect) -> None:
    own = Asked("run_command", '{"command": "df"}', "call_own")
    result = {"type": "function_call_output", "call_id": "call_own", "output": "disk full"}

    def model(received: Received) -> Turn:
        return say("Full.") if b"call_own" in received.raw else curious(beside=(own,))(received)

    with serving(model) as upstream:
        ours = with_headroom(connect(SHAPE, upstream.url))
        first = ours.responses.create(**call_of())
        ours.responses.create(
            **asked(SHAPE, [result], tools=[tool(SHAPE)], previous_response_id=first.id)
        )

    assert [item.type for item in first.output] == ["message", "function_call"]
    sent = upstream.bodies[1]["input"]
    assert is_array(sent)
    assert sent[1] == result
    assert HIDDEN in results(SHAPE, sent)[0]


async def test_reasoning_that_nobody_keeps_is_not_sent_back(connect: Connect) -> None:
    bare: WireObject = {"type": "reasoning", "id": "rs_1", "summary": []}
    sealed: WireObject = {**bare, "id": "rs_2", "encrypted_content": "gAAA"}

    def model(received: Received) -> WireObject | Turn:
        turn = curious()(received)
        whole = body(SHAPE, turn, "gpt-5")
        output = whole["output"]
        assert is_array(output)
        return {**whole, "output": [bare, sealed, *output]}

    own = {**bare, "id": "rs_own"}
    for stored, expected in ((None, ["rs_own", "rs_1", "rs_2"]), (False, ["rs_own", "rs_2"])):
        call = call_of()
        call["input"] = [own, *call["input"]]
        with serving(model) as upstream:
            ours = with_headroom(connect(SHAPE, upstream.url))
            more = {} if stored is None else {"store": stored}
            ours.responses.create(**call, **more)
        given = upstream.bodies[1]["input"]
        assert is_array(given)
        ids = [each["id"] for each in given if is_object(each) and each.get("type") == "reasoning"]
        assert ids == expected


async def test_a_text_as_input_is_sent_as_it_is(connect: Connect) -> None:
    with serving(say("Hello.")) as upstream:
        ours = with_headroom(connect(SHAPE, upstream.url))
        ours.responses.create(model="gpt-5", input="Hi", tools=[tool(SHAPE)])
        events = await items(
            ours.responses.create(model="gpt-5", input="Hi", tools=[tool(SHAPE)], stream=True)
        )

    assert events
    assert [sent["input"] for sent in upstream.bodies] == ["Hi", "Hi"]
    assert all(NAME in json.dumps(sent["tools"]) for sent in upstream.bodies)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_thread_of_anthropic_gets_no_tool_that_the_provider_would_keep(
    stream: bool, connect: Connect
) -> None:
    said = conversation("anthropic", LONG)
    begun = asked("anthropic", said, tools=[tool("anthropic")], extra_body=CREATE)
    more = asked("anthropic", said[2:], extra_body=CONTINUE)

    with serving(curious()) as upstream:
        ours = with_headroom(connect("anthropic", upstream.url))
        for call in (begun, more):
            answer = ours.messages.create(**call, stream=stream)
            if stream:
                list(answer)

    created, continued = upstream.bodies
    assert created["tools"] == [tool("anthropic")]
    assert "tools" not in continued
    for sent in upstream.bodies:
        (result,) = results("anthropic", sent["messages"])
        assert len(result) < len(LONG) * 0.8
        assert "[headroom" in result
        assert f"{NAME}(" not in result


def test_a_thread_is_begun_and_continued_with_results_in_the_same_form(connect: Connect) -> None:
    said = conversation("anthropic", LONG)

    with serving(say("Fine.")) as upstream:
        ours = with_headroom(connect("anthropic", upstream.url))
        for thread in (CREATE, CONTINUE):
            ours.messages.create(
                **asked("anthropic", said, tools=[tool("anthropic")], extra_body=thread)
            )

    created, continued = upstream.bodies
    assert created["messages"] == continued["messages"]


def test_a_retrieve_tool_of_the_caller_is_answered_by_the_caller_in_a_thread(
    connect: Connect,
) -> None:
    said = conversation("anthropic", LONG)
    own = [tool("anthropic"), tool_in("anthropic")]

    with serving(curious()) as upstream:
        ours = with_headroom(connect("anthropic", upstream.url))
        answer = ours.messages.create(**asked("anthropic", said, tools=own, extra_body=CREATE))

    (sent,) = upstream.bodies
    assert sent["tools"] == own
    assert [block.name for block in answer.content if block.type == "tool_use"] == [NAME]


def test_a_request_that_says_it_is_no_thread_gets_the_tool(connect: Connect) -> None:
    said = conversation("anthropic", LONG)

    with serving(say("Fine.")) as upstream:
        ours = with_headroom(connect("anthropic", upstream.url))
        ours.messages.create(
            **asked("anthropic", said, tools=[tool("anthropic")], extra_body={"thread": None})
        )

    assert NAME in json.dumps(upstream.bodies[0]["tools"])
