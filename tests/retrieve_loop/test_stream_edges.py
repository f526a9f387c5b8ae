"""What upstreams do that they should not, and what goes wrong in the middle of a stream."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.retrieve_loop import MOST_ROUNDS, Exchange, StreamExchange, joined
from headroom_core.tool import NAME
from tests.retrieve_loop.feeding import an_exchange, encoded
from tests.retrieve_loop.test_stream import (
    REF,
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
from tests.upstream.events import events
from tests.upstream.turns import Turn, say

if TYPE_CHECKING:
    from headroom_core.formats import WireFormat
    from headroom_core.formats.wire import WireObject
    from headroom_core.retrieve_loop import Joined


MCP_NAME = f"mcp__headroom__{NAME}"


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
