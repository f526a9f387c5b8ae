"""Agents: the middleware, and the wrapped model in an agent and in a graph of one's own."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from langchain.agents.middleware import AgentMiddleware, ModelRequest
from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    ToolMessage,
)
from langgraph.checkpoint.memory import InMemorySaver

from headroom_core.engine.shared import forget_engines, shared_engine
from headroom_core.errors import ConfigError
from headroom_core.settings import Settings
from headroom_langchain import HeadroomChatModel, HeadroomMiddleware, compress_messages
from headroom_langchain.retrieve_tool import HeadroomRetrieve
from tests.langchain.conversation import (
    FACT,
    HIDDEN_LINE,
    LOG,
    asked,
    first_ref,
    log_text,
    retrieving,
    run_command,
    texts,
)
from tests.langchain.fakes import FakeChat, says
from tests.langchain.graphs import (
    END,
    START,
    MessagesState,
    StateGraph,
    ToolNode,
    create_agent,
    create_react_agent,
)
from tests.langchain.turns import dumped, in_turns, read_log

if TYPE_CHECKING:
    from collections.abc import Callable

TURNS = 20


def assert_only_grows(sent: list[list[BaseMessage]]) -> None:
    for before, after in pairwise(sent):
        assert dumped(after)[: len(before)] == dumped(before)


def with_model(llm: FakeChat, saver: InMemorySaver | None) -> Any:
    return create_agent(HeadroomChatModel(llm), [read_log], checkpointer=saver)


def with_middleware(llm: FakeChat, saver: InMemorySaver | None) -> Any:
    return create_agent(llm, [read_log], middleware=[HeadroomMiddleware()], checkpointer=saver)


AGENTS: list[Callable[[FakeChat, InMemorySaver | None], Any]] = [with_model, with_middleware]
each_agent = pytest.mark.parametrize("made", AGENTS, ids=lambda made: made.__name__)


@pytest.mark.requirement("langchain.replay")
@each_agent
def test_twenty_turns_only_add_to_what_was_sent(made: Callable[..., Any]) -> None:
    llm, saver = FakeChat(script=in_turns), InMemorySaver()
    config = {"configurable": {"thread_id": "1"}}
    state: Any = {}
    for turn in range(TURNS):
        if turn % 5 == 4:  # as in a new process: agent, wrapper, engine and checkpoints are new
            forget_engines()
            saver = InMemorySaver()
            restored = pickle.loads(pickle.dumps(state["messages"]))
            made(llm, saver).update_state(config, {"messages": restored})
        agent = made(llm, saver)
        state = agent.invoke({"messages": [HumanMessage(f"Turn {turn}?")]}, config)
        assert f"id={(turn + 1) * 1000 + 76} " in state["messages"][-1].text

    assert len(llm.sent) == TURNS * 3
    assert_only_grows(llm.sent)
    results = [each for each in state["messages"] if isinstance(each, ToolMessage)]
    originals = [each.text for each in results if each.tool_call_id.startswith("call_log")]
    assert originals == [log_text(150, seed=turn * 1000) for turn in range(1, TURNS + 1)]


IN_ANOTHER_PROCESS = """
import json, pickle, sys
from tests.langchain.turns import dumped
model, messages = pickle.load(sys.stdin.buffer)
model.bind_tools([]).bound.invoke(messages, tools=[{"type": "function", "function": {"name": "x"}}])
print(json.dumps(dumped(model.llm.sent[-1])))
"""


@pytest.mark.requirement("langchain.replay")
def test_another_process_sends_the_same_prefix() -> None:
    llm = FakeChat(script=in_turns)
    model = HeadroomChatModel(llm)
    state = create_agent(model, [read_log]).invoke({"messages": [HumanMessage("Turn 0?")]})
    sent = dumped(llm.sent[-1])

    messages = [*state["messages"], HumanMessage("And?")]
    done = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS],
        input=pickle.dumps((model, messages)),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, sys.path))},
        stdout=subprocess.PIPE,
        check=True,
    )

    assert json.loads(done.stdout)[: len(sent)] == json.loads(json.dumps(sent))


@each_agent
@pytest.mark.requirement("langchain.async")
async def test_an_agent_works_asynchronously(made: Callable[..., Any]) -> None:
    llm = FakeChat(script=in_turns)

    state = await made(llm, None).ainvoke({"messages": [HumanMessage("Turn 0?")]})

    assert "id=1076 " in state["messages"][-1].text
    assert_only_grows(llm.sent)


@each_agent
@pytest.mark.requirement("langchain.async")
async def test_an_agent_streams(made: Callable[..., Any]) -> None:
    agent = made(FakeChat(script=in_turns), None)
    parts: list[str] = []
    async for chunk, _ in agent.astream(
        {"messages": [HumanMessage("Turn 0?")]}, stream_mode="messages"
    ):
        if isinstance(chunk, AIMessage):
            parts.append(chunk.text)

    assert "id=1076 " in "".join(parts)


def test_the_state_of_an_agent_shows_no_hidden_exchange_of_the_model() -> None:
    agent = with_model(FakeChat(script=in_turns), None)

    state = agent.invoke({"messages": [HumanMessage("Turn 0?")]})

    kinds = [type(each).__name__ for each in state["messages"]]
    assert kinds == ["HumanMessage", "AIMessage", "ToolMessage", "AIMessage"]


def test_the_middleware_counts_what_it_saved() -> None:
    middleware = HeadroomMiddleware()
    agent = create_agent(FakeChat(script=in_turns), [read_log], middleware=[middleware])

    agent.invoke({"messages": [HumanMessage("Turn 0?")]})

    savings = middleware.savings
    assert savings.requests == 3
    assert savings.retrievals == 1
    assert savings.tokens_saved > 0
    assert savings.overhead > 0


@pytest.mark.requirement("langchain.nothing_hidden")
def test_without_retrieval_the_middleware_adds_no_tool_and_hides_nothing() -> None:
    llm = FakeChat(script=in_turns)
    middleware = HeadroomMiddleware(retrieval=False)

    state = create_agent(llm, [read_log], middleware=[middleware]).invoke(
        {"messages": [HumanMessage("Turn 0?")]}
    )

    assert state["messages"][-1].text == "Nothing is hidden."
    assert [tool["function"]["name"] for tool in llm.asked[-1]["tools"]] == ["read_log"]
    assert middleware.savings.tokens_saved > 0


class NoRetrieval(AgentMiddleware[Any, Any, Any]):
    """Takes our tool away, as a selector of tools may."""

    def wrap_model_call(self, request: ModelRequest[Any], handler: Any) -> Any:
        kept = [each for each in request.tools if not isinstance(each, HeadroomRetrieve)]
        return handler(request.override(tools=kept))


@pytest.mark.requirement("langchain.nothing_hidden")
async def test_a_request_of_an_agent_without_tools_gets_none() -> None:
    llm = FakeChat(script=lambda messages, kwargs: says("Fine."))
    agent = create_agent(llm, [], middleware=[HeadroomMiddleware()])

    agent.invoke({"messages": asked()})
    await agent.ainvoke({"messages": asked()})

    assert [kwargs.get("tools") for kwargs in llm.asked] == [None, None]
    assert all(len(sent[2].text) < len(LOG) for sent in llm.sent)
    assert first_ref(texts(llm.sent[0])) is None


@pytest.mark.requirement("langchain.nothing_hidden")
def test_nothing_is_hidden_when_another_middleware_takes_the_tool_away() -> None:
    llm = FakeChat(script=in_turns)
    agent = create_agent(llm, [read_log], middleware=[NoRetrieval(), HeadroomMiddleware()])

    state = agent.invoke({"messages": [HumanMessage("Turn 0?")]})

    assert state["messages"][-1].text == "Nothing is hidden."


@pytest.mark.requirement("langchain.bypass")
@each_agent
async def test_a_call_of_an_agent_can_bypass_it(made: Callable[..., Any]) -> None:
    llm = FakeChat(script=in_turns)
    config = {"metadata": {"headroom_bypass": True}}

    agent = made(llm, None)
    agent.invoke({"messages": [HumanMessage("Turn 0?")]}, config)
    await agent.ainvoke({"messages": [HumanMessage("Turn 0?")]}, config)

    results = [each for sent in llm.sent for each in sent if isinstance(each, ToolMessage)]
    assert {each.text for each in results} == {log_text(150, seed=1000)}


def test_the_request_is_passed_on_as_it_is_when_nothing_changes() -> None:
    seen: list[object] = []

    class Outside(AgentMiddleware[Any, Any, Any]):
        def wrap_model_call(self, request: ModelRequest[Any], handler: Any) -> Any:
            seen.append(request.messages)
            return handler(request)

    class Inside(Outside):
        pass

    llm = FakeChat(script=lambda messages, kwargs: says("Hello."))
    agent = create_agent(llm, [read_log], middleware=[Outside(), HeadroomMiddleware(), Inside()])
    agent.invoke({"messages": [HumanMessage("Hi.")]})

    assert seen[0] is seen[1]


def test_model_and_middleware_together_retrieve_once() -> None:
    llm = FakeChat(script=in_turns)
    agent = create_agent(HeadroomChatModel(llm), [read_log], middleware=[HeadroomMiddleware()])

    state = agent.invoke({"messages": [HumanMessage("Turn 0?")]})

    assert "id=1076 " in state["messages"][-1].text
    assert len(llm.sent) == 3
    assert_only_grows(llm.sent)


def test_a_wrong_setting_of_the_middleware_fails_at_once() -> None:
    engine = shared_engine(Settings(store="memory://"))

    with pytest.raises(ConfigError, match="give it or `settings`, not both"):
        HeadroomMiddleware(settings=Settings(), engine=engine)
    with pytest.raises(ConfigError, match="`retrieval`"):
        HeadroomMiddleware(retrieval="yes")  # type: ignore[arg-type] # what the test is about


@pytest.mark.requirement("langchain.graph")
def test_a_graph_of_ones_own_shortens_before_its_model() -> None:
    llm = FakeChat(script=lambda messages, kwargs: says("Fine."))

    def pre_model_hook(state: MessagesState) -> dict[str, object]:
        return {"llm_input_messages": compress_messages.invoke(state["messages"])}

    def model(state: MessagesState) -> dict[str, object]:
        sent: Any = pre_model_hook(state)["llm_input_messages"]
        return {"messages": [llm.invoke(sent)]}

    graph = StateGraph(MessagesState).add_node(model)
    graph.add_edge(START, "model").add_edge("model", END)
    state = graph.compile().invoke({"messages": asked()})

    assert state["messages"][2].text == LOG
    assert len(llm.sent[0][2].text) < len(LOG)


@pytest.mark.requirement("langchain.graph")
@pytest.mark.filterwarnings("ignore:create_react_agent has been moved")
def test_the_pre_model_hook_of_a_prebuilt_agent() -> None:
    llm = FakeChat(script=in_turns)

    def pre_model_hook(state: MessagesState) -> dict[str, object]:
        return {"llm_input_messages": compress_messages.invoke(state["messages"])}

    agent = create_react_agent(llm, [read_log], pre_model_hook=pre_model_hook)
    state = agent.invoke({"messages": [HumanMessage("Turn 0?")]})

    original = log_text(150, seed=1000)
    assert state["messages"][2].text == original
    assert len(llm.sent[-1][2].text) < len(original)


@pytest.mark.requirement("langchain.graph")
def test_the_model_in_a_graph_that_runs_its_own_tools() -> None:
    llm = FakeChat(script=retrieving)
    bound = HeadroomChatModel(llm).bind_tools([run_command])

    def model(state: MessagesState) -> dict[str, object]:
        return {"messages": [bound.invoke(state["messages"])]}

    graph = StateGraph(MessagesState)
    graph.add_node(model).add_node("tools", ToolNode([run_command]))
    graph.add_edge(START, "model").add_edge("model", END)
    state = graph.compile().invoke({"messages": asked()})

    assert FACT in state["messages"][-1].text
    assert str(HIDDEN_LINE) in state["messages"][-1].text
    assert FACT not in str(texts(llm.sent[0]))
