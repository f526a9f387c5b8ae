"""Hidden exchanges are kept, and stand again in later requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pytest

from headroom_core.formats.wire import is_array
from headroom_core.messages import Message, Text
from headroom_core.retrieve_loop import (
    Exchange,
    Hidden,
    History,
    replay,
)
from headroom_core.retrieve_loop.shapes import SHAPES
from headroom_core.retrieve_loop.wire_history import history_of, keep_results
from headroom_core.store.memory import Memory, MemoryStore
from headroom_core.tool import NAME
from tests.retrieve_loop.wires import ORIGINAL, SHAPE_NAMES, Native, Wire, an_offer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.formats import WireFormat


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
