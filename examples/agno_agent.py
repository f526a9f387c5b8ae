"""An Agno agent that reads a long log through Headroom, and asks for a line that it was not shown.

python examples/agno_agent.py                        # offline, a model follows a script
OPENAI_API_KEY=... python examples/agno_agent.py     # with OpenAI (pip install openai)
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agno.agent import Agent
from agno.models.base import Model
from agno.models.response import ModelResponse

from headroom.demo import conversation
from headroom_agno import HeadroomAgnoModel
from headroom_core.notes import find_notes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from agno.models.message import Message

LOG = next(text for text in (str(each["content"]) for each in conversation()) if "FATAL" in text)


def read_log() -> str:
    """Read the log of the service."""
    return LOG


@dataclass
class ScriptedModel(Model):
    """Stands in for a provider: calls a tool, asks for a hidden line, and answers with it."""

    id: str = "scripted"

    def invoke(self, messages: list[Message], **_kwargs: object) -> ModelResponse:
        results = [str(message.content) for message in messages if message.role == "tool"]
        match results:
            case []:
                return _asks("read_log")
            case [view]:
                (note,) = find_notes(view)
                return _asks("headroom_retrieve", ref=note.ref, lines="200-200")
            case _:
                line = results[-1].splitlines()[-1]
                return ModelResponse(role="assistant", content=f"Line 200 reads: {line}")

    async def ainvoke(self, messages: list[Message], **_kwargs: object) -> ModelResponse:
        return self.invoke(messages)

    def invoke_stream(self, messages: list[Message], **_kwargs: object) -> Iterator[ModelResponse]:
        yield self.invoke(messages)

    async def ainvoke_stream(
        self, messages: list[Message], **_kwargs: object
    ) -> AsyncIterator[ModelResponse]:
        yield self.invoke(messages)

    def _parse_provider_response(self, response: object, **kwargs: object) -> ModelResponse:
        raise NotImplementedError

    def _parse_provider_response_delta(self, response: object) -> ModelResponse:
        raise NotImplementedError


def _asks(name: str, **arguments: str) -> ModelResponse:
    function = {"name": name, "arguments": json.dumps(arguments)}
    call = {"id": f"call_{name}", "type": "function", "function": function}
    return ModelResponse(role="assistant", tool_calls=[call])


def chosen_model() -> Model:
    """The provider's model where there is a key, else the one that follows a script."""
    if "OPENAI_API_KEY" not in os.environ:
        return ScriptedModel()
    from agno.models.openai import OpenAIChat  # noqa: PLC0415 - needs the package `openai`

    return OpenAIChat("gpt-4o-mini")


def main() -> None:
    """Ask about a line that the model is not shown at first."""
    model = HeadroomAgnoModel(chosen_model())
    agent = Agent(model=model, tools=[read_log], telemetry=False)

    run = agent.run("Read the log. What does its line 200 say, word for word?")

    print(run.content)
    print("Tools in the run:", [tool.tool_name for tool in run.tools or []])
    print(model.savings)


if __name__ == "__main__":
    main()
