"""A conversation in LangChain's own messages, with a result that is worth shortening."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langchain_core.messages import BaseMessage, HumanMessage, ToolMessage
from langchain_core.tools import tool

from headroom_core.notes import find_notes
from tests.langchain.fakes import says

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage

HIDDEN_LINE = 333
"""The line of the log that only a retrieval shows."""


def log_text(lines: int = 500, *, seed: int = 0) -> str:
    """A service's log, in which no two lines are alike and none is an error."""
    return "".join(
        f"2026-01-03T10:{at // 60 % 60:02d}:{at % 60:02d}Z INFO request id={at + seed} took"
        f" {at * 37 % 400}ms user={(at + seed) * 7919 % 9973}\n"
        for at in range(lines)
    )


LOG = log_text()
FACT = LOG.splitlines()[HIDDEN_LINE - 1]


@tool
def run_command(command: str) -> str:
    """Run a shell command."""
    return LOG


def asked() -> list[BaseMessage]:
    """A question, the call that the model made of it, and what the tool printed."""
    return [
        HumanMessage("Which user was slow?"),
        says("", ("run_command", {"command": "tail -500 app.log"}, "call_log")),
        ToolMessage(LOG, tool_call_id="call_log"),
    ]


def first_ref(value: object) -> str | None:
    """The ref of the first note in texts or JSON."""
    notes = find_notes(value)
    return notes[0].ref if notes else None


def texts(messages: list[BaseMessage]) -> list[object]:
    return [message.content for message in messages]


def retrieving(messages: list[BaseMessage], kwargs: dict[str, object]) -> AIMessage:
    """The script of a model that asks for what is hidden, and repeats what it gets."""
    last = messages[-1]
    if isinstance(last, ToolMessage) and last.name == "headroom_retrieve":
        return says(f"It says: {last.text}")
    ref = first_ref(texts(messages))
    if ref is None or isinstance(last, HumanMessage):
        return says("Nothing is hidden.")
    lines = f"{HIDDEN_LINE}-{HIDDEN_LINE}"
    call_id = f"call_hidden_{len(messages)}"
    return says("Let me look. ", ("headroom_retrieve", {"ref": ref, "lines": lines}, call_id))
