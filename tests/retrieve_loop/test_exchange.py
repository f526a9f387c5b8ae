"""The retrieve loop: the model asks, we answer, and the client sees the final answer only."""

from __future__ import annotations

import copy
import json

import pytest

from headroom_core.retrieve_loop import (
    MOST_ROUNDS,
    Exchange,
    Offer,
    make_offer,
    replay,
)
from headroom_core.retrieve_loop.shapes import SHAPES, add_usage
from headroom_core.store.memory import MemoryStore
from headroom_core.tool import NAME
from tests.retrieve_loop.wires import ORIGINAL, SHAPE_NAMES, Native, Wire, an_offer


def test_the_tool_is_added_to_requests_that_have_tools(wire: Wire) -> None:
    offer = an_offer(wire)

    assert offer.redeemable
    assert offer.added
    assert offer.tools[0] == wire.tool("search")
    assert len(offer.tools) == 2


@pytest.mark.parametrize("tools", [None, [], "odd"])
def test_a_request_without_tools_is_lossless(wire: Wire, tools: object) -> None:
    assert make_offer(wire.shape, tools, retrieval=True) == Offer(redeemable=False, tools=[])


@pytest.mark.parametrize(
    "kind", ["web_search_20250305", "web_search_preview", "file_search", "mcp"]
)
def test_a_request_whose_tools_the_provider_runs_is_lossless(wire: Wire, kind: str) -> None:
    hosted: list[object] = [{"type": kind}, {"type": "code_interpreter"}]

    assert make_offer(wire.shape, hosted, retrieval=True) == Offer(redeemable=False, tools=hosted)
    assert make_offer(wire.shape, [*hosted, wire.tool("search")], retrieval=True).added
    assert make_offer(wire.shape, [*hosted, {"type": "computer_use_preview"}], retrieval=True).added


def test_without_the_setting_nothing_is_redeemable(wire: Wire) -> None:
    tools = [wire.tool("search")]

    assert make_offer(wire.shape, tools, retrieval=False) == Offer(redeemable=False, tools=[*tools])


@pytest.mark.parametrize("name", [NAME, f"mcp__headroom__{NAME}", f"headroom.{NAME}"])
def test_a_tool_that_the_client_has_is_not_added_again(wire: Wire, name: str) -> None:
    tools = ["odd", wire.tool(name)]

    assert make_offer(wire.shape, tools, retrieval=True) == Offer(redeemable=True, tools=[*tools])


def test_the_model_gets_its_answer_and_the_client_the_final_response(
    wire: Wire, store: MemoryStore
) -> None:
    ref = store.put(ORIGINAL)
    asked = [wire.user("What is fatal?")]
    exchange = Exchange(wire.shape, asked, store=store, offer=an_offer(wire))

    first = exchange.receive(wire.says("", ("c1", NAME, {"ref": ref, "query": "FATAL"})))
    sent = json.dumps(exchange.messages)
    final = exchange.receive(wire.says("The disk."))

    assert first is None
    assert "FATAL disk is gone" in sent
    assert final is not None
    assert wire.turn(final) == wire.turn(wire.says("The disk."))
    assert final["usage"]["prompt_tokens"] == 20  # type: ignore[index] # built above
    assert final["usage"]["details"] == {"cached": 8}  # type: ignore[index] # built above
    assert exchange.rounds == 1


@pytest.mark.requirement("ccr.replay")
def test_a_later_request_is_replayed_with_the_hidden_exchange(
    wire: Wire, store: MemoryStore
) -> None:
    ref = store.put(ORIGINAL)
    asked: list[object] = [
        {"role": "system", "content": "It is noon."},
        wire.user("What is fatal?"),
    ]
    exchange = Exchange(wire.shape, asked, store=store, offer=an_offer(wire))
    exchange.receive(wire.says("", ("c1", NAME, {"ref": ref, "lines": "68"})))
    final = exchange.receive(wire.says("The disk."))
    assert final is not None
    upstream = [*exchange.messages, *wire.turn(final)]

    later: list[object] = [
        {"role": "system", "content": "It is one o'clock."},
        asked[1],
        *wire.turn(final),
        wire.user("Thanks."),
    ]
    elsewhere = Exchange(wire.shape, later, store=store, offer=an_offer(wire))

    assert elsewhere.messages == [later[0], *upstream[1:], wire.user("Thanks.")]
    assert replay(wire.shape, later, MemoryStore()) == later


def test_an_exchange_in_another_format_is_not_replayed(wire: Wire) -> None:
    """A gateway may speak one format with its client and another one with the model."""
    for shape in SHAPE_NAMES:
        store = MemoryStore()
        ref = store.put(ORIGINAL)
        other = Wire(shape)
        exchange = Exchange(shape, [wire.user("go")], store=store, offer=an_offer(other))
        exchange.receive(other.says("", ("c1", NAME, {"ref": ref})))
        assert exchange.receive(other.says("Done.")) is not None
        replayed = replay(wire.shape, [wire.user("go"), *wire.turn(wire.says("Done."))], store)

        assert ("row 0 ok" in json.dumps(replayed)) == (shape == wire.shape)


def test_what_the_model_was_given_is_known(wire: Wire, store: MemoryStore) -> None:
    ref = store.put("the original")
    exchange = Exchange(wire.shape, [wire.user("go")], store=store, offer=an_offer(wire))
    exchange.receive(wire.says("", ("c1", NAME, {"ref": ref})))

    assert exchange.told == ["the original"]


def test_another_conversation_is_not_replayed(wire: Wire, store: MemoryStore) -> None:
    ref = store.put(ORIGINAL)
    exchange = Exchange(wire.shape, [wire.user("one")], store=store, offer=an_offer(wire))
    exchange.receive(wire.says("", ("c1", NAME, {"ref": ref})))
    final = exchange.receive(wire.says("Done."))
    assert final is not None

    other = [wire.user("two"), *wire.turn(final)]

    assert replay(wire.shape, other, store) == other


def test_calls_beside_the_clients_own_are_answered_and_hidden(
    wire: Wire, store: MemoryStore
) -> None:
    ref = store.put(ORIGINAL)
    response = wire.says(
        "Both.",
        ("c1", "search", {"q": "x"}),
        ("c2", NAME, {"ref": ref, "lines": "68"}),
        ("c3", "search", {"q": "y"}),
    )
    before = copy.deepcopy(response)
    exchange = Exchange(wire.shape, [wire.user("go")], store=store, offer=an_offer(wire))

    visible = exchange.receive(response)

    assert response == before
    assert visible is not None
    assert wire.names(visible) == ["search", "search"]
    results = SHAPES[wire.shape].results([("c1", "found x"), ("c3", "found y")])
    later = [wire.user("go"), *wire.turn(visible), *results]
    replayed = replay(wire.shape, later, store)
    assert wire.turn(response) == replayed[1 : 1 + len(wire.turn(response))]
    assert "FATAL disk is gone" in json.dumps(replayed)
    assert json.dumps(replayed).index("FATAL") < json.dumps(replayed).index("found x")


def test_results_follow_their_turn_even_when_nothing_else_does(
    wire: Wire, store: MemoryStore
) -> None:
    ref = store.put("the original")
    exchange = Exchange(wire.shape, [wire.user("go")], store=store, offer=an_offer(wire))
    visible = exchange.receive(wire.says("", ("c1", "search", {}), ("c2", NAME, {"ref": ref})))
    assert visible is not None

    later = [wire.user("go"), *wire.turn(visible)]

    assert "the original" in json.dumps(replay(wire.shape, later, store)[-1])
    plain = [*later, wire.user("a plain text")]
    assert replay(wire.shape, plain, store)[-1] == wire.user("a plain text")


def test_a_model_that_never_stops_asking_is_stopped(wire: Wire, store: MemoryStore) -> None:
    ref = store.put(ORIGINAL)
    exchange = Exchange(wire.shape, [wire.user("go")], store=store, offer=an_offer(wire))
    asks = wire.says("More.", ("c1", NAME, {"ref": ref}))

    rounds = 0
    while (final := exchange.receive(asks)) is None:
        rounds += 1

    assert rounds == MOST_ROUNDS + 1
    assert "no more retrievals" in json.dumps(exchange.messages[-1])
    assert wire.names(final) == []
    assert "More." in json.dumps(final)


def test_a_response_without_calls_of_ours_is_the_same_object(
    wire: Wire, store: MemoryStore
) -> None:
    exchange = Exchange(wire.shape, [wire.user("go")], store=store, offer=an_offer(wire))
    response = {key: value for key, value in wire.says("Hi.").items() if key != "usage"}

    assert exchange.receive(response) is response


def test_a_tool_of_the_client_is_answered_only_for_refs_that_are_here(
    wire: Wire, store: MemoryStore
) -> None:
    ref = store.put(ORIGINAL)
    name = f"mcp__headroom__{NAME}"
    offer = make_offer(wire.shape, [wire.tool(name)], retrieval=True)

    def passes(arguments: Native) -> bool:
        exchange = Exchange(wire.shape, [wire.user("go")], store=store, offer=offer)
        return exchange.receive(wire.says("", ("c1", name, arguments))) is not None

    assert not passes({"ref": ref})
    assert not passes({"hash": ref.upper()})
    assert passes({"ref": "0" * 16})
    assert passes({"ref": "nonsense"})
    assert passes({})


def test_arguments_that_are_no_json_are_not_for_us() -> None:
    offer = make_offer("openai_chat", [Wire("openai_chat").tool(NAME)], retrieval=True)
    call = {"id": "c", "function": {"name": NAME, "arguments": "{"}}
    response: Native = {"choices": [{"message": {"role": "assistant", "tool_calls": [call]}}]}

    assert (
        Exchange("openai_chat", [], store=MemoryStore(), offer=offer).receive(response) is response
    )


ODD: list[Native] = [{}, {"choices": []}, {"choices": ["a", "b"]}, {"choices": [5]}]


@pytest.mark.parametrize("response", ODD)
def test_odd_responses_pass(response: Native) -> None:
    for shape in SHAPE_NAMES:
        exchange = Exchange(shape, [], store=MemoryStore(), offer=an_offer(Wire(shape)))

        assert exchange.receive(response) == response


@pytest.mark.parametrize("odd", [5, None, {"content": 5}, {"tool_calls": 5}, {"tool_calls": [5]}])
def test_odd_messages_pass_through_every_step(odd: object) -> None:
    for shape in SHAPE_NAMES:
        steps = SHAPES[shape]

        assert steps.calls([odd]) == []
        assert steps.put_back([odd], [(0, "call")])
        assert steps.add_results([odd], [{"role": "user", "content": []}])[-1] == odd
        assert steps.drop({"choices": [odd], "output": [], "content": []}, {0})
        assert len(steps.cut([odd], [odd])) <= 1
        assert steps.join([odd], [odd])
        assert steps.cut([], []) == []
        assert not steps.is_cut_off({"choices": [odd]})


def test_usage_is_summed_at_every_depth() -> None:
    one: Native = {"in": 1, "d": {"x": 1.5}, "tier": "a", "n": None, "flag": True}
    other: Native = {
        "in": 2,
        "d": {"x": 1, "y": 3},
        "tier": "b",
        "new": {"z": 1},
        "n": None,
        "flag": True,
    }

    assert add_usage(one, other) == {
        "in": 3,
        "d": {"x": 2.5, "y": 3},
        "tier": "b",
        "n": None,
        "flag": True,
        "new": {"z": 1},
    }
    assert add_usage(one, None) == one
