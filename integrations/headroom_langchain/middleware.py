"""`HeadroomMiddleware`: an agent's model reads a shorter conversation, its state stays whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from headroom_core.errors import MissingExtraError

try:
    from langchain.agents.middleware import AgentMiddleware
except ImportError as exc:
    raise MissingExtraError("langchain", extra="langchain") from exc

from langchain_core.runnables.config import ensure_config

from headroom_core.bypass import wants_bypass
from headroom_core.engine.shared import engine_of
from headroom_core.savings import Ledger
from headroom_core.tool import tool_cost
from headroom_langchain.construction import checked
from headroom_langchain.request_tools import has_others, has_retrieve_tool
from headroom_langchain.retrieve_tool import HeadroomRetrieve
from headroom_langchain.shortener import How, Shortener, model_name

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from langchain.agents.middleware import ModelRequest, ModelResponse
    from langchain_core.messages import AnyMessage, BaseMessage

    from headroom_core.engine.headroom import Headroom
    from headroom_core.savings import Savings
    from headroom_core.settings import Settings


class HeadroomMiddleware(AgentMiddleware[Any, Any, Any]):
    """Shortens what the model of an agent is sent, at each call, from the originals in the state.

    State and checkpoints keep the originals. With `retrieval=True` the agent gets the tool
    `headroom_retrieve`, and runs it like its own. A request without tools of its own, and one from
    which another middleware has taken the tool away, is only shortened in ways that decode back.
    """

    def __init__(
        self,
        *,
        settings: Settings | None = None,
        retrieval: bool = True,
        engine: Headroom | None = None,
    ) -> None:
        super().__init__()
        self._ledger = Ledger()
        self._shortener = Shortener(engine_of(settings, engine), self._ledger)
        self._retrieval = checked("retrieval", retrieval)
        if retrieval:
            tool = HeadroomRetrieve(engine=self._shortener.engine, ledger=self._ledger)
            self.tools = [tool]

    @property
    def savings(self) -> Savings:
        """What this middleware has saved so far, in all runs of all its agents."""
        return self._ledger.savings()

    def wrap_model_call(
        self,
        request: ModelRequest[Any],
        handler: Callable[[ModelRequest[Any]], ModelResponse[Any]],
    ) -> ModelResponse[Any]:
        request, redeemable = self._prepared(request)
        sent = self._shortener.shorten(
            request.messages, redeemable=redeemable, **_how(request, redeemable=redeemable)
        )
        return handler(_with(request, sent))

    async def awrap_model_call(
        self,
        request: ModelRequest[Any],
        handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]],
    ) -> ModelResponse[Any]:
        request, redeemable = self._prepared(request)
        sent = await self._shortener.ashorten(
            request.messages, redeemable=redeemable, **_how(request, redeemable=redeemable)
        )
        return await handler(_with(request, sent))

    def _prepared(self, request: ModelRequest[Any]) -> tuple[ModelRequest[Any], bool]:
        """The request, and whether it can redeem notes.

        One without tools of its own gets none: it may want a structured answer, or its model may
        not know tools at all.
        """
        if not self._retrieval or not has_retrieve_tool(request.tools):
            return request, False
        if has_others(request.tools):
            return request, True
        return request.override(tools=[]), False


def _how(request: ModelRequest[Any], *, redeemable: bool) -> How:
    return How(
        model=model_name(request.model),
        overhead=tool_cost("openai_chat") if redeemable else 0,
        bypass=wants_bypass(ensure_config().get("metadata")),
    )


def _with(request: ModelRequest[Any], sent: list[BaseMessage]) -> ModelRequest[Any]:
    """The request with these messages; the same object where none of them is new."""
    if all(new is old for new, old in zip(sent, request.messages, strict=True)):
        return request
    # The messages are those of the state, or copies of the same classes.
    return request.override(messages=cast("list[AnyMessage]", sent))
