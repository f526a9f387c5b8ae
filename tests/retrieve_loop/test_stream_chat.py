"""What is particular to a stream of Chat Completions."""

from __future__ import annotations

import json

from headroom_core.formats.wire import WireObject, is_object
from headroom_core.retrieve_loop import joined, replay
from headroom_core.tool import NAME
from tests.retrieve_loop.feeding import an_exchange, fed
from tests.retrieve_loop.test_stream import (
    REF,
    USER,
    ask,
)
from tests.upstream.events import chat_chunks
from tests.upstream.turns import Turn, say


def chunk(delta: WireObject, finish: str | None = None, *, id: str = "c1") -> WireObject:  # noqa: A002 - its name
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": id, "created": 1, "choices": [choice]}


def call_delta(**fields: object) -> WireObject:
    return {"tool_calls": [fields]}


def test_calls_need_no_index_and_the_last_chunk_may_hold_everything() -> None:
    function = {"name": NAME, "arguments": json.dumps({"ref": REF, "lines": "1"})}
    last = {"content": "look", **call_delta(id="r1", function=function)}
    given = [chunk({"role": "assistant", "content": None}), chunk(last, "tool_calls")]
    stream = joined(an_exchange("openai_chat"))

    sent = fed(stream, given)

    assert [each["choices"] for each in sent] == [
        chunk({"role": "assistant", "content": None})["choices"],
        chunk({"content": "look"})["choices"],
    ]
    assert stream.end() == []
    assert stream.again
    assert stream.exchange.messages[1] == {
        "role": "assistant",
        "content": "look",
        "tool_calls": [{"id": "r1", "function": function}],
    }


def test_several_calls_without_an_index_are_told_apart_by_their_ids() -> None:
    given = [
        chunk(call_delta(function={"arguments": ""})),
        chunk(call_delta(id="a", type="custom", custom={"name": "run", "input": "ls"})),
        chunk(call_delta(custom={"input": " -l"})),
        chunk(call_delta(id="b", function={"name": NAME, "arguments": '{"ref": "'})),
        chunk(call_delta(function={"arguments": REF + '"}'})),
        chunk({"tool_calls": ["odd"]}),
        chunk({}, "tool_calls"),
    ]
    stream = joined(an_exchange("openai_chat"))

    sent = fed(stream, given)
    last = stream.end()

    assert json.dumps(sent).count('"run"') == 1
    assert '" -l"' in json.dumps(sent)
    assert NAME not in json.dumps([*sent, *last])
    assert stream.finished
    assert "tool_calls" in json.dumps(last)


def test_several_choices_pass_as_they_are() -> None:
    first = {"index": 0, "delta": {"role": "assistant"}, "finish_reason": None}
    second = {"index": 1, "delta": {"role": "assistant"}, "finish_reason": "stop"}
    given: list[WireObject] = [{"choices": [first, second]}, {"choices": [first]}]
    stream = joined(an_exchange("openai_chat"))

    assert fed(stream, given) == given
    assert stream.end() == []
    assert stream.finished


def test_the_stream_of_a_client_that_wants_no_usage_has_none() -> None:
    rounds = [Turn(text="look", calls=(ask(),)), say("Done.")]
    stream = joined(an_exchange("openai_chat"))

    sent: list[WireObject] = []
    for turn in rounds:
        sent += fed(stream, list(chat_chunks(turn, "m", usage=False)))
        sent += stream.end()

    assert "usage" not in json.dumps(sent)
    assert {each["id"] for each in sent} == {"chatcmpl-1"}


def test_later_chunks_belong_to_the_message_that_has_begun() -> None:
    exchange = an_exchange("openai_chat")
    stream = joined(exchange)
    asked = call_delta(index=0, id="r", function={"name": NAME, "arguments": "{}"})
    fed(stream, [chunk({"role": "assistant", "content": "one\n"}), chunk(asked, "tool_calls")])
    stream.end()

    sent = fed(
        stream,
        [
            chunk({"role": "assistant", "content": "", "refusal": None}, id="c2"),
            chunk({"role": "assistant", "reasoning": "hm", "content": "two"}, id="c2"),
            chunk({}, "stop", id="c2"),
            {"choices": [], "usage": None, "id": "c2"},
        ],
    )

    assert stream.end() == []
    assert [each["id"] for each in sent] == ["c1"] * 3
    assert sent[0]["choices"] == chunk({"reasoning": "hm", "content": "two"})["choices"]
    later: list[object] = [USER, {"role": "assistant", "content": "one\ntwo"}, USER]
    assert len(replay("openai_chat", later, exchange._store)) == 5


def test_details_of_reasoning_grow_by_their_index() -> None:
    def details(**fields: object) -> WireObject:
        return {"reasoning_details": [{"index": 0, "type": "reasoning.text", **fields}]}

    asked = call_delta(index=0, id="r", function={"name": NAME, "arguments": "{}"})
    given = [
        chunk({**details(text="a"), "odd": ["x"], "mixed": 1}),
        chunk({**details(text="b"), "odd": ["y"], "mixed": "z"}),
        chunk(asked, "tool_calls"),
    ]
    stream = joined(an_exchange("openai_chat"))

    fed(stream, given)
    stream.end()

    turn = stream.exchange.messages[1]
    assert is_object(turn)
    assert turn["reasoning_details"] == [{"index": 0, "type": "reasoning.text", "text": "ab"}]
    assert turn["odd"] == ["x", "y"]
    assert turn["mixed"] == "z"
