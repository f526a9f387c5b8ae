"""What our hooks add to a call of LangChain's when there is nothing to shorten."""

# ruff: noqa: ANN401 - the types of a chat model are those of its base class

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Any

from langchain.agents.middleware import ModelRequest, ModelResponse
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    HumanMessage,
    ToolCall,
    ToolMessage,
)
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from headroom_core.engine.headroom import Headroom
from headroom_core.settings import Settings
from headroom_langchain import HeadroomChatModel, HeadroomMiddleware

if TYPE_CHECKING:
    from collections.abc import Awaitable

MESSAGES = 20
CHUNKS = 5
CALLS = 4
"""So few in a row that some of the rounds are not interrupted."""
ROUNDS = 200
TOOLS = [
    {"type": "function", "function": {"name": f"look_{at}", "parameters": {"type": "object"}}}
    for at in range(10)
]

Round = Callable[[Any, list[BaseMessage]], "Awaitable[object]"]


class Silent(BaseChatModel):
    """A model that costs nothing itself."""

    @property
    def _llm_type(self) -> str:
        return "silent"

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        del messages, args, kwargs
        return ChatResult(generations=[ChatGeneration(message=AIMessage("Fine."))])

    async def _agenerate(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> ChatResult:
        return self._generate(messages, *args, **kwargs)

    def _stream(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> Iterator[ChatGenerationChunk]:
        del messages, args, kwargs
        for _ in range(CHUNKS):
            yield ChatGenerationChunk(message=AIMessageChunk(content="Fine."))

    async def _astream(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in self._stream(messages, *args, **kwargs):
            yield chunk

    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
        del tools, kwargs
        return self.bind(tools=TOOLS)


async def _invoke(model: Any, messages: list[BaseMessage]) -> object:
    return model.invoke(messages)


async def _ainvoke(model: Any, messages: list[BaseMessage]) -> object:
    return await model.ainvoke(messages)


async def _stream(model: Any, messages: list[BaseMessage]) -> object:
    return list(model.stream(messages))


async def _astream(model: Any, messages: list[BaseMessage]) -> object:
    return [chunk async for chunk in model.astream(messages)]


ROUNDS_OF: dict[str, Round] = {
    "invoke": _invoke,
    "ainvoke": _ainvoke,
    "stream": _stream,
    "astream": _astream,
}


def run() -> dict[str, dict[str, float]]:
    """Milliseconds a call beyond the bare model's, the best of some rounds."""
    return asyncio.run(_measured())


async def _measured() -> dict[str, dict[str, float]]:
    engine = Headroom(Settings(store="memory://"))
    bare = Silent()
    wrapped = HeadroomChatModel(bare, engine=engine)
    messages = _conversation()
    models = {
        "no tools": (bare, wrapped),
        "tools": tuple(m.bind_tools([]) for m in (bare, wrapped)),
    }
    out: dict[str, dict[str, float]] = {}
    for tools, (inner, outer) in models.items():
        for way, call in ROUNDS_OF.items():
            before, after = await _best(inner, outer, messages, call)
            out[f"{way}, {tools}"] = {
                "bare_ms": round(before, 3),
                "added_ms": round(after - before, 3),
            }
    middleware = HeadroomMiddleware(engine=engine)
    for way, call in (("", _hook), ("async ", _ahook)):
        before, after = await _best(None, middleware, messages, call)
        out[f"{way}middleware"] = {
            "bare_ms": round(before, 3),
            "added_ms": round(after - before, 3),
        }
    engine.close()
    return out


def _conversation() -> list[BaseMessage]:
    """Turns of a question, a call, a short result and an answer."""
    messages: list[BaseMessage] = []
    for turn in range(MESSAGES // 4):
        call = ToolCall(name="look", args={"at": turn}, id=f"call_{turn}")
        messages += [
            HumanMessage(f"What is the state of service {turn}?"),
            AIMessage("", tool_calls=[call]),
            ToolMessage(f"service {turn}: up, 3 replicas", tool_call_id=f"call_{turn}"),
            AIMessage(f"Service {turn} is up with three replicas."),
        ]
    return messages


async def _hook(middleware: Any, messages: list[BaseMessage]) -> object:
    request = _request(middleware, messages)
    return _answer(request) if middleware is None else middleware.wrap_model_call(request, _answer)


async def _ahook(middleware: Any, messages: list[BaseMessage]) -> object:
    async def answer(request: ModelRequest[Any]) -> ModelResponse[Any]:
        return _answer(request)

    request = _request(middleware, messages)
    wrap = None if middleware is None else middleware.awrap_model_call
    return await (answer(request) if wrap is None else wrap(request, answer))


_MODEL = Silent()


def _request(middleware: Any, messages: list[BaseMessage]) -> ModelRequest[Any]:
    """The request of an agent, as its middleware gets it."""
    own: list[Any] = [] if middleware is None else middleware.tools
    return ModelRequest(model=_MODEL, messages=list(messages), tools=[*TOOLS, *own])  # type: ignore[arg-type] # an agent's messages are any


def _answer(request: ModelRequest[Any]) -> ModelResponse[Any]:
    del request
    return ModelResponse(result=[AIMessage("Fine.")])


async def _best(
    inner: Any, outer: Any, messages: list[BaseMessage], call: Round
) -> tuple[float, float]:
    """The best milliseconds of both, in turns, so that a busy moment hits them alike."""
    pairs = [
        (await _round(inner, messages, call), await _round(outer, messages, call))
        for _ in range(ROUNDS)
    ]
    return min(bare for bare, _ in pairs), min(wrapped for _, wrapped in pairs)


async def _round(model: Any, messages: list[BaseMessage], call: Round) -> float:
    start = time.perf_counter()
    for _ in range(CALLS):
        await call(model, messages)
    return (time.perf_counter() - start) / CALLS * 1000
