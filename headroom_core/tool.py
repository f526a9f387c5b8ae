"""The retrieve tool: its one description, in the shape of every wire format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, assert_never

if TYPE_CHECKING:
    from headroom_core.formats import WireFormat

NAME = "headroom_retrieve"
DESCRIPTION = (
    "Get what a `[headroom REF: … shown; more: …]` note left out of a tool result. The original is"
    " complete and exact. Call it when the lines that are shown do not answer the question; do not"
    " call it for text without a note."
)
PARAMETERS: dict[str, object] = {
    "type": "object",
    "properties": {
        "ref": {"type": "string", "description": "The 16 hex digits of the note."},
    },
    "required": ["ref"],
    "additionalProperties": False,
}


def is_retrieve_tool(name: str) -> bool:
    """Whether a tool is ours, also under a qualified name such as `mcp__headroom__…`."""
    return name == NAME or name.endswith((f"__{NAME}", f".{NAME}", f"/{NAME}", f":{NAME}"))


def tools_for(shape: WireFormat | Literal["mcp"]) -> list[dict[str, object]]:
    """The tool as an entry of a request's `tools`."""
    tool: dict[str, object] = {"name": NAME, "description": DESCRIPTION}
    match shape:
        case "openai_chat":
            return [{"type": "function", "function": {**tool, "parameters": PARAMETERS}}]
        case "openai_responses":
            return [{"type": "function", **tool, "parameters": PARAMETERS}]
        case "anthropic":
            return [{**tool, "input_schema": PARAMETERS}]
        case "mcp":
            return [{**tool, "inputSchema": PARAMETERS}]
        case _:
            assert_never(shape)
