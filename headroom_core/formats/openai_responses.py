"""OpenAI Responses input items: each item is one message.

A call of a hosted tool holds its results as well, so such an item is a `ToolCall` followed by its
`ToolResult`s. The output of the local shell is described as a JSON string but is sent as plain
output too; it is one text, whatever is in it. Reasoning, compaction, item references, encrypted
fields, screenshots and every item that is not named here are `Opaque`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from headroom_core.formats.content import COMMON, AsPart, read_content, read_message
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
from headroom_core.messages import Image, Opaque, ToolCall, ToolResult

ItemReader = Callable[[WireObject], Reading]


def _read(native: object) -> Reading:
    if not is_object(native):
        return unknown(native)
    kind = string(native, "type")
    if (reader := ITEMS.get(kind)) is not None:
        return reader(native)
    if kind in {"", "message"} or "role" in native:
        return read_message(native, COMMON)
    reading = Reading("other")
    reading.fixed(Opaque(kind))
    return reading


def _call(item: WireObject, arguments: str = "arguments", *, tool: str = "") -> Reading:
    reading = Reading("assistant")
    text = arguments_text(item.get(arguments))
    reading.fixed(ToolCall(_call_id(item), tool or string(item, "name"), text))
    return reading


def _shell_call(item: WireObject) -> Reading:
    """Read a call of the shell. Its commands become one script, as other shell tools get it."""
    action = item.get("action")
    commands = action.get("commands") if is_object(action) else None
    lines = [line for line in commands if isinstance(line, str)] if is_array(commands) else []
    return _call({**item, "script": {"command": "\n".join(lines)}}, "script", tool="shell")


def _output(
    item: WireObject, output: str = "output", *, tool: str = "", failed: str = ""
) -> Reading:
    reading = Reading("tool")
    as_part = _as_result(item, tool, is_error=bool(failed) and string(item, "status") == failed)
    read_content(reading, item.get(output), (output,), as_part, COMMON)
    return reading


def _shell_call_output(item: WireObject) -> Reading:
    reading = Reading("tool")
    for index, chunk in _objects(item, "output"):
        as_part = _as_result(item, "shell", is_error=_has_failed(chunk.get("outcome")))
        for stream in ("stdout", "stderr"):
            path = ("output", index, stream)
            read_content(reading, chunk.get(stream), path, as_part, COMMON)
    return reading


def _has_failed(outcome: object) -> bool:
    if not is_object(outcome):
        return False
    return string(outcome, "type") == "timeout" or bool(outcome.get("exit_code"))


def _mcp_call(item: WireObject) -> Reading:
    reading = _call(item)
    is_error = bool(item.get("error")) or string(item, "status") == "failed"
    as_part = _as_result(item, is_error=is_error)
    read_content(reading, item.get("output"), ("output",), as_part, COMMON)
    return reading


def _code_interpreter_call(item: WireObject) -> Reading:
    reading = _call(item, "code", tool="code_interpreter")
    as_part = _as_result(item, "code_interpreter", is_error=string(item, "status") == "failed")
    for index, output in _objects(item, "outputs"):
        if string(output, "type") == "image":
            reading.fixed(Image())
        else:
            path = ("outputs", index, "logs")
            read_content(reading, output.get("logs"), path, as_part, COMMON)
    return reading


def _file_search_call(item: WireObject) -> Reading:
    reading = _call(item, "queries", tool="file_search")
    as_part = _as_result(item, "file_search")
    for index, found in _objects(item, "results"):
        read_content(reading, found.get("text"), ("results", index, "text"), as_part, COMMON)
    return reading


def _as_result(item: WireObject, tool: str = "", *, is_error: bool = False) -> AsPart:
    call_id, name = _call_id(item), tool or string(item, "name")
    return lambda text: ToolResult(text, call_id, is_error, name)


def _call_id(item: WireObject) -> str:
    """Return the id that a call and its output share; for some items it is their own id."""
    return string(item, "call_id") or string(item, "id")


def _objects(item: WireObject, key: str) -> Iterator[tuple[int, WireObject]]:
    values = item.get(key)
    for index, value in enumerate(values if is_array(values) else []):
        if is_object(value):
            yield index, value


ITEMS: Mapping[str, ItemReader] = {
    "function_call": _call,
    "custom_tool_call": partial(_call, arguments="input"),
    "local_shell_call": partial(_call, arguments="action", tool="local_shell"),
    "shell_call": _shell_call,
    "apply_patch_call": partial(_call, arguments="operation", tool="apply_patch"),
    "computer_call": partial(_call, arguments="action", tool="computer"),
    "program": partial(_call, arguments="code", tool="program"),
    "function_call_output": _output,
    "custom_tool_call_output": _output,
    "local_shell_call_output": partial(_output, tool="local_shell"),
    "shell_call_output": _shell_call_output,
    "apply_patch_call_output": partial(_output, tool="apply_patch", failed="failed"),
    "program_output": partial(_output, output="result", tool="program", failed="incomplete"),
    "mcp_call": _mcp_call,
    "code_interpreter_call": _code_interpreter_call,
    "file_search_call": _file_search_call,
}
"""The items that are not messages and of which something is read."""

OPENAI_RESPONSES = FormatCodec("openai_responses", _read)
