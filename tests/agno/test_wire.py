"""What Agno's own models send, wrapped and bare, to a provider that records it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from agno.exceptions import ModelProviderError
from agno.models.message import Message
from pydantic import BaseModel

from headroom_agno import HeadroomAgnoModel
from headroom_core.bypass import BYPASS_KEY
from headroom_core.decoding import decode_text
from headroom_core.engine.headroom import Headroom
from headroom_core.notes import find_notes
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_core.tool import NAME
from tests.agno.providers import LOG, PROVIDERS, items, model_for, read_log, tool_names, words
from tests.agno.runs import (
    MODES,
    Mode,
    agent_for,
    differences,
    finished,
    only_grows,
    responded,
    session,
)
from tests.conversations import log, result_texts, rows
from tests.upstream import Asked, Turn, say, serving

if TYPE_CHECKING:
    from headroom_core.formats.wire import WireObject
    from tests.upstream import Received, Upstream

TOOLS = (read_log, words)
READS = Turn(text="Reading.", calls=(Asked("read_log", "{}"),), thinking="Hm.")


class Verdict(BaseModel):
    """What is wrong."""

    cause: str


@pytest.fixture
def engine() -> Headroom:
    return Headroom(Settings(), store=MemoryStore())


def texts(value: object) -> list[str]:
    """All strings in a JSON value that are long."""
    return [each for each in json.dumps(value).split('"') if len(each) > 300]


def taken_out(body: WireObject) -> WireObject:
    """A request without the tool that was added."""
    tools = body["tools"]
    assert isinstance(tools, list)
    return {**body, "tools": tools[:-1]}


@pytest.mark.requirement("agno.wire")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_request_differs_in_the_shortened_text_and_the_added_tool_only(
    provider: str, mode: Mode, engine: Headroom
) -> None:
    with serving(READS, say("Done.")) as upstream:
        bare = await finished(agent_for(model_for(provider, upstream), TOOLS), "What failed?", mode)
    with serving(READS, say("Done.")) as wrapped_upstream:
        model = HeadroomAgnoModel(model_for(provider, wrapped_upstream), engine=engine)
        wrapped = await finished(agent_for(model, TOOLS), "What failed?", mode)

    assert wrapped.content == bare.content
    for sent, usual in zip(wrapped_upstream.bodies, upstream.bodies, strict=True):
        assert tool_names(sent) == [*tool_names(usual), NAME]
    first, second = [taken_out(each) for each in wrapped_upstream.bodies]
    assert first == upstream.bodies[0]
    (path,) = differences(upstream.bodies[1], second)
    assert path[0] in {"messages", "input"}
    (text,) = result_texts(items(second))
    assert find_notes(text)
    assert len(text) * 4 < len(LOG)
    headers = [each.headers["content-type"] for each in wrapped_upstream.requests]
    assert headers == ["application/json"] * 2


@pytest.mark.requirement("agno.wire")
@pytest.mark.parametrize("provider", PROVIDERS)
def test_without_retrieval_every_change_decodes_back(provider: str, engine: Headroom) -> None:
    with serving(READS, say("Done.")) as upstream:
        model = HeadroomAgnoModel(model_for(provider, upstream), engine=engine, retrieval=False)
        agent_for(model, TOOLS).run("What failed?")

    assert NAME not in tool_names(upstream.bodies[0])
    (text,) = result_texts(items(upstream.bodies[1]))
    assert len(text) < len(LOG)
    assert decode_text(text, ()) == LOG


@pytest.mark.requirement("agno.history")
@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_run_and_the_session_hold_the_originals(provider: str, engine: Headroom) -> None:
    with serving(READS, say("Done.")) as upstream:
        model = HeadroomAgnoModel(model_for(provider, upstream), engine=engine)
        agent = agent_for(model, TOOLS, **session())
        run = agent.run("What failed?")

    assert run.messages is not None
    assert run.tools is not None
    assert [each.content for each in run.messages if each.role == "tool"] == [LOG]
    assert run.tools[0].result == LOG
    kept = agent.get_session().get_messages()
    assert [each.content for each in kept if each.role == "tool"] == [LOG]


@pytest.mark.requirement("agno.prefix")
@pytest.mark.parametrize("provider", PROVIDERS)
def test_twenty_turns_only_add_to_what_was_sent(provider: str, engine: Headroom) -> None:
    made = iter(range(1_000))

    def fresh() -> str:
        """Give the next output of some tool."""
        number = next(made)
        return rows(60 + number) if number % 2 else log(120 + number, seed=number)

    def script(received: Received) -> Turn:
        last = items(received.json)[-1]
        asks = last.get("role") == "user" and not result_texts([last])
        call = Asked("fresh", "{}", f"call_{len(items(received.json))}")
        return Turn(calls=(call,)) if asks else say("Done.")

    with serving(script) as upstream:
        model = HeadroomAgnoModel(model_for(provider, upstream), engine=engine)
        agent = agent_for(model, [fresh], num_history_runs=100, **session())
        for turn in range(20):
            agent.run(f"Question {turn}?")

    sent = [items(body) for body in upstream.bodies]
    assert len(sent) == 40
    assert only_grows(upstream)
    assert {json.dumps(body.get("tools")) for body in upstream.bodies} == {
        json.dumps(upstream.bodies[0]["tools"])
    }
    assert model.savings.ratio > 0.5


@pytest.mark.requirement("agno.bypass")
@pytest.mark.parametrize("mode", MODES)
async def test_a_run_can_ask_to_be_left_alone(mode: Mode, engine: Headroom) -> None:
    with serving(READS, say("Done.")) as upstream:
        await finished(agent_for(model_for("Claude", upstream), TOOLS), "What failed?", mode)
    with serving(READS, say("Done.")) as wrapped_upstream:
        model = HeadroomAgnoModel(model_for("Claude", wrapped_upstream), engine=engine)
        more = {"metadata": {BYPASS_KEY: True}}
        await finished(agent_for(model, TOOLS), "What failed?", mode, **more)

    assert wrapped_upstream.bodies == upstream.bodies
    assert (model.savings.requests, model.savings.bypassed) == (2, 2)
    assert model.savings.tokens_saved == 0


@pytest.mark.parametrize("mode", MODES)
async def test_a_request_without_tools_is_left_without(mode: Mode, engine: Headroom) -> None:
    with serving(say("Hi.")) as upstream:
        model = HeadroomAgnoModel(model_for("OpenAIChat", upstream), engine=engine)
        done = await finished(agent_for(model), "Hello?", mode)

    assert done.content == "Hi."
    assert "tools" not in upstream.bodies[0]
    assert model.savings.overhead == 0


@pytest.mark.parametrize("settings", [Settings(mode="lossless"), Settings(surface="mcp")])
def test_where_nothing_is_hidden_no_tool_is_added(settings: Settings) -> None:
    with serving(READS, say("Done.")) as upstream:
        engine = Headroom(settings, store=MemoryStore())
        model = HeadroomAgnoModel(model_for("OpenAIChat", upstream), engine=engine)
        agent_for(model, TOOLS).run("What failed?")

    assert NAME not in tool_names(upstream.bodies[0])
    assert decode_text(result_texts(items(upstream.bodies[1]))[0], ()) == LOG


@pytest.mark.requirement("agno.structured")
@pytest.mark.parametrize("native", [True, False])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_structured_answers_are_asked_for_and_read_as_before(
    provider: str, native: bool, engine: Headroom
) -> None:
    def asked(upstream: Upstream, model: Any) -> Any:
        agent = agent_for(model, TOOLS, output_schema=Verdict, use_json_mode=not native)
        return agent.run("What failed?").content

    verdict = say('{"cause": "the pool"}')
    with serving(READS, verdict) as upstream:
        bare = asked(upstream, model_for(provider, upstream))
    with serving(READS, verdict) as wrapped_upstream:
        model = HeadroomAgnoModel(model_for(provider, wrapped_upstream), engine=engine)
        wrapped = asked(wrapped_upstream, model)

    assert type(wrapped) is type(bare)
    assert wrapped == bare
    (path,) = differences(upstream.bodies[1], taken_out(wrapped_upstream.bodies[1]))
    assert path[0] in {"messages", "input"}


@pytest.mark.parametrize("mode", MODES)
async def test_an_error_of_the_provider_comes_through_once_for_each_attempt(
    mode: Mode, engine: Headroom
) -> None:
    with serving(500) as upstream:
        inner = model_for("OpenAIChat", upstream)
        inner.retries, inner.delay_between_retries = 1, 0
        model = HeadroomAgnoModel(inner, engine=engine)
        with pytest.raises(ModelProviderError, match="status 500"):
            await responded(model, mode, [Message(role="user", content="Hello?")])

    assert len(upstream.requests) == 2
    assert model.savings.requests == 0
