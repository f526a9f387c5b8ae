"""The conversation manager: it shortens on overflow, and drops only when nothing else is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from strands import Agent, tool  # pyright: ignore[reportUnknownVariableType] - typed in part
from strands.agent.conversation_manager import (
    NullConversationManager,
    SlidingWindowConversationManager,
    SummarizingConversationManager,
)
from strands.hooks import MessageAddedEvent
from strands.session.file_session_manager import FileSessionManager
from strands.types.exceptions import ContextWindowOverflowException

from headroom_core.engine.headroom import Headroom
from headroom_core.notes import find_notes
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_strands import HeadroomConversationManager, HeadroomPlugin
from tests.strands.fakes import (
    ASK_LOG,
    FACT,
    LOG,
    Scripted,
    ask_back,
    read_log,
    tell_fact,
    texts,
)
from tests.strands.test_codec import call, result
from tests.upstream import Asked, Turn, say

if TYPE_CHECKING:
    from pathlib import Path

    from strands.models import Model
    from strands.types.content import ContentBlock, Messages

HITS = "\n".join(
    f"src/mod_{n % 17}.py:{n * 7 % 911}: value_{n * n} = compute({n})" for n in range(900)
)
FULL = ContextWindowOverflowException("too long")


@tool
def search() -> str:
    """Search the code."""
    return HITS


def overflowing(messages: Messages) -> Turn:
    """A model whose window has no room for the whole log."""
    if sum(map(len, texts(messages))) > len(LOG) / 2:
        raise FULL
    return say("The pool.")


def agent_of(
    model: Model,
    manager: HeadroomConversationManager,
    *,
    tools: list[Any] | None = None,
    **given: Any,
) -> Agent:
    own = [read_log] if tools is None else tools
    return Agent(
        model=model, tools=own, conversation_manager=manager, callback_handler=None, **given
    )


@pytest.mark.requirement("strands.overflow")
def test_on_overflow_results_are_shortened_and_no_message_is_dropped() -> None:
    engine = Headroom(Settings(mode="max"), store=MemoryStore())
    manager = HeadroomConversationManager(engine=engine)
    agent = agent_of(Scripted(ASK_LOG, overflowing), manager)

    answer = agent("What failed?")

    assert str(answer).strip() == "The pool."
    assert len(agent.messages) == 4
    assert manager.removed_message_count == 0
    (kept,) = texts(agent.messages)
    (note,) = find_notes(kept)
    assert engine.retrieve(note.ref).text == f"app\n{LOG}"
    assert manager.savings.edits == 1


@pytest.mark.requirement("strands.retrieval")
def test_a_model_can_ask_for_what_was_shortened() -> None:
    model = Scripted(ASK_LOG, FULL, ask_back, tell_fact)

    answer = agent_of(model, HeadroomConversationManager())("What failed?")

    assert str(answer).strip() == FACT


def test_what_was_retrieved_is_not_shortened_again() -> None:
    history = [
        call("c1", "headroom_retrieve", ref="0" * 16),
        result("c1", {"text": LOG}),
        call("c2", "read_log"),
        result("c2", {"text": LOG}),
    ]
    manager = HeadroomConversationManager()
    agent = agent_of(Scripted(say("done")), manager, messages=history)

    manager.reduce_context(agent, FULL)

    retrieved, read = texts(agent.messages)
    assert retrieved == LOG
    assert read.startswith("[headroom ")


def test_what_people_have_written_is_not_shortened_for_good() -> None:
    settings = Settings(roles=frozenset({"tool", "user"}))
    manager = HeadroomConversationManager(settings=settings)
    agent = agent_of(Scripted(ASK_LOG, overflowing), manager)
    reminder: ContentBlock = {"text": LOG}

    def remind(event: MessageAddedEvent) -> None:
        if texts([event.message]):
            event.message["content"].append(reminder)

    agent.add_hook(remind, MessageAddedEvent)
    agent(f"What failed?\n{LOG}")

    assert agent.messages[0]["content"] == [{"text": f"What failed?\n{LOG}"}]
    assert agent.messages[2]["content"][1] == reminder
    assert len(texts(agent.messages)[0]) < len(LOG) / 2


def test_nothing_is_done_as_long_as_there_is_room() -> None:
    agent = agent_of(Scripted(ASK_LOG, say("done")), HeadroomConversationManager())

    for _ in range(15):
        agent("What failed?")

    assert texts(agent.messages) == [f"app\n{LOG}"]
    assert len(agent.messages) == 2 + 15 * 2


@pytest.mark.requirement("strands.overflow")
def test_when_nothing_is_left_to_shorten_the_other_manager_reduces() -> None:
    model = Scripted(say("one"), say("two"), FULL, say("three"))
    agent = agent_of(model, HeadroomConversationManager())

    for question in ("First?", "Second?", "Third?"):
        agent(question)

    assert [message["content"][0].get("text") for message in agent.messages] == [
        "Second?",
        "two",
        "Third?",
        "three",
    ]
    assert agent.conversation_manager.removed_message_count == 2


@pytest.mark.requirement("strands.overflow")
def test_an_overflow_that_nothing_helps_against_is_raised() -> None:
    model = Scripted(ASK_LOG, FULL)
    agent = agent_of(model, HeadroomConversationManager(NullConversationManager()))

    with pytest.raises(ContextWindowOverflowException):
        agent("What failed?")

    assert len(model.sent) == 3


def test_the_other_manager_does_its_routine_work() -> None:
    inner = SlidingWindowConversationManager(window_size=4)
    agent = agent_of(Scripted(say("ok")), HeadroomConversationManager(inner))

    for _ in range(6):
        agent("Hello?")

    assert len(agent.messages) == 4
    assert inner.removed_message_count == agent.conversation_manager.removed_message_count == 8


def test_a_history_can_be_shortened_before_it_overflows() -> None:
    manager = HeadroomConversationManager(proactive_compression={"compression_threshold": 0.5})
    model = Scripted(ASK_LOG, overflowing, context_window_limit=len(LOG))
    agent = agent_of(model, manager)

    agent("What failed?")

    assert len(model.sent) == 2
    assert manager.savings.edits == 1


def test_it_cuts_deeper_than_a_plugin_that_has_not_been_enough() -> None:
    plugin = HeadroomPlugin()
    model = Scripted(Turn(calls=(Asked("search", "{}"),)), FULL, say("done"))
    agent = agent_of(model, HeadroomConversationManager(), plugins=[plugin], tools=[search])

    agent("Where is it computed?")

    (before,), (after,) = texts(model.sent[1]), texts(model.sent[2])
    assert before.startswith("[headroom ")
    assert len(after) < len(before)
    assert plugin.savings.edits == 1


@pytest.mark.requirement("strands.sessions")
def test_a_session_restores_both_managers(tmp_path: Path) -> None:
    def agent(model: Model) -> Agent:
        inner = SlidingWindowConversationManager(window_size=4)
        session = FileSessionManager("s", storage_dir=str(tmp_path))
        return agent_of(model, HeadroomConversationManager(inner), session_manager=session)

    first = agent(Scripted(say("ok")))
    for _ in range(4):
        first("Hello?")
    second = agent(Scripted(say("ok")))

    assert second.messages == first.messages
    assert second.conversation_manager.get_state() == first.conversation_manager.get_state()
    assert second.conversation_manager.removed_message_count == 4


def test_a_session_of_the_other_manager_alone_is_taken_up() -> None:
    alone = SlidingWindowConversationManager()
    alone.removed_message_count = 3
    manager = HeadroomConversationManager(SlidingWindowConversationManager())

    manager.restore_from_session(alone.get_state())

    assert manager.removed_message_count == 3


def test_a_session_of_a_third_manager_is_refused() -> None:
    manager = HeadroomConversationManager(SlidingWindowConversationManager())

    with pytest.raises(ValueError, match="manager state"):
        manager.restore_from_session(SummarizingConversationManager().get_state())
