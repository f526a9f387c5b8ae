"""What a caller of `HeadroomChatModel` hears while an answer is on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from langchain_core.language_models import BaseChatModel
from pydantic import Field

from headroom_langchain import HeadroomChatModel
from tests.langchain.conversation import FACT, LOG, asked, first_ref, retrieving, run_command, texts
from tests.langchain.fakes import FakeChat, fine
from tests.langchain.providers import Runs, Way, call, each_way

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from langchain_core.callbacks import CallbackManagerForLLMRun
    from langchain_core.runnables import (
        RunnableBinding,
    )


@pytest.mark.requirement("langchain.async")
async def test_events_of_version_2_come_once_for_all_rounds() -> None:
    model = HeadroomChatModel(FakeChat(script=retrieving)).bind_tools([run_command])

    events = [each async for each in model.astream_events(asked(), version="v2")]

    kinds = [each["event"] for each in events]
    assert kinds.count("on_chat_model_start") == kinds.count("on_chat_model_end") == 1
    end: Any = events[-1]["data"]
    assert FACT in end["output"].text
    assert end["output"].usage_metadata["input_tokens"] == 200
    assert "headroom_retrieve" not in str([each["data"] for each in events[1:]])


@pytest.mark.requirement("langchain.async")
@pytest.mark.filterwarnings("ignore::langchain_core._api.LangChainBetaWarning")
async def test_events_of_version_3_come_once_for_all_rounds() -> None:
    runs = Runs()
    bound = HeadroomChatModel(FakeChat(script=retrieving)).bind_tools([run_command])
    model: Any = bound.with_config(callbacks=[runs])

    answer = model.stream_events(asked(), version="v3").output
    stream = await model.astream_events(asked(), version="v3")
    again = await stream.output
    await stream._producer_task  # which tells that the run has ended

    for each in (answer, again):
        assert FACT in each.text
        assert not each.tool_calls
        assert each.usage_metadata["input_tokens"] == 200
    assert (runs.started, runs.ended) == (2, 2)
    assert "".join(runs.tokens).count(FACT) == 2


@pytest.mark.filterwarnings("ignore::langchain_core._api.LangChainBetaWarning")
async def test_version_3_can_be_bypassed() -> None:
    llm = FakeChat(script=fine)
    model: Any = HeadroomChatModel(llm).with_config(metadata={"headroom_bypass": True})

    assert model.stream_events(asked(), version="v3").output.text == "Fine."
    assert (await (await model.astream_events(asked(), version="v3")).output).text == "Fine."
    assert llm.sent == [asked(), asked()]


class Eventful(FakeChat):
    """A model that makes events itself, and counts how often it does."""

    made: list[str] = Field(default_factory=list[str])

    def _stream_chat_model_events(self, messages: Any, **kwargs: Any) -> Any:
        self.made.append("sync")
        yield {"event": "message-start", "role": "ai"}
        block = {"type": "text", "text": "Fine."}
        yield {"event": "content-block-start", "index": 0, "content": block}
        yield {"event": "content-block-finish", "index": 0, "content": block}
        self.sent.append(messages)
        yield {"event": "message-finish", "reason": "stop"}

    async def _astream_chat_model_events(self, messages: Any, **kwargs: Any) -> Any:
        for event in self._stream_chat_model_events(messages):
            yield event


class OnlyEventful(Eventful):
    """One that has no chunks to make events of."""

    _stream = BaseChatModel._stream
    _astream = BaseChatModel._astream


@pytest.mark.filterwarnings("ignore::langchain_core._api.LangChainBetaWarning")
@pytest.mark.parametrize(
    ("kind", "tools", "native"),
    [
        (Eventful, False, True),
        (Eventful, True, False),
        (OnlyEventful, True, True),
    ],
)
async def test_events_of_the_inner_models_own_making(
    kind: type[Eventful], tools: bool, native: bool
) -> None:
    llm = kind(script=fine)
    model: Any = HeadroomChatModel(llm)
    model = model.bind_tools([run_command]) if tools else model

    assert model.stream_events(asked(), version="v3").output.text == "Fine."
    assert (await (await model.astream_events(asked(), version="v3")).output).text == "Fine."

    assert bool(llm.made) == native
    assert all(len(sent[2].text) < len(LOG) for sent in llm.sent)
    assert all((first_ref(texts(sent)) is None) == native for sent in llm.sent)


@pytest.mark.parametrize("way", ["stream", "astream"])
async def test_streamed_text_is_never_held_back(way: Way) -> None:
    seen: list[str] = []

    class Listening(FakeChat):
        def _stream(self, *args: Any, **kwargs: Any) -> Any:
            for chunk in super()._stream(*args, **kwargs):
                yield chunk
                assert "".join(seen).endswith(chunk.text)

        async def _astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
            async for chunk in super()._astream(*args, **kwargs):
                yield chunk
                assert "".join(seen).endswith(chunk.text)

    model = HeadroomChatModel(Listening(script=retrieving)).bind_tools([run_command])
    if way == "stream":
        for chunk in model.stream(asked()):
            seen.append(chunk.text)  # noqa: PERF401 - the model looks at it in between
    else:
        async for chunk in model.astream(asked()):
            seen.append(chunk.text)  # noqa: PERF401 - the model looks at it in between
    assert "".join(seen).startswith("Let me look. It says: ")


class Blocking(FakeChat):
    """A model that cannot stream."""

    _stream = BaseChatModel._stream
    _astream = BaseChatModel._astream


@each_way
async def test_a_model_that_cannot_stream_need_not(way: Way) -> None:
    model = HeadroomChatModel(Blocking(script=retrieving)).bind_tools([run_command])

    assert FACT in (await call(model, way, asked())).text


@each_way
async def test_disabled_streaming_stays_disabled(way: Way) -> None:
    runs = Runs()
    llm = FakeChat(script=fine, disable_streaming=True)

    await call(HeadroomChatModel(llm), way, asked(), runs)

    assert runs.tokens == []


class TestRunManager:
    """A run is told of what the reader sees, and of nothing else."""

    def test_an_inner_model_that_tells_its_run_tells_it_once(self) -> None:
        runs = Runs()
        model = HeadroomChatModel(FakeChat(script=fine))

        list(model.stream(asked(), {"callbacks": [runs]}))

        assert "".join(runs.tokens) == "Fine."

    def test_a_stream_is_told_to_the_run_that_it_is_given(self) -> None:
        told: list[str] = []

        class Run:
            def on_llm_new_token(self, token: str, **kwargs: Any) -> None:
                told.append(token)

        run = cast("CallbackManagerForLLMRun", Run())
        model = HeadroomChatModel(FakeChat(script=retrieving))
        tools = cast("RunnableBinding[Any, Any]", model.bind_tools([run_command])).kwargs["tools"]

        chunks = list(model._stream(asked(), run_manager=run, tools=tools))

        assert "".join(told) == "".join(chunk.text for chunk in chunks)
        assert FACT in "".join(told)
