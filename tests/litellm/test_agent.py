"""What was sent once is sent again byte for byte, so that the provider's cache keeps hitting."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import litellm
import pytest
from litellm.anthropic_interface import messages as anthropic_messages
from litellm.router import Router

from headroom_core.engine.headroom import Headroom
from headroom_core.formats.wire import is_array
from headroom_core.notes import find_notes
from headroom_core.settings import Settings
from headroom_core.tool import NAME
from headroom_litellm import HeadroomCallback
from tests.conversations import Turn as Said
from tests.conversations import log, written
from tests.litellm.paths import claude, openai, router, tool
from tests.upstream import Asked, Turn, serving

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conversations import Native, Wire
    from tests.upstream import Received, Upstream

TURNS = 20


def script(received: Received) -> Turn:
    """Every third time, look at the latest result before answering."""
    messages = sent(received.json)
    asks = sum(NAME in json.dumps(each) for each in messages)
    answers = json.dumps(messages).count("Answer")
    notes = find_notes(messages[-1])
    if answers % 3 == 2 and notes:
        arguments = json.dumps({"ref": notes[0].ref, "lines": f"{answers + 20}"})
        return Turn(calls=(Asked(NAME, arguments, f"ours_{asks}"),))
    return Turn(text=f"Answer {answers}.", thinking="hm" if received.shape == "anthropic" else "")


def sent(body: Native) -> list[object]:
    messages = body.get("messages", body.get("input"))
    assert is_array(messages)
    return messages


async def ask(upstream: Upstream, wire: Wire, messages: list[Native]) -> list[Native]:
    """One call; what a client appends to its messages."""
    tools = [tool("run_command", wire)]
    match wire:
        case "openai_chat":
            chat = await litellm.acompletion(messages=messages, tools=tools, **openai(upstream))
            return [cast("Any", chat).choices[0].message.model_dump(exclude_none=True)]
        case "openai_responses":
            given: Any = {"input": messages, "tools": tools, **openai(upstream)}
            response: Any = await litellm.aresponses(**given)
            return [each.model_dump(exclude_none=True) for each in response.output]
        case "anthropic":
            given = {"messages": messages, "tools": tools, "max_tokens": 99, **claude(upstream)}
            message: Any = await anthropic_messages.acreate(**given)
            return [{"role": "assistant", "content": message["content"]}]


@pytest.mark.requirement("litellm.prefix")
@pytest.mark.parametrize("wire", ["openai_chat", "openai_responses", "anthropic"])
async def test_an_agent_keeps_its_prefix_byte_for_byte(wire: Wire, tmp_path: Path) -> None:
    settings = Settings(store=f"sqlite:///{tmp_path / 'agent.db'}", result_budget=200)
    messages: list[Native] = []
    engine = Headroom(settings)
    with serving(script) as upstream:
        for turn in range(TURNS):
            if turn % 8 == 0:
                # As after a restart: another engine, and nothing known but what is stored.
                engine.close()
                engine = Headroom(settings)
                litellm.callbacks = [HeadroomCallback(engine=engine)]
            messages += written([Said(f"step {turn}", log(60, seed=turn))], wire)
            messages += await ask(upstream, wire, json.loads(json.dumps(messages)))
    engine.close()

    bodies = [json.dumps(sent(body))[:-1] for body in upstream.bodies]
    assert len(bodies) >= TURNS + 5
    assert all(later.startswith(body) for body, later in pairwise(bodies))
    tools = {json.dumps(body["tools"]) for body in upstream.bodies}
    assert len(tools) == 1


@pytest.mark.requirement("litellm.retries")
async def test_retries_send_the_same_bytes(
    headroom: HeadroomCallback, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages = written([Said("what failed?", log(100))], "openai_chat")
    tools = [tool("run_command", "openai_chat")]
    with serving(500, Turn(text="Done.")) as upstream:
        await router(upstream, num_retries=1, retry_after=0).acompletion(
            model="m", messages=cast("Any", messages), tools=tools, max_retries=0
        )

    first, *others = upstream.requests
    assert [each.raw for each in others] == [first.raw]
    assert find_notes(first.json)


@pytest.mark.requirement("litellm.retries")
async def test_fallbacks_send_the_same_bytes(headroom: HeadroomCallback) -> None:
    messages = written([Said("what failed?", log(100))], "openai_chat")
    tools = [tool("run_command", "openai_chat")]
    with serving(500, Turn(text="Done.")) as upstream:
        models = [
            {"model_name": name, "litellm_params": {**openai(upstream), "max_retries": 0}}
            for name in ("m", "other")
        ]
        one = Router(model_list=models, fallbacks=[{"m": ["other"]}], num_retries=0)
        await one.acompletion(model="m", messages=cast("Any", messages), tools=tools)

    assert len(upstream.requests) == 2
    assert upstream.requests[0].raw == upstream.requests[1].raw


async def test_retries_of_a_synchronous_call_send_the_same_bytes(
    headroom: HeadroomCallback,
) -> None:
    messages = written([Said("what failed?", log(100))], "openai_chat")
    with serving(500, Turn(text="Done.")) as upstream:
        litellm.completion(messages=messages, **{**openai(upstream), "max_retries": 1})

    assert upstream.requests[0].raw == upstream.requests[1].raw
    assert len(upstream.requests[0].raw) < len(json.dumps(messages)) / 2
