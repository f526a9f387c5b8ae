"""The plugin: what the model is sent, what the agent keeps, and what both are told."""

from __future__ import annotations

import copy
import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel
from strands import Agent
from strands.agent.conversation_manager import NullConversationManager
from strands.middleware import InvokeModelStage
from strands.multiagent import GraphBuilder
from strands.multiagent.base import Status
from strands.plugins import Plugin

from headroom_core.engine.headroom import Headroom
from headroom_core.errors import ConfigError
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_strands import HeadroomHooks, HeadroomModel, HeadroomPlugin
from tests.strands.fakes import (
    ASK_LOG,
    FACT,
    LOG,
    Answer,
    Scripted,
    ask_back,
    drained,
    list_users,
    read_log,
    results,
    tell_fact,
    texts,
)
from tests.upstream import Asked, Turn, say

if TYPE_CHECKING:
    from strands.middleware import InvokeModelContext
    from strands.models import Model
    from strands.types.content import Messages
    from strands.types.tools import ToolChoiceAnyDict


class Verdict(BaseModel):
    """What the log says."""

    cause: str


def agent_of(model: Model, *, tools: list[Any] | None = None, **given: Any) -> Agent:
    own = [read_log] if tools is None else tools
    return Agent(model=model, tools=own, callback_handler=None, **given)


def names(model: Scripted) -> list[list[str]]:
    return [[spec["name"] for spec in specs or ()] for specs in model.specs]


@pytest.mark.requirement("strands.plugin")
def test_the_model_reads_the_short_results_and_the_history_keeps_the_originals() -> None:
    model = Scripted(ASK_LOG, say("The pool."))
    plugin = HeadroomPlugin()
    agent = agent_of(model, plugins=[plugin])

    answer = agent("What failed?")

    assert str(answer).strip() == "The pool."
    assert texts(agent.messages) == [f"app\n{LOG}"]
    (seen,) = texts(model.sent[1])
    assert seen.startswith("[headroom ")
    assert "FATAL db pool exhausted" in seen
    assert names(model) == [["read_log", "headroom_retrieve"]] * 2
    savings = plugin.savings
    assert (savings.requests, savings.compressed, savings.bypassed) == (2, 1, 0)
    assert savings.tokens_saved > 5_000
    assert 0 < savings.overhead < 600


@pytest.mark.requirement("strands.retrieval")
@pytest.mark.parametrize("way", ["call", "invoke_async", "stream_async"])
async def test_a_model_that_asks_back_answers_with_the_hidden_fact(way: str) -> None:
    def unseen(messages: Messages) -> Turn:
        assert FACT not in texts(messages)[-1]
        return ask_back(messages)

    model = Scripted(ASK_LOG, unseen, tell_fact)
    plugin = HeadroomPlugin()
    agent = agent_of(model, plugins=[plugin])

    match way:
        case "call":
            answer = agent("What failed?")
        case "invoke_async":
            answer = await agent.invoke_async("What failed?")
        case _:
            answer = (await drained(agent.stream_async("What failed?")))[-1]["result"]

    assert str(answer).strip() == FACT
    assert plugin.savings.retrievals == 1
    # What was retrieved is sent as it is, and goes on being sent so.
    assert texts(model.sent[2])[1] == texts(agent.messages)[1]


@pytest.mark.requirement("strands.retrieval")
def test_a_structured_answer_can_ask_back_first() -> None:
    def structured(messages: Messages) -> Turn:
        found = json.dumps({"cause": tell_fact(messages).text})
        return Turn(calls=(Asked("Verdict", found, "verdict"),))

    agent = agent_of(Scripted(ASK_LOG, ask_back, structured), plugins=[HeadroomPlugin()])

    answer = agent("What failed?", structured_output_model=Verdict)

    assert answer.structured_output == Verdict(cause=FACT)


@pytest.mark.requirement("strands.retrieval")
def test_the_agents_of_a_graph_can_ask_back_with_one_plugin() -> None:
    plugin = HeadroomPlugin()
    reader = agent_of(Scripted(ASK_LOG, ask_back, tell_fact), plugins=[plugin], name="reader")
    writer = agent_of(Scripted(ASK_LOG, ask_back, tell_fact), plugins=[plugin], name="writer")
    builder = GraphBuilder()
    builder.add_node(reader, "reader")
    builder.add_node(writer, "writer")
    builder.add_edge("reader", "writer")
    builder.set_max_node_executions(2)

    done = builder.build()("What failed?")

    assert done.status is Status.COMPLETED
    assert [str(done.results[name].result).strip() for name in ("reader", "writer")] == [FACT, FACT]
    assert plugin.savings.retrievals == 2


@pytest.mark.requirement("strands.prefix")
def test_an_agent_of_twenty_turns_sends_its_prefix_byte_for_byte() -> None:
    script: list[Answer] = []
    for index in range(20):
        asked = Asked("read_log", json.dumps({"name": "abc"[index % 3]}), f"c{index}")
        script += [Turn(calls=(asked,)), say("next")]
    model = Scripted(*script)
    agent = agent_of(
        model, plugins=[HeadroomPlugin()], conversation_manager=NullConversationManager()
    )

    for index in range(20):
        agent(f"Turn {index}: what took longer than {index} s?")

    for earlier, later in pairwise(model.sent):
        assert json.dumps(later[: len(earlier)]) == json.dumps(earlier)
    assert (len(model.sent), len(model.sent[-1])) == (40, 79)
    assert all(specs == model.specs[0] for specs in model.specs)


@pytest.mark.requirement("strands.lossless")
def test_nothing_is_hidden_without_the_retrieve_tool() -> None:
    model = Scripted(ASK_LOG, say("done"))
    agent = agent_of(model, plugins=[HeadroomPlugin(retrieval=False)])

    agent("What failed?")

    (seen,) = texts(model.sent[1])
    assert seen.startswith("[headroom log")
    assert names(model) == [["read_log"]] * 2


@pytest.mark.requirement("strands.lossless")
def test_a_lossless_mode_adds_no_tool() -> None:
    model = Scripted(say("done"))

    agent_of(model, plugins=[HeadroomPlugin(settings=Settings(mode="lossless"))])("Hello?")

    assert names(model) == [["read_log"]]


@pytest.mark.requirement("strands.lossless")
def test_an_agent_without_tools_is_left_without() -> None:
    model = Scripted(say("hello"))
    plugin = HeadroomPlugin()

    agent = agent_of(model, plugins=[plugin], tools=[])
    agent("Hello?")

    assert model.specs == [None]
    assert agent.tool_names == []
    assert plugin.savings.overhead == 0


@pytest.mark.requirement("strands.retrieval")
def test_an_agent_that_gets_its_tools_later_gets_the_retrieve_tool_with_them() -> None:
    class Late(Plugin):
        @property
        def name(self) -> str:
            return "late"

        def init_agent(self, agent: Agent) -> None:
            agent.tool_registry.register_tool(list_users)

    model = Scripted(say("hello"), ASK_LOG, ask_back, tell_fact)
    agent = agent_of(model, plugins=[HeadroomPlugin()], tools=[])
    agent("Hello?")
    agent.tool_registry.register_tool(read_log)
    answer = agent("What failed?")

    assert str(answer).strip() == FACT
    assert names(model) == [[], *[["read_log", "headroom_retrieve"]] * 3]
    early = agent_of(Scripted(), plugins=[HeadroomPlugin(), Late()], tools=[])
    assert early.tool_names == ["list_users", "headroom_retrieve"]


def test_the_tool_of_a_structured_answer_is_one_too() -> None:
    structured = Turn(calls=(Asked("Verdict", '{"cause": "x"}', "verdict"),))
    model = Scripted(structured, say("hello"))
    agent = agent_of(model, plugins=[HeadroomPlugin()], tools=[])

    agent("Why?", structured_output_model=Verdict)
    agent("Hello?")

    assert [sorted(each) for each in names(model)] == [["Verdict", "headroom_retrieve"], []]


@pytest.mark.requirement("strands.lossless")
@pytest.mark.parametrize("supports", [True, False])
def test_a_forced_structured_answer_hides_only_what_it_can_ask_for(supports: bool) -> None:
    forced = Turn(calls=(Asked("Verdict", '{"cause": "the pool"}'),))
    model = Scripted(ASK_LOG, say("The pool."), forced)
    model._supports_structured_output = supports
    agent = agent_of(model, plugins=[HeadroomPlugin()])

    answer = agent("What failed?", structured_output_model=Verdict)

    assert answer.structured_output == Verdict(cause="the pool")
    (seen,) = texts(model.sent[2])
    assert ("headroom_retrieve" in names(model)[2]) is supports
    assert seen.startswith("[headroom log") is not supports
    assert (seen == texts(model.sent[1])[0]) is supports


def test_a_request_whose_tool_is_not_forced_carries_them_all() -> None:
    def anything(context: InvokeModelContext) -> InvokeModelContext:
        choice: ToolChoiceAnyDict = {"any": {}}
        return context.replace(tool_choice=choice)

    forced = Turn(calls=(Asked("Verdict", '{"cause": "the pool"}'),))
    model = Scripted(ASK_LOG, say("The pool."), forced)
    agent = agent_of(model)
    agent.add_middleware(InvokeModelStage.Input, anything)
    HeadroomPlugin().init_agent(agent)

    agent("What failed?", structured_output_model=Verdict)

    assert "headroom_retrieve" in names(model)[2]
    assert texts(model.sent[2]) == texts(model.sent[1])


def test_a_tool_of_that_name_that_the_agent_has_is_used() -> None:
    hooks, plugin = HeadroomHooks(), HeadroomPlugin()
    model = Scripted(say("hello"))

    agent = agent_of(
        model, tools=[read_log, HeadroomModel(model).retrieve_tool], plugins=[plugin], hooks=[hooks]
    )
    agent("Hello?")

    assert names(model) == [["read_log", "headroom_retrieve"]]
    assert plugin.savings.overhead == 0


@pytest.mark.requirement("strands.bypass")
def test_a_call_can_ask_to_be_left_alone() -> None:
    model = Scripted(ASK_LOG, say("done"))
    plugin = HeadroomPlugin()
    agent = agent_of(model, plugins=[plugin])

    agent("What failed?", invocation_state={"headroom_bypass": True})

    assert texts(model.sent[1]) == texts(agent.messages)
    assert plugin.savings.bypassed == 2


@pytest.mark.requirement("strands.stacked")
def test_hooks_plugin_and_model_together_shorten_once() -> None:
    inner = Scripted(ASK_LOG, ask_back, tell_fact)
    hooks, plugin, model = HeadroomHooks(), HeadroomPlugin(), HeadroomModel(inner)
    agent = agent_of(model, plugins=[plugin], hooks=[hooks])
    alone = Scripted(ASK_LOG, say("done"))
    agent_of(alone, plugins=[HeadroomPlugin()])("What failed?")

    answer = agent("What failed?")

    assert str(answer).strip() == FACT
    assert texts(inner.sent[1]) == texts(alone.sent[1])
    assert names(inner)[-1] == ["read_log", "headroom_retrieve"]
    assert (hooks.savings.edits, plugin.savings.edits, model.savings.edits) == (1, 0, 0)
    made = [each.retrievals for each in (hooks.savings, plugin.savings, model.savings)]
    assert made == [0, 1, 0]


def test_an_unknown_ref_is_answered_with_those_that_the_model_has_seen() -> None:
    def wrong(_: Messages) -> Turn:
        return Turn(calls=(Asked("headroom_retrieve", '{"ref": "0000000000000000"}'),))

    model = Scripted(ASK_LOG, wrong, say("done"))
    agent_of(model, plugins=[HeadroomPlugin()])("What failed?")

    seen, answer = texts(model.sent[2])
    assert answer.startswith("Error: ")
    assert seen[len("[headroom ") :][:16] in answer


def test_blocks_that_are_made_anew_for_each_request_are_not_history() -> None:
    def remind(context: InvokeModelContext) -> InvokeModelContext:
        messages = copy.deepcopy(context.messages)
        messages[-1]["content"].append({"text": LOG})
        return context.replace(messages=messages, dynamic_trailing_blocks=1)

    settings = Settings(roles=frozenset({"tool", "user"}))
    model = Scripted(ASK_LOG, say("done"))
    agent = Agent(model=model, tools=[read_log], callback_handler=None)
    agent.add_middleware(InvokeModelStage.Input, remind)
    HeadroomPlugin(settings=settings).init_agent(agent)

    agent("What failed?")

    for sent in model.sent:
        assert sent[-1]["content"][-1] == {"text": LOG}
    assert texts(model.sent[1])[0].startswith("[headroom ")


def test_a_json_result_is_shortened_and_stays_json_in_the_history() -> None:
    model = Scripted(Turn(calls=(Asked("list_users", "{}"),)), say("done"))
    agent = agent_of(model, tools=[list_users], plugins=[HeadroomPlugin()])

    agent("Who is there?")

    (item,) = results(agent.messages)[0]["content"]
    assert list(item) == ["json"]
    assert texts(model.sent[1])[0].startswith("[headroom ")


@pytest.mark.swallows
@pytest.mark.requirement("strands.fail_open")
def test_an_error_of_ours_fails_no_request(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Headroom(Settings(), store=MemoryStore())
    plugin = HeadroomPlugin(engine=engine)
    model = Scripted(ASK_LOG, say("done"))
    agent = agent_of(model, plugins=[plugin])

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(engine, "compress_native", broken)
    answer = agent("What failed?")

    assert str(answer).strip() == "done"
    assert texts(model.sent[1]) == texts(agent.messages)
    assert plugin.savings.requests == 2
    assert list(plugin.savings.warnings.values()) == [2]


@pytest.mark.requirement("strands.settings")
@pytest.mark.parametrize("make", [HeadroomPlugin, HeadroomHooks])
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"settings": "max"}, "`settings` must be"),
        ({"engine": "max"}, "`engine` must be"),
        ({"retrieval": "yes"}, "`retrieval` must be"),
        (
            {"settings": Settings(), "engine": Headroom(Settings(), store=MemoryStore())},
            "or `settings`",
        ),
    ],
)
def test_a_wrong_setting_fails_at_once(
    make: type[HeadroomPlugin | HeadroomHooks], given: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        make(**given)


def test_what_the_framework_has_cut_itself_is_sent_as_it_is() -> None:
    model = Scripted(ASK_LOG, say("done"), context_window_limit=100_000)
    agent = agent_of(model, plugins=[HeadroomPlugin()], context_manager="auto")

    agent("What failed?")

    assert texts(model.sent[1]) == texts(agent.messages)
    assert "[Truncated: " in texts(model.sent[1])[0]
