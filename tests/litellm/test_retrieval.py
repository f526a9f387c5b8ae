"""Calls of the retrieve tool are answered within the call, and the client sees the final answer."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

import litellm
import pytest
from litellm.exceptions import BadRequestError
from litellm.integrations.custom_logger import CustomLogger
from litellm.types.utils import ModelResponse
from pydantic import BaseModel

from headroom_core.fail_open import raising
from headroom_core.formats.wire import is_array, is_object
from headroom_core.notes import find_notes
from headroom_core.tool import NAME, tool_in
from tests.conversations import Turn as Said
from tests.conversations import written
from tests.litellm.model import ANSWERS, ASKS, FACT, HIDDEN, LOG, asking_model
from tests.litellm.paths import NEEDS_PROXY, PATHS, logged, openai, text_of, tool
from tests.upstream import Asked, Turn, say, serving

if TYPE_CHECKING:
    from headroom_core.engine.headroom import Headroom
    from headroom_litellm import HeadroomCallback
    from tests.conversations import Native, Wire
    from tests.litellm.paths import Path
    from tests.upstream import Received

ANSWERING = [path for path in PATHS if path.answers]
by_path = pytest.mark.parametrize("path", ANSWERING, ids=lambda path: path.name)


class Counting(CustomLogger):
    """Another callback, which counts what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[object] = []

    def log_success_event(
        self, kwargs: object, response_obj: object, start_time: object, end_time: object
    ) -> None:
        self.told.append(response_obj)

    async def async_log_success_event(
        self, kwargs: object, response_obj: object, start_time: object, end_time: object
    ) -> None:
        self.told.append(response_obj)


def asked(wire: Wire) -> tuple[list[Native], dict[str, Any]]:
    messages = written([Said("what happened?", LOG)], wire)
    return messages, {"tools": [tool("run_command", wire)]}


def usage_of(answer: object) -> tuple[int, int]:
    """Tokens in and out, by whichever names."""
    found: list[tuple[int, int]] = []
    for each in cast("list[object]", answer) if isinstance(answer, list) else [answer]:
        # LiteLLM may log usage in another class than the field is declared with.
        if isinstance(each, bytes):
            found += [
                (int(read), 0) for read in re.findall(r'"input_tokens": ?(\d+)', each.decode())
            ] + [(0, int(said)) for said in re.findall(r'"output_tokens": ?(\d+)', each.decode())]
            continue
        left: list[object] = [
            part.model_dump() if isinstance(part, BaseModel) else part
            for part in (each, getattr(each, "usage", None))
        ]
        while left:
            value = left.pop()
            if is_array(value):
                left.extend(value)
            elif is_object(value):
                left.extend(value.values())
                for names in (
                    ("prompt_tokens", "completion_tokens"),
                    ("input_tokens", "output_tokens"),
                ):
                    got = [value.get(name) for name in names]
                    if all(isinstance(each, int) for each in got):
                        found.append((cast("int", got[0]), cast("int", got[1])))
    return max(read for read, _ in found), max(said for _, said in found)


@pytest.mark.requirement("litellm.retrieval")
@by_path
async def test_the_final_answer_holds_the_hidden_fact(
    path: Path, headroom: HeadroomCallback
) -> None:
    messages, more = asked(path.wire)
    with serving(asking_model) as upstream:
        if path.streams and path.wire == "openai_chat":
            more["stream_options"] = {"include_usage": True}
        answer = await path.call(upstream, messages, more)

    first, second = upstream.bodies
    assert find_notes(first)
    assert FACT not in json.dumps(first)
    assert FACT in json.dumps(second)
    assert HIDDEN in text_of(answer)
    assert NAME not in text_of(answer).replace(json.dumps(tool_in("openai_responses")), "") or (
        path.sent_as != path.wire
    )
    assert usage_of(answer) == (ASKS + ANSWERS, 20)
    assert headroom.savings.retrievals == 1
    assert headroom.savings.requests == 1


@pytest.mark.requirement("litellm.once")
@by_path
async def test_usage_and_callbacks_are_counted_once(path: Path, headroom: HeadroomCallback) -> None:
    counting = Counting()
    litellm.callbacks = [headroom, counting]
    messages, more = asked(path.wire)
    with serving(asking_model) as upstream:
        await path.call(upstream, messages, more)
        answers = await logged(counting.told)

    # LiteLLM itself tells of a synchronous stream twice, with the same object.
    used = [usage_of(each) for each in {id(each): each for each in answers}.values()]
    each_by_itself = path in NEEDS_PROXY and path.streams
    assert sorted(used) == (
        [(ANSWERS, 10), (ASKS, 10)] if each_by_itself else [(ASKS + ANSWERS, 20)]
    )


@pytest.mark.requirement("litellm.sync")
@pytest.mark.parametrize(
    "path", [path for path in PATHS if not path.answers], ids=lambda path: path.name
)
async def test_where_nobody_answers_only_the_callers_own_tool_allows_views(
    path: Path, headroom: HeadroomCallback
) -> None:
    messages, more = asked(path.wire)
    with serving(asking_model) as upstream:
        lossless = await path.call(upstream, messages, more)
        more["tools"] = [*more["tools"], tool_in("openai_chat")]
        answer = await path.call(upstream, messages, more)

    assert NAME not in text_of(lossless)
    assert not find_notes(upstream.bodies[0])
    assert find_notes(upstream.bodies[1])
    assert NAME in text_of(answer)
    assert len(upstream.bodies) == 2


BOTH = Turn(
    text="Both.",
    calls=(
        Asked("run_command", '{"path": "a"}', "call_own"),
        Asked(NAME, '{"ref": "REF", "query": "id=150"}', "call_ours"),
    ),
)


@pytest.mark.parametrize(
    "path",
    [path for path in ANSWERING if path.upstream is None and "fallbacks" not in path.name],
    ids=lambda path: path.name,
)
async def test_a_call_beside_the_clients_own_is_hidden_and_replayed(
    path: Path, headroom: HeadroomCallback
) -> None:
    messages, more = asked(path.wire)

    def script(received: Received) -> Turn:
        if "call_own" in received.raw.decode():
            return say("Done.")
        ref = find_notes(received.json)[0].ref
        own, ours = BOTH.calls
        ours = Asked(NAME, ours.arguments.replace("REF", ref), ours.call_id)
        return Turn(text="Both.", calls=(own, ours))

    with serving(script) as upstream:
        answer = await path.call(upstream, messages, more)
        shown = text_of(answer)
        later = messages + own_turn(path.wire)
        await path.call(upstream, later, more)

    assert "call_own" in shown
    assert "call_ours" not in shown
    first, second = upstream.bodies
    assert HIDDEN in json.dumps(second)
    assert sent(second)[: len(sent(first))] == sent(first)
    assert json.dumps(second).index("call_own") < json.dumps(second).index("call_ours")


def sent(body: Native) -> list[object]:
    messages = body.get("messages", body.get("input"))
    assert is_array(messages)
    return messages


def own_turn(wire: Wire) -> list[Native]:
    """What a client keeps of the turn: its own call, and the result."""
    arguments = '{"path": "a"}'
    match wire:
        case "openai_chat":
            function = {"name": "run_command", "arguments": arguments}
            call = {"id": "call_own", "type": "function", "function": function}
            return [
                {"role": "assistant", "content": "Both.", "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "call_own", "content": "ran"},
            ]
        case "openai_responses":
            text = {"type": "output_text", "text": "Both.", "annotations": []}
            call = {"type": "function_call", "call_id": "call_own", "name": "run_command"}
            return [
                {"type": "message", "role": "assistant", "content": [text]},
                {**call, "arguments": arguments},
                {"type": "function_call_output", "call_id": "call_own", "output": "ran"},
            ]
        case "anthropic":
            use = {"type": "tool_use", "id": "call_own", "name": "run_command"}
            result = {"type": "tool_result", "tool_use_id": "call_own", "content": "ran"}
            text = {"type": "text", "text": "Both."}
            return [
                {"role": "assistant", "content": [text, {**use, "input": {"path": "a"}}]},
                {"role": "user", "content": [result]},
            ]


async def test_a_model_that_never_stops_asking_is_stopped(headroom: HeadroomCallback) -> None:
    messages, more = asked("openai_chat")

    def script(received: Received) -> Turn:
        ref = find_notes(received.json)[0].ref
        return Turn(text="More.", calls=(Asked(NAME, json.dumps({"ref": ref}), "c"),))

    with serving(script) as upstream:
        answer = await litellm.acompletion(messages=messages, **{**openai(upstream), **more})

    assert isinstance(answer, ModelResponse)
    assert answer.choices[0].message.tool_calls is None
    assert answer.choices[0].finish_reason == "stop"
    assert len(upstream.requests) == 7


async def test_a_stream_is_live_until_something_is_hidden(headroom: HeadroomCallback) -> None:
    with serving(say("Hello.")) as upstream:
        given = {**openai(upstream), "tools": [tool("run", "openai_chat")], "stream": True}
        stream = await litellm.acompletion(messages=[{"role": "user", "content": "hi"}], **given)
        chunks = [chunk async for chunk in cast("Any", stream)]

    assert upstream.bodies[0]["stream"] is True
    assert len(chunks) > 1
    assert NAME in json.dumps(upstream.bodies[0])


@pytest.mark.parametrize("more", [{"n": 2}, {"tool_choice": "none"}])
async def test_choices_of_a_request(more: dict[str, Any], headroom: HeadroomCallback) -> None:
    messages, tools = asked("openai_chat")
    with serving(say("Hello.")) as upstream:
        await litellm.acompletion(messages=messages, **{**openai(upstream), **tools, **more})

    # Several answers could not all be asked again; `tool_choice` may change with each request.
    assert bool(find_notes(upstream.bodies[0])) == ("tool_choice" in more)


async def test_a_background_response_cannot_be_answered(headroom: HeadroomCallback) -> None:
    messages, more = asked("openai_responses")
    with serving(say("Hello.")) as upstream:
        given = {**openai(upstream), **more, "background": True}
        await litellm.aresponses(input=cast("Any", messages), **given)

    assert not find_notes(upstream.bodies[0])


async def test_a_text_as_input_is_sent_as_it_is_with_the_tool(headroom: HeadroomCallback) -> None:
    with serving(say("Hello.")) as upstream:
        given = {**openai(upstream), "tools": [tool("run", "openai_responses")]}
        await litellm.aresponses(input="hi", **given)

    assert upstream.bodies[0]["input"] == "hi"
    assert NAME in json.dumps(upstream.bodies[0]["tools"])


@pytest.mark.swallows
async def test_an_error_while_answering_fails_no_request(
    headroom: HeadroomCallback, engine: Headroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages, more = asked("openai_chat")

    def fail(*_args: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("headroom_litellm.answering.Exchange.receive", fail)
    with serving(asking_model) as upstream:
        answer = await litellm.acompletion(messages=messages, **{**openai(upstream), **more})

    assert NAME in text_of(answer)


async def test_an_error_of_the_provider_while_answering_is_the_callers(
    headroom: HeadroomCallback,
) -> None:
    messages, more = asked("openai_chat")
    answers: list[object] = []
    with serving(asking_model, 400) as upstream, suppress(BadRequestError):
        answers.append(await litellm.acompletion(messages=messages, **{**openai(upstream), **more}))

    # Older versions of LiteLLM swallow it, and give the first answer: without a call of ours.
    assert NAME not in text_of(answers)
    assert len(upstream.requests) == 2
    assert headroom.savings.requests == 1


async def test_cancellation_passes(
    headroom: HeadroomCallback, engine: Headroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages, more = asked("openai_chat")

    def cancelled(*_args: object, **_kwargs: object) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(engine, "compress_native", cancelled)
    with serving(say("no")) as upstream, raising(enabled=False):
        given = {**openai(upstream), **more}
        with pytest.raises(asyncio.CancelledError):
            await litellm.acompletion(messages=messages, **given)
