"""A turn as the server-sent events that each API streams, arguments and texts in small pieces."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from headroom_core.formats.wire import WireObject, is_array, is_object
from tests.upstream.bodies import anthropic_usage, blocks, body, chat_usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_core.formats import WireFormat
    from tests.upstream.turns import Turn

PIECE = 7
"""Characters of each delta."""


def events(shape: WireFormat, turn: Turn, model: str, *, usage: bool = True) -> Iterator[bytes]:
    """The stream, one event at a time. `usage` is for Chat Completions, where it is optional."""
    match shape:
        case "openai_chat":
            for chunk in chat_chunks(turn, model, usage=usage):
                yield b"data: " + json.dumps(chunk).encode() + b"\n\n"
            yield b"data: [DONE]\n\n"
        case "openai_responses":
            yield from map(_named, responses_events(turn, model))
        case "anthropic":
            yield from map(_named, anthropic_events(turn, model))


def _named(event: WireObject) -> bytes:
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


def _pieces(text: str) -> list[str]:
    return [text[at : at + PIECE] for at in range(0, len(text), PIECE)]


def chat_chunks(turn: Turn, model: str, *, usage: bool) -> Iterator[WireObject]:
    def chunk(delta: WireObject, finish: str | None = None) -> WireObject:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return {**head, "choices": [choice]}

    head: WireObject = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1_700_000_000,
        "model": model,
    }
    yield chunk({"role": "assistant", "content": ""})
    for piece in _pieces(turn.text):
        yield chunk({"content": piece})
    for index, call in enumerate(turn.calls):
        function = {"name": call.name, "arguments": ""}
        opened = {"index": index, "id": call.call_id, "type": "function", "function": function}
        yield chunk({"tool_calls": [opened]})
        for piece in _pieces(call.arguments):
            yield chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
    yield chunk({}, "tool_calls" if turn.calls else "stop")
    if usage:
        yield {**head, "choices": [], "usage": chat_usage(turn)}


def responses_events(turn: Turn, model: str) -> Iterator[WireObject]:
    number = iter(range(10_000))

    def event(kind: str, **fields: object) -> WireObject:
        return {"type": kind, "sequence_number": next(number), **fields}

    whole = body("openai_responses", turn, model)
    started: WireObject = {**whole, "status": "in_progress", "output": [], "usage": None}
    yield event("response.created", response=started)
    yield event("response.in_progress", response=started)
    items = whole["output"]
    assert is_array(items)
    for index, item in enumerate(items):
        assert is_object(item)
        place = {"item_id": item["id"], "output_index": index}
        if item["type"] == "message":
            opened: WireObject = {**item, "status": "in_progress", "content": []}
            yield event("response.output_item.added", output_index=index, item=opened)
            part: WireObject = {"type": "output_text", "text": "", "annotations": []}
            yield event("response.content_part.added", **place, content_index=0, part=part)
            for piece in _pieces(turn.text):
                yield event("response.output_text.delta", **place, content_index=0, delta=piece)
            done: WireObject = {**part, "text": turn.text}
            yield event("response.output_text.done", **place, content_index=0, text=turn.text)
            yield event("response.content_part.done", **place, content_index=0, part=done)
        else:
            arguments = str(item["arguments"])
            opened = {**item, "status": "in_progress", "arguments": ""}
            yield event("response.output_item.added", output_index=index, item=opened)
            for piece in _pieces(arguments):
                yield event("response.function_call_arguments.delta", **place, delta=piece)
            yield event("response.function_call_arguments.done", **place, arguments=arguments)
        yield event("response.output_item.done", output_index=index, item=item)
    yield event("response.completed", response=whole)


def anthropic_events(turn: Turn, model: str) -> Iterator[WireObject]:
    whole = body("anthropic", turn, model)
    usage = {**anthropic_usage(turn), "output_tokens": 1}
    opened: WireObject = {**whole, "content": [], "stop_reason": None, "usage": usage}
    yield {"type": "message_start", "message": opened}
    yield {"type": "ping"}
    for index, block in enumerate(blocks(turn)):
        empty: WireObject
        deltas: list[WireObject]
        match block["type"]:
            case "thinking":
                empty = {"type": "thinking", "thinking": "", "signature": ""}
                deltas = [
                    {"type": "thinking_delta", "thinking": piece}
                    for piece in _pieces(turn.thinking)
                ]
                deltas.append({"type": "signature_delta", "signature": block["signature"]})
            case "text":
                empty = {"type": "text", "text": ""}
                deltas = [{"type": "text_delta", "text": piece} for piece in _pieces(turn.text)]
            case _:
                empty = {**block, "input": {}}
                deltas = [
                    {"type": "input_json_delta", "partial_json": piece}
                    for piece in ["", *_pieces(json.dumps(block["input"]))]
                ]
        yield {"type": "content_block_start", "index": index, "content_block": empty}
        for delta in deltas:
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    stop = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    yield {"type": "message_delta", "delta": stop, "usage": anthropic_usage(turn)}
    yield {"type": "message_stop"}
