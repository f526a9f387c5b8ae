"""What `HeadroomChatModel` adds to a call of LangChain's when there is nothing to shorten."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from headroom_core.engine.headroom import Headroom
from headroom_core.settings import Settings
from headroom_langchain import HeadroomChatModel

if TYPE_CHECKING:
    from collections.abc import Callable

MESSAGES = 20
CALLS = 4
"""So few in a row that some of the rounds are not interrupted."""
ROUNDS = 200
TOOLS = [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}]


class Silent(BaseChatModel):
    """A model that costs nothing itself."""

    @property
    def _llm_type(self) -> str:
        return "silent"

    def _generate(
        self,
        messages: list[BaseMessage],
        *args: Any,  # noqa: ANN401 - as any model
        **kwargs: Any,  # noqa: ANN401 - as any model
    ) -> ChatResult:
        del messages, args, kwargs
        return ChatResult(generations=[ChatGeneration(message=AIMessage("Fine."))])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        *args: Any,  # noqa: ANN401 - as any model
        **kwargs: Any,  # noqa: ANN401 - as any model
    ) -> ChatResult:
        return self._generate(messages, *args, **kwargs)

    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as any model
        del tools, kwargs
        return self.bind(tools=TOOLS)


def run() -> dict[str, dict[str, float]]:
    """Milliseconds a call beyond the bare model's, the best of some rounds."""
    engine = Headroom(Settings(store="memory://"))
    bare = Silent()
    wrapped = HeadroomChatModel(bare, engine=engine)
    messages = _conversation()
    cases = {"no tools": (bare, wrapped), "tools": tuple(m.bind_tools([]) for m in (bare, wrapped))}
    out: dict[str, dict[str, float]] = {}
    for name, (inner, outer) in cases.items():
        before, after = _best(inner, outer, messages, _invoke)
        abefore, aafter = _best(inner, outer, messages, _ainvoke)
        out[name] = {
            "bare_ms": round(before, 3),
            "added_ms": round(after - before, 3),
            "async_bare_ms": round(abefore, 3),
            "async_added_ms": round(aafter - abefore, 3),
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


def _best(
    inner: Any,  # noqa: ANN401 - a model or its binding
    outer: Any,  # noqa: ANN401 - a model or its binding
    messages: list[BaseMessage],
    measure: Callable[[Any, list[BaseMessage]], float],
) -> tuple[float, float]:
    """The best milliseconds of both, in turns, so that a busy moment hits them alike."""
    pairs = [(measure(inner, messages), measure(outer, messages)) for _ in range(ROUNDS)]
    return min(bare for bare, _ in pairs), min(wrapped for _, wrapped in pairs)


def _invoke(model: Any, messages: list[BaseMessage]) -> float:  # noqa: ANN401 - a model or its binding
    start = time.perf_counter()
    for _ in range(CALLS):
        model.invoke(messages)
    return (time.perf_counter() - start) / CALLS * 1000


def _ainvoke(model: Any, messages: list[BaseMessage]) -> float:  # noqa: ANN401 - a model or its binding
    async def calls() -> float:
        start = time.perf_counter()
        for _ in range(CALLS):
            await model.ainvoke(messages)
        return (time.perf_counter() - start) / CALLS * 1000

    return asyncio.run(calls())
