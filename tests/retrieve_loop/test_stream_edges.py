"""What upstreams do that they should not, and what goes wrong in the middle of a stream."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.formats.wire import WireObject, is_object
from headroom_core.retrieve_loop import MOST_ROUNDS, Exchange, StreamExchange, joined, replay
from headroom_core.retrieve_loop.sse import Frame, SseReader
from headroom_core.tool import NAME
from tests.retrieve_loop.test_stream import (
    REF,
    USER,
    a_store,
    an_offer,
    ask,
    own,
    read,
    reason,
    run,
    run_turns,
    said,
    shapes,
    streamed,
)
from tests.upstream.events import anthropic_events, chat_chunks, events, responses_events
from tests.upstream.turns import Turn, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.formats import WireFormat
    from headroom_core.retrieve_loop import Joined

MCP_NAME = f"mcp__headroom__{NAME}"


def an_exchange(shape: WireFormat) -> Exchange:
    return Exchange(shape, [USER], store=a_store(), offer=an_offer(shape))


def fed(stream: Joined, given: Sequence[WireObject]) -> list[WireObject]:
    return [sent for event in given for sent in stream.feed(event)]


def encoded(given: Sequence[WireObject]) -> bytes:
    return b"".join(
        f"event: {event.get('type', 'message')}\ndata: {json.dumps(event)}\n\n".encode()
        for event in given
    )


def datas(out: bytes) -> list[WireObject]:
    frames = SseReader().feed(out)
    found: list[WireObject] = []
    for frame in frames:
        if frame.data is not None and frame.data != b"[DONE]":
            event: object = json.loads(frame.data)
            assert is_object(event)
            found.append(event)
    return found


@shapes
@given(data=st.data())
def test_an_upstream_that_breaks_off_leaves_what_there_would_have_been(
    shape: WireFormat, data: st.DataObject
) -> None:
    body = streamed(shape, Turn(text="some text", calls=(own(),)))
    broken = body[: data.draw(st.integers(0, len(body)))]

    ran = run(shape, [broken])

    assert ran.out == broken
    assert ran.stream.finished


@shapes
@given(data=st.data())
def test_one_that_breaks_off_in_a_call_of_ours_shows_nothing_of_it(
    shape: WireFormat, data: st.DataObject
) -> None:
    body = streamed(shape, Turn(text="some text", calls=(ask(),)))
    broken = body[: data.draw(st.integers(0, len(body)))]

    ran = run(shape, [broken])

    assert NAME.encode() not in ran.out
    assert broken.startswith(ran.out)
    if not ran.stream.again:
        assert ran.stream.finished


@shapes
@pytest.mark.parametrize("cut", [b"", b"\n"])
def test_the_blank_line_behind_the_last_event_may_be_missing(shape: WireFormat, cut: bytes) -> None:
    asked, answered = (streamed(shape, turn) for turn in (Turn(calls=(ask(),)), say("Done.")))

    ran = run(shape, [asked.rstrip(b"\n") + cut, answered.rstrip(b"\n") + cut])

    assert ran.stream.finished
    assert said(shape, read(shape, ran.out + b"\n\n")) == ["Done."]


@shapes
def test_a_model_that_never_stops_asking_gets_no_more_rounds(shape: WireFormat) -> None:
    stream = StreamExchange(an_exchange(shape))
    body = streamed(shape, Turn(text="more", calls=(ask(),)))
    out = b""
    rounds = 0
    while not stream.finished:
        rounds += 1
        out += stream.feed(body) + stream.end()

    assert rounds == MOST_ROUNDS + 2
    message = read(shape, out)
    assert NAME not in json.dumps(message)
    assert reason(shape, message) in {"stop", "end_turn", "completed"}


@shapes
@pytest.mark.parametrize("knows_the_ref", [True, False])
def test_a_tool_of_the_client_is_answered_only_for_refs_that_are_here(
    shape: WireFormat, *, knows_the_ref: bool
) -> None:
    arguments = json.dumps({"ref": REF if knows_the_ref else "0" * 16})
    call = own("call_m")
    theirs = type(call)(MCP_NAME, arguments, "call_m")
    body = streamed(shape, Turn(text="look", calls=(own("o1"), theirs, own("o2"))))

    ran = run(shape, [body], offer=an_offer(shape, MCP_NAME))

    answered: list[object] = [("o1", "read", {"path": "a.py"}), ("o2", "read", {"path": "a.py"})]
    if not knows_the_ref:
        answered.insert(1, ("call_m", MCP_NAME, {"ref": "0" * 16}))
    assert said(shape, read(shape, ran.out)) == ["look", *answered]
    if not knows_the_ref and shape != "openai_chat":
        assert ran.out == body


@shapes
def test_a_call_of_the_clients_own_retrieve_tool_may_be_the_last(shape: WireFormat) -> None:
    theirs = type(own())(MCP_NAME, json.dumps({"ref": "0" * 16}), "call_m")

    ran = run(shape, [streamed(shape, Turn(calls=(theirs,)))], offer=an_offer(shape, MCP_NAME))

    assert said(shape, read(shape, ran.out)) == [("call_m", MCP_NAME, {"ref": "0" * 16})]


@shapes
@pytest.mark.swallows
def test_an_error_of_ours_ends_the_stream_as_a_valid_one(
    shape: WireFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(Exchange, "receive", fail)

    ran = run(shape, [streamed(shape, Turn(text="look", calls=(ask(), own())))])
    alone = run(shape, [streamed(shape, Turn(text="look", calls=(ask(),)))])

    assert said(shape, read(shape, ran.out)) == ["look", ("call_o", "read", {"path": "a.py"})]
    assert said(shape, read(shape, alone.out)) == ["look"]
    assert reason(shape, read(shape, alone.out)) in {"stop", "end_turn", "completed"}


@shapes
@pytest.mark.swallows
def test_an_event_that_we_stumble_over_is_passed_on(
    shape: WireFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = joined(an_exchange(shape))

    def stumble(self: Joined, event: WireObject) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(type(stream), "_take", stumble)
    event: WireObject = {"type": "x"}

    assert stream.feed(event) == [event]


@shapes
def test_a_refusal_of_a_later_round_is_told_as_an_error_of_the_api(shape: WireFormat) -> None:
    ran = run_turns(shape, Turn(text="look", calls=(ask(),)))
    assert ran.stream.again

    told = ran.stream.fail(b'{"error": {"type": "overloaded_error", "message": "busy"}}')
    unknown = run_turns(shape, Turn(calls=(ask(),))).stream.fail(b"<html>")

    assert ran.stream.finished
    assert not ran.stream.again
    assert b"busy" in told
    assert b"refused" in unknown
    with pytest.raises(Exception, match="busy") if shape != "openai_responses" else shows_nothing():
        read(shape, ran.out + told)


class shows_nothing:  # noqa: N801 - reads as a statement
    """The SDK ends on its own terms here; what counts is that the event is there."""

    def __enter__(self) -> None: ...

    def __exit__(self, *error: object) -> bool:
        return True


ODD_EVENTS: list[WireObject] = [
    {},
    {"type": "ping"},
    {"type": "error", "error": {"message": "overloaded"}},
    {"error": {"message": "overloaded"}, "choices": []},
    {"choices": "odd"},
    {"type": "message_start"},
    {"type": "content_block_delta", "index": 7, "delta": {"type": "text_delta", "text": "a"}},
    {"type": "content_block_stop"},
    {"type": "response.output_text.delta", "output_index": "odd"},
    {"type": "response.completed", "response": "odd"},
    {"type": "keepalive", "sequence_number": 3},
]


@shapes
@pytest.mark.parametrize("event", ODD_EVENTS, ids=str)
def test_an_event_that_nobody_expects_passes(shape: WireFormat, event: WireObject) -> None:
    stream = StreamExchange(an_exchange(shape))
    raw = encoded([event])

    assert stream.feed(raw) == raw
    assert stream.end() == b""
    assert stream.finished


@pytest.mark.parametrize("raw", [b"data: {\n\n", b"data: [1]\n\n", b"event: x\n\n", b": c\n\n"])
@shapes
def test_what_is_no_event_of_the_api_passes(shape: WireFormat, raw: bytes) -> None:
    stream = StreamExchange(an_exchange(shape))
    asked = streamed(shape, Turn(calls=(ask(),)))
    stream.feed(asked)

    assert stream.feed(raw) == raw


@shapes
def test_a_comment_passes_while_a_call_waits(shape: WireFormat) -> None:
    stream = StreamExchange(an_exchange(shape))
    parts = list(events(shape, Turn(calls=(ask(),)), "m"))
    middle = len(parts) // 2
    stream.feed(b"".join(parts[:middle]))

    assert stream.feed(b": keep-alive\n\n") == b": keep-alive\n\n"
    assert stream.feed(b"data: {half") == b""
    assert stream.end() == b""


# Anthropic


def test_a_half_call_at_the_limit_of_tokens_is_not_answered() -> None:
    whole = list(anthropic_events(Turn(text="look", calls=(ask(),)), "m"))
    without_end = [event for event in whole if event["type"] != "content_block_delta"]
    delta = {"stop_reason": "max_tokens", "stop_sequence": None}
    without_end[-2] = {**without_end[-2], "delta": delta}

    ran = run("anthropic", [encoded(without_end)])

    assert ran.stream.finished
    message = read("anthropic", ran.out)
    assert message["stop_reason"] == "max_tokens"
    assert NAME not in json.dumps(message)


def test_blocks_of_every_kind_go_back_as_they_were() -> None:
    citation = {"type": "char_location", "cited_text": "x"}
    starts: list[tuple[WireObject, list[WireObject]]] = [
        (
            {"type": "text", "text": "a", "citations": []},
            [{"type": "citations_delta", "citation": citation}],
        ),
        ({"type": "text", "text": ""}, []),
        ({"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}, []),
        ({"type": "compaction"}, [{"type": "compaction_delta", "content": "short", "n": 1}]),
        (
            {"type": "tool_use", "id": "r", "name": NAME, "input": {}},
            [{"type": "input_json_delta", "partial_json": '{"ref": '}],
        ),
    ]
    given: list[WireObject] = [{"type": "message_start", "message": "odd"}]
    for index, (start, deltas) in enumerate(starts):
        given.append({"type": "content_block_start", "index": index, "content_block": start})
        more: list[WireObject] = [
            {"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas
        ]
        given += more
        given.append({"type": "content_block_stop", "index": index})
    given.append({"type": "content_block_start", "index": 9, "content_block": "odd"})
    given.append({"type": "message_delta", "delta": {"stop_reason": "tool_use"}})
    stream = joined(an_exchange("anthropic"))

    fed(stream, given)
    assert stream.end() == []

    assert stream.again
    turn = stream.exchange.messages[1]
    assert is_object(turn)
    assert turn["content"] == [
        {"type": "text", "text": "a", "citations": [citation]},
        {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}},
        {"type": "compaction", "content": "short", "n": 1},
        {"type": "tool_use", "id": "r", "name": NAME, "input": {}},
        {},
    ]
    assert "`ref` is missing" in json.dumps(stream.exchange.answers)


def test_figures_that_stand_at_the_start_alone_are_summed_too() -> None:
    def a_round(turn: Turn, cached: int) -> list[WireObject]:
        start, *rest = anthropic_events(turn, "m")
        usage: WireObject = {
            "input_tokens": 5,
            "output_tokens": 1,
            "cache_read_input_tokens": cached,
            "service_tier": "standard",
        }
        message = start["message"]
        assert is_object(message)
        return [{**start, "message": {**message, "usage": usage}}, *rest]

    bodies = [encoded(a_round(Turn(calls=(ask(),)), 7)), encoded(a_round(say("Done."), 30))]

    last = datas(run("anthropic", bodies).out)[-2]

    assert last["usage"] == {
        "input_tokens": 10,
        "output_tokens": 20,
        "cache_read_input_tokens": 37,
    }


# Chat Completions


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


# Responses


def test_a_response_that_failed_ends_as_one() -> None:
    *given, last = responses_events(Turn(text="look", calls=(ask(),)), "m")
    response = last["response"]
    assert is_object(response)
    failed = {**last, "type": "response.failed", "response": {**response, "status": "failed"}}

    ran = run("openai_responses", [encoded([*given, failed])])

    assert ran.stream.finished
    assert datas(ran.out)[-1]["type"] == "response.failed"
    assert NAME.encode() not in ran.out


def test_an_incomplete_response_is_not_answered() -> None:
    *given, last = responses_events(Turn(text="look", calls=(ask(),)), "m")
    response = last["response"]
    assert is_object(response)
    cut = {**last, "type": "response.incomplete", "response": {**response, "status": "incomplete"}}

    ran = run("openai_responses", [encoded([*given, cut])])

    assert ran.stream.finished
    assert datas(ran.out)[-1]["type"] == "response.incomplete"
    assert NAME.encode() not in ran.out


def test_an_output_that_an_upstream_leaves_empty_stays_empty() -> None:
    def bare(turn: Turn) -> bytes:
        *given, last = responses_events(turn, "m")
        response = last["response"]
        assert is_object(response)
        return encoded([*given, {**last, "response": {**response, "output": []}}])

    ran = run("openai_responses", [bare(Turn(text="look", calls=(ask(),))), bare(say("Done."))])

    last = datas(ran.out)[-1]["response"]
    assert ran.stream.finished
    assert is_object(last)
    assert last["output"] == []
    assert json.dumps(ran.exchange.messages).count(NAME) == 1


def test_events_are_numbered_without_a_gap() -> None:
    turns = (Turn(text="look", calls=(ask(),)), Turn(text="Done.", calls=(own(),)))

    sent = datas(run_turns("openai_responses", *turns).out)

    assert [event["sequence_number"] for event in sent] == list(range(len(sent)))
    places = [int(str(event["output_index"])) for event in sent if "output_index" in event]
    assert places == sorted(places)
    assert set(places) == {0, 1, 2}


def test_an_error_is_numbered_as_the_next_event() -> None:
    ran = run_turns("openai_responses", Turn(text="look", calls=(ask(),)))
    [event] = datas(ran.stream.fail(b""))

    assert event["type"] == "error"
    assert event["sequence_number"] == len(datas(ran.out))


def test_over_a_websocket_the_event_says_that_the_response_is_over() -> None:
    stream = joined(an_exchange("openai_responses"))
    *given, last = responses_events(Turn(text="look", calls=(ask(),)), "m")

    sent = fed(stream, given)
    assert not stream.over
    assert stream.feed(last) == []
    assert stream.over
    assert stream.end() == []

    assert stream.again
    assert not stream.over
    assert stream.exchange.response_id == "resp_1"
    [answer] = stream.exchange.answers
    assert is_object(answer)
    assert answer["call_id"] == "call_r"
    more = fed(stream, list(responses_events(say("Done."), "m"))) + stream.end()
    assert stream.finished
    assert [sent[0]["type"], more[-1]["type"]] == ["response.created", "response.completed"]


def test_a_request_that_goes_on_from_a_response_gets_the_answers_that_were_hidden() -> None:
    store = a_store()
    shape: WireFormat = "openai_responses"
    ran = run_turns(shape, Turn(calls=(own(), ask())), store=store)
    assert ran.stream.finished

    result: WireObject = {"type": "function_call_output", "call_id": "call_o", "output": "code"}
    later = Exchange(shape, [result], store=store, offer=an_offer(shape), previous="resp_1")
    other = Exchange(shape, [result], store=store, offer=an_offer(shape), previous="resp_2")

    assert len(later.messages) == 2
    assert "FATAL disk is gone" in json.dumps(later.messages[0])
    assert later.messages[1] is result
    assert other.messages == [result]


def test_done_says_that_a_stream_is_over() -> None:
    stream = StreamExchange(an_exchange("openai_chat"))
    body = streamed("openai_chat", say("Hi."))

    stream.feed(body[:-1])
    assert not stream.over
    assert stream.feed(body[-1:]) == b"data: [DONE]\n\n"
    assert stream.over
    assert stream.end() == b""


# The bytes


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_data_on_several_lines_is_one_text_and_goes_out_on_several(end: bytes) -> None:
    raw = end.join([b"\xef\xbb\xbfid: 7", b"data: {", b'data:"a": 1}', b"retry: 5", b"", b""])
    [frame] = SseReader().feed(raw)

    assert frame == Frame(raw)
    assert frame.data == b'{\n"a": 1}'
    changed = frame.with_data(b'{\n"a": 2}')
    lines = [b"id: 7", b"data: {", b'data: "a": 2}', b"retry: 5", b"", b""]
    assert changed == end.join(lines)


@given(data=st.data(), end=st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_frames_are_the_same_however_the_bytes_are_cut(data: st.DataObject, end: bytes) -> None:
    lines = data.draw(st.lists(st.sampled_from([b"data: x", b"", b": c", b"event: y"])))
    raw = end.join([*lines, b""])
    at = sorted(data.draw(st.lists(st.integers(0, len(raw)))))
    reader = SseReader()

    frames = [
        f for a, b in zip([0, *at], [*at, len(raw)], strict=True) for f in reader.feed(raw[a:b])
    ]
    rest = reader.rest()

    assert b"".join(f.raw for f in [*frames, *([rest] if rest else [])]) == raw
    assert [f.data for f in frames] == [f.data for f in SseReader().feed(raw)]
    assert reader.rest() is None
