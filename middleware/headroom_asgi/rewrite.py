"""The body of a request in, the body to send instead out. Knows no server and no connection.

    rewriter = Rewriter(engine, ledger, retrieval=True)
    request = rewriter.rewrite(raw, "anthropic")
    response = send(request.raw)

Bytes in which nothing had to be changed are the same object. In all others only the edits differ.
Where `request.exchange` is set, the model may call the retrieve tool: give each response to it, and
send `request.again()` as long as it asks.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from headroom_asgi.paths import MESSAGES_KEY
from headroom_core.fail_open import fail_open
from headroom_core.formats.wire import WireObject, is_array, is_object, string
from headroom_core.json_splice import splice
from headroom_core.report import CompressResult, nothing_done
from headroom_core.retrieve_loop import MOST_ROUNDS, Exchange, Offer, make_offer
from headroom_core.tokens import deciding_counter
from headroom_core.tool import tool_cost

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.engine.headroom import Headroom
    from headroom_core.formats import WireFormat
    from headroom_core.savings import Ledger


@dataclass(slots=True)
class Rewritten:
    """A request that is on its way, with what is needed to go on with it."""

    raw: bytes
    """The body to send. The same object as it came, where nothing was changed."""
    result: CompressResult[object] | None = None
    """What was done, if the body was one of a model's API at all."""
    exchange: Exchange | None = None
    """Set where calls of the retrieve tool have to be answered."""
    streams: bool = False
    """Whether the client asked for a stream."""
    _going_on: _GoingOn | None = None

    @property
    def body(self) -> WireObject:
        """The body as it came, parsed; empty if it was none of a model's API."""
        return self._going_on.body if self._going_on is not None else {}

    def again(self) -> bytes:
        """The body of the next round, with the answers that `exchange` has given."""
        if self._going_on is None or self.exchange is None:
            raise ValueError("this request has no exchange")
        return self._going_on.body_of(self.exchange)


class Rewriter:
    """Rewrites the requests of one engine. Safe to share between threads.

    `retrieval` adds the retrieve tool to requests that have tools; `None` asks the settings.
    """

    def __init__(
        self,
        engine: Headroom,
        ledger: Ledger,
        *,
        retrieval: bool | None = None,
        most_rounds: int = MOST_ROUNDS,
    ) -> None:
        self._most_rounds = most_rounds
        self.engine: Headroom = engine
        self.ledger: Ledger = ledger
        self.retrieval: bool = engine.settings.retrieval if retrieval is None else retrieval

    def rewrite(
        self,
        raw: bytes,
        shape: WireFormat,
        *,
        bypass: bool = False,
        answers: bool = True,
        context: Sequence[object] = (),
    ) -> Rewritten:
        """Rewrite a body; whatever goes wrong with that, the same bytes come back.

        `context` are messages in front of those in the body, where the provider keeps them.

        `answers=False` is for what calls no model, such as counting tokens: it reads as the call
        itself would, tool included, but is no exchange and not counted as a request.
        """
        warnings: list[str] = []
        with fail_open("rewriting of a request", tell=warnings.append):
            body = _parsed(raw)
            if body is not None:
                return self._rewritten(raw, body, shape, context, bypass=bypass, answers=answers)
            return Rewritten(raw)
        if answers:
            self.ledger.add(nothing_done(warnings))
        return Rewritten(raw)

    def count_answers(self, exchange: Exchange) -> None:
        """Take the answers of a round into the savings."""
        for answer in exchange.answers:
            self.ledger.add_retrieval(deciding_counter().count(json.dumps(answer)))

    def _rewritten(  # noqa: PLR0913 - what `rewrite` was given, and the body
        self,
        raw: bytes,
        body: WireObject,
        shape: WireFormat,
        context: Sequence[object],
        *,
        bypass: bool,
        answers: bool,
    ) -> Rewritten:
        messages = _messages(body.get(MESSAGES_KEY[shape]))
        if messages is None:
            return Rewritten(raw)
        offer = self._offer(body, shape, bypass=bypass)
        going_on = _GoingOn(self.engine, raw, body, messages, shape, offer, context)
        exchange = None
        if offer.redeemable:
            exchange = Exchange(
                shape,
                messages,
                store=self.engine.store,
                offer=offer,
                previous=string(body, "previous_response_id"),
                most_rounds=self._most_rounds,
            )
        result = going_on.compressed(messages, exchange, bypass=bypass)
        spliced = raw if bypass else going_on.spliced(result.messages)
        if spliced is None:
            spliced, exchange = raw, None
            result = nothing_done(["a request could not be spliced, it was left as it is"])
        if answers:
            overhead = tool_cost(shape) if offer.added and exchange is not None else 0
            self.ledger.add(result, overhead=overhead, bypassed=bypass)
        streams = body.get("stream") is True
        return Rewritten(spliced, result, exchange if answers else None, streams, going_on)

    def _offer(self, body: WireObject, shape: WireFormat, *, bypass: bool) -> Offer:
        """Whether anything may be hidden in a request, and its tools."""
        settings = self.engine.settings
        hides = self.retrieval and settings.mode != "lossless" and not bypass
        tools = body.get("tools")
        offer = make_offer(shape, tools, retrieval=hides and _is_answered_here(body))
        if offer.added and settings.surface != "tool":
            return make_offer(shape, tools, retrieval=False)  # notes name another way to ask
        return offer


@dataclass(frozen=True, slots=True)
class _GoingOn:
    """A request as it came, out of which the body of every round is made."""

    engine: Headroom
    raw: bytes
    body: WireObject
    messages: list[object]
    shape: WireFormat
    offer: Offer
    context: Sequence[object] = ()

    def compressed(
        self, messages: list[object], exchange: Exchange | None, *, bypass: bool = False
    ) -> CompressResult[object]:
        """Compress the messages of a body, with what stands in front of them in mind."""
        sent = exchange.messages if exchange is not None else messages
        lead = exchange.lead if exchange is not None else 0
        result = self.engine.compress(
            [*self.context, *sent[lead:]],
            model=string(self.body, "model") or None,
            retrieval=self.offer.redeemable,
            wire=self.shape,
            bypass=bypass,
        )
        short = result.messages[len(self.context) :]
        return replace(result, messages=[*sent[:lead], *short])

    def body_of(self, exchange: Exchange) -> bytes:
        """The body of another round."""
        # Where the provider keeps the conversation, it has the turn that asked already; and
        # retrieved text is never shortened again.
        kept = "conversation" in self.body
        messages = exchange.answers if kept else self.compressed([], exchange).messages
        spliced = self.spliced(messages)
        if spliced is None:
            raise ValueError("a request that was spliced cannot be spliced again")
        return spliced

    def spliced(self, messages: list[object]) -> bytes | None:
        after = dict(self.body)
        if len(messages) != len(self.messages) or any(
            new is not old for new, old in zip(messages, self.messages, strict=True)
        ):
            after[MESSAGES_KEY[self.shape]] = messages
        if self.offer.added:
            after["tools"] = self.offer.tools
        return splice(self.raw, self.body, after)


def _parsed(raw: bytes) -> WireObject | None:
    """The body as an object; `None` for all that is none, which is nothing to warn of."""
    try:
        value: object = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value if is_object(value) else None


def _messages(value: object) -> list[object] | None:
    """The conversation. The input of a Responses request may be the text of its one message."""
    if isinstance(value, str):
        return [{"role": "user", "content": value}]
    return value if is_array(value) else None


def _is_answered_here(body: WireObject) -> bool:
    """Whether a response comes back that can go on as one conversation."""
    choices = body.get("n")
    is_one = choices is None or choices == 1
    return is_one and body.get("background") is not True
