"""Messages and responses of each format, as the tests of the loop write them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.retrieve_loop import (
    Offer,
    make_offer,
)
from headroom_core.retrieve_loop.shapes import SHAPES

if TYPE_CHECKING:
    from headroom_core.formats import WireFormat


Native = dict[str, object]
ORIGINAL = "\n".join(f"row {n} " + ("FATAL disk is gone" if n == 67 else "ok") for n in range(100))


@dataclass(frozen=True)
class Wire:
    """Builds messages and responses of one format."""

    shape: WireFormat

    def user(self, text: str) -> Native:
        return {"role": "user", "content": text}

    def tool(self, name: str) -> Native:
        match self.shape:
            case "openai_chat":
                return {"type": "function", "function": {"name": name, "parameters": {}}}
            case "openai_responses":
                return {"type": "function", "name": name, "parameters": {}}
            case "anthropic":
                return {"name": name, "input_schema": {}}

    def says(self, text: str, *calls: tuple[str, str, Native]) -> Native:
        match self.shape:
            case "openai_chat":
                message: Native = {"role": "assistant", "content": text}
                if calls:
                    message["tool_calls"] = [
                        {
                            "id": i,
                            "type": "function",
                            "function": {"name": n, "arguments": json.dumps(a)},
                        }
                        for i, n, a in calls
                    ]
                reason = "tool_calls" if calls else "stop"
                choice = {"index": 0, "message": message, "finish_reason": reason}
                usage = {"prompt_tokens": 10, "details": {"cached": 4}, "tier": "a", "extra": None}
                return {"id": "r", "choices": [choice], "usage": usage}
            case "openai_responses":
                output: list[object] = [{"type": "reasoning", "encrypted_content": "x"}]
                if text:
                    block = {"type": "output_text", "text": text}
                    output.append({"type": "message", "role": "assistant", "content": [block]})
                output += [
                    {"type": "function_call", "call_id": i, "name": n, "arguments": json.dumps(a)}
                    for i, n, a in calls
                ]
                return {"output": output, "usage": {"prompt_tokens": 10, "details": {"cached": 4}}}
            case "anthropic":
                content: list[object] = [{"type": "text", "text": text}]
                content += [
                    {"type": "tool_use", "id": i, "name": n, "input": a} for i, n, a in calls
                ]
                return {
                    "content": content,
                    "stop_reason": "tool_use" if calls else "end_turn",
                    "usage": {"prompt_tokens": 10, "details": {"cached": 4}},
                }

    def result(self, call_id: str, text: str) -> list[object]:
        return SHAPES[self.shape].results([(call_id, text)])

    def turn(self, response: Native) -> list[object]:
        return SHAPES[self.shape].turn(response)

    def names(self, response: Native) -> list[str]:
        return [call.name for call in SHAPES[self.shape].calls(self.turn(response))]


SHAPE_NAMES: list[WireFormat] = ["openai_chat", "openai_responses", "anthropic"]


def an_offer(wire: Wire) -> Offer:
    return make_offer(wire.shape, [wire.tool("search")], retrieval=True)
