"""Anthropic Messages.

The results of Anthropic's own server tools (web search and fetch, code execution, tool search)
carry encrypted content and are `Opaque`. Those of MCP servers are plain text and are read.
"""

from __future__ import annotations

from headroom_core.formats.content import (
    COMMON,
    AsPart,
    Blocks,
    read_content,
    read_message,
)
from headroom_core.formats.wire import (
    FormatCodec,
    Path,
    Reading,
    WireObject,
    arguments_text,
    is_object,
    string,
    unknown,
)
from headroom_core.messages import ToolCall, ToolResult


def _read(native: object) -> Reading:
    return read_message(native, _BLOCKS) if is_object(native) else unknown(native)


def _tool_use(reading: Reading, block: WireObject, path: Path, as_part: AsPart) -> None:
    del path, as_part
    arguments = arguments_text(block.get("input"))
    reading.fixed(ToolCall(string(block, "id"), string(block, "name"), arguments))


def _tool_result(reading: Reading, block: WireObject, path: Path, as_part: AsPart) -> None:
    del as_part
    call_id = string(block, "tool_use_id")
    is_error = block.get("is_error") is True
    read_content(
        reading,
        block.get("content"),
        (*path, "content"),
        lambda text: ToolResult(text, call_id, is_error),
        COMMON,
    )


_BLOCKS: Blocks = {
    **COMMON,
    "tool_use": _tool_use,
    "server_tool_use": _tool_use,
    "mcp_tool_use": _tool_use,
    "tool_result": _tool_result,
    "mcp_tool_result": _tool_result,
}

ANTHROPIC = FormatCodec("anthropic", _read)
