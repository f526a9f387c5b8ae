"""The real chat models of OpenAI's and Anthropic's packages, talking to a server on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pytest
from langchain_anthropic import ChatAnthropic
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import Runnable

    from tests.upstream import Upstream

Provider = Literal["openai_chat", "openai_responses", "anthropic"]
PROVIDERS: tuple[Provider, ...] = ("openai_chat", "openai_responses", "anthropic")
Way = Literal["invoke", "ainvoke", "stream", "astream"]
WAYS: tuple[Way, ...] = ("invoke", "ainvoke", "stream", "astream")
each_way = pytest.mark.parametrize("way", WAYS)


def chat_model(provider: Provider, upstream: Upstream, **options: Any) -> BaseChatModel:
    """A model of this provider whose requests go to the server."""
    key = SecretStr("key")
    if provider == "anthropic":
        options = {"max_tokens": 2048, **options}
        return ChatAnthropic(
            model_name="claude-1000", base_url=upstream.url, api_key=key, max_retries=0, **options
        )
    return ChatOpenAI(
        model="gpt-4o",
        base_url=f"{upstream.url}/v1",
        api_key=key,
        max_retries=0,
        stream_usage=True,
        use_responses_api=provider == "openai_responses",
        **options,
    )


class Runs(BaseCallbackHandler):
    """Counts what is told about runs of chat models."""

    def __init__(self) -> None:
        self.started = 0
        self.ended = 0
        self.tokens: list[str] = []

    def on_chat_model_start(self, *args: Any, **kwargs: Any) -> None:
        self.started += 1

    def on_llm_end(self, *args: Any, **kwargs: Any) -> None:
        self.ended += 1

    def on_llm_new_token(self, token: Any, **kwargs: Any) -> None:
        self.tokens.append(str(token))


async def call(
    model: Runnable[Any, Any], way: Way, messages: list[BaseMessage], runs: Runs | None = None
) -> Any:
    """The answer of a model, whichever way it is asked."""
    config: Any = {"callbacks": [runs]} if runs is not None else None
    if way == "invoke":
        return model.invoke(messages, config)
    if way == "ainvoke":
        return await model.ainvoke(messages, config)
    if way == "stream":
        parts = list(model.stream(messages, config))
    else:
        parts = [part async for part in model.astream(messages, config)]
    if not isinstance(parts[0], AIMessageChunk):
        return parts[-1]
    return _message(parts)


def _message(chunks: list[AIMessageChunk]) -> AIMessage:
    whole = chunks[0] + chunks[1:]
    skipped = {"type", "tool_call_chunks", "chunk_position"}
    return AIMessage(**{key: value for key, value in dict(whole).items() if key not in skipped})
