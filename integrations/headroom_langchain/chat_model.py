"""`HeadroomChatModel`: any chat model of LangChain's, with a shorter conversation to read."""

# ruff: noqa: ANN401, SLF001 - the types of the base class; and one run with one set of callbacks
# means that a private method calls its inner counterpart

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import RunnableLambda
from langchain_core.runnables.config import ensure_config
from pydantic import Field, InstanceOf, PrivateAttr

from headroom_core.bypass import BYPASS_KEY, wants_bypass
from headroom_core.engine.headroom import Headroom  # noqa: TC001 - pydantic reads the annotation
from headroom_core.engine.shared import engine_of
from headroom_core.fail_open import fail_open
from headroom_core.formats.wire import is_array
from headroom_core.savings import Ledger
from headroom_core.settings import Settings  # noqa: TC001 - pydantic reads the annotation
from headroom_langchain.construction import checked, deciding_settings
from headroom_langchain.delegating import DelegatingChatModel, takes_run_manager
from headroom_langchain.exchange import Exchange
from headroom_langchain.model_call import ModelCall
from headroom_langchain.rebind import rebound
from headroom_langchain.request_tools import (
    are_strict,
    has_others,
    has_retrieve_tool,
    ours_in,
    with_ours,
)
from headroom_langchain.shortener import Shortener, model_name
from headroom_langchain.visible_stream import VisibleStream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

    from langchain_core.callbacks import (
        AsyncCallbackManagerForLLMRun,
        CallbackManagerForLLMRun,
    )
    from langchain_core.language_models import LanguageModelInput
    from langchain_core.messages import AIMessage, BaseMessage
    from langchain_core.outputs import ChatGenerationChunk, ChatResult
    from langchain_core.runnables import Runnable
    from langchain_core.tools import BaseTool
    from pydantic import BaseModel

    from headroom_core.savings import Savings


class HeadroomChatModel(DelegatingChatModel):
    """A chat model that is sent a shorter conversation, and answers as it does without us.

    `HeadroomChatModel(llm)` takes the place of `llm` everywhere. Requests with tools also get
    `headroom_retrieve`, whose calls are answered inside the call of the model; a request without
    tools, and every request with `retrieval=False`, is only shortened in ways that decode back.
    `settings` are those of this machine unless they, or an `engine`, are given.
    """

    settings: InstanceOf[Settings] | None = Field(default=None, exclude=True, repr=False)
    retrieval: bool = True
    engine: InstanceOf[Headroom] | None = Field(default=None, exclude=True, repr=False)
    ledger: InstanceOf[Ledger] = Field(default_factory=Ledger, exclude=True, repr=False)
    _ours: tuple[BaseChatModel, bool, list[object]] | None = PrivateAttr(default=None)

    def __init__(self, llm: object = None, **kwargs: Any) -> None:
        engine_of(kwargs.get("settings"), kwargs.get("engine"))
        checked("retrieval", kwargs.get("retrieval", True))
        super().__init__(llm, **kwargs)

    @property
    def savings(self) -> Savings:
        """What this model, its bindings and its copies have saved so far."""
        return self.ledger.savings()

    # --- what the base class calls for one answer ---

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        call = self._call(messages, kwargs)
        told = self._told(self.llm._generate, run_manager)
        while True:
            result = self.llm._generate(call.to_send(), stop=stop, **told, **call.kwargs)
            if (final := call.receive(result)) is not None:
                return final
            if self.rate_limiter is not None:
                self.rate_limiter.acquire(blocking=True)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        call = self._call(messages, kwargs)
        told = self._told(self.llm._agenerate, run_manager)
        while True:
            sent = await call.ato_send()
            result = await self.llm._agenerate(sent, stop=stop, **told, **call.kwargs)
            if (final := await call.areceive(result)) is not None:
                return final
            if self.rate_limiter is not None:
                await self.rate_limiter.aacquire(blocking=True)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        call = self._call(messages, kwargs)
        if call.exchange is None:
            told = self._told(self.llm._stream, run_manager)
            yield from self.llm._stream(call.to_send(), stop=stop, **told, **call.kwargs)
            return
        stream = VisibleStream()
        while True:
            # The inner model would tell the run of calls that nobody else sees.
            for chunk in self.llm._stream(call.to_send(), stop=stop, **call.kwargs):
                if (visible := stream.take(chunk)) is not None:
                    if run_manager is not None:
                        run_manager.on_llm_new_token(visible.text, chunk=visible)
                    yield visible
            if not call.goes_on(stream):
                break
            if self.rate_limiter is not None:
                self.rate_limiter.acquire(blocking=True)
        if (end := call.ending(stream)) is not None:
            yield end

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        call = self._call(messages, kwargs)
        if call.exchange is None:
            told = self._told(self.llm._astream, run_manager)
            sent = await call.ato_send()
            async for chunk in self.llm._astream(sent, stop=stop, **told, **call.kwargs):
                yield chunk
            return
        stream = VisibleStream()
        while True:
            sent = await call.ato_send()
            # The inner model would tell the run of calls that nobody else sees.
            async for chunk in self.llm._astream(sent, stop=stop, **call.kwargs):
                if (visible := stream.take(chunk)) is not None:
                    if run_manager is not None:
                        await run_manager.on_llm_new_token(visible.text, chunk=visible)
                    yield visible
            if not await call.agoes_on(stream):
                break
            if self.rate_limiter is not None:
                await self.rate_limiter.aacquire(blocking=True)
        if (end := call.ending(stream)) is not None:
            yield end

    def _told(self, method: Callable[..., Any], run_manager: object) -> dict[str, Any]:
        known = run_manager is not None and takes_run_manager(method)
        return {"run_manager": run_manager} if known else {}

    # --- the request ---

    def _shortener(self) -> Shortener:
        return Shortener(engine_of(self.settings, self.engine), self.ledger)

    def _call(self, messages: list[BaseMessage], kwargs: dict[str, Any]) -> ModelCall:
        """Whether this request can redeem notes, by the settings and its tools alone."""
        given = {key: value for key, value in kwargs.items() if key != BYPASS_KEY}
        call = ModelCall(messages, given, self._shortener(), model_name(self.llm))
        call.bypass = wants_bypass(kwargs)
        tools = given.get("tools")
        if call.bypass or not self.retrieval or not is_array(tools):
            return call
        if has_retrieve_tool(tools):
            call.redeemable = True  # the caller has it, and answers it
        elif not has_others(tools):
            return call
        elif not _asks_for_several(self.llm, given) and (ours := self._added_tool(tools)):
            call.exchange = Exchange(messages, call.shortener)
            call.redeemable = True
            given["tools"] = with_ours(tools, ours)
        return call

    def _added_tool(self, tools: Sequence[object]) -> list[object]:
        """The retrieve tool in the words of the inner model, made once for it."""
        strict = are_strict(tools)
        made = self._ours
        if made is None or made[0] is not self.llm or made[1] != strict:
            ours: list[object] = []
            with fail_open("binding of the retrieve tool"):
                ours = ours_in(self.llm, strict=strict)
            made = self._ours = (self.llm, strict, ours)
        return made[2]

    def _own_params(self) -> dict[str, Any]:
        settings = deciding_settings(engine_of(self.settings, self.engine))
        return {"headroom": {"retrieval": self.retrieval, **settings}}

    # --- what it builds around itself ---

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        if tool_choice is not None:
            kwargs["tool_choice"] = tool_choice
        # The inner model writes the tools in its provider's words.
        return rebound(self.llm.bind_tools(tools, **kwargs), self._around)

    def with_structured_output(
        self,
        schema: dict[str, Any] | type,
        *,
        include_raw: bool = False,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, dict[str, Any] | BaseModel]:
        """As the inner model does it, from what decodes back.

        The model has to answer by the schema, so it cannot ask for what is hidden.
        """
        built = self.llm.with_structured_output(schema, include_raw=include_raw, **kwargs)
        lossless = self.model_copy(update={"retrieval": False})
        ours = rebound(built, lossless._around)
        return ours if ours is not built else RunnableLambda(lossless._shortened) | built

    def _around(self, model: BaseChatModel) -> BaseChatModel:
        return self if model is self.llm else self.model_copy(update={"llm": model})

    def _shortened(self, given: LanguageModelInput) -> list[BaseMessage]:
        """The last resort, for a runnable that hides the model in it."""
        messages = self._convert_input(given).to_messages()
        bypass = wants_bypass(ensure_config().get("metadata"))
        return self._shortener().shorten(messages, redeemable=False, bypass=bypass)

    # --- the protocol of version 3 ---

    def _iter_v2_events(
        self, messages: list[BaseMessage], *, run_manager: Any, stream: Any, **kwargs: Any
    ) -> Iterator[Any]:
        """Events that the inner model makes itself, if it makes any; else those made of chunks."""
        how = {"run_manager": run_manager, "stream": stream}
        call = self._events_call(messages, kwargs)
        if call is None:
            return super()._iter_v2_events(messages, **how, **kwargs)
        return self.llm._iter_v2_events(call.to_send(), **how, **call.kwargs)

    async def _aiter_v2_events(
        self, messages: list[BaseMessage], *, run_manager: Any, stream: Any, **kwargs: Any
    ) -> AsyncIterator[Any]:
        how = {"run_manager": run_manager, "stream": stream}
        call = self._events_call(messages, kwargs)
        if call is None:
            events = super()._aiter_v2_events(messages, **how, **kwargs)
        else:
            events = self.llm._aiter_v2_events(await call.ato_send(), **how, **call.kwargs)
        async for event in events:
            yield event

    def _events_call(self, messages: list[BaseMessage], kwargs: dict[str, Any]) -> ModelCall | None:
        """The call whose events the inner model is to make; `None` where chunks are to be used.

        Calls of ours cannot be hidden in events, so where there is nothing but those, a request is
        only shortened in ways that decode back.
        """
        if not _makes_events(self.llm):
            return None
        call = self._call(messages, kwargs)
        if call.exchange is None:
            return call
        if _makes_chunks(self.llm):
            return None
        return self.model_copy(update={"retrieval": False})._call(messages, kwargs)

    def __getstate__(self) -> dict[Any, Any]:
        """Pickle the settings of an engine in its place: it holds a store that is open."""
        state = super().__getstate__()
        if self.engine is not None:
            fields = {**state["__dict__"], "engine": None, "settings": self.engine.settings}
            state = {**state, "__dict__": fields}
        return state


def _makes_events(model: BaseChatModel) -> bool:
    names = ("_stream_chat_model_events", "_astream_chat_model_events")
    return any(getattr(type(model), name, None) is not None for name in names)


def _makes_chunks(model: BaseChatModel) -> bool:
    names = ("_stream", "_astream")
    return any(getattr(type(model), name) is not getattr(BaseChatModel, name) for name in names)


def _asks_for_several(model: BaseChatModel, kwargs: dict[str, Any]) -> bool:
    """Whether several answers come back: no one of them could go on after a retrieval."""
    several = kwargs.get("n", getattr(model, "n", None))
    return isinstance(several, int) and several > 1
