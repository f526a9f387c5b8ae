"""The retrieve tool as a tool of an agent, which the framework calls like any other."""

from __future__ import annotations

import logging
from copy import deepcopy
from typing import TYPE_CHECKING, cast

from strands.tools import PythonAgentTool

from headroom_core.tokens import deciding_counter
from headroom_core.tool import (
    DESCRIPTION,
    NAME,
    PARAMETERS,
    answer_tool_call,
    is_retrieve_tool,
)
from headroom_strands.codec import StrandsCodec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from strands.tools.registry import ToolRegistry
    from strands.types.content import Messages
    from strands.types.tools import ToolResult, ToolSpec, ToolUse

    from headroom_core.engine.headroom import Headroom
    from headroom_core.savings import Ledger

logger: logging.Logger = logging.getLogger(__name__)


def retrieve_tool(engine: Headroom, ledger: Ledger) -> PythonAgentTool:
    """The tool that answers from the store of `engine`; `ledger` learns what its answers cost."""

    def headroom_retrieve(tool_use: ToolUse, **state: object) -> ToolResult:
        answer = answer_tool_call(
            NAME,
            tool_use["input"],
            store=engine.store,
            conversation=_seen(engine, state.get("messages")),
        )
        ledger.add_retrieval(deciding_counter().count(answer))
        return {
            "toolUseId": tool_use["toolUseId"],
            "status": "success",
            "content": [{"text": answer}],
        }

    spec: ToolSpec = {
        "name": NAME,
        "description": DESCRIPTION,
        "inputSchema": {"json": deepcopy(PARAMETERS)},  # the framework completes it in place
    }
    return PythonAgentTool(NAME, spec, headroom_retrieve)


def register(tool: PythonAgentTool, registry: ToolRegistry) -> None:
    """Add the tool to an agent that has none of its kind. Where it cannot, nothing gets hidden."""
    if any(is_retrieve_tool(name) for name in registry.registry):
        return
    try:
        registry.register_tool(tool)
    except ValueError as exc:
        logger.warning("`%s` could not be registered, so nothing is hidden (%s)", NAME, exc)


def can_retrieve(specs: Sequence[ToolSpec] | None) -> bool:
    """Whether a request with these tools can ask for what is hidden."""
    return any(is_retrieve_tool(spec["name"]) for spec in specs or ())


def _seen(engine: Headroom, messages: object) -> object:
    """The conversation with the notes that the model has seen, from which it can choose another."""
    if not isinstance(messages, list):
        return None
    history = cast("Messages", messages)  # what the framework hands to every tool
    return engine.compress_native(history, StrandsCodec.of(history), retrieval=True).messages
