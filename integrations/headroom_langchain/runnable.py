"""`compress_messages`: a step of a chain, or of a graph, that shortens a conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core.messages import BaseMessage, convert_to_messages
from langchain_core.prompt_values import PromptValue
from langchain_core.runnables import Runnable
from langchain_core.runnables.config import ensure_config

from headroom_core.bypass import wants_bypass
from headroom_core.engine.shared import engine_of
from headroom_core.savings import Ledger
from headroom_langchain.construction import checked
from headroom_langchain.shortener import Shortener

if TYPE_CHECKING:
    from langchain_core.language_models import LanguageModelInput
    from langchain_core.runnables import RunnableConfig

    from headroom_core.engine.headroom import Headroom
    from headroom_core.savings import Savings
    from headroom_core.settings import Settings


class CompressMessages(Runnable["LanguageModelInput", list[BaseMessage]]):
    """Takes what a chat model takes, and gives the messages to send instead.

    It does not see the tools of the request that follows, so nothing is hidden unless
    `retrieval=True` says that they hold `headroom_retrieve` and that its calls are answered.
    """

    def __init__(
        self,
        *,
        settings: Settings | None = None,
        retrieval: bool = False,
        engine: Headroom | None = None,
    ) -> None:
        engine_of(settings, engine)
        self._settings = settings
        self._engine = engine
        self._retrieval = checked("retrieval", retrieval)
        self._ledger = Ledger()

    @property
    def savings(self) -> Savings:
        """What this step has saved so far."""
        return self._ledger.savings()

    def invoke(
        self,
        input: LanguageModelInput,  # noqa: A002 - its name in the base class
        config: RunnableConfig | None = None,
        **kwargs: Any,  # noqa: ANN401 - as in the base class; there are none here
    ) -> list[BaseMessage]:
        return self._call_with_config(self._shortened, input, config, **kwargs)

    async def ainvoke(
        self,
        input: LanguageModelInput,  # noqa: A002 - its name in the base class
        config: RunnableConfig | None = None,
        **kwargs: Any,  # noqa: ANN401 - as in the base class; there are none here
    ) -> list[BaseMessage]:
        return await self._acall_with_config(self._ashortened, input, config, **kwargs)

    def _shortened(self, given: LanguageModelInput) -> list[BaseMessage]:
        bypass = wants_bypass(ensure_config().get("metadata"))
        return self._shortener().shorten(
            _messages(given), redeemable=self._retrieval, bypass=bypass
        )

    async def _ashortened(self, given: LanguageModelInput) -> list[BaseMessage]:
        bypass = wants_bypass(ensure_config().get("metadata"))
        return await self._shortener().ashorten(
            _messages(given), redeemable=self._retrieval, bypass=bypass
        )

    def _shortener(self) -> Shortener:
        return Shortener(engine_of(self._settings, self._engine), self._ledger)


def _messages(given: LanguageModelInput) -> list[BaseMessage]:
    """The messages of a prompt, a text or a list; messages stay the objects that they are."""
    if isinstance(given, PromptValue):
        return given.to_messages()
    return convert_to_messages([given] if isinstance(given, str) else given)


compress_messages = CompressMessages()
"""The step with the settings of this machine, which hides nothing."""
