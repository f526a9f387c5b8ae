"""A Strands agent whose model reads a fraction of what its tools print.

python examples/strands_agent.py

Offline, a model that plays a script stands in. With OPENAI_API_KEY it is a real one; the name of
the model is in OPENAI_MODEL.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, NoReturn

from strands import Agent, tool
from strands.models import Model

from headroom_core.notes import find_notes
from headroom_strands import HeadroomPlugin

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from strands.types.content import ContentBlockStart, Messages
    from strands.types.streaming import ContentBlockDelta, StreamEvent

SLOW = 417


@tool
def read_log(service: str) -> str:
    """Read the log of a service.

    Args:
        service: Its name.
    """
    lines = [
        f"2026-01-03T10:{n // 60:02d}:{n % 60:02d}Z INFO {service} id={n} took {n * 37 % 400}ms"
        for n in range(900)
    ]
    lines[700] = f"2026-01-03T10:11:40Z FATAL {service} db pool exhausted"
    return "\n".join(lines)


class Scripted(Model):
    """Reads the log and answers; asked for a line that it was not shown, it asks back first."""

    def update_config(self, **_: object) -> None:
        """There is nothing to configure."""

    def get_config(self) -> dict[str, str]:
        """Return the name of the model."""
        return {"model_id": "scripted"}

    def structured_output(self, *_: object, **__: object) -> NoReturn:
        """It has no structured answers."""
        raise NotImplementedError

    async def stream(
        self, messages: Messages, *_: object, **__: object
    ) -> AsyncGenerator[StreamEvent, None]:
        """Stream the next turn of the script."""
        start: ContentBlockStart
        delta: ContentBlockDelta
        block = messages[-1]["content"][0]
        read = json.dumps(messages)
        if len(messages) == 1:
            start, delta = _call("read_log", service="checkout")
        elif len(messages) == 3:
            start, delta = {}, {"text": "The database pool ran dry."}
        elif "text" in block:
            ref = find_notes(read)[0].ref
            start, delta = _call("headroom_retrieve", ref=ref, query=f"id={SLOW}")
        else:
            lines = json.loads(read)[-1]["content"][0]["toolResult"]["content"][0][
                "text"
            ].splitlines()
            start, delta = {}, {"text": next(line for line in lines if f"id={SLOW} " in line)}
        yield {"messageStart": {"role": "assistant"}}
        yield {"contentBlockStart": {"start": start}}
        yield {"contentBlockDelta": {"delta": delta}}
        yield {"contentBlockStop": {}}
        yield {"messageStop": {"stopReason": "tool_use" if start else "end_turn"}}


def _call(name: str, **arguments: object) -> tuple[ContentBlockStart, ContentBlockDelta]:
    start: ContentBlockStart = {"toolUse": {"name": name, "toolUseId": f"use-{name}"}}
    return start, {"toolUse": {"input": json.dumps(arguments)}}


def model() -> Model:
    """Return the model of the environment, or the script."""
    if "OPENAI_API_KEY" not in os.environ:
        return Scripted()
    from strands.models.openai import OpenAIModel  # noqa: PLC0415 - needs a package of its own

    return OpenAIModel(model_id=os.environ.get("OPENAI_MODEL", "gpt-4o-mini"))


def main() -> None:
    """Ask the agent, and show what it cost."""
    plugin = HeadroomPlugin()
    agent = Agent(model=model(), tools=[read_log], plugins=[plugin], callback_handler=None)

    for question in ("What failed in checkout?", f"How long did request {SLOW} take?"):
        print(f"> {question}\n{agent(question)}")
    print(plugin.savings)


if __name__ == "__main__":
    main()
