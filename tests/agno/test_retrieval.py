"""Calls of the retrieve tool are answered inside the call of the model, unseen by Agno."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import pytest
from agno.models.message import Message
from agno.run.agent import RunContentEvent

from headroom_agno import HeadroomAgnoModel, HeadroomToolkit
from headroom_agno.transcript import AgnoTranscript
from headroom_core.engine.headroom import Headroom
from headroom_core.notes import find_notes
from headroom_core.retrieve_loop import MOST_ROUNDS
from headroom_core.settings import Settings
from headroom_core.store.base import StoreFullError
from headroom_core.store.memory import MemoryStore
from headroom_core.tokens import deciding_counter
from headroom_core.tool import NAME
from tests.agno.messages import call
from tests.agno.providers import (
    HIDDEN,
    LOG,
    PROVIDERS,
    answer,
    answer_both,
    items,
    model_for,
    read_log,
    tool_names,
    words,
)
from tests.agno.runs import MODES, Mode, agent_for, finished, only_grows, session
from tests.agno.scripted import Scripted, says
from tests.upstream import Asked, Turn, say, serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.upstream import Received

ANSWER = f"It says: {HIDDEN}"
TOOLS = (read_log, words)
SCRIPTS = [answer, answer_both]
REF = "0123456789abcdef"


@pytest.fixture
def engine() -> Headroom:
    return Headroom(Settings(), store=MemoryStore())


def retrieves(*, ref: str = REF, call_id: str = "r1", **asked: str) -> dict[str, object]:
    return call(call_id, NAME, json.dumps({"ref": ref, **asked}))


def calls_of(messages: list[Message]) -> list[str]:
    return [each["function"]["name"] for message in messages for each in message.tool_calls or []]


@pytest.mark.requirement("agno.retrieval")
@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_model_reads_what_was_hidden_and_agno_sees_nothing_of_it(
    provider: str, mode: Mode, script: Callable[[Received], Turn], engine: Headroom
) -> None:
    with serving(script) as upstream:
        model = HeadroomAgnoModel(model_for(provider, upstream), engine=engine)
        agent = agent_for(model, TOOLS, **session())
        done = await finished(agent, "What does the log say?", mode)
        await finished(agent, "And now?", mode)

    visible = ["read_log"] if script is answer else ["read_log", "words"]
    assert done.content.endswith(ANSWER)
    run: Any = agent.get_session().runs[0]
    assert calls_of(run.messages) == visible
    assert [each.tool_name for each in run.tools] == visible
    assert run.metrics is not None
    assert (run.metrics.input_tokens, run.metrics.output_tokens) == (300, 30)
    assert model.savings.retrievals == 1
    sent = [items(body) for body in upstream.bodies]
    assert len(sent) == 5
    assert only_grows(upstream)
    # Agno leaves out a text beside calls where it speaks to the Responses API.
    assert json.dumps(sent[-1]).count("Let me look.") == (provider != "OpenAIResponses")
    assert NAME in json.dumps(sent[-1])


@pytest.mark.requirement("agno.streaming")
@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_text_of_a_hidden_round_still_streams(provider: str, engine: Headroom) -> None:
    with serving(answer) as upstream:
        model = HeadroomAgnoModel(model_for(provider, upstream), engine=engine)
        events = list(agent_for(model, TOOLS).run("What does the log say?", stream=True))

    pieces = [each.content for each in events if isinstance(each, RunContentEvent)]
    assert "".join(filter(None, pieces)).endswith(f"Let me look.{ANSWER}")
    assert len([each for each in pieces if each]) > 6


@pytest.mark.requirement("agno.replay")
def test_what_was_said_in_pieces_is_replayed_as_it_was_said(engine: Headroom) -> None:
    ref = engine.store.put(LOG)
    script = [
        says("Let me look. ", retrieves(ref=ref, lines="123"), reasoning_content="a"),
        says("Found.", call("c1", "words")),
        says("Done."),
    ]
    scripted = Scripted(script=script)
    agent = agent_for(HeadroomAgnoModel(scripted, engine=engine), [words], **session())
    list(agent.run("Go on.", stream=True))

    sent = scripted.sent[-1].messages
    assert [(each.role, each.content) for each in sent[1:]] == [
        ("assistant", "Let me look. "),
        ("tool", sent[2].content),
        ("assistant", "Found."),
        ("tool", "a few words"),
    ]
    run = agent.get_last_run_output()
    assert run is not None
    assert run.messages is not None
    assert run.messages[1].content == "Let me look. Found."


@pytest.mark.requirement("agno.retrieval")
@pytest.mark.parametrize("mode", MODES)
async def test_a_model_that_never_stops_asking_is_stopped(mode: Mode, engine: Headroom) -> None:
    scripted = Scripted(script=[says("Hm.", retrieves())])

    agent = agent_for(HeadroomAgnoModel(scripted, engine=engine), TOOLS)
    done = await finished(agent, "Go on.", mode)

    assert done.content.endswith("Hm.")
    assert len(scripted.sent) == MOST_ROUNDS + 2
    assert scripted.sent[-1].results[-1].startswith("Error: no more retrievals in this turn")
    assert scripted.sent[-2].results[-1].startswith("Error: no original")


def test_a_wrong_ref_is_answered_with_those_that_the_model_has_seen(engine: Headroom) -> None:
    asks = call("c1", "read_log")
    scripted = Scripted(script=[says(None, asks), says(None, retrieves()), says("Done.")])

    agent_for(HeadroomAgnoModel(scripted, engine=engine), TOOLS).run("Go on.")

    view, error = scripted.sent[-1].results
    (note,) = find_notes(view)
    assert error.endswith(f"The notes of this conversation are: {note.ref}.")


def test_the_answer_is_not_shortened_and_its_cost_is_counted(engine: Headroom) -> None:
    ref = engine.store.put(LOG)
    scripted = Scripted(script=[says(None, retrieves(ref=ref)), says("Done.")])
    model = HeadroomAgnoModel(scripted, engine=engine)

    agent_for(model, TOOLS).run("Go on.")

    (text,) = scripted.sent[-1].results
    assert LOG[:1000] in text
    assert model.savings.retrievals == 1
    tokens = deciding_counter().count(text)
    assert model.savings.tokens_saved < -tokens
    assert model.savings.requests == 2


def test_ids_that_come_a_second_time_are_those_of_the_visible_calls(engine: Headroom) -> None:
    both = says(
        None,
        retrieves(),
        call("c1", "words"),
        extra={"tool_ids": ["r1", "c1"], "other": [1]},
    )
    scripted = Scripted(script=[both, says("Done.")])
    model = HeadroomAgnoModel(scripted, engine=engine)

    def ask() -> dict[str, Any]:
        scripted.sent.clear()
        return {"messages": [Message(role="user", content="Go on.")], "tools": [words_schema()]}

    whole = model.invoke(**ask())
    pieces = list(model.invoke_stream(**ask()))

    assert whole.tool_calls == [call("c1", "words")]
    assert whole.extra == {"tool_ids": ["c1"], "other": [1]}
    assert [each.extra for each in pieces if each.extra] == [whole.extra] * 2
    (last,) = [each.tool_calls for each in pieces if each.tool_calls]
    assert model.parse_tool_calls(last) == whole.tool_calls


def respond(model: Any, messages: list[Message], **more: Any) -> None:
    model.response(messages, **{"tools": [words_schema()], **more})


def words_schema() -> dict[str, Any]:
    return {"type": "function", "function": {"name": "words", "parameters": {}}}


@pytest.mark.requirement("agno.replay")
def test_an_exchange_follows_its_message_through_a_window_of_history(engine: Headroom) -> None:
    ref = engine.store.put(LOG)
    scripted = Scripted(script=[says(None, retrieves(ref=ref)), says("It says much.")])
    agent = agent_for(
        HeadroomAgnoModel(scripted, engine=engine), TOOLS, num_history_runs=1, **session()
    )
    for question in ("What does the log say?", "And now?", "Third?"):
        agent.run(question)

    _, _, second, third = [calls_of(each.messages) for each in scripted.sent]
    assert second == [NAME]
    assert third == []  # it has left the window with its message


@pytest.mark.requirement("agno.replay")
@pytest.mark.parametrize("change", [{"content": "It says nothing."}, {"id": "another"}])
def test_a_message_that_was_edited_since_stays_as_it_was_edited(
    change: dict[str, str], engine: Headroom
) -> None:
    ref = engine.store.put(LOG)
    scripted = Scripted(script=[says(None, retrieves(ref=ref)), says("It says much.")])
    model = HeadroomAgnoModel(scripted, engine=engine)
    messages = [Message(role="user", content="Go on.")]
    respond(model, messages)

    messages[-1] = messages[-1].model_copy(update=change)
    messages.append(Message(role="user", content="More."))
    respond(model, messages)

    assert scripted.sent[-1].messages == messages[:-1]


def test_without_tools_there_is_no_exchange_to_replay(engine: Headroom) -> None:
    ref = engine.store.put(LOG)
    scripted = Scripted(script=[says(None, retrieves(ref=ref)), says("It says much.")])
    model = HeadroomAgnoModel(scripted, engine=engine)
    messages = [Message(role="user", content="Go on.")]
    respond(model, messages)

    respond(model, [*messages, Message(role="user", content="Summarise.")], tools=None)

    assert len(scripted.sent[-1].messages) == 3


def test_what_cannot_be_kept_is_reported_and_the_answer_is_given(engine: Headroom) -> None:
    class Forgetful(MemoryStore):
        def remember(self, key: str, value: bytes) -> bytes:
            raise StoreFullError("no room")

    store = Forgetful()
    ref = store.put(LOG)
    scripted = Scripted(script=[says(None, retrieves(ref=ref)), says("It says much.")])
    model = HeadroomAgnoModel(scripted, engine=Headroom(Settings(), store=store))

    assert agent_for(model, TOOLS).run("Go on.").content == "It says much."
    warning = "a hidden exchange could not be kept; it will not be replayed"
    assert model.savings.warnings[warning] == 1


def test_what_is_kept_but_is_no_message_is_not_replayed(engine: Headroom) -> None:
    ref = engine.store.put(LOG)
    scripted = Scripted(script=[says(None, retrieves(ref=ref)), says("It says much.")])
    model = HeadroomAgnoModel(scripted, engine=engine)
    messages = [Message(role="user", content="Go on.")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AgnoTranscript, "dump", Mock(return_value="no message"))
        respond(model, messages)

    respond(model, messages)

    assert scripted.sent[-1].messages == messages[:-1]


@pytest.mark.requirement("agno.toolkit")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("provider", PROVIDERS)
async def test_with_the_toolkit_agnos_own_loop_answers(
    provider: str, mode: Mode, engine: Headroom
) -> None:
    toolkit = HeadroomToolkit(engine=engine)
    with serving(answer) as upstream:
        model = HeadroomAgnoModel(model_for(provider, upstream), engine=engine)
        agent = agent_for(model, [read_log, toolkit], **session())
        done = await finished(agent, "What does the log say?", mode)
        await finished(agent, "And now?", mode)

    assert done.content.endswith(ANSWER)
    assert sorted(tool_names(upstream.bodies[0])) == sorted([NAME, "read_log"])
    run: Any = agent.get_session().runs[0]
    assert calls_of(run.messages or []) == ["read_log", NAME]
    assert only_grows(upstream)
    assert toolkit.savings.retrievals == 1
    assert (model.savings.retrievals, model.savings.overhead) == (0, 0)


def test_the_toolkit_tells_a_model_what_is_wrong_with_its_call(engine: Headroom) -> None:
    toolkit = HeadroomToolkit(engine=engine)

    assert toolkit.answer(ref=REF).startswith("Error: no original")
    assert toolkit.answer(reference=1).startswith("Error: `ref` is missing")


@pytest.mark.requirement("agno.reasoning")
@pytest.mark.parametrize("mode", MODES)
async def test_a_reasoning_model_goes_on_from_its_last_response(
    mode: Mode, engine: Headroom
) -> None:
    """OpenAI holds the conversation, so that only what follows its response is sent."""
    asked = iter(["Reading.", "Looking.", "Done."])

    def script(received: Received) -> Turn:
        return _chained(next(asked), engine)

    with serving(script) as upstream:
        model = HeadroomAgnoModel(model_for("OpenAIResponses", upstream, "o4-mini"), engine=engine)
        done = await finished(agent_for(model, TOOLS), "What does the log say?", mode)

    assert done.content.endswith("Done.")
    assert [body.get("previous_response_id") for body in upstream.bodies] == [
        None,
        "resp_1",
        "resp_1",
    ]
    assert [[each["type"] for each in items(body)] for body in upstream.bodies[1:]] == [
        ["function_call_output"],
        ["function_call_output"],
    ]


def _chained(text: str, engine: Headroom) -> Turn:
    if text == "Reading.":
        return Turn(text=text, calls=(Asked("read_log", "{}", "call_1"),))
    if text == "Looking.":
        ref = engine.store.put(LOG)
        return Turn(text=text, calls=(Asked(NAME, json.dumps({"ref": ref}), "call_2"),))
    return say(text)


@pytest.mark.requirement("agno.replay")
def test_a_thread_that_agno_has_cut_is_not_taken_up_again(engine: Headroom) -> None:
    """When Agno folds messages into a summary, it takes ids of responses out of those it keeps."""
    ref = engine.store.put(LOG)
    script = [
        says(None, retrieves(ref=ref), provider_data={"response_id": "resp_1", "kept": 1}),
        says("It says much.", provider_data={"response_id": "resp_2"}),
    ]
    scripted = Scripted(script=script)
    model = HeadroomAgnoModel(scripted, engine=engine)
    messages = [Message(role="user", content="Go on.")]
    respond(model, messages)

    def data_sent() -> list[Any]:
        messages.append(Message(role="user", content="More."))
        respond(model, list(messages))
        said = [each for each in scripted.sent[-1].messages if each.role == "assistant"]
        return [each.provider_data for each in said]

    assert data_sent() == [{"response_id": "resp_1", "kept": 1}, {"response_id": "resp_2"}]
    messages[1] = messages[1].model_copy(update={"provider_data": {}})
    assert data_sent() == [{"kept": 1}, {}]
