"""`HeadroomChatModel`: what it is, what it sends, and what it leaves to the model inside."""

from __future__ import annotations

import asyncio
import copy
import pickle
from typing import TYPE_CHECKING, Any, cast

import pytest
from langchain_core.caches import InMemoryCache
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.load import dumpd
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.rate_limiters import InMemoryRateLimiter
from langchain_core.runnables import (
    ConfigurableField,
    Runnable,
    RunnableBinding,
    RunnableLambda,
    RunnableParallel,
    RunnablePassthrough,
)
from pydantic import BaseModel, Field, ValidationError

from headroom_core.engine.headroom import Headroom
from headroom_core.errors import ConfigError
from headroom_core.retrieve_loop import MOST_ROUNDS
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_langchain import HeadroomChatModel, headroom_retrieve
from headroom_langchain.rebind import rebound
from tests.langchain.conversation import FACT, LOG, asked, first_ref, retrieving, run_command, texts
from tests.langchain.fakes import FakeChat, says
from tests.langchain.providers import WAYS, Runs, Way, call

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from langchain_core.callbacks import CallbackManagerForLLMRun

each_way = pytest.mark.parametrize("way", WAYS)


def fine(messages: list[BaseMessage], kwargs: dict[str, Any]) -> AIMessage:
    return says("Fine.")


def tool_names(kwargs: dict[str, Any]) -> list[str]:
    return [each["function"]["name"] for each in kwargs.get("tools", [])]


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


def test_rebinding_reaches_every_runnable_that_holds_a_model() -> None:
    llm = FakeChat(script=fine)
    other = FakeChat(script=fine)
    bound: Any = llm.bind(x=1)
    chain = RunnablePassthrough.assign(a=bound) | RunnableParallel(
        b=RunnableLambda(str) | llm.with_fallbacks([llm])
    )

    ours = rebound(chain, lambda model: other)

    assert rebound(RunnableLambda(str), lambda model: other).__class__ is RunnableLambda
    text = repr(ours.model_dump()) if isinstance(ours, BaseModel) else ""
    assert text
    assert ours is not chain
    assert rebound(ours, lambda model: model) is ours


def test_it_takes_a_binding_and_keeps_what_it_is_bound_to() -> None:
    llm = FakeChat(script=retrieving)
    bound = llm.bind_tools([run_command]).with_config(tags=["mine"])

    model = HeadroomChatModel(bound)

    assert model.llm is llm
    assert FACT in model.invoke(asked()).text
    assert FACT in "".join(chunk.text for chunk in model.stream(asked()))
    assert tool_names(llm.asked[0]) == ["run_command", "headroom_retrieve"]


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


def test_it_uses_the_engine_that_it_is_given() -> None:
    engine = Headroom(Settings(mode="max"), store=MemoryStore())
    llm = FakeChat(script=retrieving)

    answer = HeadroomChatModel(llm, engine=engine).bind_tools([run_command]).invoke(asked())

    assert FACT in answer.text
    assert list(engine.store.entries())


def test_it_says_of_itself_what_the_inner_model_says() -> None:
    llm = FakeChat(script=fine, profile={"max_input_tokens": 10}, custom_get_token_ids=_ids)
    model = HeadroomChatModel(llm)

    assert model._llm_type == "fake-chat"
    assert model.model_name == "fake-1"
    assert model.profile == {"max_input_tokens": 10}
    assert model._get_ls_params() == llm._get_ls_params()
    assert model.get_token_ids("ab") == [1, 1]
    assert model.get_num_tokens("abc") == 3
    counted = llm.get_num_tokens_from_messages([HumanMessage("abc")])
    assert model.get_num_tokens_from_messages([HumanMessage("abc")]) == counted
    assert model._combine_llm_outputs([{}]) == llm._combine_llm_outputs([{}])
    assert HeadroomChatModel(GenericFakeChatModel(messages=iter([]))).model_name == ""


def _ids(text: str) -> list[int]:
    return [1] * len(text)


def test_a_cache_tells_apart_what_is_sent_differently() -> None:
    one, two = FakeChat(script=fine), FakeChat(script=fine, model_name="fake-2")
    models = [
        HeadroomChatModel(one),
        HeadroomChatModel(two),
        HeadroomChatModel(one, retrieval=False),
        HeadroomChatModel(one, settings=Settings(mode="max")),
    ]

    assert len({str(model._identifying_params) for model in models}) == 4


def test_the_inner_models_cache_is_used() -> None:
    llm = FakeChat(script=retrieving, cache=InMemoryCache())
    model = HeadroomChatModel(llm).bind_tools([run_command])

    first, second = model.invoke(asked()), model.invoke(asked())

    assert second.text == first.text
    assert len(llm.sent) == 2


def test_nothing_of_the_inner_model_is_in_what_a_trace_shows_of_us() -> None:
    model = HeadroomChatModel(FakeChat(script=fine))

    assert dumpd(model)["type"] == "not_implemented"


@each_way
async def test_what_the_inner_model_was_made_with_is_inherited(way: Way) -> None:
    runs = Runs()
    limiter = _Limiter(requests_per_second=1_000, max_bucket_size=1_000)
    llm = FakeChat(script=retrieving, callbacks=[runs], rate_limiter=limiter, tags=["mine"])
    model = HeadroomChatModel(llm)

    await call(model.bind_tools([run_command]), way, asked())

    assert (runs.started, runs.ended) == (1, 1)
    assert limiter.acquired == 2
    assert model.tags == ["mine"]
    assert HeadroomChatModel(llm, tags=["ours"]).tags == ["ours"]


class _Limiter(InMemoryRateLimiter):
    acquired = 0

    def acquire(self, *, blocking: bool = True) -> bool:
        self.acquired += 1
        return True

    async def aacquire(self, *, blocking: bool = True) -> bool:
        self.acquired += 1
        return True


def test_another_model_brings_its_own_when_it_is_configured() -> None:
    one = FakeChat(script=fine, tags=["one"])
    two = FakeChat(script=lambda messages, kwargs: says("Two."), tags=["two"])
    model = HeadroomChatModel(one)
    chosen: Any = model.configurable_fields(llm=ConfigurableField(id="llm"))
    tags: list[list[str]] = []

    class Tags(BaseCallbackHandler):
        def on_chat_model_start(self, *args: Any, tags: Any = None, **kwargs: Any) -> None:
            seen.append(tags)

    seen = tags
    answer = chosen.invoke(asked(), {"configurable": {"llm": two}, "callbacks": [Tags()]})

    assert answer.text == "Two."
    assert tags == [["two"]]
    assert model.savings.requests == 1


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


def test_copies_count_together() -> None:
    model = HeadroomChatModel(FakeChat(script=fine))

    for copied in (copy.copy(model), copy.deepcopy(model), model.model_copy()):
        copied.invoke(asked())

    assert model.savings.requests == 3


def test_it_can_be_pickled_with_its_engine() -> None:
    engine = Headroom(Settings(mode="max", store="memory://"))
    model = HeadroomChatModel(FakeChat(script=fine), engine=engine)
    model.invoke(asked())

    again = pickle.loads(pickle.dumps(model))

    assert again.settings == engine.settings
    assert again.engine is None
    assert again.savings == model.savings
    assert pickle.loads(pickle.dumps(HeadroomChatModel(model.llm))).invoke("Hi.").text == "Fine."


def test_it_stands_in_a_chain() -> None:
    llm = FakeChat(script=fine)
    prompt = ChatPromptTemplate.from_messages([SystemMessage("Be brief."), ("placeholder", "{m}")])

    assert (prompt | HeadroomChatModel(llm)).invoke({"m": asked()}).text == "Fine."
    assert isinstance(HeadroomChatModel(llm).bind_tools([run_command]), RunnableBinding)


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
