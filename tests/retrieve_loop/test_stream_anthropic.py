"""What is particular to a stream of Anthropic Messages."""

from __future__ import annotations

import json

from headroom_core.formats.wire import WireObject, is_object
from headroom_core.retrieve_loop import joined
from headroom_core.tool import NAME
from tests.retrieve_loop.feeding import an_exchange, datas, encoded, fed
from tests.retrieve_loop.test_stream import (
    ask,
    read,
    run,
)
from tests.upstream.events import anthropic_events
from tests.upstream.turns import Turn, say


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
        for event in rest:
            if event["type"] == "message_delta":
                event["usage"] = {"output_tokens": turn.output_tokens}
        return [{**start, "message": {**message, "usage": usage}}, *rest]

    bodies = [encoded(a_round(Turn(calls=(ask(),)), 7)), encoded(a_round(say("Done."), 30))]

    last = datas(run("anthropic", bodies).out)[-2]

    assert last["usage"] == {
        "input_tokens": 10,
        "output_tokens": 20,
        "cache_read_input_tokens": 37,
    }
