"""A chat model around another one: whoever asks it what it is gets the inner one's answer."""

# ruff: noqa: ANN401, SLF001 - the types of the base class; and a private method of a model calls
# the same one of its inner model

from __future__ import annotations

import inspect
from abc import abstractmethod
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import RunnableBinding
from langchain_core.runnables.config import ensure_config
from pydantic import Field

from headroom_core.bypass import BYPASS_KEY, wants_bypass
from headroom_core.errors import ConfigError
from headroom_langchain.shortener import model_name

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence

    from langchain_core.callbacks import Callbacks
    from langchain_core.language_models import LanguageModelInput, ModelProfile
    from langchain_core.language_models.base import LangSmithParams
    from langchain_core.messages import AIMessageChunk, BaseMessage
    from langchain_core.outputs import LLMResult
    from langchain_core.runnables import RunnableConfig
    from langchain_core.tools import BaseTool

_INHERITED = (
    *("cache", "rate_limiter", "callbacks", "tags", "metadata", "verbose"),
    *("output_version", "disable_streaming", "custom_get_token_ids"),
)
"""What the base class reads from the outer model, and would miss from the inner one."""


class DelegatingChatModel(BaseChatModel):
    """Has the identity, the streaming and the token counts of the model that it wraps."""

    llm: BaseChatModel
    bound_kwargs: dict[str, Any] = Field(default_factory=dict[str, Any], repr=False)
    """What `llm` was bound to when it came as a binding, such as `llm.bind_tools(...)`."""
    inherited: tuple[str, ...] = Field(default=(), exclude=True, repr=False)
    """The fields that were taken over from `llm`."""

    def __init__(self, llm: object = None, **kwargs: Any) -> None:
        llm, bound = _unwrapped(llm)
        if bound:
            kwargs["bound_kwargs"] = {**bound, **kwargs.get("bound_kwargs", {})}
        before = kwargs.get("inherited", ())
        inherited = tuple(n for n in _INHERITED if n not in kwargs or n in before)
        if isinstance(llm, BaseChatModel):
            kwargs |= {name: getattr(llm, name) for name in inherited}
        kwargs |= {"llm": llm, "inherited": inherited}
        super().__init__(**kwargs)

    @property
    def model_name(self) -> str:
        """The name that the inner model has, or an empty text."""
        return model_name(self.llm) or ""

    @property
    def _llm_type(self) -> str:
        return self.llm._llm_type

    @property
    def _identifying_params(self) -> Mapping[str, Any]:
        return {**self.llm._identifying_params, **self._own_params()}

    @abstractmethod
    def _own_params(self) -> dict[str, Any]:
        """What of the outer model changes an answer, and so belongs to the key of a cache."""

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        kwargs.pop(BYPASS_KEY, None)
        return self.llm._get_ls_params(stop=stop, **kwargs)

    def _resolve_model_profile(self) -> ModelProfile | None:
        return self.llm.profile

    def _combine_llm_outputs(self, llm_outputs: list[dict[str, Any] | None], /) -> dict[str, Any]:
        return self.llm._combine_llm_outputs(llm_outputs)

    def _should_stream(self, *, async_api: bool, run_manager: Any = None, **kwargs: Any) -> bool:
        return self.llm._should_stream(async_api=async_api, run_manager=run_manager, **kwargs)

    def _should_use_protocol_streaming(
        self,
        *,
        async_api: bool,
        run_manager: Any = None,
        **kwargs: Any,
    ) -> bool:
        return self.llm._should_use_protocol_streaming(
            async_api=async_api, run_manager=run_manager, **kwargs
        )

    # Every way in passes through one of these. They add what the model came bound to, and a wish
    # of the call's metadata, which the private methods do not always get to see.

    def generate(
        self,
        messages: list[list[BaseMessage]],
        stop: list[str] | None = None,
        callbacks: Callbacks = None,
        *,
        metadata: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> LLMResult:
        given = self._given(metadata, kwargs)
        return super().generate(messages, stop, callbacks, metadata=metadata, **given)

    async def agenerate(
        self,
        messages: list[list[BaseMessage]],
        stop: list[str] | None = None,
        callbacks: Callbacks = None,
        *,
        metadata: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> LLMResult:
        given = self._given(metadata, kwargs)
        return await super().agenerate(messages, stop, callbacks, metadata=metadata, **given)

    def stream(
        self,
        input: LanguageModelInput,  # noqa: A002 - its name in the base class
        config: RunnableConfig | None = None,
        *,
        stop: list[str] | None = None,
        **kwargs: Any,
    ) -> Iterator[AIMessageChunk]:
        given = self._given(ensure_config(config).get("metadata"), kwargs)
        return super().stream(input, config, stop=stop, **given)

    def astream(
        self,
        input: LanguageModelInput,  # noqa: A002 - its name in the base class
        config: RunnableConfig | None = None,
        *,
        stop: list[str] | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[AIMessageChunk]:
        given = self._given(ensure_config(config).get("metadata"), kwargs)
        return super().astream(input, config, stop=stop, **given)

    def stream_events(self, input: Any, config: Any = None, **kwargs: Any) -> Any:  # noqa: A002 - the overloads of the base class say what comes of what
        given = self._given(ensure_config(config).get("metadata"), kwargs)
        return cast("Any", super().stream_events(input, config, **given))

    def astream_events(self, input: Any, config: Any = None, **kwargs: Any) -> Any:  # noqa: A002 - the overloads of the base class say what comes of what
        given = self._given(ensure_config(config).get("metadata"), kwargs)
        return cast("Any", super().astream_events(input, config, **given))

    def _given(self, metadata: object, kwargs: dict[str, Any]) -> dict[str, Any]:
        bypass = {BYPASS_KEY: True} if wants_bypass(metadata) else {}
        return {**self.bound_kwargs, **kwargs, **bypass}

    def get_token_ids(self, text: str) -> list[int]:
        return self.llm.get_token_ids(text)

    def get_num_tokens(self, text: str) -> int:
        return self.llm.get_num_tokens(text)

    def get_num_tokens_from_messages(
        self,
        messages: list[BaseMessage],
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool] | None = None,
        **kwargs: Any,
    ) -> int:
        given = {} if tools is None else {"tools": tools}
        return self.llm.get_num_tokens_from_messages(messages, **given, **kwargs)


def takes_run_manager(method: Callable[..., Any]) -> bool:
    """Whether a model's `_generate` wants to know the run; some of the older ones do not."""
    return _has_run_manager(getattr(method, "__func__", method))


@cache
def _has_run_manager(function: Callable[..., Any]) -> bool:
    kinds = inspect.signature(function).parameters
    return "run_manager" in kinds or any(
        each.kind is inspect.Parameter.VAR_KEYWORD for each in kinds.values()
    )


def _unwrapped(llm: object) -> tuple[object, dict[str, Any]]:
    """The model of a binding and what it is bound to: its private methods would miss that."""
    if isinstance(llm, BaseChatModel):
        return llm, {}
    if not isinstance(llm, RunnableBinding):
        raise ConfigError(
            f"`llm` must be a chat model, got {type(llm).__name__}; wrap the model itself first:"
            " HeadroomChatModel(llm).with_retry(), or prompt | HeadroomChatModel(llm)"
        )
    binding: RunnableBinding[Any, Any] = llm  # pyright: ignore[reportUnknownVariableType] - a check says nothing of what flows through
    inner, bound = _unwrapped(binding.bound)
    return inner, {**bound, **binding.kwargs}
