"""A chat history that is read in short, and keeps the originals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langchain_core.chat_history import BaseChatMessageHistory
from langchain_core.runnables.config import ensure_config

from headroom_core.bypass import wants_bypass
from headroom_core.engine.shared import engine_of
from headroom_core.savings import Ledger
from headroom_langchain.construction import checked
from headroom_langchain.shortener import Shortener

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.messages import BaseMessage

    from headroom_core.engine.headroom import Headroom
    from headroom_core.savings import Savings
    from headroom_core.settings import Settings


class HeadroomChatMessageHistory(BaseChatMessageHistory):
    """Any chat history, shortened when it is read: `HeadroomChatMessageHistory(history)`.

    What is added goes to the wrapped history as it is. A history does not see the request that it
    becomes part of, so nothing is hidden unless `retrieval=True` says that its model is shown
    `headroom_retrieve` and that its calls are answered.
    """

    def __init__(
        self,
        history: BaseChatMessageHistory,
        *,
        settings: Settings | None = None,
        retrieval: bool = False,
        engine: Headroom | None = None,
    ) -> None:
        self.history = history
        self._ledger = Ledger()
        self._shortener = Shortener(engine_of(settings, engine), self._ledger)
        self._retrieval = checked("retrieval", retrieval)

    @property
    def savings(self) -> Savings:
        """What this history has saved so far; each time it is read counts as a request."""
        return self._ledger.savings()

    @property
    def messages(self) -> list[BaseMessage]:  # type: ignore[override] # the base class declares an attribute, and means a property
        """The shortened conversation."""
        return self._shortener.shorten(
            self.history.messages, redeemable=self._retrieval, bypass=_bypassed()
        )

    async def aget_messages(self) -> list[BaseMessage]:
        return await self._shortener.ashorten(
            await self.history.aget_messages(), redeemable=self._retrieval, bypass=_bypassed()
        )

    def add_messages(self, messages: Sequence[BaseMessage]) -> None:
        self.history.add_messages(messages)

    async def aadd_messages(self, messages: Sequence[BaseMessage]) -> None:
        await self.history.aadd_messages(messages)

    def clear(self) -> None:
        self.history.clear()

    async def aclear(self) -> None:
        await self.history.aclear()


def _bypassed() -> bool:
    return wants_bypass(ensure_config().get("metadata"))
