"""The wrapped model: what it is sent, and that all else of it is as it was."""

from __future__ import annotations

import copy
import threading
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel
from strands import Agent
from strands.models import Model
from strands.models.routing import ModelRouter
from strands.types.exceptions import ModelThrottledException

from headroom_core.engine.headroom import Headroom
from headroom_core.errors import ConfigError
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_strands import (
    HeadroomConversationManager,
    HeadroomHooks,
    HeadroomModel,
    HeadroomPlugin,
)
from tests.strands.fakes import (
    ASK_LOG,
    FACT,
    Scripted,
    ask_back,
    drained,
    read_log,
    tell_fact,
    texts,
)
from tests.upstream import say

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from strands.types.content import Messages
    from strands.types.streaming import StreamEvent
    from strands.types.tools import ToolSpec, ToolUse


class Verdict(BaseModel):
    """What the log says."""

    cause: str


def agent_of(model: HeadroomModel, *, tools: list[Any] | None = None, **given: Any) -> Agent:
    own = [read_log, model.retrieve_tool] if tools is None else tools
    return Agent(model=model, tools=own, callback_handler=None, **given)


@pytest.fixture
def history() -> Messages:
    model = Scripted(ASK_LOG, say("The pool."))
    agent = Agent(model=model, tools=[read_log], callback_handler=None)
    agent("What failed?")
    return agent.messages


@pytest.mark.requirement("strands.model")
def test_the_model_reads_the_short_results_and_the_history_keeps_the_originals() -> None:
    inner = Scripted(ASK_LOG, ask_back, tell_fact)
    model = HeadroomModel(inner)
    agent = agent_of(model)

    answer = agent("What failed?")

    assert str(answer).strip() == FACT
    assert len(texts(inner.sent[1])[0]) < len(texts(agent.messages)[0]) / 4
    assert (model.savings.requests, model.savings.edits, model.savings.retrievals) == (3, 2, 1)


@pytest.mark.requirement("strands.lossless")
def test_nothing_is_hidden_without_the_retrieve_tool() -> None:
    inner = Scripted(ASK_LOG, say("done"))

    agent_of(HeadroomModel(inner), tools=[read_log])("What failed?")

    assert texts(inner.sent[1])[0].startswith("[headroom log")


@pytest.mark.requirement("strands.model")
def test_the_old_way_to_a_structured_answer_is_covered(history: Messages) -> None:
    inner = Scripted(say('{"cause": "the pool"}'))
    agent = agent_of(HeadroomModel(inner), messages=copy.deepcopy(history))

    with pytest.warns(DeprecationWarning, match="structured_output"):
        verdict = agent.structured_output(Verdict, "What failed?")

    assert verdict == Verdict(cause="the pool")
    assert texts(inner.sent[0])[0].startswith("[headroom log")
    assert texts(agent.messages) == texts(history)


@pytest.mark.requirement("strands.bypass")
async def test_a_call_can_ask_to_be_left_alone(history: Messages) -> None:
    inner = Scripted(say("done"))
    model = HeadroomModel(inner)

    await drained(model.stream(history, invocation_state={"headroom_bypass": "true"}))

    assert inner.sent == [history]
    assert model.savings.bypassed == 1


@pytest.mark.requirement("strands.model")
async def test_everything_else_goes_through_as_the_same_objects(history: Messages) -> None:
    inner = Scripted(say("done"))
    given: dict[str, Any] = {
        "tool_choice": {"auto": {}},
        "system_prompt_content": [{"text": "Be brief."}],
        "invocation_state": {"a": 1},
        "cancel_signal": threading.Event(),
        "agent_metadata": object(),
        "structured_output_model": Verdict,
        "model_state": {},
        "something_new": object(),
    }
    specs: list[ToolSpec] = [{"name": "a", "description": "b", "inputSchema": {"json": {}}}]

    await drained(HeadroomModel(inner).stream(history, specs, "Be brief.", **given))

    assert inner.specs == [specs]
    (received,) = inner.given
    assert received.pop("system_prompt") == "Be brief."
    assert received.keys() == given.keys()
    assert all(received[name] is given[name] for name in given)


@pytest.mark.requirement("strands.model")
def test_the_wrapped_model_shows_through() -> None:
    inner = Scripted(say("done"), context_window_limit=1_000)
    inner._supports_structured_output = True
    model = HeadroomModel(inner)

    model.update_config(temperature=0)

    assert model.model is inner
    assert model.get_config() is inner.config
    assert model.config is inner.config  # what the framework's tracing reads
    assert inner.config["temperature"] == 0
    assert (model.stateful, model.context_window_limit) == (False, 1_000)
    assert model.estimate_utilization(500) == 0.5
    assert model._supports_structured_output is True
    with pytest.raises(AttributeError, match="no_such_thing"):
        _ = model.no_such_thing


INHERITED = sorted(
    name
    for name in vars(Model)
    if not name.startswith(("__", "_abc_"))
    and name not in {"stream", "structured_output", "count_tokens", "update_config", "get_config"}
)


@pytest.mark.requirement("strands.model")
@pytest.mark.parametrize("name", INHERITED)
def test_what_every_model_has_is_the_wrapped_models_own(name: str) -> None:
    has = object()
    inner = type("Own", (Scripted,), {name: has})(say("done"))

    assert getattr(HeadroomModel(inner), name) is has


@pytest.mark.requirement("strands.model")
@pytest.mark.parametrize("name", INHERITED)
def test_the_class_has_what_every_model_has(name: str) -> None:
    class Ours(HeadroomModel):
        """A class that a caller makes."""

    assert getattr(Ours, name) is getattr(Model, name)


@pytest.mark.requirement("strands.model")
def test_a_model_that_learns_what_it_supports_is_believed_when_it_does() -> None:
    inner = Scripted(say("done"))
    model = HeadroomModel(inner)

    inner._supports_structured_output = True

    assert model._supports_structured_output is True


@pytest.mark.requirement("strands.model")
def test_the_state_that_a_provider_keeps_is_the_agents() -> None:
    class Stateful(Scripted):
        @property
        def stateful(self) -> bool:
            return True

        async def stream(self, *args: Any, **kwargs: Any) -> AsyncGenerator[StreamEvent, None]:
            kwargs["model_state"]["response_id"] = f"r{len(self.sent)}"
            async for event in super().stream(*args, **kwargs):
                yield event

    inner = Stateful(ASK_LOG, say("done"))
    agent = agent_of(HeadroomModel(inner), tools=[read_log])

    agent("What failed?")

    assert agent._model_state == {"response_id": "r1"}
    assert agent.messages == []
    assert texts(inner.sent[1])[0].startswith("[headroom log")
    with pytest.raises(ValueError, match="stateful model"):
        agent_of(HeadroomModel(inner), conversation_manager=HeadroomConversationManager())


@pytest.mark.requirement("strands.model")
async def test_tokens_are_counted_of_what_would_be_sent(history: Messages) -> None:
    inner = Scripted(say("done"))
    model = HeadroomModel(inner)
    with_tool = [read_log.tool_spec, model.retrieve_tool.tool_spec]

    bare = await inner.count_tokens(history)
    lossless = await model.count_tokens(history)
    hiding = await model.count_tokens(history, with_tool)

    assert hiding < lossless < bare
    await drained(model.stream(history, with_tool))
    assert hiding == await inner.count_tokens(inner.sent[0])
    assert model.savings.requests == 1


@pytest.mark.swallows
@pytest.mark.requirement("strands.fail_open")
async def test_an_error_of_ours_fails_no_count(
    history: Messages, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = Scripted(say("done"))
    engine = Headroom(Settings(), store=MemoryStore())

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(engine, "compress_native", broken)

    counted = await HeadroomModel(inner, engine=engine).count_tokens(history)

    assert counted == await inner.count_tokens(history)


@pytest.mark.swallows
@pytest.mark.parametrize("config", ["no mapping", {"model_id": 3}, RuntimeError("none yet")])
async def test_a_model_without_a_name_is_sent_the_same(history: Messages, config: Any) -> None:
    class Nameless(Scripted):
        def get_config(self) -> Any:
            if isinstance(config, Exception):
                raise config
            return config

    inner, named = Nameless(say("done")), Scripted(say("done"))
    model = HeadroomModel(inner)

    await drained(model.stream(history))
    await drained(HeadroomModel(named).stream(history))

    assert inner.sent == named.sent
    assert model.savings.tokens_saved > 0


async def test_the_tool_answers_whoever_calls_it() -> None:
    model = HeadroomModel(Scripted(say("done")))
    use: ToolUse = {"toolUseId": "c1", "name": "headroom_retrieve", "input": {"ref": "0" * 16}}

    (event,) = await drained(model.retrieve_tool.stream(use, {}))

    assert event.tool_result["content"][0]["text"].startswith("Error: ")


async def test_a_model_is_asked_to_count_as_the_wrapper_was() -> None:
    class Counting(Scripted):
        async def count_tokens(self, messages: Messages) -> int:  # type: ignore[override]  # some models take no more
            return len(messages)

    model = HeadroomModel(Counting(say("done")))

    assert await model.count_tokens([{"role": "user", "content": [{"text": "a"}]}]) == 1


async def test_leaving_the_stream_closes_that_of_the_wrapped_model(history: Messages) -> None:
    inner = Scripted(say("done"))
    stream = HeadroomModel(inner).stream(history)

    await anext(stream)
    await stream.aclose()

    assert inner.closed == 1


def test_an_error_of_the_model_is_the_agents_as_it_was() -> None:
    inner = Scripted(ModelThrottledException("slow down"))
    agent = agent_of(HeadroomModel(inner), retry_strategy=None)

    with pytest.raises(ModelThrottledException, match="slow down"):
        agent("What failed?")

    assert len(inner.sent) == 1


def test_a_router_may_choose_among_wrapped_models() -> None:
    first, second = Scripted(RuntimeError("down")), Scripted(ASK_LOG, say("done"))
    router = ModelRouter([HeadroomModel(first), HeadroomModel(second)])
    agent = Agent(model=router, tools=[read_log], callback_handler=None)

    agent("What failed?")

    assert texts(second.sent[1])[0].startswith("[headroom log")


@pytest.mark.requirement("strands.settings")
@pytest.mark.parametrize("wrong", [None, "claude", ModelRouter([Scripted(say("x"))])])
def test_what_is_no_model_is_refused(wrong: Any) -> None:
    with pytest.raises(ConfigError, match="of a router, wrap the"):
        HeadroomModel(wrong)


def test_a_model_that_is_not_made_yet_has_no_attributes() -> None:
    bare = HeadroomModel.__new__(HeadroomModel)

    with pytest.raises(AttributeError):
        _ = bare.anything


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copy_works_as_the_model_does_and_shares_its_figures(
    copied: Callable[[HeadroomModel], HeadroomModel],
) -> None:
    model = HeadroomModel(Scripted(say("done")))

    agent = Agent(model=copied(model), callback_handler=None)

    assert isinstance(agent.model, HeadroomModel)
    assert str(agent("Hello?")).strip() == "done"
    assert model.savings.requests == 1


@pytest.mark.parametrize("make", [HeadroomPlugin, HeadroomHooks, HeadroomConversationManager])
def test_whatever_stands_in_an_agent_can_be_copied(
    make: type[HeadroomPlugin | HeadroomHooks | HeadroomConversationManager],
) -> None:
    assert copy.deepcopy(make()).savings.requests == 0
