"""OpenAI Chat Completions messages, as most other providers speak them too."""

from __future__ import annotations

from headroom_core.formats.content import COMMON, read_content, read_message
from headroom_core.formats.wire import (
    FormatCodec,
    Reading,
    WireObject,
    arguments_text,
    is_array,
    is_object,
    string,
    unknown,
)
from headroom_core.messages import Opaque, ToolCall, ToolResult

RESULT_ROLES = frozenset({"tool", "function"})


def _read(native: object) -> Reading:
    if not is_object(native):
        return unknown(native)
    if string(native, "role") in RESULT_ROLES:
        return _read_result(native)
    reading = read_message(native, COMMON)
    calls = native.get("tool_calls")
    if is_array(calls):
        for call in calls:
            reading.fixed(_call(call))
    elif calls is not None:
        reading.fixed(Opaque("tool_calls"))
    legacy = native.get("function_call")
    if is_object(legacy):
        reading.fixed(_named_call("", legacy, "arguments"))
    return reading


def _read_result(native: WireObject) -> Reading:
    call_id = string(native, "tool_call_id")
    name = string(native, "name")
    reading = Reading("tool")
    read_content(
        reading,
        native.get("content"),
        ("content",),
        lambda text: ToolResult(text, call_id, name=name),
        COMMON,
    )
    return reading


def _call(call: object) -> ToolCall | Opaque:
    if is_object(call):
        if is_object(function := call.get("function")):
            return _named_call(string(call, "id"), function, "arguments")
        if is_object(custom := call.get("custom")):
            return _named_call(string(call, "id"), custom, "input")
    return Opaque("tool_call")


def _named_call(call_id: str, body: WireObject, key: str) -> ToolCall:
    return ToolCall(call_id, string(body, "name"), arguments_text(body.get(key)))


OPENAI_CHAT = FormatCodec("openai_chat", _read)
