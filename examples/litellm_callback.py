"""LiteLLM with one more line: an on-call question over a long log, answered with its hidden fact.

Runs offline: a scripted model stands in for the provider, through LiteLLM's own `CustomLLM`. With a
real one: `MODEL=openai/gpt-4o OPENAI_API_KEY=... python examples/litellm_callback.py`.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from typing import Any

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # else importing it goes online

import litellm
from litellm.llms.custom_llm import CustomLLM

from headroom_core.notes import find_notes
from headroom_core.settings import Settings
from headroom_litellm import HeadroomCallback

LOG = "\n".join(
    f"2026-03-14T09:{n // 60 % 60:02d}:{n % 60:02d}Z INFO request id={n} took {n * 37 % 400}ms"
    for n in range(900)
)
MESSAGES: list[dict[str, Any]] = [
    {"role": "user", "content": "How is the service doing?"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {
                "id": "call_1",
                "type": "function",
                "function": {"name": "run_command", "arguments": '{"command": "cat app.log"}'},
            }
        ],
    },
    {"role": "tool", "tool_call_id": "call_1", "content": LOG},
]
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "run_command",
            "parameters": {"type": "object", "properties": {"command": {"type": "string"}}},
        },
    }
]


class Scripted(CustomLLM):
    """Reads the note, asks for one line that is hidden behind it, and repeats that line."""

    async def acompletion(self, *_args: object, **given: Any) -> litellm.ModelResponse:  # noqa: ANN401 - as LiteLLM calls it
        text = json.dumps(given["messages"])
        read = len(text) // 4
        if found := re.search(r"request id=500 took \d+ms", text):
            message: dict[str, Any] = {"content": f"Fine. For example, {found[0]}."}
        else:
            arguments = json.dumps({"ref": find_notes(given["messages"])[0].ref, "lines": "501"})
            function = {"name": "headroom_retrieve", "arguments": arguments}
            call = {"id": "call_2", "type": "function", "function": function}
            message = {"content": None, "tool_calls": [call]}
        usage = litellm.Usage(prompt_tokens=read, completion_tokens=20, total_tokens=read + 20)
        choice = {"message": {"role": "assistant", **message}}
        return litellm.ModelResponse(model="scripted", choices=[choice], usage=usage)


async def main() -> None:
    """Ask once; the model's retrieval happens inside the call."""
    litellm.custom_provider_map = [{"provider": "offline", "custom_handler": Scripted()}]
    headroom = HeadroomCallback(settings=Settings(store="memory://"))
    litellm.callbacks = [headroom]  # this is the one line

    model = os.environ.get("MODEL", "offline/scripted")
    response = await litellm.acompletion(model=model, messages=MESSAGES, tools=TOOLS)

    if isinstance(response, litellm.ModelResponse):  # and not a stream
        print(response.choices[0].message.content)
    print(headroom.savings)


if __name__ == "__main__":
    asyncio.run(main())
