"""The retrieve loop: the model asks, we answer, and the client sees the final answer only."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pytest

from headroom_core.formats.wire import is_array
from headroom_core.messages import Message, Text
from headroom_core.retrieve_loop import (
    MOST_ROUNDS,
    Exchange,
    Hidden,
    History,
    Offer,
    make_offer,
    replay,
)
from headroom_core.retrieve_loop.shapes import SHAPES, add_usage
from headroom_core.retrieve_loop.wire_history import history_of, keep_results
from headroom_core.store.memory import Memory, MemoryStore
from headroom_core.tool import NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.formats import WireFormat

Native = dict[str, object]
ORIGINAL = "\n".join(f"row {n} " + ("FATAL disk is gone" if n == 67 else "ok") for n in range(100))


@dataclass(frozen=True)
class Wire:
    """Builds messages and responses of one format."""

    shape: WireFormat

    def user(self, text: str) -> Native:
        return {"role": "user", "content": text}

    def tool(self, name: str) -> Native:
        match self.shape:
            case "openai_chat":
                return {"type": "function", "function": {"name": name, "parameters": {}}}
            case "openai_responses":
                return {"type": "function", "name": name, "parameters": {}}
            case "anthropic":
                return {"name": name, "input_schema": {}}

    def says(self, text: str, *calls: tuple[str, str, Native]) -> Native:
        match self.shape:
            case "openai_chat":
                message: Native = {"role": "assistant", "content": text}
                if calls:
                    message["tool_calls"] = [
                        {
                            "id": i,
                            "type": "function",
                            "function": {"name": n, "arguments": json.dumps(a)},
                        }
                        for i, n, a in calls
                    ]
                reason = "tool_calls" if calls else "stop"
                choice = {"index": 0, "message": message, "finish_reason": reason}
                usage = {"prompt_tokens": 10, "details": {"cached": 4}, "tier": "a", "extra": None}
                return {"id": "r", "choices": [choice], "usage": usage}
            case "openai_responses":
                output: list[object] = [{"type": "reasoning", "encrypted_content": "x"}]
                if text:
                    block = {"type": "output_text", "text": text}
                    output.append({"type": "message", "role": "assistant", "content": [block]})
                output += [
                    {"type": "function_call", "call_id": i, "name": n, "arguments": json.dumps(a)}
                    for i, n, a in calls
                ]
                return {"output": output, "usage": {"prompt_tokens": 10, "details": {"cached": 4}}}
            case "anthropic":
                content: list[object] = [{"type": "text", "text": text}]
                content += [
                    {"type": "tool_use", "id": i, "name": n, "input": a} for i, n, a in calls
                ]
                return {
                    "content": content,
                    "stop_reason": "tool_use" if calls else "end_turn",
                    "usage": {"prompt_tokens": 10, "details": {"cached": 4}},
                }

    def result(self, call_id: str, text: str) -> list[object]:
        return SHAPES[self.shape].results([(call_id, text)])

    def turn(self, response: Native) -> list[object]:
        return SHAPES[self.shape].turn(response)

    def names(self, response: Native) -> list[str]:
        return [call.name for call in SHAPES[self.shape].calls(self.turn(response))]


SHAPE_NAMES: list[WireFormat] = ["openai_chat", "openai_responses", "anthropic"]


@pytest.fixture(params=SHAPE_NAMES)
def wire(request: pytest.FixtureRequest) -> Wire:
    return Wire(request.param)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def an_offer(wire: Wire) -> Offer:
    return make_offer(wire.shape, [wire.tool("search")], retrieval=True)


def test_the_tool_is_added_to_requests_that_have_tools(wire: Wire) -> None:
    offer = an_offer(wire)

    assert offer.redeemable
    assert offer.added
    assert offer.tools[0] == wire.tool("search")
    assert len(offer.tools) == 2


@pytest.mark.parametrize("tools", [None, [], "odd"])
def test_a_request_without_tools_is_lossless(wire: Wire, tools: object) -> None:
    assert make_offer(wire.shape, tools, retrieval=True) == Offer(redeemable=False, tools=[])


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


def test_a_store_that_cannot_keep_an_exchange_does_not_stop_it(wire: Wire) -> None:
    store = MemoryStore(memory=Memory(max_bytes=2_000))
    ref = store.put("small")
    exchange = Exchange(wire.shape, [wire.user("go")], store=store, offer=an_offer(wire))
    exchange.receive(wire.says("".join(map(chr, range(300, 4_000))), ("c", NAME, {"ref": ref})))

    assert exchange.receive(wire.says("Done.")) is not None


@pytest.mark.parametrize(
    "kept", [b"{", b"5", b"[1, 2]", b"[1, [], []]", b'[[], [5, ["x", 1]], []]']
)
def test_what_is_not_an_exchange_is_not_replayed(
    kept: bytes, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire = Wire("openai_chat")
    messages = [wire.user("go"), *wire.turn(wire.says("Done."))]

    def recall(self: MemoryStore, key: str) -> bytes:
        return kept

    monkeypatch.setattr(MemoryStore, "recall", recall)

    assert replay("openai_chat", messages, store) == messages


def test_an_exchange_that_is_no_json_is_not_kept(store: MemoryStore) -> None:
    assert not history_of("openai_chat", store).keep([], [], Hidden[object](before=[object()]))


def test_a_closed_store_replays_nothing(store: MemoryStore) -> None:
    wire = Wire("openai_chat")
    messages = [wire.user("go"), *wire.turn(wire.says("Done."))]
    store.close()

    assert replay("openai_chat", messages, store) == messages


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


def test_what_a_client_may_change_does_not_matter(store: MemoryStore) -> None:
    ref = store.put(ORIGINAL)
    wire = Wire("anthropic")
    asked: list[object] = [
        {"role": "user", "content": [{"type": "text", "text": "go"}, {"type": "image"}]}
    ]
    exchange = Exchange("anthropic", asked, store=store, offer=an_offer(wire))
    exchange.receive(wire.says("", ("c1", NAME, {"ref": ref})))
    final = exchange.receive(wire.says("Use it.", ("c2", "search", {"b": 1, "a": 2})))
    assert final is not None

    block = {"type": "text", "text": "Use it.", "cache_control": {"type": "ephemeral"}}
    call = {"type": "tool_use", "id": "c2", "name": "search", "input": {"a": 2, "b": 1}}
    later: list[object] = [wire.user("go"), {"role": "assistant", "content": [block, call]}]

    assert len(replay("anthropic", later, store)) == 4


def test_arguments_need_not_be_json(store: MemoryStore) -> None:
    ref = store.put(ORIGINAL)
    wire = Wire("openai_responses")
    exchange = Exchange("openai_responses", [wire.user("go")], store=store, offer=an_offer(wire))
    exchange.receive(wire.says("", ("c1", NAME, {"ref": ref})))
    item = {"type": "function_call", "call_id": "c2", "name": "run", "arguments": "not json"}
    final = exchange.receive({"output": [item]})
    assert final is not None

    assert len(replay("openai_responses", [wire.user("go"), item], store)) == 5


@dataclass(frozen=True)
class Line:
    """A message of some framework's own."""

    role: Literal["user", "assistant"]
    text: str


class Lines:
    """Its transcript."""

    def parse(self, native: Line) -> Message:
        return Message(native.role, (Text(native.text),))

    def dump(self, native: Line) -> object:
        return [native.role, native.text]

    def load(self, kept: object) -> Line:
        if not is_array(kept):
            raise ValueError("not a line")
        return Line("user" if kept[0] == "user" else "assistant", str(kept[1]))

    def put_back(self, turn: Sequence[Line], calls: Sequence[tuple[int, object]]) -> list[Line]:
        return [
            *turn[:-1],
            Line("assistant", turn[-1].text + "".join(str(call) for _, call in calls)),
        ]

    def add_results(self, after: Sequence[Line], results: Sequence[Line]) -> list[Line]:
        return [*results, *after]


@pytest.mark.requirement("ccr.replay")
def test_a_frameworks_own_messages_have_a_history_too(store: MemoryStore) -> None:
    asked, answered, more = Line("user", "go"), Line("assistant", "Done."), Line("user", "more")
    call, result = Line("assistant", "retrieve"), Line("user", "the original")
    hidden = Hidden([call, result], [(0, "!")], [result])

    assert History(Lines(), store).keep([asked], [answered], hidden)

    replayed = History(Lines(), store).replay([asked, answered, more])
    assert replayed == [asked, call, result, Line("assistant", "Done.!"), result, more]
    other = [Line("user", "stop"), answered, more]
    assert History(Lines(), store).replay(other) == other


def test_what_a_framework_cannot_read_back_is_not_replayed(store: MemoryStore) -> None:
    class Newer(Lines):
        def dump(self, native: Line) -> object:
            return {"text": native.text}

    asked, answered = Line("user", "go"), Line("assistant", "Done.")
    History(Newer(), store).keep([asked], [answered], Hidden([asked]))

    assert History(Lines(), store).replay([asked, answered]) == [asked, answered]


def texts(shape: WireFormat, *said: str) -> list[object]:
    """One turn with these texts, as a client keeps it."""
    match shape:
        case "openai_chat":
            return [{"role": "assistant", "content": "".join(said)}]
        case "openai_responses":
            return [{"role": "assistant", "content": text} for text in said]
        case "anthropic":
            blocks = [{"type": "text", "text": text} for text in said]
            return [{"role": "assistant", "content": blocks}]


@pytest.mark.parametrize("shape", SHAPE_NAMES)
def test_what_was_streamed_in_earlier_rounds_is_cut_off_again(shape: WireFormat) -> None:
    steps = SHAPES[shape]
    one, other = texts(shape, "One. "), texts(shape, "Two.")

    assert steps.join(one, other) == texts(shape, "One. ", "Two.")
    assert steps.cut(steps.join(one, other), one) == other
    assert steps.cut(other, one) == other


def test_a_chat_message_may_have_become_blocks() -> None:
    steps = SHAPES["openai_chat"]
    block = {"type": "text", "text": "One.\n\nTwo."}
    kept: list[object] = [{"role": "assistant", "content": [block, {"type": "image"}]}]

    assert steps.cut(kept, texts("openai_chat", "One.")) == [
        {"role": "assistant", "content": [{"type": "text", "text": "Two."}, {"type": "image"}]}
    ]
    assert steps.cut([{"content": None}], [{"content": "One."}]) == [{"content": None}]


def test_thinking_may_have_been_left_out_of_what_was_shown() -> None:
    steps = SHAPES["anthropic"]
    thought: Native = {"type": "thinking", "thinking": "hm", "signature": "s"}
    later: Native = {"type": "thinking", "thinking": "so", "signature": "t"}
    text: Native = {"type": "text", "text": "One."}
    shown: list[object] = [{"role": "assistant", "content": [thought, text]}]

    def cut(*blocks: Native) -> list[object]:
        return steps.native_calls(steps.cut([{"role": "assistant", "content": [*blocks]}], shown))

    marked = {**text, "cache_control": {"type": "ephemeral"}}
    assert cut(thought, marked, later) == [later]
    assert cut(text, later) == [later]
    assert steps.cut(shown, shown) == []


def test_results_that_cannot_be_kept_or_read_are_not_replayed(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def recall(self: MemoryStore, key: str) -> bytes:
        return b"{"

    user = Wire("openai_responses").user("more")
    keep_results(store, "resp_1", Hidden[object](results=[object()]))
    assert replay("openai_responses", [user], store, previous="resp_1") == [user]
    keep_results(store, "resp_2", Hidden[object](results=[{"output": "x"}]))
    found = replay("openai_responses", [user], store, previous="resp_2")
    assert found == [{"output": "x"}, user]
    monkeypatch.setattr(MemoryStore, "recall", recall)
    assert replay("openai_responses", [user], store, previous="resp_2") == [user]


def test_a_conversation_without_hidden_exchanges_asks_the_store_once(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    recall = MemoryStore.recall

    def counted(self: MemoryStore, key: str) -> bytes | None:
        asked.append(key)
        return recall(self, key)

    monkeypatch.setattr(MemoryStore, "recall", counted)
    talk = [Line("user", "go"), Line("assistant", "Done.")] * 20

    assert History(Lines(), store).replay(talk) == talk
    assert len(asked) == 1
