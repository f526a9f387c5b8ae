"""A turn as the JSON body that each API answers with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from headroom_core.formats import WireFormat
    from headroom_core.formats.wire import WireObject
    from tests.upstream.turns import Turn


def body(shape: WireFormat, turn: Turn, model: str) -> WireObject:
    """The whole response of a request that does not stream."""
    match shape:
        case "openai_chat":
            return _chat(turn, model)
        case "openai_responses":
            return _responses(turn, model)
        case "anthropic":
            return _anthropic(turn, model)


def _chat(turn: Turn, model: str) -> WireObject:
    message: WireObject = {"role": "assistant", "content": turn.text or None, "refusal": None}
    if turn.calls:
        message["tool_calls"] = [
            {
                "id": call.call_id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in turn.calls
        ]
    finish = "tool_calls" if turn.calls else "stop"
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}],
        "usage": chat_usage(turn),
    }


def _responses(turn: Turn, model: str) -> WireObject:
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1_700_000_000,
        "status": "completed",
        "model": model,
        "output": output_items(turn),
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "temperature": 1.0,
        "top_p": 1.0,
        "usage": responses_usage(turn),
    }


def output_items(turn: Turn) -> list[WireObject]:
    """The items of a Responses answer."""
    items: list[WireObject] = []
    if turn.text:
        text: WireObject = {"type": "output_text", "text": turn.text, "annotations": []}
        items.append(
            {
                "type": "message",
                "id": f"msg_{crc32(turn.text.encode()):08x}",  # another one in another answer
                "role": "assistant",
                "status": "completed",
                "content": [text],
            }
        )
    for call in turn.calls:
        item: WireObject = {
            "type": "function_call",
            "id": f"fc_{call.call_id}",
            "call_id": call.call_id,
            "name": call.name,
            "arguments": call.arguments,
            "status": "completed",
        }
        items.append(item)
    return items


def _anthropic(turn: Turn, model: str) -> WireObject:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": blocks(turn),
        "stop_reason": "tool_use" if turn.calls else "end_turn",
        "stop_sequence": None,
        "usage": anthropic_usage(turn),
    }


def blocks(turn: Turn) -> list[WireObject]:
    """The content blocks of an Anthropic answer."""
    out: list[WireObject] = []
    if turn.thinking:
        out.append({"type": "thinking", "thinking": turn.thinking, "signature": "c2lnbmVk"})
    if turn.text:
        out.append({"type": "text", "text": turn.text})
    for call in turn.calls:
        use = {"type": "tool_use", "id": call.call_id, "name": call.name}
        out.append({**use, "input": json.loads(call.arguments)})
    return out


def chat_usage(turn: Turn) -> WireObject:
    return {
        "prompt_tokens": turn.input_tokens,
        "completion_tokens": turn.output_tokens,
        "total_tokens": turn.input_tokens + turn.output_tokens,
    }


def responses_usage(turn: Turn) -> WireObject:
    return {
        "input_tokens": turn.input_tokens,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": turn.output_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": turn.input_tokens + turn.output_tokens,
    }


def anthropic_usage(turn: Turn) -> WireObject:
    return {"input_tokens": turn.input_tokens, "output_tokens": turn.output_tokens}
