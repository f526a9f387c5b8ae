"""A model that writes a view writes the original, streamed or not, whatever the pieces are."""

from __future__ import annotations

import json
import logging
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headroom_core.engine.headroom import Headroom
from headroom_core.formats.wire import WireObject, is_array, is_object
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_proxy.guarded_events import guarded_events
from headroom_proxy.guarded_response import mended_response
from headroom_proxy.write_guard import WriteGuard
from tests.conversations import WIRES, Turn, Wire, log, result_texts, written
from tests.proxy.running import proxying
from tests.proxy.test_retrieval import asked, request
from tests.upstream import Received, serving
from tests.upstream.bodies import body
from tests.upstream.events import anthropic_events, chat_chunks, responses_events
from tests.upstream.turns import Asked
from tests.upstream.turns import Turn as Said

if TYPE_CHECKING:
    from collections.abc import Iterable

ORIGINAL = log(1_500)


class Shown:
    """A conversation whose tool result became a view, and a guard that knows it."""

    def __init__(self, wire: Wire) -> None:
        self.told: list[str] = []
        engine = Headroom(Settings(), store=MemoryStore())
        given = written([Turn("what failed?", ORIGINAL)], wire)
        sent = engine.compress(given, retrieval=True).messages
        self.view = result_texts(sent)[0].rstrip("\n")
        self.guard = WriteGuard(sent, engine.store, self.told.append)
        assert self.view.startswith("[headroom ")


def written_by(arguments: object) -> Said:
    return Said(text="writing", calls=(Asked("write_file", json.dumps(arguments), "c1"),))


def events(wire: Wire, said: Said) -> Iterable[WireObject]:
    match wire:
        case "openai_chat":
            return chat_chunks(said, "m", usage=True)
        case "openai_responses":
            return responses_events(said, "m")
        case "anthropic":
            return anthropic_events(said, "m")


def arguments_of(wire: Wire, got: list[WireObject]) -> list[str]:
    """What the deltas of calls say, and what the stream says of the whole call at its end."""
    text = ""
    whole: list[str] = []
    for event in got:
        for node in walked(event):
            if wire == "anthropic" and "partial_json" in node:
                text += str(node["partial_json"])
            elif wire == "openai_chat" and "arguments" in node:
                text += str(node["arguments"])
            elif wire == "openai_responses" and node.get("type") == (
                "response.function_call_arguments.delta"
            ):
                text += str(node["delta"])
            elif wire == "openai_responses" and node.get("arguments"):
                whole.append(str(node["arguments"]))
    return [text, *whole]


def walked(value: object) -> Iterable[WireObject]:
    if is_object(value):
        yield value
        for each in value.values():
            yield from walked(each)
    elif is_array(value):
        for each in value:
            yield from walked(each)


@pytest.mark.requirement("proxy.write_guard")
@pytest.mark.parametrize("wire", WIRES)
def test_a_streamed_call_that_writes_a_view_writes_the_original(wire: Wire) -> None:
    shown = Shown(wire)
    asked = {"path": "a", "content": f"é\n{shown.view}\nend", "n": 1.50}
    stream = guarded_events(wire, shown.guard)

    got = [each for event in events(wire, written_by(asked)) for each in stream.feed(event)]

    for arguments in arguments_of(wire, got):
        assert json.loads(arguments) == {
            "path": "a",
            "content": f"é\n{ORIGINAL.rstrip(chr(10))}\nend",
            "n": 1.5,
        }
    assert len(arguments_of(wire, got)) == (1 if wire != "openai_responses" else 4)
    assert shown.told == ["repaired"]


@pytest.mark.parametrize("wire", WIRES)
def test_a_call_without_a_mark_passes_as_it_came(wire: Wire) -> None:
    shown = Shown(wire)
    stream = guarded_events(wire, shown.guard)
    sent = list(events(wire, written_by({"content": "a [head of a list", "b": ["[headroo"]})))

    got = [each for event in sent for each in stream.feed(event)]

    assert arguments_of(wire, got) == arguments_of(wire, sent)
    assert [event for event in got if "arguments" not in str(event)] == [
        event for event in sent if "arguments" not in str(event)
    ] or wire == "anthropic"
    assert shown.told == []


@pytest.mark.parametrize("wire", WIRES)
def test_a_response_in_one_piece_is_mended_too(wire: Wire) -> None:
    shown = Shown(wire)
    said = written_by({"content": shown.view, "path": "a"})
    response = body(wire, said, "m")

    mended = mended_response(wire, response, shown.guard)

    assert mended == body(wire, written_by({"content": ORIGINAL.rstrip("\n"), "path": "a"}), "m")
    assert response == body(wire, said, "m")
    assert mended_response(wire, mended, shown.guard) is mended


@pytest.mark.parametrize("wire", WIRES)
def test_a_note_without_its_view_passes_and_is_told(wire: Wire) -> None:
    shown = Shown(wire)
    note = shown.view.partition("\n")[0]
    response = body(wire, written_by({"content": f"see {note}"}), "m")

    assert mended_response(wire, response, shown.guard) is response
    assert shown.told == ["left"]


@pytest.mark.requirement("proxy.write_guard")
@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("outcome", ["repaired", "left"])
def test_the_client_gets_the_original_and_is_told_of_what_was_left(
    wire: Wire, stream: bool, outcome: str, caplog: pytest.LogCaptureFixture
) -> None:
    def copies(received: Received) -> Said:
        given = received.json["input" if wire == "openai_responses" else "messages"]
        assert is_array(given)
        shown = result_texts([each for each in given if is_object(each)])[0].rstrip("\n")
        written_text = shown if outcome == "repaired" else shown.partition("\n")[0]
        return written_by({"content": written_text})

    messages = written([Turn("what failed?", ORIGINAL)], wire)

    with (
        caplog.at_level(logging.INFO, "headroom_proxy.access"),
        serving(copies) as upstream,
        proxying(upstream.url) as proxy,
    ):
        response = asked(proxy, wire, request(wire, messages, stream=stream))
        figures = proxy.gateway.worker.figures.snapshot()

    hidden = ORIGINAL.split("\n")[700]
    assert (hidden in response.text) == (outcome == "repaired")
    assert ("[headroom " in response.text) == (outcome == "left")
    told = None if stream else outcome
    assert response.headers.get("x-headroom-write-guard") == told
    assert figures["headroom_write_guard_total", (("outcome", outcome),)] == 1
    assert f"write_guard={outcome}" in caplog.text


@pytest.mark.parametrize("wire", WIRES)
def test_calls_of_the_retrieve_tool_are_left_alone(wire: Wire) -> None:
    shown = Shown(wire)
    call = Asked("mcp__other__headroom_retrieve", json.dumps({"query": shown.view}))
    sent = list(events(wire, Said(calls=(call,))))
    stream = guarded_events(wire, shown.guard)

    assert [each for event in sent for each in stream.feed(event)][:-1] == sent[:-1]


def test_a_lossless_form_is_turned_back_too() -> None:
    rows = json.dumps([{"id": n, "state": "ok", "name": f"row {n}"} for n in range(60)])
    engine = Headroom(Settings(), store=MemoryStore())
    sent = engine.compress(written([Turn("?", rows)], "openai_chat")).messages
    form = result_texts(sent)[0]
    guard = WriteGuard(sent, engine.store, lambda outcome: None)

    assert form != rows
    assert guard.mend(f"<{form}>") == f"<{rows}>"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(
    data=st.data(),
    before=st.text(max_size=30),
    after=st.text(max_size=30).filter(lambda text: "[headroom " not in text),
    ascii_only=st.booleans(),
)
def test_any_cut_of_the_pieces_gives_the_same_arguments(
    data: st.DataObject, before: str, after: str, ascii_only: bool
) -> None:
    shown = SHOWN
    whole = json.dumps({"x": before + shown.view + after}, ensure_ascii=ascii_only)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(whole)), max_size=12)))
    edges = [0, *cuts, len(whole)]
    pieces = [whole[a:b] for a, b in pairwise(edges)]
    stream = guarded_events("anthropic", shown.guard)

    def event(kind: str, **fields: object) -> WireObject:
        return {"type": f"content_block_{kind}", "index": 1, **fields}

    stream.feed(event("start", content_block={"type": "tool_use", "name": "w"}))
    deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
    got = [each for delta in deltas for each in stream.feed(event("delta", delta=delta))]
    got += stream.feed(event("stop"))

    (arguments,) = arguments_of("anthropic", got)
    assert json.loads(arguments)["x"] == before + ORIGINAL.rstrip("\n") + after


SHOWN = Shown("anthropic")


def test_what_is_broken_or_gone_is_left_as_it_is() -> None:
    shown = Shown("openai_chat")
    broken = f'{{"content": "{shown.view.partition(chr(10))[0]}\\x"}}'
    empty = WriteGuard([{"role": "tool", "content": shown.view}], MemoryStore(), shown.told.append)

    assert shown.guard.mend_json(broken) == broken
    assert empty.mend(shown.view) == shown.view
    assert empty.mend_value([1, None, {"a": shown.view}]) == [1, None, {"a": shown.view}]
    assert shown.told == ["left"]


def test_a_custom_call_and_several_choices_are_mended() -> None:
    shown = Shown("openai_chat")
    call: WireObject = {"type": "custom", "id": "c", "custom": {"name": "w", "input": shown.view}}
    odd: WireObject = {"type": "other", "id": "c"}
    message: WireObject = {"role": "assistant", "tool_calls": [call, odd]}
    response: WireObject = {"choices": [{"message": None}, {"message": message}]}

    mended = mended_response("openai_chat", response, shown.guard)

    assert ORIGINAL.rstrip("\n") in str(mended).replace("\\n", "\n")
    assert mended_response("openai_chat", {"choices": [{"message": {}}]}, shown.guard) == {
        "choices": [{"message": {}}]
    }


def test_a_second_call_ends_the_first_one() -> None:
    shown = Shown("openai_chat")
    calls = tuple(
        Asked("write_file", json.dumps({"content": shown.view}), f"c{n}") for n in range(2)
    )
    sent = list(events("openai_chat", Said(calls=calls)))
    stream = guarded_events("openai_chat", shown.guard)

    got = [each for event in sent for each in stream.feed(event)]

    (arguments,) = arguments_of("openai_chat", got)
    whole = json.dumps({"content": ORIGINAL.rstrip("\n")})
    assert arguments == whole * 2
    assert not stream.is_watching


def test_the_input_of_a_custom_tool_is_mended_while_it_streams() -> None:
    shown = Shown("openai_responses")
    item: WireObject = {"type": "custom_tool_call", "name": "apply", "input": ""}
    place: WireObject = {"output_index": 0}
    sent: list[WireObject] = [
        {"type": "response.output_item.added", "item": item, **place},
        {"type": "response.custom_tool_call_input.delta", "delta": f"<{shown.view}>", **place},
        {"type": "response.custom_tool_call_input.done", "input": f"<{shown.view}>", **place},
    ]
    stream = guarded_events("openai_responses", shown.guard)

    got = [each for event in sent for each in stream.feed(event)]

    whole = f"<{ORIGINAL.rstrip(chr(10))}>"
    assert "".join(str(each["delta"]) for each in got if "delta" in each) == whole
    assert got[-1]["input"] == whole
