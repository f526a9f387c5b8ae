"""`HeadroomChatModel`: what it is, what it sends, and what it leaves to the model inside."""

from __future__ import annotations

import asyncio
import copy
from typing import TYPE_CHECKING, Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import (
    Runnable,
    RunnableLambda,
)
from pydantic import BaseModel

from headroom_core.retrieve_loop import MOST_ROUNDS
from headroom_langchain import HeadroomChatModel, headroom_retrieve
from tests.langchain.conversation import FACT, LOG, asked, first_ref, retrieving, run_command, texts
from tests.langchain.fakes import FakeChat, fine, says, tool_names
from tests.langchain.providers import Way, call, each_way

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.requirement("langchain.nothing_hidden")
@each_way
async def test_a_request_without_tools_gets_none_and_hides_nothing(way: Way) -> None:
    llm = FakeChat(script=fine)

    await call(HeadroomChatModel(llm), way, asked())

    assert tool_names(llm.asked[0]) == []
    assert len(llm.sent[0][2].text) < len(LOG)
    assert first_ref(texts(llm.sent[0])) is None


@pytest.mark.requirement("langchain.nothing_hidden")
@each_way
async def test_without_retrieval_no_request_gets_the_tool(way: Way) -> None:
    llm = FakeChat(script=fine)
    model = HeadroomChatModel(llm, retrieval=False).bind_tools([run_command])

    await call(model, way, asked())

    assert tool_names(llm.asked[0]) == ["run_command"]
    assert first_ref(texts(llm.sent[0])) is None


@each_way
async def test_a_caller_with_the_tool_answers_it_himself(way: Way) -> None:
    llm = FakeChat(script=retrieving)
    model = HeadroomChatModel(llm).bind_tools([run_command, headroom_retrieve])

    answer = await call(model, way, asked())

    assert tool_names(llm.asked[0]) == ["run_command", "headroom_retrieve"]
    assert [each["name"] for each in answer.tool_calls] == ["headroom_retrieve"]
    assert FACT in headroom_retrieve.invoke(answer.tool_calls[0]).text


@pytest.mark.requirement("langchain.retrieval")
@each_way
async def test_the_rounds_of_an_answer_are_bounded(way: Way) -> None:
    def insisting(messages: list[BaseMessage], kwargs: dict[str, Any]) -> AIMessage:
        ref = first_ref(texts(messages))
        return says("More. ", ("headroom_retrieve", {"ref": ref}, f"call_{len(messages)}"))

    llm = FakeChat(script=insisting)
    answer = await call(HeadroomChatModel(llm).bind_tools([run_command]), way, asked())

    assert len(llm.sent) == MOST_ROUNDS + 2
    assert llm.sent[-1][-1].text.startswith("Error: no more retrievals")
    assert not answer.tool_calls
    assert answer.response_metadata["finish_reason"] == "stop"


@pytest.mark.parametrize("way", ["invoke", "ainvoke"])
async def test_a_call_with_broken_arguments_is_answered(way: Way) -> None:
    def broken(messages: list[BaseMessage], kwargs: dict[str, Any]) -> AIMessage:
        if messages[-1].text.startswith("Error"):
            return says("I see.")
        call = {"name": "headroom_retrieve", "args": "{", "id": "1", "error": None}
        return AIMessage(content="", invalid_tool_calls=[call])

    llm = FakeChat(script=broken)
    answer = await call(HeadroomChatModel(llm).bind_tools([run_command]), way, asked())

    assert answer.text == "I see."
    assert not answer.invalid_tool_calls


@pytest.mark.requirement("langchain.bypass")
@each_way
async def test_the_metadata_of_a_call_switch_us_off(way: Way) -> None:
    llm = FakeChat(script=fine)
    model = HeadroomChatModel(llm)
    bound = model.bind_tools([run_command]).with_config(metadata={"headroom_bypass": True})

    await call(bound, way, asked())

    assert llm.sent[0] == asked()
    assert tool_names(llm.asked[0]) == ["run_command"]
    assert "headroom_bypass" not in llm.asked[0]
    assert model.savings.bypassed == 1


@pytest.mark.requirement("langchain.async")
async def test_batches_are_shortened_too() -> None:
    llm = FakeChat(script=retrieving)
    model = HeadroomChatModel(llm).bind_tools([run_command])

    answers = [*model.batch([asked(), asked()]), *await model.abatch([asked(), asked()])]

    assert all(FACT in answer.text for answer in answers)


class Joke(BaseModel):
    """A joke."""

    setup: str


def joking(messages: list[BaseMessage], kwargs: dict[str, Any]) -> AIMessage:
    return says("", ("Joke", {"setup": "Why?"}, "1"))


@pytest.mark.requirement("langchain.nothing_hidden")
@pytest.mark.parametrize("include_raw", [False, True])
def test_a_structured_answer_hides_nothing(include_raw: bool) -> None:
    llm = FakeChat(script=joking)
    model = HeadroomChatModel(llm)

    joke = model.with_structured_output(Joke, include_raw=include_raw).invoke(asked())

    assert (joke["parsed"] if isinstance(joke, dict) else joke) == Joke(setup="Why?")
    assert tool_names(llm.asked[0]) == ["Joke"]
    assert len(llm.sent[0][2].text) < len(LOG)
    assert first_ref(texts(llm.sent[0])) is None
    assert model.savings.tokens_saved > 0


class Closed(FakeChat):
    """A model whose structured answers come out of a runnable that nobody can look into."""

    def with_structured_output(self, schema: Any, **kwargs: Any) -> Runnable[Any, Any]:
        return RunnableLambda(lambda messages: self.invoke(messages).text)


@pytest.mark.requirement("langchain.bypass")
def test_a_structured_answer_of_a_closed_kind_is_shortened_in_front() -> None:
    llm = Closed(script=fine)
    structured: Any = HeadroomChatModel(llm).with_structured_output(Joke)

    assert structured.invoke(asked()) == "Fine."
    structured.invoke(asked(), {"metadata": {"headroom_bypass": True}})

    assert len(llm.sent[0][2].text) < len(LOG)
    assert llm.sent[1][2].text == LOG


class OldStyle(BaseChatModel):
    """A model whose methods do not know of runs, nor of tools."""

    @property
    def _llm_type(self) -> str:
        return "old"

    def _generate(self, messages: Any, stop: Any = None) -> ChatResult:  # type: ignore[override] # as some are
        return ChatResult(generations=[ChatGeneration(message=says("Fine."))])


def test_a_model_of_the_old_style_is_called_as_it_wants() -> None:
    assert HeadroomChatModel(OldStyle()).invoke(asked()).text == "Fine."


class Toolless(FakeChat):
    """A model that takes tools, but does not say how to write them."""

    def bind_tools(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError


@pytest.mark.requirement("langchain.nothing_hidden")
def test_a_model_that_cannot_be_given_the_tool_hides_nothing() -> None:
    llm = Toolless(script=fine)

    HeadroomChatModel(llm).invoke(asked(), tools=[{"type": "function", "function": {"name": "x"}}])

    assert tool_names(llm.asked[0]) == ["x"]
    assert first_ref(texts(llm.sent[0])) is None


@pytest.mark.requirement("langchain.nothing_hidden")
def test_nothing_is_hidden_from_one_who_wants_several_answers() -> None:
    llm = FakeChat(script=fine)

    HeadroomChatModel(llm).bind_tools([run_command]).invoke(asked(), n=2)

    assert tool_names(llm.asked[0]) == ["run_command"]
    assert first_ref(texts(llm.sent[0])) is None


def test_retries_and_fallbacks_send_the_same_bytes() -> None:
    class Failing(FakeChat):
        def _generate(self, messages: Any, *args: Any, **kwargs: Any) -> ChatResult:
            result = super()._generate(messages, *args, **kwargs)
            if len(self.sent) < 2:
                raise ValueError("not now")
            return result

    llm, other = Failing(script=retrieving), FakeChat(script=retrieving)
    model = HeadroomChatModel(llm).bind_tools([run_command])
    retried = model.with_retry(wait_exponential_jitter=False).invoke(asked())
    fallback = (
        HeadroomChatModel(Failing(script=fine))
        .bind_tools([run_command])
        .with_fallbacks([HeadroomChatModel(other).bind_tools([run_command])])
    )

    assert FACT in retried.text
    assert llm.sent[0] == llm.sent[1]
    assert FACT in fallback.invoke(asked()).text
    assert other.sent[0] == llm.sent[0]


@each_way
async def test_the_callers_messages_are_never_changed(way: Way) -> None:
    messages = asked()
    before = copy.deepcopy(messages)

    await call(
        HeadroomChatModel(FakeChat(script=retrieving)).bind_tools([run_command]), way, messages
    )

    assert messages == before


def test_a_short_conversation_is_passed_on_as_the_same_objects() -> None:
    llm = FakeChat(script=fine)
    messages: list[BaseMessage] = [HumanMessage("Hi."), AIMessage("Hello."), HumanMessage("Bye.")]

    HeadroomChatModel(llm).invoke(messages)

    assert all(sent is given for sent, given in zip(llm.sent[0], messages, strict=True))


@pytest.mark.parametrize("way", ["ainvoke", "astream"])
async def test_a_short_conversation_needs_no_thread(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    hops: list[object] = []
    to_thread = asyncio.to_thread

    async def counted(work: Callable[..., object], *args: object, **kwargs: object) -> object:
        hops.append(work)
        return await to_thread(work, *args, **kwargs)

    monkeypatch.setattr(asyncio, "to_thread", counted)
    model = HeadroomChatModel(FakeChat(script=fine)).bind_tools([run_command])

    await call(model, way, [HumanMessage("Hi."), AIMessage("Hello."), HumanMessage("Bye.")])
    assert not hops

    await call(model, way, asked())
    assert hops
