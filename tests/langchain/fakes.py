"""A chat model that can do what the real ones can, and says what a test wants."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, ToolCall
from langchain_core.messages.ai import UsageMetadata
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import Field

if TYPE_CHECKING:
    from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
    from langchain_core.language_models import LanguageModelInput
    from langchain_core.runnables import Runnable
    from langchain_core.tools import BaseTool

Script = Callable[[list[BaseMessage], dict[str, Any]], AIMessage]
PIECE = 5


class FakeChat(BaseChatModel):
    """Answers by a script, records what it was sent, and streams in small pieces."""

    script: Script
    sent: list[list[BaseMessage]] = Field(default_factory=list[list[BaseMessage]], repr=False)
    asked: list[dict[str, Any]] = Field(default_factory=list[dict[str, Any]], repr=False)
    model_name: str = "fake-1"

    @property
    def _llm_type(self) -> str:
        return "fake-chat"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.model_name}

    def _answer(self, messages: list[BaseMessage], kwargs: dict[str, Any]) -> AIMessage:
        self.sent.append(list(messages))
        self.asked.append(kwargs)
        said = self.script(messages, kwargs)
        metadata = {"model_name": self.model_name, **said.response_metadata}
        usage = said.usage_metadata or UsageMetadata(
            input_tokens=100, output_tokens=10, total_tokens=110
        )
        return said.model_copy(update={"usage_metadata": usage, "response_metadata": metadata})

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        said = self._answer(messages, kwargs)
        reason = "tool_calls" if said.tool_calls else "stop"
        generation = ChatGeneration(message=said, generation_info={"finish_reason": reason})
        figures = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
        return ChatResult(generations=[generation], llm_output={"token_usage": figures})

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for chunk in chunks_of(self._answer(messages, kwargs)):
            if run_manager is not None:
                run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in chunks_of(self._answer(messages, kwargs)):
            if run_manager is not None:
                await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        formatted = [convert_to_openai_tool(tool) for tool in tools]
        choice = {"tool_choice": tool_choice} if tool_choice is not None else {}
        return self.bind(tools=formatted, **choice, **kwargs)


def chunks_of(said: AIMessage) -> Iterator[ChatGenerationChunk]:
    """An answer as a stream: text in pieces, then each call in pieces, then how it ended."""
    yield ChatGenerationChunk(message=AIMessageChunk(content="", id=said.id))
    text = said.text
    for at in range(0, len(text), PIECE):
        yield ChatGenerationChunk(message=AIMessageChunk(content=text[at : at + PIECE], id=said.id))
    for index, call in enumerate(said.tool_calls):
        first = tool_call_chunk(name=call["name"], args="", id=call["id"], index=index)
        yield _calling(first, said.id)
        args = json.dumps(call["args"])
        for at in range(0, len(args), PIECE):
            piece = tool_call_chunk(name=None, args=args[at : at + PIECE], id=None, index=index)
            yield _calling(piece, said.id)
    reason = "tool_calls" if said.tool_calls else "stop"
    yield ChatGenerationChunk(
        message=AIMessageChunk(
            content="", id=said.id, usage_metadata=said.usage_metadata, chunk_position="last"
        ),
        generation_info={"finish_reason": reason, **said.response_metadata},
    )


def _calling(call: Any, said_id: str | None) -> ChatGenerationChunk:
    return ChatGenerationChunk(
        message=AIMessageChunk(content="", tool_call_chunks=[call], id=said_id)
    )


def says(text: str, *calls: tuple[str, dict[str, Any], str]) -> AIMessage:
    """An answer with tool calls, each a name, arguments and an id."""
    made = [ToolCall(name=name, args=args, id=call_id) for name, args, call_id in calls]
    return AIMessage(content=text, tool_calls=made)


def fine(messages: list[BaseMessage], kwargs: dict[str, Any]) -> AIMessage:
    return says("Fine.")


def tool_names(kwargs: dict[str, Any]) -> list[str]:
    return [each["function"]["name"] for each in kwargs.get("tools", [])]
