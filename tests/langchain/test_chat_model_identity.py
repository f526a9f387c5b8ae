"""What `HeadroomChatModel` says of itself, inherits, and is made of."""

from __future__ import annotations

import copy
import pickle
from typing import Any

from langchain_core.caches import InMemoryCache
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.load import dumpd
from langchain_core.messages import HumanMessage, SystemMessage
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.rate_limiters import InMemoryRateLimiter
from langchain_core.runnables import (
    ConfigurableField,
    RunnableBinding,
    RunnableLambda,
    RunnableParallel,
    RunnablePassthrough,
)
from pydantic import BaseModel

from headroom_core.engine.headroom import Headroom
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_langchain import HeadroomChatModel
from headroom_langchain.rebind import rebound
from tests.langchain.conversation import FACT, asked, retrieving, run_command
from tests.langchain.fakes import FakeChat, fine, says, tool_names
from tests.langchain.providers import Runs, Way, call, each_way


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
