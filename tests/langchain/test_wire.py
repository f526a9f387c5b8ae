"""What the real packages send: the bare model's body, but for shortened texts and our tool."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from pydantic import BaseModel

from headroom_core.formats.wire import WireObject, is_array, is_object
from headroom_core.retrieve_loop.offer import name_of
from headroom_langchain import HeadroomChatModel
from tests.langchain.conversation import (
    FACT,
    HIDDEN_LINE,
    LOG,
    asked,
    first_ref,
    log_text,
    run_command,
)
from tests.langchain.fakes import says
from tests.langchain.providers import (
    PROVIDERS,
    Provider,
    Runs,
    Way,
    call,
    chat_model,
    each_way,
)
from tests.upstream import Asked, Received, Turn, serving

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import Runnable

OTHER_LOG = log_text(seed=10_000)
PICTURE = "iVBORw0KGgo="
CACHED = {"cache_control": {"type": "ephemeral"}}
# OpenAI's package warns of the parsed answer that it has put into its own chunk.
pytestmark = pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
each_provider = pytest.mark.parametrize("provider", PROVIDERS)


class Joke(BaseModel):
    """A joke."""

    setup: str
    punchline: str


@dataclass(frozen=True)
class Case:
    """A conversation, what the model says to it, and how the model is made."""

    messages: list[BaseMessage]
    turn: Turn
    options: dict[str, Any] = field(default_factory=dict[str, Any])
    method: str = ""
    """How a structured answer is asked for."""


def a_case(name: str, provider: Provider) -> Case:
    done = Turn(text="All is well.")
    match name:
        case "tools":
            return Case([SystemMessage("Be brief."), *asked()], done)
        case "parallel tools":
            calls = (
                Asked("run_command", '{"command": "a"}', "call_a"),
                Asked("run_command", '{"command": "b"}', "call_b"),
            )
            return Case(parallel(), Turn(text="Two more.", calls=calls))
        case "images":
            return Case(with_pictures(), done)
        case "structured output":
            joke = '{"setup": "Why?", "punchline": "So."}'
            by_text = provider == "openai_chat"
            turn = Turn(text=joke) if by_text else Turn(calls=(Asked("Joke", joke),))
            return Case(asked(), turn, method="json_schema" if by_text else "function_calling")
        case "cache_control":
            return Case(with_marks(), done)
        case "thinking":
            options = {"thinking": {"type": "enabled", "budget_tokens": 1024}}
            turn = Turn(thinking="Hm.", text="All is well.")
            return Case(with_thinking(), turn, options if provider == "anthropic" else {})
        case _:
            raise AssertionError(name)


def parallel() -> list[BaseMessage]:
    first = ("run_command", {"command": "tail a.log"}, "call_1")
    second = ("run_command", {"command": "tail b.log"}, "call_2")
    return [
        HumanMessage("Compare."),
        says("", first, second),
        ToolMessage(LOG, tool_call_id="call_1"),
        ToolMessage(OTHER_LOG, tool_call_id="call_2"),
    ]


def with_pictures() -> list[BaseMessage]:
    picture = {"type": "image", "base64": PICTURE, "mime_type": "image/png"}
    question, answer, _ = asked()
    content: Any = [{"type": "text", "text": LOG}, picture]
    looks: Any = [{"type": "text", "text": "Like this?"}, picture]
    return [HumanMessage(looks), answer, ToolMessage(content, tool_call_id="call_log"), question]


def with_marks() -> list[BaseMessage]:
    system: Any = [{"type": "text", "text": "Be brief.", **CACHED}]
    result: Any = [{"type": "text", "text": LOG, **CACHED}]
    question, answer, _ = asked()
    return [SystemMessage(system), question, answer, ToolMessage(result, tool_call_id="call_log")]


def with_thinking() -> list[BaseMessage]:
    question, answer, result = asked()
    assert isinstance(answer, AIMessage)
    thought: Any = [{"type": "thinking", "thinking": "A log.", "signature": "c2lnbmVk"}]
    return [question, answer.model_copy(update={"content": thought}), result]


CASES = ("tools", "parallel tools", "images", "structured output", "cache_control", "thinking")


def prepared(model: BaseChatModel, case: Case) -> Runnable[Any, Any]:
    if case.method:
        return model.with_structured_output(Joke, method=case.method)
    return model.bind_tools([run_command])


@pytest.mark.requirement("langchain.wire")
@each_provider
@each_way
@pytest.mark.parametrize("name", CASES)
async def test_only_shortened_texts_and_our_tool_differ(
    provider: Provider, way: Way, name: str
) -> None:
    case = a_case(name, provider)
    with serving(case.turn) as upstream:
        bare, ours = Runs(), Runs()
        llm = chat_model(provider, upstream, **case.options)
        wrapped = HeadroomChatModel(llm)

        expected = await call(prepared(llm, case), way, case.messages, bare)
        answer = await call(prepared(wrapped, case), way, case.messages, ours)

    before, after = upstream.bodies
    shorter = differences(before, after, added_tool=not case.method)
    assert shorter
    assert all(long in {LOG, OTHER_LOG} and len(short) < len(long) for long, short in shorter)
    assert (ours.started, ours.ended) == (bare.started, bare.ended) == (1, 1)
    assert ours.tokens == bare.tokens
    assert plain(answer) == plain(expected)
    assert wrapped.savings.tokens_saved > 0


def plain(answer: object) -> object:
    """An answer without the id of its run."""
    return answer.model_copy(update={"id": None}) if isinstance(answer, AIMessage) else answer


def differences(
    before: object, after: object, *, added_tool: bool, path: tuple[object, ...] = ()
) -> list[tuple[str, str]]:
    """The texts that differ, as pairs. Anything else that differs fails."""
    if path == ("tools",) and added_tool:
        assert is_array(before)
        assert is_array(after)
        assert name_of(after[-1]) == "headroom_retrieve"
        assert after[:-1] == before
        return []
    if is_object(before) and is_object(after):
        assert list(before) == list(after), path
        pairs: list[tuple[object, object, object]] = [(k, before[k], after[k]) for k in before]
    elif is_array(before) and is_array(after):
        assert len(before) == len(after), path
        pairs = [(at, *pair) for at, pair in enumerate(zip(before, after, strict=True))]
    elif before == after:
        return []
    else:
        assert isinstance(before, str), path
        assert isinstance(after, str), path
        return [(before, after)]
    return [
        each
        for key, a, b in pairs
        for each in differences(a, b, added_tool=added_tool, path=(*path, key))
    ]


def asks_for_the_line(received: Received) -> Turn:
    """A model that asks for the hidden line, and then repeats what it was told."""
    body = received.json
    told = [text for text in all_texts(body) if FACT in text and not text.startswith("It says")]
    if told:
        return Turn(text=f"It says: {told[0]}")
    ref = first_ref(body)
    assert ref is not None
    arguments = f'{{"ref": "{ref}", "lines": "{HIDDEN_LINE}-{HIDDEN_LINE}"}}'
    return Turn(text="Let me look. ", calls=(Asked("headroom_retrieve", arguments, "call_r"),))


def all_texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = list(value.values()) if is_object(value) else value
    return [text for each in inner for text in all_texts(each)] if is_array(inner) else []


def conversation(body: WireObject) -> list[object]:
    """The messages of a request, whichever the API."""
    found = body.get("messages", body.get("input"))
    assert is_array(found)
    return found


@pytest.mark.requirement("langchain.retrieval")
@each_provider
@each_way
async def test_a_retrieval_is_answered_inside_the_call(provider: Provider, way: Way) -> None:
    with serving(asks_for_the_line) as upstream:
        runs = Runs()
        llm = HeadroomChatModel(chat_model(provider, upstream))
        answer = await call(llm.bind_tools([run_command]), way, asked(), runs)

    first, second = upstream.bodies
    assert FACT not in "".join(all_texts(first))
    assert FACT in answer.text
    assert not answer.tool_calls
    assert answer.usage_metadata["input_tokens"] == 200
    assert answer.usage_metadata["output_tokens"] == 20
    assert answer.response_metadata.get("finish_reason", "stop") == "stop"
    assert (runs.started, runs.ended) == (1, 1)
    assert conversation(second)[: len(conversation(first))] == conversation(first)
    assert llm.savings.retrievals == 1


@pytest.mark.requirement("langchain.replay")
@each_provider
@each_way
async def test_the_next_turn_sends_the_hidden_exchange_again(provider: Provider, way: Way) -> None:
    with serving(asks_for_the_line) as upstream:
        llm = HeadroomChatModel(chat_model(provider, upstream)).bind_tools([run_command])
        answer = await call(llm, way, asked())
        await call(llm, way, [*asked(), answer, HumanMessage("And then?")])

    _, second, third = upstream.bodies
    before, after = conversation(second), conversation(third)
    assert after[: len(before)] == before
    assert second["tools"] == third["tools"]
    final = after[len(before) : -1]
    assert "Let me look" not in "".join(all_texts(final))


def calls_both(received: Received) -> Turn:
    """A model that calls the caller's tool and ours at once, then says what it was told."""
    body = received.json
    told = [text for text in all_texts(body) if FACT in text]
    if told:
        return Turn(text=f"It says: {told[0]}")
    arguments = f'{{"ref": "{first_ref(body)}", "lines": "{HIDDEN_LINE}-{HIDDEN_LINE}"}}'
    calls = (
        Asked("headroom_retrieve", arguments, "call_r"),
        Asked("run_command", '{"command": "date"}', "call_d"),
    )
    return Turn(text="Both.", calls=calls)


@pytest.mark.requirement("langchain.retrieval")
@each_provider
@each_way
async def test_calls_mixed_with_the_callers_own(provider: Provider, way: Way) -> None:
    with serving(calls_both) as upstream:
        llm = HeadroomChatModel(chat_model(provider, upstream)).bind_tools([run_command])
        mixed = await call(llm, way, asked())
        assert [each["name"] for each in mixed.tool_calls] == ["run_command"]
        assert "headroom_retrieve" not in str(mixed)
        more = [*asked(), mixed, ToolMessage("Monday", tool_call_id="call_d")]
        final = await call(llm, way, more)

    first, second = upstream.bodies
    assert FACT in final.text
    assert conversation(second)[: len(conversation(first))] == conversation(first)
    assert all_texts(second).count("call_r") == 2  # the call, and its result


@pytest.mark.requirement("langchain.fail_open")
def test_the_added_tool_is_strict_where_all_tools_are() -> None:
    joke = Turn(text='{"setup": "Why?", "punchline": "So."}')
    with serving(joke) as upstream:
        llm = HeadroomChatModel(chat_model("openai_chat", upstream))
        answer = llm.bind_tools([run_command], response_format=Joke).invoke(asked())

    tools: Any = upstream.bodies[0]["tools"]
    assert answer.additional_kwargs["parsed"] == Joke(setup="Why?", punchline="So.")
    assert [tool["function"]["strict"] for tool in tools] == [True, True]
    assert (
        list(tools[1]["function"]["parameters"]["properties"])
        == (tools[1]["function"]["parameters"]["required"])
    )
