"""The hooks of an agent: what a tool prints is shortened before it enters the history."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from strands import Agent
from strands.hooks import AfterToolCallEvent, AgentInitializedEvent, HookOrder, HookProvider

from headroom_core.bypass import wants_bypass
from headroom_core.tool import is_retrieve_tool
from headroom_strands.codec import RETRIEVING
from headroom_strands.shortening import Shortening

if TYPE_CHECKING:
    from strands.hooks import HookRegistry
    from strands.types.content import Message
    from strands.types.tools import ToolResult

    from headroom_core.engine.headroom import Headroom
    from headroom_core.savings import Savings
    from headroom_core.settings import Settings


class HeadroomHooks(HookProvider):
    """Shortens results where they arise: history and sessions hold the short ones from then on.

        agent = Agent(hooks=[HeadroomHooks()])

    Originals are stored before they are replaced. The agent gets the retrieve tool when it is
    initialised; where that cannot be, results are shortened losslessly. What a direct call such as
    `agent.tool.read_file(...)` returns to its caller is left alone.
    """

    def __init__(
        self,
        *,
        settings: Settings | None = None,
        retrieval: bool = True,
        engine: Headroom | None = None,
    ) -> None:
        self._shortening = Shortening(settings=settings, retrieval=retrieval, engine=engine)

    @property
    def savings(self) -> Savings:
        """What was saved so far; here every result counts once, when it arises."""
        return self._shortening.ledger.savings()

    def register_hooks(self, registry: HookRegistry, **kwargs: Any) -> None:  # noqa: ANN401 - the framework's own signature
        """Listen to results, behind all hooks that may still change or redact them."""
        del kwargs
        registry.add_callback(AgentInitializedEvent, self._offer_tool)
        registry.add_callback(AfterToolCallEvent, self._shorten, order=HookOrder.SDK_LAST)

    def _offer_tool(self, event: AgentInitializedEvent) -> None:
        registry = event.agent.tool_registry
        # Results of bidirectional agents are left alone, so their models have nothing to ask for.
        if registry.registry and isinstance(event.agent, Agent):  # pyright: ignore[reportUnnecessaryIsInstance] - it is another class there
            self._shortening.offer_tool(registry)

    async def _shorten(self, event: AfterToolCallEvent) -> None:
        if not event.retry and _is_for_model(event):
            event.result = await asyncio.to_thread(self._shorter, event)

    def _shorter(self, event: AfterToolCallEvent) -> ToolResult:
        """The result to keep. Its own call stands before it, whatever a hook has made of that."""
        call: Message = {"role": "assistant", "content": [{"toolUse": event.tool_use}]}
        specs = event.agent.tool_registry.get_all_tool_specs()
        message: Message = {"role": "user", "content": [{"toolResult": event.result}]}
        kept = self._shortening.for_good([*event.agent.messages, call], message, specs)
        block = message["content"][0] if kept is None else kept["content"][0]
        return block.get("toolResult", event.result)


def _is_for_model(event: AfterToolCallEvent) -> bool:
    """Whether a model asked for this result, and not a caller in Python or for an original."""
    name = event.tool_use["name"]
    if is_retrieve_tool(name) or name in RETRIEVING or wants_bypass(event.invocation_state):
        return False
    # Only a turn of an agent has the id of its cycle; the framework tells them apart by it too.
    return "event_loop_cycle_id" in event.invocation_state
