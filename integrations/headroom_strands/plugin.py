"""The plugin of an agent: its model reads shortened results, its history keeps the originals."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from strands.hooks import AgentInitializedEvent, BeforeModelCallEvent
from strands.middleware import InvokeModelStage
from strands.plugins import Plugin

from headroom_strands.shortening import Shortening

if TYPE_CHECKING:
    from collections.abc import Sequence

    from strands import Agent
    from strands.middleware import InvokeModelContext
    from strands.tools.registry import ToolRegistry
    from strands.types.tools import ToolSpec

    from headroom_core.engine.headroom import Headroom
    from headroom_core.savings import Savings
    from headroom_core.settings import Settings


class HeadroomPlugin(Plugin):
    """Shortens what the model of an agent is sent, and nothing that the agent keeps.

        agent = Agent(plugins=[HeadroomPlugin()])

    The agent gets the retrieve tool beside its own; one without tools is left without, until it
    gets some. One plugin may serve several agents, and `savings` are those of all of them.
    """

    def __init__(
        self,
        *,
        settings: Settings | None = None,
        retrieval: bool = True,
        engine: Headroom | None = None,
    ) -> None:
        self._shortening = Shortening(settings=settings, retrieval=retrieval, engine=engine)
        super().__init__()  # looks at every attribute, so it comes last

    @property
    def name(self) -> str:
        """The name under which an agent knows the plugin."""
        return "headroom"

    @property
    def savings(self) -> Savings:
        """What was saved so far."""
        return self._shortening.ledger.savings()

    def init_agent(self, agent: Agent) -> None:
        """Give the agent the retrieve tool when it has tools, and stand before its model."""
        self._offer_tool(agent.tool_registry)
        # Other plugins may bring tools after this one, and an agent may get some at any time.
        agent.add_hook(self._look_again, [AgentInitializedEvent, BeforeModelCallEvent])
        agent.add_middleware(InvokeModelStage.Input, self._shortened)

    def _look_again(self, event: AgentInitializedEvent | BeforeModelCallEvent) -> None:
        self._offer_tool(event.agent.tool_registry)

    def _offer_tool(self, registry: ToolRegistry) -> None:
        if registry.registry or registry.dynamic_tools:
            self._shortening.offer_tool(registry)

    async def _shortened(self, context: InvokeModelContext) -> InvokeModelContext:
        added = self._shortening.offered(context.agent.tool_registry)
        specs = context.tool_specs
        if added and len(specs) == 1:
            specs = []  # A request without tools stays one; ours alone would be all it could call.
        messages = await asyncio.to_thread(
            self._shortening.request,
            context.messages,
            _sent(context, specs),
            state=context.invocation_state,
            model=context.model,
            trailing=context.dynamic_trailing_blocks,
            added=added,
        )
        return replace(context, messages=messages, tool_specs=specs)


def _sent(context: InvokeModelContext, specs: Sequence[ToolSpec]) -> Sequence[ToolSpec]:
    """The tools that the request will carry.

    When structured output is enforced, a provider that cannot enforce it itself is sent the one
    tool that makes it, and so cannot ask for anything.
    """
    if context.structured_output_model is None:
        return specs
    # Private in the framework, and what the framework itself goes by.
    if getattr(context.model, "_supports_structured_output", False) is True:
        return specs
    match context.tool_choice:
        case {"tool": {"name": name}}:
            return [spec for spec in specs if spec["name"] == name]
        case _:
            return specs
