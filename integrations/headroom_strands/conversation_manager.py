"""A conversation manager that shortens the history on overflow, before anything is dropped."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from strands.agent.conversation_manager import (
    ConversationManager,
    SlidingWindowConversationManager,
)
from strands.hooks import AgentInitializedEvent

from headroom_core.config import load
from headroom_strands.shortening import Shortening

if TYPE_CHECKING:
    from strands import Agent
    from strands.agent.conversation_manager import ProactiveCompressionConfig
    from strands.hooks import HookRegistry
    from strands.types.content import Message

    from headroom_core.engine.headroom import Headroom
    from headroom_core.savings import Savings
    from headroom_core.settings import Settings


class HeadroomConversationManager(ConversationManager):
    """Shortens the tool results of the history when the context window overflows.

        agent = Agent(conversation_manager=HeadroomConversationManager())

    No message is dropped as long as that helps. When nothing is left to shorten, `manager` reduces
    the history in its own way; it also does its routine work. By default there is none of that, and
    at last the oldest results are cut and the oldest messages dropped, as few as will do.

    Without `settings` the mode is `max`, since a history overflows but rarely.
    """

    def __init__(
        self,
        manager: ConversationManager | None = None,
        *,
        settings: Settings | None = None,
        retrieval: bool = True,
        engine: Headroom | None = None,
        proactive_compression: bool | ProactiveCompressionConfig | None = None,
    ) -> None:
        if settings is None and engine is None:
            settings = replace(load().settings, mode="max")
        self._shortening = Shortening(settings=settings, retrieval=retrieval, engine=engine)
        self._manager = manager or SlidingWindowConversationManager(window_size=sys.maxsize)
        removed = self._manager.removed_message_count
        super().__init__(proactive_compression=proactive_compression)
        self.removed_message_count = removed

    @property
    def savings(self) -> Savings:
        """What was saved so far; here every result counts when the history is reduced."""
        return self._shortening.ledger.savings()

    @property
    def removed_message_count(self) -> int:
        """How many messages are gone, which a session leaves out; the inner manager counts them."""
        return self._manager.removed_message_count

    @removed_message_count.setter
    def removed_message_count(self, count: int) -> None:
        self._manager.removed_message_count = count

    def register_hooks(self, registry: HookRegistry, **kwargs: Any) -> None:  # noqa: ANN401 - the framework's own signature
        """Listen for the agent itself, for its window, and for what the inner manager does."""
        super().register_hooks(registry, **kwargs)
        self._manager.register_hooks(registry, **kwargs)
        registry.add_callback(AgentInitializedEvent, self._offer_tool)

    def get_state(self) -> dict[str, Any]:
        """What a session keeps of both managers."""
        return {**super().get_state(), "manager": self._manager.get_state()}

    def restore_from_session(self, state: dict[str, Any]) -> list[Message] | None:
        """Take up the state of both managers, or that of the inner one from when it was alone."""
        inner = state
        if state.get("__name__") == type(self).__name__:
            super().restore_from_session(state)
            inner = state["manager"]
        # Some managers are typed as if they gave back lists of anything.
        put_back: list[Message] | None = self._manager.restore_from_session(inner)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - as said above
        return put_back

    def apply_management(self, agent: Agent, **kwargs: Any) -> None:  # noqa: ANN401 - the framework's own signature
        """Let the inner manager do its routine work."""
        self._manager.apply_management(agent, **kwargs)

    def reduce_context(self, agent: Agent, e: Exception | None = None, **kwargs: Any) -> None:  # noqa: ANN401 - the framework's own signature
        """Shorten the results in the history; with none left, leave it to the inner manager."""
        if not self._shorten(agent):
            self._manager.reduce_context(agent, e, **kwargs)

    def _shorten(self, agent: Agent) -> bool:
        """Shorten what can be shortened, in place; whether that was anything."""
        specs = agent.tool_registry.get_all_tool_specs()
        changed = False
        for index, message in enumerate(agent.messages):
            if not any("toolResult" in block for block in message["content"]):
                continue
            kept = self._shortening.for_good(agent.messages[:index], message, specs)
            if kept is not None:
                agent.messages[index] = kept
                changed = True
        return changed

    def _offer_tool(self, event: AgentInitializedEvent) -> None:
        registry = event.agent.tool_registry
        if registry.registry:
            self._shortening.offer_tool(registry)
