"""What every hook of this package does with messages: shorten them, count it, never fail."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypedDict, Unpack

from headroom_core.engine.headroom import OFF_LOOP_CHARS
from headroom_core.fail_open import fail_open
from headroom_core.formats.wire import is_array
from headroom_core.report import CompressResult
from headroom_langchain.codec import LangChainCodec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.messages import BaseMessage

    from headroom_core.engine.headroom import Headroom
    from headroom_core.savings import Ledger

CODEC = LangChainCodec()


class How(TypedDict, total=False):
    """The further keyword arguments of `Shortener.shorten`, for those who pass them on."""

    model: str | None
    overhead: int
    bypass: bool
    warnings: Sequence[str]


class Shortener:
    """An engine and the ledger of the hook that uses it. Holds nothing of a request."""

    def __init__(self, engine: Headroom, ledger: Ledger) -> None:
        self.engine = engine
        self.ledger = ledger

    def shorten(  # noqa: PLR0913 - each says something else about the request
        self,
        messages: Sequence[BaseMessage],
        *,
        redeemable: bool,
        model: str | None = None,
        overhead: int = 0,
        bypass: bool = False,
        warnings: Sequence[str] = (),
    ) -> list[BaseMessage]:
        """The messages to send instead; those that did not change are the same objects."""
        given = list(messages)
        result: CompressResult[BaseMessage] = CompressResult(
            messages=given, tokens_before=0, tokens_after=0, counter="", counter_exact=False
        )
        with fail_open("compression for LangChain", tell=result.warnings.append):
            result = self.engine.compress_native(
                given, CODEC, model=model, retrieval=redeemable, bypass=bypass
            )
        result.warnings.extend(warnings)
        self.ledger.add(result, overhead=overhead, bypassed=bypass)
        return result.messages

    async def ashorten(
        self, messages: Sequence[BaseMessage], *, redeemable: bool, **how: Unpack[How]
    ) -> list[BaseMessage]:
        """Do the same, off the event loop where it may take long."""
        if how.get("bypass") or self.is_quick(messages, redeemable=redeemable):
            return self.shorten(messages, redeemable=redeemable, **how)
        return await asyncio.to_thread(self.shorten, messages, redeemable=redeemable, **how)

    def is_quick(self, messages: Sequence[BaseMessage], *, redeemable: bool) -> bool:
        """Whether a thread would cost more than the work: little text, and none to be stored.

        A text is only stored where it has more tokens than the budget of its mode, which is half
        of the setting at least. No text has more tokens than bytes.
        """
        left = OFF_LOOP_CHARS
        most = self.engine.settings.result_budget // 2 if redeemable else left
        for message in messages:
            size = _size(message.content)
            left -= size
            if left < 0 or size > most:
                return False
        return True


def _size(content: object) -> int:
    """At least as many bytes as a content has; blocks count as what they print."""
    if isinstance(content, str):
        return len(content) if content.isascii() else 4 * len(content)
    return sum(_size(str(block)) for block in content) if is_array(content) else 0


def model_name(model: object) -> str | None:
    """The name that a chat model has for itself, for the figures."""
    for attribute in ("model_name", "model"):
        name = getattr(model, attribute, None)
        if isinstance(name, str) and name:
            return name
    return None
