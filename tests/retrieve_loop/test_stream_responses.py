"""What is particular to a stream of Responses, over HTTP and a WebSocket."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from headroom_core.formats.wire import WireObject, is_object
from headroom_core.retrieve_loop import Exchange, StreamExchange, joined
from headroom_core.tool import NAME
from tests.retrieve_loop.feeding import an_exchange, datas, encoded, fed
from tests.retrieve_loop.test_stream import (
    a_store,
    an_offer,
    ask,
    own,
    run,
    run_turns,
    streamed,
)
from tests.upstream.events import responses_events
from tests.upstream.turns import Turn, say

if TYPE_CHECKING:
    from headroom_core.formats import WireFormat


def test_items_keep_the_indexes_that_an_upstream_gave_them() -> None:
    turn = Turn(text="Here.", calls=(own("c1"),))
    given = list(responses_events(turn, "m"))
    for event in given:
        if event.get("output_index") == 1:
            event["output_index"] = 91

    out = StreamExchange(an_exchange("openai_responses")).feed(encoded(given))

    assert out == encoded(given)


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
