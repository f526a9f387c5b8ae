"""The hooks: results are shortened where they arise, and their originals are in the store."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from strands import Agent, tool  # pyright: ignore[reportUnknownVariableType] - typed in part
from strands.bidi import BidiAgent
from strands.bidi.models.model import BidiModel
from strands.hooks import AfterToolCallEvent, HookRegistry

from headroom_core.engine.headroom import Headroom
from headroom_core.notes import find_notes
from headroom_core.settings import Settings
from headroom_core.store.base import ref_of
from headroom_core.store.memory import MemoryStore
from headroom_core.store.settings import StoreSettings
from headroom_strands import HeadroomHooks
from tests.strands.fakes import (
    ASK_LOG,
    FACT,
    LOG,
    USERS,
    Scripted,
    ask_back,
    drained,
    list_users,
    read_log,
    tell_fact,
    texts,
)
from tests.upstream import Asked, Turn, say

if TYPE_CHECKING:
    from strands.models import Model

ORIGINAL = f"app\n{LOG}"


@pytest.fixture
def engine() -> Headroom:
    return Headroom(Settings(), store=MemoryStore())


def agent_of(model: Model, hooks: HeadroomHooks, *, tools: list[Any] | None = None) -> Agent:
    own = [read_log] if tools is None else tools
    return Agent(model=model, tools=own, hooks=[hooks], callback_handler=None)


@pytest.mark.requirement("strands.hooks")
def test_the_history_holds_the_short_result_and_the_store_the_original(engine: Headroom) -> None:
    model = Scripted(ASK_LOG, say("The pool."))
    hooks = HeadroomHooks(engine=engine)
    agent = agent_of(model, hooks)

    agent("What failed?")

    (kept,) = texts(agent.messages)
    assert "FATAL db pool exhausted" in kept
    assert texts(model.sent[1]) == [kept]
    (note,) = find_notes(kept)
    assert engine.retrieve(note.ref).text == ORIGINAL
    savings = hooks.savings
    assert (savings.requests, savings.edits) == (1, 1)
    assert savings.tokens_saved > 0.8 * savings.tokens_before


@pytest.mark.requirement("strands.hooks")
def test_the_original_of_a_lossless_form_is_in_the_store_too(engine: Headroom) -> None:
    hooks = HeadroomHooks(engine=engine, retrieval=False)
    agent = agent_of(Scripted(ASK_LOG, say("done")), hooks)

    agent("What failed?")

    assert texts(agent.messages)[0].startswith("[headroom log")
    assert engine.store.get(ref_of(ORIGINAL)) == ORIGINAL


@pytest.mark.requirement("strands.retrieval")
@pytest.mark.parametrize("way", ["call", "invoke_async", "stream_async"])
async def test_a_model_that_asks_back_answers_with_the_hidden_fact(way: str) -> None:
    hooks = HeadroomHooks()
    agent = agent_of(Scripted(ASK_LOG, ask_back, tell_fact), hooks)

    match way:
        case "call":
            answer = agent("What failed?")
        case "invoke_async":
            answer = await agent.invoke_async("What failed?")
        case _:
            answer = (await drained(agent.stream_async("What failed?")))[-1]["result"]

    assert str(answer).strip() == FACT
    assert hooks.savings.retrievals == 1
    assert FACT in texts(agent.messages)[1]


@pytest.mark.requirement("strands.lossless")
def test_hooks_that_came_too_late_for_the_tool_hide_nothing() -> None:
    agent = Agent(model=Scripted(ASK_LOG, say("done")), tools=[read_log], callback_handler=None)
    agent.hooks.add_hook(HeadroomHooks())

    agent("What failed?")

    assert texts(agent.messages)[0].startswith("[headroom log")
    assert agent.tool_names == ["read_log"]


@pytest.mark.requirement("strands.lossless")
def test_a_tool_of_almost_that_name_leaves_no_room_for_ours(
    caplog: pytest.LogCaptureFixture,
) -> None:
    @tool(name="headroom-retrieve")
    def other() -> str:
        """Something else."""
        return ""

    agent = agent_of(Scripted(ASK_LOG, say("done")), HeadroomHooks(), tools=[read_log, other])
    agent("What failed?")

    assert texts(agent.messages)[0].startswith("[headroom log")
    assert "nothing is hidden" in caplog.text


def test_an_agent_without_tools_is_left_without() -> None:
    agent = agent_of(Scripted(say("hello")), HeadroomHooks(), tools=[])

    assert agent.tool_names == []


@pytest.mark.requirement("strands.bypass")
def test_a_call_can_ask_to_be_left_alone() -> None:
    hooks = HeadroomHooks()
    agent = agent_of(Scripted(ASK_LOG, say("done")), hooks)

    agent("What failed?", invocation_state={"headroom_bypass": True})

    assert texts(agent.messages) == [ORIGINAL]
    assert hooks.savings.requests == 0


@pytest.mark.requirement("strands.hooks")
def test_a_direct_call_returns_the_whole_result() -> None:
    agent = agent_of(Scripted(say("done")), HeadroomHooks())

    result = agent.tool.read_log(name="app")

    assert result["content"] == [{"text": ORIGINAL}]


@pytest.mark.requirement("strands.hooks")
def test_what_another_hook_takes_out_of_a_result_is_never_stored(engine: Headroom) -> None:
    def redact(event: AfterToolCallEvent) -> None:
        event.result = {**event.result, "content": [{"text": ORIGINAL.replace("FATAL", "*****")}]}

    agent = Agent(
        model=Scripted(ASK_LOG, say("done")),
        tools=[read_log],
        hooks=[HeadroomHooks(engine=engine), redact],
        callback_handler=None,
    )

    agent("What failed?")

    (note,) = find_notes(texts(agent.messages)[0])
    assert engine.retrieve(note.ref).text == ORIGINAL.replace("FATAL", "*****")
    assert [entry.ref for entry in engine.store.entries()] == [note.ref]


def test_a_result_that_is_thrown_away_is_not_shortened() -> None:
    tried: list[str] = []

    def again(event: AfterToolCallEvent) -> None:
        tried.append(event.tool_use["name"])
        event.retry = len(tried) == 1

    hooks = HeadroomHooks()
    agent = Agent(
        model=Scripted(ASK_LOG, say("done")),
        tools=[read_log],
        hooks=[hooks, again],
        callback_handler=None,
    )

    agent("What failed?")

    assert len(tried) == 2
    assert hooks.savings.requests == 1


@pytest.mark.requirement("strands.hooks")
def test_no_kept_result_points_to_one_that_may_leave_the_history(engine: Headroom) -> None:
    twice = Turn(calls=(Asked("read_log", '{"name": "app"}', "c1"), *ASK_LOG.calls))
    agent = agent_of(
        Scripted(ASK_LOG, twice, say("done")), HeadroomHooks(engine=engine, retrieval=False)
    )

    agent("What failed?")

    assert len(set(texts(agent.messages))) == 1
    assert len(texts(agent.messages)) == 3


@pytest.mark.requirement("strands.hooks")
def test_a_secret_that_may_not_be_stored_stays_where_it_is() -> None:
    store = StoreSettings(url="memory://", redact=lambda text: text.replace("FATAL", "*****"))
    hooks = HeadroomHooks(settings=Settings(store=store))
    agent = agent_of(Scripted(ASK_LOG, say("done")), hooks)

    agent("What failed?")

    assert hooks.savings.warnings
    assert texts(agent.messages) == [ORIGINAL]


def test_what_is_short_enough_is_not_cut_by_the_framework() -> None:
    model = Scripted(ASK_LOG, say("done"), context_window_limit=100_000)
    agent = Agent(
        model=model,
        tools=[read_log],
        hooks=[HeadroomHooks()],
        context_manager="auto",
        callback_handler=None,
    )

    agent("What failed?")

    (kept,) = texts(agent.messages)
    assert find_notes(kept)
    assert texts(model.sent[1]) == [kept]


def test_a_json_result_becomes_a_text(engine: Headroom) -> None:
    model = Scripted(Turn(calls=(Asked("list_users", "{}"),)), say("done"))
    agent = agent_of(model, HeadroomHooks(engine=engine), tools=[list_users])

    agent("Who is there?")

    original = json.dumps(json.loads(USERS), ensure_ascii=False)
    assert texts(agent.messages)[0].startswith("[headroom ")
    assert engine.store.get(ref_of(original)) == original


@pytest.mark.swallows
@pytest.mark.requirement("strands.fail_open")
def test_an_error_of_ours_fails_no_request(
    engine: Headroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks = HeadroomHooks(engine=engine)
    agent = agent_of(Scripted(ASK_LOG, say("done")), hooks)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(engine, "compress_native", broken)
    answer = agent("What failed?")

    assert str(answer).strip() == "done"
    assert texts(agent.messages) == [ORIGINAL]
    assert list(hooks.savings.warnings.values()) == [1]


def test_the_hooks_are_a_provider_as_the_framework_defines_it() -> None:
    registry = HookRegistry()

    registry.add_hook(HeadroomHooks())

    assert registry.has_callbacks()


class Silent(BidiModel):
    """A model of a bidirectional agent that is never started."""

    def get_config(self) -> dict[str, Any]:
        return {}

    def update_config(self, **model_config: Any) -> None:
        """There is nothing to configure."""

    async def start(self, *_: Any, **__: Any) -> None:
        raise NotImplementedError

    async def stop(self) -> None:
        raise NotImplementedError

    async def send(self, *_: Any, **__: Any) -> None:
        raise NotImplementedError

    def receive(self) -> Any:
        raise NotImplementedError


def test_a_bidirectional_agent_is_left_alone() -> None:
    agent = BidiAgent(model=Silent(), tools=[read_log], hooks=[HeadroomHooks()])

    result = agent.tool.read_log(name="app")

    assert agent.tool_names == ["read_log"]
    assert result["content"] == [{"text": ORIGINAL}]
