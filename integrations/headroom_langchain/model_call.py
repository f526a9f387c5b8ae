"""One call of `HeadroomChatModel`: what its model is sent, and what its caller gets."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage

from headroom_core.fail_open import fail_open
from headroom_core.tool import tool_cost
from headroom_langchain.answers import has_other_calls, our_calls
from headroom_langchain.shortener import How
from headroom_langchain.sums import summed

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage
    from langchain_core.outputs import ChatGenerationChunk, ChatResult

    from headroom_langchain.exchange import Exchange
    from headroom_langchain.shortener import Shortener
    from headroom_langchain.visible_stream import VisibleStream


@dataclass(slots=True)
class ModelCall:
    """The state of one call. There is an `exchange` when the retrieve tool was added to it."""

    messages: list[BaseMessage]
    kwargs: dict[str, Any]
    shortener: Shortener
    model: str | None = None
    bypass: bool = False
    redeemable: bool = False
    exchange: Exchange | None = None
    _results: list[ChatResult] = field(default_factory=list["ChatResult"])

    def to_send(self) -> list[BaseMessage]:
        """The messages of the next request."""
        now = self.messages if self.exchange is None else self.exchange.messages
        return self.shortener.shorten(now, redeemable=self.redeemable, **self._how())

    async def ato_send(self) -> list[BaseMessage]:
        """The messages of the next request, off the event loop if it may take long."""
        if self.exchange is None:
            now = self.messages
        elif self.shortener.is_quick(self.messages, redeemable=self.redeemable):
            now = self.exchange.messages
        else:
            return await asyncio.to_thread(self.to_send)
        # With a hidden exchange put back there may be more to read than what the caller sent.
        return await self.shortener.ashorten(now, redeemable=self.redeemable, **self._how())

    def receive(self, result: ChatResult) -> ChatResult | None:
        """Take a result in. `None`: send again; else it is what the caller gets."""
        answer = _answer(result)
        if self.exchange is None or answer is None:
            return result
        self._results.append(result)
        if self.exchange.receive(answer):
            return None
        if not self.exchange.hides and not our_calls(answer):
            return result
        final = result
        with fail_open("adding up of usage", tell=self.exchange.warnings.append):
            final = summed(self._results)
        if self.exchange.hides and (visible := _answer(final)) is not None:
            self.exchange.finish(visible)
        return final

    async def areceive(self, result: ChatResult) -> ChatResult | None:
        """Do the same, off the event loop if there is a call to answer or something to keep."""
        answer = _answer(result)
        if self.exchange is None or answer is None:
            return result
        if self.exchange.hides or our_calls(answer):
            return await asyncio.to_thread(self.receive, result)
        return self.receive(result)

    def goes_on(self, stream: VisibleStream) -> bool:
        """Whether, at the end of a stream, the next one has to follow."""
        if self.exchange is None or not (stream.hides or self.exchange.hides):
            return False
        if self.exchange.receive(stream.said()):
            stream.next_round()
            return True
        if self.exchange.hides:
            self.exchange.finish(stream.seen())
        return False

    async def agoes_on(self, stream: VisibleStream) -> bool:
        """Do the same, off the event loop if there is a call to answer or something to keep."""
        if self.exchange is None or not (stream.hides or self.exchange.hides):
            return False
        return await asyncio.to_thread(self.goes_on, stream)

    def ending(self, stream: VisibleStream) -> ChatGenerationChunk | None:
        """The last chunk, where something had to wait for it."""
        has_calls = not stream.hides or has_other_calls(stream.said())
        return stream.ending(has_calls=has_calls)

    def _how(self) -> How:
        warnings = list(self.exchange.warnings) if self.exchange is not None else []
        if self.exchange is not None:
            self.exchange.warnings.clear()
        return How(
            model=self.model,
            overhead=tool_cost("openai_chat") if self.exchange is not None else 0,
            bypass=self.bypass,
            warnings=warnings,
        )


def _answer(result: ChatResult) -> AIMessage | None:
    """The answer of a result that holds a single one."""
    if len(result.generations) != 1:
        return None
    message = result.generations[0].message
    return message if isinstance(message, AIMessage) else None
