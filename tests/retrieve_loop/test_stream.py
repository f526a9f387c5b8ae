"""One stream out of several responses, however the bytes arrive, as the SDKs read it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import httpx2
import pytest
from anthropic import Anthropic
from hypothesis import given, settings
from hypothesis import strategies as st
from openai import OpenAI

from headroom_core.formats.wire import WireObject, is_array, is_object
from headroom_core.retrieve_loop import SHAPES, Exchange, Offer, StreamExchange, make_offer, replay
from headroom_core.store.memory import MemoryStore
from headroom_core.tool import NAME
from tests.upstream.bodies import body
from tests.upstream.events import events
from tests.upstream.turns import Asked, Turn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headroom_core.formats import WireFormat

SHAPE_NAMES: list[WireFormat] = ["openai_chat", "openai_responses", "anthropic"]
ORIGINAL = "\n".join(f"row {n} " + ("FATAL disk is gone" if n == 67 else "ok") for n in range(100))
REF = MemoryStore().put(ORIGINAL)
USER: WireObject = {"role": "user", "content": "What is fatal?"}


def ask(call_id: str = "call_r", **arguments: object) -> Asked:
    return Asked(NAME, json.dumps({"ref": REF, "query": "FATAL", **arguments}), call_id)


def own(call_id: str = "call_o", path: str = "a.py") -> Asked:
    return Asked("read", json.dumps({"path": path}), call_id)


def an_offer(shape: WireFormat, name: str = "read") -> Offer:
    tool: WireObject = {"name": name, "function": {"name": name}}
    return make_offer(shape, [tool], retrieval=True)


def streamed(shape: WireFormat, turn: Turn) -> bytes:
    return b"".join(events(shape, turn, "m"))


@dataclass
class Ran:
    """What became of a conversation: the client's bytes, and the exchange."""

    exchange: Exchange
    stream: StreamExchange
    parts: list[bytes] = field(default_factory=list[bytes])

    @property
    def out(self) -> bytes:
        return b"".join(self.parts)


def a_store() -> MemoryStore:
    store = MemoryStore()
    store.put(ORIGINAL)
    return store


def run(
    shape: WireFormat,
    bodies: Sequence[bytes],
    *,
    cut: Callable[[bytes], Sequence[bytes]] = lambda body: [body],
    store: MemoryStore | None = None,
    offer: Offer | None = None,
) -> Ran:
    exchange = Exchange(shape, [USER], store=store or a_store(), offer=offer or an_offer(shape))
    ran = Ran(exchange, StreamExchange(exchange))
    for index, raw in enumerate(bodies):
        assert ran.stream.again == (index > 0)
        ran.parts += [ran.stream.feed(chunk) for chunk in cut(raw)]
        ran.parts.append(ran.stream.end())
    return ran


def run_turns(shape: WireFormat, *turns: Turn, store: MemoryStore | None = None) -> Ran:
    return run(shape, [streamed(shape, turn) for turn in turns], store=store)


class Wired(httpx2.BaseTransport):
    """Answers every request of an SDK with the same bytes."""

    def __init__(self) -> None:
        self.body = b""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        headers = {"content-type": "text/event-stream"}
        return httpx2.Response(200, headers=headers, content=self.body)


@cache
def sdks() -> tuple[Wired, OpenAI, Anthropic]:
    wired = Wired()
    client = httpx2.Client(transport=wired)
    return (
        wired,
        OpenAI(api_key="k", http_client=client),
        Anthropic(api_key="k", http_client=client),
    )


def read(shape: WireFormat, body: bytes) -> WireObject:
    """The final message as the provider's own SDK puts it together."""
    wired, openai, anthropic = sdks()
    wired.body = body
    match shape:
        case "openai_chat":
            with openai.chat.completions.stream(model="m", messages=[]) as chat:
                return chat.get_final_completion().to_dict()
        case "openai_responses":
            with openai.responses.stream(model="m", input="x") as responses:
                return responses.get_final_response().to_dict()
        case "anthropic":
            with anthropic.messages.stream(model="m", max_tokens=9, messages=[]) as messages:
                return messages.get_final_message().to_dict()


def said(shape: WireFormat, message: WireObject) -> list[object]:
    """The texts, thoughts and calls of a message, in their order."""
    found: list[object] = []
    match shape:
        case "openai_chat":
            turn = SHAPES[shape].turn(message)
            assert is_object(turn[0])
            content = turn[0].get("content")
            found += [content] if content else []
        case "openai_responses":
            for item in SHAPES[shape].turn(message):
                assert is_object(item)
                if is_array(content := item.get("content")):
                    found += [each["text"] for each in content if is_object(each)]
        case "anthropic":
            for block in SHAPES[shape].native_calls(SHAPES[shape].turn(message)):
                assert is_object(block)
                found += [block[key] for key in ("text", "thinking") if key in block]
    calls = SHAPES[shape].calls(SHAPES[shape].turn(message))
    return [*found, *[(call.call_id, call.name, json.loads(call.arguments)) for call in calls]]


def expected(shape: WireFormat, turns: Sequence[Turn]) -> list[object]:
    found: list[object] = []
    for turn in turns:
        thoughts = [turn.thinking] if shape == "anthropic" and turn.thinking else []
        found += [*thoughts, *([turn.text] if turn.text else [])]
    if shape == "openai_chat":
        texts = [turn.text for turn in turns if turn.text]
        found = ["\n\n".join(texts)] if texts else []
    calls = [call for turn in turns for call in turn.calls if call.name != NAME]
    return [*found, *[(c.call_id, c.name, json.loads(c.arguments)) for c in calls]]


def tokens(shape: WireFormat, message: WireObject) -> tuple[object, object]:
    usage = message["usage"]
    assert is_object(usage)
    if shape == "openai_chat":
        return usage["prompt_tokens"], usage["completion_tokens"]
    return usage["input_tokens"], usage["output_tokens"]


def reason(shape: WireFormat, message: WireObject) -> object:
    if shape == "anthropic":
        return message["stop_reason"]
    if shape == "openai_responses":
        return message["status"]
    choices = message["choices"]
    assert is_array(choices)
    assert is_object(choices[0])
    return choices[0]["finish_reason"]


shapes = pytest.mark.parametrize("shape", SHAPE_NAMES)

TEXT = st.text("ab é\n\U0001f600", max_size=20).filter(lambda text: text == text.strip())
ASKING = st.builds(
    Turn,
    text=TEXT,
    thinking=TEXT,
    calls=st.sampled_from([(ask(),), (ask(), ask("call_s", query="row 5"))]),
    input_tokens=st.integers(1, 99),
)
LAST = st.builds(
    Turn,
    text=TEXT,
    thinking=TEXT,
    calls=st.lists(
        st.sampled_from([own("o1"), own("o2", "b.py"), ask("r1"), ask("r2")]),
        unique=True,
        max_size=4,
    )
    .filter(lambda calls: not calls or any(call.name != NAME for call in calls))
    .map(tuple),
)


@shapes
@settings(max_examples=25)
@given(asking=st.lists(ASKING, max_size=3), last=LAST, data=st.data())
@pytest.mark.requirement("stream.joined")
def test_the_sdk_reads_one_message_however_the_bytes_arrive(
    shape: WireFormat, asking: list[Turn], last: Turn, data: st.DataObject
) -> None:
    turns = [*asking, last]
    end = data.draw(st.sampled_from([b"\n", b"\r\n", b"\r"]))
    comment = data.draw(st.sampled_from([b"", b": keep-alive\n\n"]))

    def wire(turn: Turn) -> bytes:
        return b"".join(comment + event for event in events(shape, turn, "m")).replace(b"\n", end)

    def cut(body: bytes) -> list[bytes]:
        at = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=20)))
        return [body[a:b] for a, b in zip([0, *at], [*at, len(body)], strict=True)]

    bodies = [wire(turn) for turn in turns]
    ran = run(shape, bodies, cut=cut)

    assert ran.stream.finished
    assert not ran.stream.again
    assert ran.out == run(shape, bodies).out
    assert NAME.encode() not in ran.out
    message = read(shape, ran.out.replace(end, b"\n"))
    assert said(shape, message) == expected(shape, turns)
    assert tokens(shape, message) == (sum(t.input_tokens for t in turns), 10 * len(turns))
    if shape == "anthropic":
        has_calls = any(call.name != NAME for call in last.calls)
        assert reason(shape, message) == ("tool_use" if has_calls else "end_turn")


@shapes
@pytest.mark.requirement("stream.same_bytes")
def test_a_stream_without_our_calls_is_the_same_bytes_event_by_event(shape: WireFormat) -> None:
    turn = Turn(text="some text", thinking="a thought", calls=(own(), own("o2")))
    parts = list(events(shape, turn, "m"))

    ran = run(shape, [b"".join(parts)], cut=lambda body: parts)

    assert ran.parts == [*parts, b""]
    assert ran.stream.finished


@shapes
def test_what_the_client_may_see_is_never_held_back(shape: WireFormat) -> None:
    turn = Turn(text="let me look", thinking="hm", calls=(own("o1"), ask(), own("o2", "b.py")))
    stream = StreamExchange(Exchange(shape, [USER], store=a_store(), offer=an_offer(shape)))

    at_once = b"".join(stream.feed(event) for event in events(shape, turn, "m"))

    for call in ("o1", "o2"):
        assert call.encode() in at_once
    assert NAME.encode() not in at_once
    assert stream.end()


@shapes
def test_the_model_gets_its_turn_back_as_it_was(shape: WireFormat) -> None:
    turn = Turn(text="let me look", thinking="hm", calls=(ask(),))

    ran = run_turns(shape, turn)

    assert ran.stream.again
    whole = SHAPES[shape].turn(body(shape, turn, "m"))
    sent = ran.exchange.messages
    assert [without_none(each) for each in sent] == [
        without_none(each) for each in [USER, *whole, *ran.exchange.answers]
    ]
    assert "FATAL disk is gone" in json.dumps(ran.exchange.answers)


def without_none(value: object) -> object:
    if not is_object(value):
        return value
    return {key: each for key, each in value.items() if each is not None}


@shapes
@settings(max_examples=20)
@given(asking=st.lists(ASKING, min_size=1, max_size=2), last=LAST)
@pytest.mark.requirement("ccr.replay")
def test_a_later_request_is_replayed_with_what_was_hidden(
    shape: WireFormat, asking: list[Turn], last: Turn
) -> None:
    store = a_store()
    ran = run_turns(shape, *asking, last, store=store)
    kept = as_kept(shape, read(shape, ran.out))
    own_calls = [call for call in last.calls if call.name != NAME]
    answers = SHAPES[shape].results([(call.call_id, "code") for call in own_calls])
    own_results: list[object] = answers if own_calls else [{"role": "user", "content": "Thanks."}]

    later = replay(shape, [USER, *kept, *own_results], store)

    whole = SHAPES[shape].turn(body(shape, last, "m"))
    upstream = [*ran.exchange.messages, *whole]
    if says_something(last):
        assert [plain(each) for each in later[: len(upstream)]] == [
            plain(each) for each in upstream
        ]
    for call in last.calls:
        assert json.dumps(later).count(f'"{call.call_id}"') >= 2


def says_something(turn: Turn) -> bool:
    return bool(turn.text or turn.calls)


def as_kept(shape: WireFormat, message: WireObject) -> list[object]:
    """The turn as a client keeps it for its next request."""
    turn = SHAPES[shape].turn(message)
    if shape != "openai_chat":
        return turn
    [kept] = turn
    assert is_object(kept)
    calls = SHAPES[shape].native_calls(turn)
    bare = [
        {key: value for key, value in call.items() if key != "index"}
        for call in calls
        if is_object(call)
    ]
    return [{**kept, "tool_calls": bare}] if bare else [kept]


def plain(native: object) -> object:
    """A message without what the SDKs add to it, and without the ids that the fake uses again."""
    if is_array(native):
        return [plain(each) for each in native]
    if not is_object(native):
        return native
    added = {"parsed", "parsed_arguments", "id" if native.get("type") == "message" else ""}
    return {
        key: json.loads(str(each)) if key == "arguments" else plain(each)
        for key, each in native.items()
        if each is not None and each not in ("", []) and key not in added
    }
