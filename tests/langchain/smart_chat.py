"""A fake chat model for LangChain's own acceptance kit: it calls tools as they ask for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall, ToolMessage

from headroom_core.tool import is_retrieve_tool
from tests.langchain.fakes import FakeChat

if TYPE_CHECKING:
    from collections.abc import Mapping


class SmartChat(FakeChat):
    """Calls the first tool, or the one that it must call, with arguments of the right types."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("script", answer)
        super().__init__(**kwargs)


def answer(messages: list[BaseMessage], kwargs: dict[str, Any]) -> AIMessage:
    given: list[dict[str, Any]] = kwargs.get("tools") or []
    tools: list[dict[str, Any]] = [tool["function"] for tool in given]
    wanted = kwargs.get("tool_choice")
    tools = [tool for tool in tools if not is_retrieve_tool(tool["name"])]
    named = [tool for tool in tools if tool["name"] == wanted]
    metadata = {"model_name": kwargs["model"]} if "model" in kwargs else {}
    if not tools or isinstance(messages[-1], ToolMessage):
        return AIMessage(content="As you wish: 42.", response_metadata=metadata)
    texts = [message.text for message in messages if isinstance(message, HumanMessage)]
    asked = texts[-1] if texts else ""
    tool: dict[str, Any] = (named or tools)[0]
    args = {
        name: _value(schema, asked)
        for name, schema in tool["parameters"].get("properties", {}).items()
    }
    call = ToolCall(name=tool["name"], args=args, id="call_1")
    return AIMessage(content="", tool_calls=[call], response_metadata=metadata)


def _value(schema: Mapping[str, Any], asked: str) -> object:
    if schema.get("type") == "integer":
        found = re.search(r"\d+", asked)
        return int(found[0]) if found else 1
    quoted = re.search(r"'(.+?)'", asked)
    return quoted[1] if quoted else "something"
