"""What is asked through the SDKs in these tests, and the models that answer."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from headroom_core.formats import CODECS
from headroom_core.formats.wire import WireObject, is_array
from headroom_core.messages import ToolResult
from headroom_core.testing.zoo import ZOO
from headroom_core.tool import NAME
from tests.conversations import Turn as Said
from tests.conversations import log, rows, written
from tests.upstream import Asked, Turn, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headroom_core.formats import WireFormat
    from tests.upstream.server import Answer, Received

SHAPES: list[WireFormat] = ["openai_chat", "openai_responses", "anthropic"]
KEY: dict[WireFormat, str] = {
    "openai_chat": "messages",
    "openai_responses": "input",
    "anthropic": "messages",
}
CODEC = {codec.name: codec for codec in CODECS}
LONG = log(400, fatal_at=200)
HIDDEN = "2026-01-03T10:17:59Z INFO request id=137 took 269ms"
"""A line of `LONG` that no view of it shows."""
PNG = "iVBORw0KGgo="
SCHEMA = {
    "type": "object",
    "properties": {"cause": {"type": "string"}},
    "required": ["cause"],
    "additionalProperties": False,
}
VERDICT = '{"cause": "disk"}'


def tool(shape: WireFormat, name: str = "run_command") -> WireObject:
    """A tool of the caller."""
    about = {"name": name, "description": "Runs."}
    parameters = {"type": "object", "properties": {"command": {"type": "string"}}}
    strict = {**parameters, "required": ["command"], "additionalProperties": False}
    match shape:
        case "openai_chat":
            # `parse` takes strict tools only.
            function = {**about, "parameters": strict, "strict": True}
            return {"type": "function", "function": function}
        case "openai_responses":
            return {"type": "function", **about, "parameters": strict, "strict": True}
        case "anthropic":
            return {**about, "input_schema": parameters}


def conversation(shape: WireFormat, *texts: str) -> list[WireObject]:
    """A conversation with a long result for each of these texts."""
    return written([Said(f"what failed? ({n})", text) for n, text in enumerate(texts)], shape)


def asked(shape: WireFormat, messages: Sequence[object], **more: Any) -> dict[str, Any]:
    """The arguments of a call."""
    out: dict[str, Any] = {"model": "gpt-5" if shape != "anthropic" else "claude-opus-5"}
    if shape == "anthropic":
        out["max_tokens"] = 2_000
    return {**out, KEY[shape]: messages, **more}


def features(shape: WireFormat) -> dict[str, dict[str, Any]]:
    """Calls that use what an API can do, each with a long tool result in it."""
    long = conversation(shape, LONG)
    tools = [tool(shape)]
    return {
        "bare": asked(shape, long),
        "image, parallel": asked(shape, [*image(shape), *parallel(shape)], tools=tools),
        "zoo": asked(shape, ZOO[shape](), tools=tools),
        **_own_features(shape, long, tools),
    }


def _own_features(
    shape: WireFormat, long: list[WireObject], tools: list[WireObject]
) -> dict[str, dict[str, Any]]:
    if shape != "anthropic":
        return {}
    thought: WireObject = {"type": "thinking", "thinking": "hm", "signature": "EqQBCg=="}
    content = long[1]["content"]
    assert is_array(content)
    marked = [long[0], {**long[1], "content": [thought, *content]}, *_marked(long[2])]
    system = [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}]
    budget = {"type": "enabled", "budget_tokens": 1_024}
    return {
        "cache_control, thinking": asked(
            shape, marked, tools=tools, system=system, thinking=budget
        ),
    }


def _marked(message: WireObject) -> list[WireObject]:
    blocks = message["content"]
    assert is_array(blocks)
    mark = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}
    return [
        {**message, "content": [{**block, **mark} for block in blocks if isinstance(block, dict)]}
    ]


def parallel(shape: WireFormat) -> list[WireObject]:
    """Two calls in one turn, and their results."""
    one, two = (written([Said("both", text)], shape) for text in (LONG, rows(60)))
    text = json.dumps(two).replace("call_0", "call_1")
    user, call, result = one
    _, other_call, other_result = json.loads(text)
    match shape:
        case "openai_chat":
            calls = [*_list(call, "tool_calls"), *_list(other_call, "tool_calls")]
            return [user, {**call, "tool_calls": calls}, result, other_result]
        case "openai_responses":
            return [user, call, other_call, result, other_result]
        case "anthropic":
            uses = [*_list(call, "content"), *_list(other_call, "content")]
            results = [*_list(result, "content"), *_list(other_result, "content")]
            return [user, {**call, "content": uses}, {**result, "content": results}]


def image(shape: WireFormat) -> list[WireObject]:
    """A picture from the user, and what the model says to it."""
    url = f"data:image/png;base64,{PNG}"
    block: WireObject
    match shape:
        case "openai_chat":
            block = {"type": "image_url", "image_url": {"url": url, "detail": "low"}}
        case "openai_responses":
            block = {"type": "input_image", "image_url": url, "detail": "low"}
        case "anthropic":
            source = {"type": "base64", "media_type": "image/png", "data": PNG}
            block = {"type": "image", "source": source}
    return [{"role": "user", "content": [block]}, {"role": "assistant", "content": "A logo."}]


def _list(value: WireObject, key: str) -> list[object]:
    found = value[key]
    assert is_array(found)
    return found


def results(shape: WireFormat, messages: object) -> list[str]:
    """The texts of all tool results."""
    assert is_array(messages)
    parts = [part for each in messages for part in CODEC[shape].parse(each).parts]
    return [part.text for part in parts if isinstance(part, ToolResult)]


def says(text: str) -> Callable[[Received], Answer]:
    """A provider whose model says one thing, and which can count and batch too."""

    def answer(received: Received) -> Answer:
        path = received.path.partition("?")[0]
        if received.method == "GET":
            return {}
        if path.endswith(("/count_tokens", "/input_tokens")):
            return {"object": "response.input_tokens", "input_tokens": len(received.raw)}
        if path.endswith("/compact"):
            return {"id": "resp_2", "object": "response.compaction", "created_at": 1, "output": []}
        if path.endswith("/batches"):
            return {"id": "msgbatch_1", "type": "message_batch", "processing_status": "in_progress"}
        return say(text)

    return answer


def curious(
    *selectors: dict[str, str], beside: tuple[Asked, ...] = ()
) -> Callable[[Received], Turn]:
    """A model that asks for what a note hides, once for each selector, and repeats what it reads.

    `beside` are calls of the caller's tools that it makes in the same turn as its first question.
    """
    wanted = selectors or ({"query": "id=137"},)

    def answer(received: Received) -> Turn:
        raw = received.raw.decode()
        asked_before = len(set(re.findall(r"call_r\d+", raw)))
        note = re.search(r"\[headroom ([0-9a-f]{16}):", raw)
        if note and NAME in raw and asked_before < len(wanted):
            arguments = json.dumps({"ref": note[1], **wanted[asked_before]})
            call = Asked(NAME, arguments, f"call_r{asked_before}")
            own = beside if asked_before == 0 else ()
            return Turn(text="Let me look.", calls=(*own, call))
        return say("It took 269ms." if HIDDEN in raw else "I cannot see it.")

    return answer
