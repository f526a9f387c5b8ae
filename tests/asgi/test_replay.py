"""Conversations that were seen before: the same bytes as at first sight, and the same account."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_asgi.paths import MESSAGES_KEY
from headroom_asgi.replay import Replay
from headroom_asgi.rewrite import NO_NAMES, Rewriter
from headroom_core.engine.headroom import Headroom
from headroom_core.errors import StoreError
from headroom_core.formats.wire import is_array, is_object
from headroom_core.json_splice import splice
from headroom_core.memo import Memo
from headroom_core.savings import Ledger
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from tests.allocated import allocated
from tests.conversations import WIRES, Turn, Wire, log, written

if TYPE_CHECKING:
    from headroom_asgi.rewrite import Rewritten
    from headroom_core.formats.wire import WireObject

wires = pytest.mark.parametrize("wire", WIRES)
TURNS = [
    Turn("What failed?", log(300, fatal_at=7)),
    Turn("Und dann? \N{SNOWMAN} \U0001f600", log(120, seed=1)),
    Turn("List them", json.dumps([{"id": n, "state": "é"} for n in range(80)])),
    Turn("And this?", "short"),
    Turn("Once more", log(200, seed=2, fatal_at=100)),
]


def a_rewriter(**more: Any) -> Rewriter:
    return Rewriter(Headroom(Settings(), store=MemoryStore()), Ledger(), retrieval=True, **more)


def a_body(wire: Wire, turns: list[Turn] = TURNS, **fields: object) -> WireObject:
    function: WireObject = {"name": "read", "parameters": {}}
    tool = {"type": "function", "function": function} if wire == "openai_chat" else function
    return {"model": "m", MESSAGES_KEY[wire]: written(turns, wire), "tools": [tool], **fields}


def raw_of(body: WireObject, style: int = 0) -> bytes:
    if style == 0:
        return json.dumps(body).encode()
    return json.dumps(body, indent=style, ensure_ascii=False).encode()


def account(request: Rewritten) -> object:
    return request.raw, request.result, request.exchange is not None, request.streams


@wires
@pytest.mark.requirement("asgi.same_bytes")
def test_what_was_seen_before_is_sent_as_at_first_sight(wire: Wire) -> None:
    rewriter = a_rewriter()
    raw = raw_of(a_body(wire, stream=True), 1)
    first = rewriter.begin(raw, wire)
    assert not first.is_seen
    before = first.finish()

    second = rewriter.begin(raw, wire)

    assert second.is_seen
    assert account(second.finish()) == account(before)
    assert len(before.raw) < len(raw) / 2
    savings = rewriter.ledger.savings()
    assert savings.requests == savings.compressed == 2


@wires
@settings(deadline=None, max_examples=8)
@given(
    lengths=st.lists(st.integers(1, len(TURNS)), min_size=1, max_size=3), style=st.integers(0, 2)
)
def test_whatever_was_seen_the_bytes_are_those_of_a_rewriter_that_saw_nothing(
    wire: Wire, lengths: list[int], style: int
) -> None:
    rewriter = a_rewriter()
    for length in lengths:
        raw = raw_of(a_body(wire, TURNS[:length]), style)

        request = rewriter.rewrite(raw, wire)

        assert account(request) == account(a_rewriter().rewrite(raw, wire))
        assert request.result is not None
        body = json.loads(raw)
        after: WireObject = {**body, MESSAGES_KEY[wire]: request.result.messages}
        after["tools"] = json.loads(request.raw)["tools"]
        # The objects that did not change are the same, so that all is spliced that was edited.
        assert splice(raw, body, _with_own(body, after)) == request.raw


def _with_own(before: WireObject, after: WireObject) -> WireObject:
    """The value with those of its parts taken from `before` that are equal to what is there."""

    def own(old: object, new: object) -> object:
        if old == new:
            return old
        if is_array(old) and is_array(new):
            pairs = zip(old, new, strict=False)
            return [*(own(a, b) for a, b in pairs), *new[len(old) :]]
        if is_object(old) and is_object(new):
            return {key: own(old.get(key), value) for key, value in new.items()}
        return new

    return {key: own(before[key], value) for key, value in after.items()}


@wires
@pytest.mark.parametrize(
    "change",
    [
        {"model": "gpt-3.5-turbo"},
        {"tools": []},
        {"tools": None},
        {"n": 2},
        {"turns": TURNS[:4]},
        {"turns": [replace(TURNS[0], question="And why?"), *TURNS[1:]]},
    ],
)
def test_another_request_is_not_taken_for_one_that_was_seen(wire: Wire, change: Any) -> None:
    rewriter = a_rewriter()
    rewriter.rewrite(raw_of(a_body(wire)), wire)
    raw = raw_of(a_body(wire, **change))

    begun = rewriter.begin(raw, wire)

    assert not begun.is_seen
    assert account(begun.finish()) == account(a_rewriter().rewrite(raw, wire))


def test_owners_that_share_a_memory_are_kept_apart() -> None:
    replay = Replay(2**20)
    one, other = (a_rewriter(replay=replay, owner=owner) for owner in ("one", "other"))
    raw = raw_of(a_body("anthropic"))
    one.rewrite(raw, "anthropic")

    assert a_rewriter(replay=replay, owner="one").begin(raw, "anthropic").is_seen
    assert not other.begin(raw, "anthropic").is_seen


@pytest.mark.parametrize("how", ["bypass", "context"])
def test_a_request_that_is_sent_otherwise_is_none_that_was_seen(how: str) -> None:
    rewriter = a_rewriter()
    raw = raw_of(a_body("openai_chat"))
    rewriter.rewrite(raw, "openai_chat")

    before = {"role": "user", "content": "in front"}
    begun = (
        rewriter.begin(raw, "openai_chat", bypass=True)
        if how == "bypass"
        else rewriter.begin(raw, "openai_chat", context=[before])
    )

    assert not begun.is_seen
    assert (begun.finish().raw is raw) == (how == "bypass")


class Full(MemoryStore):
    """A store that cannot keep anything."""

    def put(self, text: str) -> str:
        raise StoreError("the disk is full")


def test_what_went_wrong_is_tried_again_and_told_again() -> None:
    rewriter = Rewriter(Headroom(Settings(), store=Full()), Ledger(), retrieval=True)
    raw = raw_of(a_body("anthropic"))
    first = rewriter.rewrite(raw, "anthropic")
    assert first.result is not None
    assert first.result.warnings

    again = rewriter.begin(raw, "anthropic")

    assert not again.is_seen
    assert account(again.finish()) == account(first)


def test_a_memory_without_room_changes_no_byte() -> None:
    small = a_rewriter(replay=Replay(0))
    raw = raw_of(a_body("anthropic"))
    small.rewrite(raw, "anthropic")

    begun = small.begin(raw, "anthropic")

    assert not begun.is_seen
    assert account(begun.finish()) == account(a_rewriter().rewrite(raw, "anthropic"))


def test_a_message_with_a_changed_key_that_stands_twice_leaves_the_request_alone() -> None:
    raw = raw_of(a_body("openai_chat"))
    twice = raw.replace(b'"role": "tool"', b'"role": "tool", "content": ""', 1)
    rewriter = a_rewriter()

    request = rewriter.rewrite(twice, "openai_chat")

    assert request.raw is twice
    assert any("spliced" in warning for warning in rewriter.ledger.savings().warnings)
    assert not rewriter.begin(twice, "openai_chat").is_seen


@pytest.mark.swallows
def test_an_error_of_ours_in_reading_leaves_the_request_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(Replay, "find", fail)
    rewriter = a_rewriter()
    raw = raw_of(a_body("anthropic"))

    request = rewriter.rewrite(raw, "anthropic")

    assert request.raw is raw
    assert request.result is None
    assert any("RuntimeError" in each for each in rewriter.ledger.savings().warnings)


def test_parts_are_named_by_their_bytes() -> None:
    rewriter = a_rewriter()
    one, longer = (
        rewriter.rewrite(raw_of(a_body("anthropic", turns)), "anthropic")
        for turns in (TURNS[:2], TURNS)
    )

    assert longer.names.messages[: len(one.names.messages)] == one.names.messages
    assert longer.names.tools == one.names.tools != b""
    assert rewriter.rewrite(b"{}", "anthropic").names == NO_NAMES


def test_a_short_conversation_that_stays_as_it_is_is_not_remembered() -> None:
    rewriter = a_rewriter()
    short, long = (
        raw_of({"model": "m", "messages": [{"role": "user", "content": "words " * count}]})
        for count in (10, 1_000)
    )
    for raw in (short, long):
        assert rewriter.rewrite(raw, "anthropic").raw is raw

    assert not rewriter.begin(short, "anthropic").is_seen
    begun = rewriter.begin(long, "anthropic")
    assert begun.is_seen
    assert begun.finish().raw is long


def test_a_conversation_with_a_change_that_was_forgotten_is_worked_on_anew() -> None:
    rewriter = a_rewriter()
    raw = raw_of(a_body("anthropic"))
    before = rewriter.rewrite(raw, "anthropic")
    rewriter.replay._changes = Memo(2**20)

    begun = rewriter.begin(raw, "anthropic")

    assert not begun.is_seen
    assert account(begun.finish()) == account(before)


@wires
def test_it_takes_no_more_than_it_says_and_any_number_stays_within_the_bound(wire: Wire) -> None:
    large, small = Replay(2**30), Replay(100_000)

    def rewrite(replay: Replay, start: int) -> None:
        rewriter = a_rewriter(replay=replay)
        for number in range(start, start + 30):
            turns = [Turn("What failed?", log(60, seed=number)), TURNS[2], TURNS[3]]
            rewriter.rewrite(raw_of(a_body(wire, turns)), wire)

    def forget() -> None:
        large._sent._entries.clear()
        large._changes._entries.clear()

    rewrite(small, 0)
    taken = allocated(lambda: rewrite(large, 30), forget)

    assert small.bytes_used <= small.max_bytes == 100_000
    assert small.bytes_used > 80_000
    assert taken <= large.bytes_used
