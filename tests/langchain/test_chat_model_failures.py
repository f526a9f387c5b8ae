"""`HeadroomChatModel` refuses wrong settings at once, and fails no request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from langchain_core.runnables import (
    RunnableLambda,
)
from pydantic import ValidationError

from headroom_core.engine.headroom import Headroom
from headroom_core.errors import ConfigError
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_langchain import HeadroomChatModel
from tests.langchain.conversation import FACT, asked, first_ref, retrieving, run_command, texts
from tests.langchain.fakes import FakeChat, fine, tool_names
from tests.langchain.providers import Way, call, each_way

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, BaseMessage


@pytest.mark.requirement("langchain.settings")
def test_what_is_no_chat_model_fails_at_once() -> None:
    llm = FakeChat(script=fine)

    for wrong in ("gpt-4o", None, llm.with_retry(), llm | RunnableLambda(str)):
        with pytest.raises(ConfigError, match="must be a chat model"):
            HeadroomChatModel(wrong)


@pytest.mark.requirement("langchain.settings")
def test_a_wrong_setting_fails_at_once() -> None:
    llm = FakeChat(script=fine)
    engine = Headroom(store=MemoryStore())

    with pytest.raises(ConfigError, match="give it or `settings`, not both"):
        HeadroomChatModel(llm, settings=Settings(), engine=engine)
    with pytest.raises(ConfigError, match="`retrieval` must be a bool"):
        HeadroomChatModel(llm, retrieval="no")
    with pytest.raises(ConfigError, match="`settings` must be"):
        HeadroomChatModel(llm, settings={"mode": "max"})
    with pytest.raises(ConfigError, match="`engine` must be"):
        HeadroomChatModel(llm, engine="engine")
    with pytest.raises(ValidationError):
        HeadroomChatModel(llm, ledger="ledger")


@pytest.mark.swallows
@pytest.mark.requirement("langchain.fail_open")
@each_way
async def test_a_request_goes_on_when_the_store_cannot_be_opened(way: Way) -> None:
    settings = Settings(store="sqlite:////proc/no/such/place.db")
    llm = FakeChat(script=fine)
    model = HeadroomChatModel(llm, settings=settings)

    answer = await call(model.bind_tools([run_command]), way, asked())

    assert answer.text == "Fine."
    assert model.savings.warnings
    assert first_ref(texts(llm.sent[0])) is None


class Picky(FakeChat):
    """A model that does not take our tool."""

    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
        if isinstance(tools[0], dict):
            raise TypeError("not this one")
        return super().bind_tools(tools, **kwargs)


@pytest.mark.swallows
@pytest.mark.requirement("langchain.fail_open")
def test_a_request_goes_on_when_the_tool_cannot_be_bound() -> None:
    llm = Picky(script=fine)

    assert HeadroomChatModel(llm).bind_tools([run_command]).invoke(asked()).text == "Fine."

    assert tool_names(llm.asked[0]) == ["run_command"]
    assert first_ref(texts(llm.sent[0])) is None


@pytest.mark.swallows
@pytest.mark.requirement("langchain.fail_open")
def test_an_answer_comes_when_its_usage_cannot_be_added_up() -> None:
    def odd(messages: list[BaseMessage], kwargs: dict[str, Any]) -> AIMessage:
        answer = retrieving(messages, kwargs)
        return answer.model_copy(update={"usage_metadata": {"input_tokens": "many"}})

    model = HeadroomChatModel(FakeChat(script=odd)).bind_tools([run_command])

    assert FACT in model.invoke(asked()).text


@pytest.mark.swallows
@pytest.mark.requirement("langchain.fail_open")
@each_way
async def test_a_retrieval_is_answered_when_the_store_has_gone(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Headroom(Settings(), store=MemoryStore())

    def losing(messages: list[BaseMessage], kwargs: dict[str, Any]) -> AIMessage:
        answer = retrieving(messages, kwargs)
        engine.store.close()
        return answer

    model = HeadroomChatModel(FakeChat(script=losing), engine=engine)
    answer = await call(model.bind_tools([run_command]), way, asked())

    assert "Error" in answer.text
