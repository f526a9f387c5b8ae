"""An agent of LangChain's whose model reads long tool results in short; its state keeps them whole.

python examples/langchain_agent.py                          # offline, with a fake model
ANTHROPIC_API_KEY=... python examples/langchain_agent.py    # with a model of Anthropic's
"""

from __future__ import annotations

import os
from typing import Any

from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver

from headroom import find_notes
from headroom_langchain import HeadroomMiddleware


@tool
def list_orders(month: int) -> str:
    """List all orders of a month."""
    return "\n".join(
        f"2026-{month:02d}-{at % 28 + 1:02d},order-{month}{at:03d},customer-{at * 7919 % 997},"
        f"{at * 37 % 400}.{at % 100:02d}"
        for at in range(300)
    )


class FakeModel(BaseChatModel):
    """Stands for a real model: lists the orders, asks for one of them, and repeats it."""

    @property
    def _llm_type(self) -> str:
        return "fake"

    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as in the base class
        del tools, kwargs
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:  # noqa: ANN401 - as in the base class
        del args, kwargs
        last = messages[-1]
        turn = sum(isinstance(each, HumanMessage) for each in messages)
        if isinstance(last, HumanMessage):
            answer = _calls("list_orders", {"month": turn}, f"call_{turn}")
        elif isinstance(last, ToolMessage) and (notes := find_notes(last.text)):
            asked = {"ref": notes[0].ref, "lines": "200-200"}
            answer = _calls("headroom_retrieve", asked, f"call_more_{turn}")
        else:
            answer = AIMessage(f"The order in line 200 is {last.text.splitlines()[-1]}")
        return ChatResult(generations=[ChatGeneration(message=answer)])


def _calls(name: str, args: dict[str, Any], call_id: str) -> AIMessage:
    return AIMessage("", tool_calls=[ToolCall(name=name, args=args, id=call_id)])


def chat_model() -> BaseChatModel | str:
    """The real model where there is a key for it, else the fake one."""
    if "ANTHROPIC_API_KEY" not in os.environ:
        return FakeModel()
    return os.environ.get("HEADROOM_EXAMPLE_MODEL", "anthropic:claude-sonnet-5")


def main() -> None:
    """Ask twice; the second turn sends the first as it was sent before."""
    middleware = HeadroomMiddleware()
    agent = create_agent(
        chat_model(), [list_orders], middleware=[middleware], checkpointer=InMemorySaver()
    )
    thread: Any = {"configurable": {"thread_id": "1"}}
    state: dict[str, Any] = {}

    for month in (1, 2):
        question = HumanMessage(f"Which order stands in line 200 of month {month}?")
        state = agent.invoke({"messages": [question]}, thread)
        print(state["messages"][-1].text)

    kept = [each for each in state["messages"] if isinstance(each, ToolMessage)]
    print(f"longest result in the state: {max(len(each.text) for each in kept):,} characters")
    print(middleware.savings)


if __name__ == "__main__":
    main()
