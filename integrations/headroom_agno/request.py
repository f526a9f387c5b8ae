"""One call of a model: what is sent instead of what Agno sends, round by round."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from agno.models.message import Message as AgnoMessage

from headroom_agno.codec import AgnoCodec
from headroom_agno.exchange import Exchange, Listener
from headroom_agno.offer import Offer, make_offer
from headroom_agno.shared import is_short
from headroom_agno.toolkit import retrieve_function
from headroom_agno.transcript import replay
from headroom_core.bypass import wants_bypass
from headroom_core.fail_open import fail_open
from headroom_core.retrieve_loop.offer import name_of
from headroom_core.tool import is_retrieve_tool, tool_cost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agno.models.base import Model
    from agno.models.response import ModelResponse
    from agno.tools.function import Function

    from headroom_agno.exchange import Speaker
    from headroom_agno.shared import Shared
    from headroom_core.report import CompressResult


class Sent(list[AgnoMessage]):
    """Messages on their way to a provider, which some reach through another of the four methods."""


class Request:
    """Holds the state of one call. `given` are the arguments that Agno calls the provider with."""

    def __init__(
        self,
        model: Model,
        shared: Shared,
        speaker: Speaker,
        format_tool: Callable[[Function], list[dict[str, Any]]],
        given: dict[str, Any],
    ) -> None:
        self._model = model
        self._shared = shared
        self._speaker = speaker
        self._format_tool = format_tool
        self._given = given
        self._message: AgnoMessage = given.get("assistant_message") or AgnoMessage(role="assistant")
        self._bypassed = wants_bypass(getattr(given.get("run_response"), "metadata", None))
        self._offer = Offer()
        self._tools: object = given.get("tools")
        self._exchange: Exchange | None = None
        self._listener: Listener | None = None
        self._sent: list[AgnoMessage] = given["messages"]
        self._sent_count = 0
        self._result: CompressResult[AgnoMessage] | None = None
        self._warnings: list[str] = []
        self._spent = 0.0
        self._is_begun = False
        self.again: bool = False
        """Whether the provider is to be called again after a round of a stream."""

    def sent(self) -> dict[str, Any]:
        """The arguments to call the provider with in this round."""
        if isinstance(self._given["messages"], Sent):
            return self._given
        if not self._is_begun:
            self._is_begun = True
            with fail_open("preparation of a request", tell=self._warnings.append):
                self._begin()
        self._sent = self._exchange.messages if self._exchange else self._sent
        self._result = None
        with fail_open("compression of a request", tell=self._warnings.append):
            self._compress()
        self._sent = Sent(self._sent)
        self._sent_count = len(self._sent)
        if self._exchange is not None:
            self._exchange.shown = self._sent
            self._listener = Listener(self._exchange, self._said())
        if self._offer.added:
            return {**self._given, "messages": self._sent, "tools": self._tools}
        return {**self._given, "messages": self._sent}

    async def asent(self) -> dict[str, Any]:
        """Do the same off the event loop, where there is enough text for it to matter."""
        if is_short(self._sent):
            return self.sent()
        return await asyncio.to_thread(self.sent)

    def receive(self, response: ModelResponse) -> ModelResponse | None:
        """Take a response in. `None`: call again; else it is the one for Agno."""
        self._bill()
        final: ModelResponse | None = response
        if self._exchange is not None:
            with fail_open("answer of a retrieval", tell=self._shared.ledger.warn):
                final = self._exchange.receive(response)
        self._tidy()
        self._take_time(is_last=final is not None)
        return final

    async def areceive(self, response: ModelResponse) -> ModelResponse | None:
        """Do the same, with what is read from the store in a thread."""
        exchange = self._exchange
        if exchange is None or not (response.tool_calls or exchange.is_hiding):
            return self.receive(response)
        return await asyncio.to_thread(self.receive, response)

    def hear(self, delta: ModelResponse) -> Iterator[ModelResponse]:
        """Take a piece of a stream in, and give out what can go on to Agno at once."""
        self._bill()
        if self._listener is None:
            yield delta
        else:
            yield from self._listener.hear(delta)

    def end(self) -> list[ModelResponse]:
        """Give out what was held back in this round; `again` says whether there is another."""
        out: list[ModelResponse] = []
        self.again = False
        if self._listener is not None:
            out.extend(self._listener.end())
            self.again = self._listener.again
        self._tidy()
        return out

    async def aend(self) -> list[ModelResponse]:
        """Do the same, with what is read from the store in a thread."""
        if self._listener is None or not self._listener.has_work:
            return self.end()
        return await asyncio.to_thread(self.end)

    def _begin(self) -> None:
        if self._bypassed:
            return
        given, shared = self._given, self._shared
        offer = make_offer(self._model, given.get("tools"), adds_tool=shared.adds_tool)
        if offer.added:
            self._tools = [*given["tools"], *self._format_tool(retrieve_function())]
        if offer.redeemable:
            replayed = replay(shared.store, self._sent)
            if offer.added:
                self._exchange = Exchange(
                    self._speaker, shared, replayed, message_id=self._message.id
                )
            self._sent = replayed
        self._offer = offer

    def _compress(self) -> None:
        codec = AgnoCodec(compressed=bool(self._given.get("compress_tool_results")))
        result = self._shared.engine.compress_native(
            self._sent,
            codec,
            model=_name(self._model.id),
            retrieval=self._offer.redeemable,
            bypass=self._bypassed,
        )
        self._sent = result.messages
        self._result = result

    def _bill(self) -> None:
        """Count the round, once the provider has answered at all."""
        result, self._result = self._result, None
        if result is not None:
            overhead = tool_cost("openai_chat") if self._offer.added else 0
            self._shared.ledger.add(result, overhead=overhead, bypassed=self._bypassed)
        warnings, self._warnings = self._warnings, []
        self._shared.ledger.warn(*warnings)

    def _tidy(self) -> None:
        """Do to Agno's own objects what the provider did to those that it was given."""
        given: list[AgnoMessage] = self._given["messages"]
        if len(self._sent) < self._sent_count:
            given[:] = [message for message in given if not message.temporary]
        calls = self._message.tool_calls
        if calls and self._exchange is not None:
            # Some providers write the calls of a stream into the message as well.
            kept = [call for call in calls if not _is_ours(call)]
            self._message.tool_calls = kept or None

    def _take_time(self, *, is_last: bool) -> None:
        """Let the duration of Agno's message be that of all rounds."""
        metrics = self._message.metrics
        duration = metrics.duration or 0.0
        if not is_last:
            self._spent += duration
        elif self._spent:
            metrics.duration = duration + self._spent

    def _said(self) -> str:
        return self._listener.said if self._listener is not None else ""


def _is_ours(call: dict[str, Any]) -> bool:
    return is_retrieve_tool(name_of(call))


def _name(name: object) -> str | None:
    """The name of a model, where it has one: a mock may have anything there."""
    return name if isinstance(name, str) else None
