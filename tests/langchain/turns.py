"""A model that in each turn reads a log, asks for a hidden line of it, and answers with that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core.messages import BaseMessage, HumanMessage, ToolMessage, message_to_dict
from langchain_core.tools import tool

from tests.langchain.conversation import first_ref, log_text
from tests.langchain.fakes import says

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage


@tool
def read_log(number: int) -> str:
    """Read the log of a day."""
    return log_text(150, seed=number * 1000)


def in_turns(messages: list[BaseMessage], kwargs: dict[str, Any]) -> AIMessage:
    """In each turn: read a log, ask for a hidden line of it, answer with that."""
    last = messages[-1]
    turn = sum(isinstance(each, HumanMessage) for each in messages)
    if isinstance(last, HumanMessage):
        return says("", ("read_log", {"number": turn}, f"call_log_{turn}"))
    assert isinstance(last, ToolMessage)
    if last.tool_call_id.startswith("call_hidden"):
        return says(f"It says: {last.text}")
    ref = first_ref(last.content)
    if ref is None:
        return says("Nothing is hidden.")
    return says("", ("headroom_retrieve", {"ref": ref, "lines": "77-77"}, f"call_hidden_{turn}"))


def dumped(messages: list[BaseMessage]) -> list[object]:
    """What goes to the wire of messages; their ids are the run's."""
    return [message_to_dict(each.model_copy(update={"id": None})) for each in messages]
