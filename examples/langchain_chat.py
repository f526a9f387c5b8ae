"""A chat model of LangChain's that reads a long tool result in short, and asks for what it misses.

python examples/langchain_chat.py                               # offline, with a fake model
OPENAI_API_KEY=... python examples/langchain_chat.py            # with gpt-4o-mini
HEADROOM_EXAMPLE_MODEL=gpt-4o OPENAI_API_KEY=... python examples/langchain_chat.py
"""

from __future__ import annotations

import os
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import tool
from langchain_core.utils.function_calling import convert_to_openai_tool

from headroom import find_notes
from headroom_langchain import HeadroomChatModel

LOG = "".join(
    f"10:{at // 60:02d}:{at % 60:02d} INFO request {at} of user {at * 7919 % 9973} took"
    f" {at * 37 % 400} ms\n"
    for at in range(500)
)


@tool
def read_log(service: str) -> str:
    """Read the log of a service."""
    return f"{service}\n{LOG}"


class FakeModel(BaseChatModel):
    """Stands for a real model: it asks for line 250 of what was hidden, and repeats it."""

    @property
    def _llm_type(self) -> str:
        return "fake"

    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as in the base class
        return self.bind(tools=[convert_to_openai_tool(each) for each in tools], **kwargs)

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:  # noqa: ANN401 - as in the base class
        del args, kwargs
        last = messages[-1]
        if isinstance(last, ToolMessage) and last.name == "headroom_retrieve":
            answer = AIMessage(f"Request 248 is in this line: {last.text.splitlines()[-1]}")
        else:
            (note,) = find_notes([each.text for each in messages])
            args_ = {"ref": note.ref, "lines": "250-250"}
            call = ToolCall(name="headroom_retrieve", args=args_, id="call_2")
            answer = AIMessage("", tool_calls=[call])
        return ChatResult(generations=[ChatGeneration(message=answer)])


def chat_model() -> BaseChatModel:
    """The real model where there is a key for it, else the fake one."""
    if "OPENAI_API_KEY" not in os.environ:
        return FakeModel()
    from langchain_openai import ChatOpenAI  # noqa: PLC0415 - only with a key

    return ChatOpenAI(model=os.environ.get("HEADROOM_EXAMPLE_MODEL", "gpt-4o-mini"))


def main() -> None:
    """Ask about one line of a long log."""
    model = HeadroomChatModel(chat_model())
    call = ToolCall(name="read_log", args={"service": "search"}, id="call_1")
    conversation = [
        HumanMessage("How long did request 248 take, and whose was it?"),
        AIMessage("", tool_calls=[call]),
        ToolMessage(read_log.invoke(call["args"]), tool_call_id="call_1"),
    ]

    answer = model.bind_tools([read_log]).invoke(conversation)

    print(answer.text)
    print(model.savings)


if __name__ == "__main__":
    main()
