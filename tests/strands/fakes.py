"""A model that follows a script and keeps what it was sent, and tools with much to say."""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncIterable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel
from strands import tool  # pyright: ignore[reportUnknownVariableType] - typed in part
from strands.models import Model
from strands.types.tools import ToolResult, ToolSpec  # noqa: TC002 - the decorator reads them

from headroom_core.notes import find_notes
from tests.conversations import log, rows
from tests.upstream import Asked, Turn, say

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from strands.types.content import Messages, SystemContentBlock
    from strands.types.streaming import StreamEvent

T = TypeVar("T", bound=BaseModel)
Answer = Turn | Exception | Callable[["Messages"], Turn]

FACT = "request id=221 took 177ms"
LOG = log(300, fatal_at=7)
USERS = rows(300)
assert FACT in LOG

ASK_LOG = Turn(calls=(Asked("read_log", '{"name": "app"}'),))


@tool
def read_log(name: str) -> str:
    """Read a log.

    Args:
        name: Whose log.
    """
    return f"{name}\n{LOG}"


@tool
def list_users() -> ToolResult:
    """List the users of the service."""
    return {"toolUseId": "", "status": "success", "content": [{"json": json.loads(USERS)}]}


class Scripted(Model):
    """Says what it was told to, the last answer again and again."""

    def __init__(self, *script: Answer, **config: Any) -> None:
        self.script = script
        self.config: dict[str, Any] = {"model_id": "scripted", **config}
        self.sent: list[Messages] = []
        self.specs: list[list[ToolSpec] | None] = []
        self.given: list[dict[str, Any]] = []
        self.closed = 0

    def update_config(self, **model_config: Any) -> None:
        self.config.update(model_config)

    def get_config(self) -> Any:
        return self.config

    async def stream(
        self,
        messages: Messages,
        tool_specs: list[ToolSpec] | None = None,
        system_prompt: str | None = None,
        **kwargs: Any,
    ) -> AsyncGenerator[StreamEvent, None]:
        self.sent.append(copy.deepcopy(messages))
        self.specs.append(copy.deepcopy(tool_specs))
        self.given.append({"system_prompt": system_prompt, **kwargs})
        answer = self.script[min(len(self.sent), len(self.script)) - 1]
        if isinstance(answer, Exception):
            raise answer
        turn = answer if isinstance(answer, Turn) else answer(messages)
        try:
            for event in events_of(turn, len(self.sent)):
                yield event
        finally:
            self.closed += 1

    async def structured_output(
        self,
        output_model: type[T],
        prompt: Messages,
        system_prompt: str | None = None,
        **kwargs: Any,
    ) -> AsyncGenerator[dict[str, T | Any], None]:
        self.sent.append(copy.deepcopy(prompt))
        self.given.append({"system_prompt": system_prompt, **kwargs})
        yield {"output": output_model(**json.loads(self.text_of_script()))}

    async def count_tokens(
        self,
        messages: Messages,
        tool_specs: list[ToolSpec] | None = None,
        system_prompt: str | None = None,
        system_prompt_content: list[SystemContentBlock] | None = None,
    ) -> int:
        return len(json.dumps(messages))

    def text_of_script(self) -> str:
        turn = self.script[-1]
        assert isinstance(turn, Turn)
        return turn.text


def events_of(turn: Turn, number: int) -> list[StreamEvent]:
    """A turn as Strands streams it. Calls get ids that no earlier turn has used."""
    events: list[StreamEvent] = [{"messageStart": {"role": "assistant"}}]
    if turn.text:
        events.append({"contentBlockStart": {"start": {}}})
        events.append({"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": turn.text}}})
        events.append({"contentBlockStop": {"contentBlockIndex": 0}})
    for call in turn.calls:
        call_id = f"{call.call_id}_{number}"
        use = {"name": call.name, "toolUseId": call_id}
        events.append({"contentBlockStart": {"start": {"toolUse": use}}})  # type: ignore[typeddict-item]  # the literal is not recognised in a variable
        delta = {"toolUse": {"input": call.arguments}}
        events.append({"contentBlockDelta": {"contentBlockIndex": 0, "delta": delta}})  # type: ignore[typeddict-item]  # as above
        events.append({"contentBlockStop": {"contentBlockIndex": 0}})
    events.append({"messageStop": {"stopReason": "tool_use" if turn.calls else "end_turn"}})
    usage = {
        "inputTokens": turn.input_tokens,
        "outputTokens": turn.output_tokens,
        "totalTokens": turn.input_tokens + turn.output_tokens,
    }
    events.append({"metadata": {"usage": usage, "metrics": {"latencyMs": 1}}})  # type: ignore[typeddict-item]  # as above
    return events


def results(messages: Messages) -> list[ToolResult]:
    """All tool results of a conversation."""
    return [
        block["toolResult"]
        for message in messages
        for block in message["content"]
        if "toolResult" in block
    ]


def texts(messages: Messages) -> list[str]:
    """The texts of all tool results."""
    return [
        item["text"] for result in results(messages) for item in result["content"] if "text" in item
    ]


def ask_back(messages: Messages) -> Turn:
    """Ask for the fact behind the last note, as a model does that misses it."""
    notes = find_notes(texts(messages)[-1])
    arguments = json.dumps({"ref": notes[0].ref, "query": "id=221"})
    return Turn(calls=(Asked("headroom_retrieve", arguments, "back"),))


def tell_fact(messages: Messages) -> Turn:
    """Answer with the fact, if the last result has it."""
    return say(FACT if FACT in texts(messages)[-1] else "I do not know.")


async def drained(events: AsyncIterable[Any]) -> list[Any]:
    return [event async for event in events]
