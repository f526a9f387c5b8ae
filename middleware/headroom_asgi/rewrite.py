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
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from headroom_asgi.going_on import GoingOn
from headroom_asgi.paths import MESSAGES_KEY
from headroom_asgi.replay import Replay, Sent
from headroom_core.fail_open import fail_open
from headroom_core.formats.wire import WireObject, is_array, is_object, string
from headroom_core.json_places import places_of
from headroom_core.report import CompressResult, nothing_done
from headroom_core.retrieve_loop import MOST_ROUNDS, Exchange, Offer, make_offer
from headroom_core.tokens import deciding_counter
from headroom_core.tool import tool_cost

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.engine.headroom import Headroom
    from headroom_core.formats import WireFormat
    from headroom_core.savings import Ledger

REPLAY_SHARE = 4
"""What was sent may be remembered in this part of the memory that the settings allow for memos."""
_WHAT = "rewriting of a request"


class Names(NamedTuple):
    """Digests of parts of a body; empty where they were not made."""

    messages: Sequence[bytes] = ()
    """A name for each message, decided by its bytes and those of all messages in front of it."""
    tools: bytes = b""


NO_NAMES = Names()


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
    _names: Sequence[bytes] = ()
    _going_on: GoingOn | None = None

    @property
    def names(self) -> Names:
        """What the messages and the tools of the body can be known again by."""
        places = self._going_on.places if self._going_on is not None else None
        return Names(self._names, places.name("tools") if places is not None else b"")

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

    def __init__(  # noqa: PLR0913 - all but two are settings with defaults
        self,
        engine: Headroom,
        ledger: Ledger,
        *,
        retrieval: bool | None = None,
        most_rounds: int = MOST_ROUNDS,
        replay: Replay | None = None,
        owner: str = "",
    ) -> None:
        """`replay` may be shared by rewriters of the same settings that have other owners."""
        self.most_rounds: int = most_rounds
        self.engine: Headroom = engine
        self.ledger: Ledger = ledger
        self.retrieval: bool = engine.settings.retrieval if retrieval is None else retrieval
        self.replay: Replay = replay or Replay(engine.settings.memo_bytes // REPLAY_SHARE)
        self.owner: str = owner

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
        return self.begin(raw, shape, bypass=bypass, answers=answers, context=context).finish()

    def begin(
        self,
        raw: bytes,
        shape: WireFormat,
        *,
        bypass: bool = False,
        answers: bool = True,
        context: Sequence[object] = (),
    ) -> Begun:
        """Read a body, and see whether it was sent before; the same as `rewrite` so far."""
        begun = Begun(self, raw, shape, context, bypass=bypass, answers=answers)
        with fail_open(_WHAT, tell=begun.warnings.append):
            begun.read()
        return begun

    def count_answers(self, exchange: Exchange) -> None:
        """Take the answers of a round into the savings."""
        for answer in exchange.answers:
            self.ledger.add_retrieval(deciding_counter().count(json.dumps(answer)))


class Begun:
    """A request on its way to be `Rewritten`."""

    def __init__(  # noqa: PLR0913 - what `rewrite` was given
        self,
        rewriter: Rewriter,
        raw: bytes,
        shape: WireFormat,
        context: Sequence[object],
        *,
        bypass: bool,
        answers: bool,
    ) -> None:
        self._rewriter = rewriter
        self._raw = raw
        self._shape: WireFormat = shape
        self._context = context
        self._bypass = bypass
        self._answers = answers
        self._going_on: GoingOn | None = None
        self._exchange: Exchange | None = None
        self._names: Sequence[bytes] = ()
        self._is_plain = False
        """Whether the messages to send are those of the body, each in its place."""
        self._sent: Sent | None = None
        self.warnings: list[str] = []

    @property
    def is_seen(self) -> bool:
        """Whether all of the conversation was sent before, so that `finish` is quick."""
        return self._sent is not None

    def finish(self) -> Rewritten:
        """Rewrite what was read."""
        if not self.warnings:
            with fail_open(_WHAT, tell=self.warnings.append):
                if self._going_on is None:
                    return Rewritten(self._raw)
                return self._finished(self._going_on)
        if self._answers:
            self._rewriter.ledger.add(nothing_done(self.warnings))
        return Rewritten(self._raw)

    def read(self) -> None:
        """Read the body: where everything stands, what may be done, and what is known of it."""
        shape, key = self._shape, MESSAGES_KEY[self._shape]
        places = places_of(self._raw, (key, "tools"))
        body = places.value if places is not None else parsed_object(self._raw)
        messages = _messages(body.get(key)) if body is not None else None
        if body is None or messages is None:
            return
        engine = self._rewriter.engine
        offer = self._offer(body)
        if offer.redeemable:
            self._exchange = Exchange(
                shape,
                messages,
                store=engine.store,
                offer=offer,
                previous=string(body, "previous_response_id"),
                most_rounds=self._rewriter.most_rounds,
            )
        self._going_on = GoingOn(
            engine, self._raw, body, messages, shape, offer, self._context, places
        )
        if places is not None and places.elements.get(key):
            known = [self._rewriter.owner, shape, string(body, "model"), offer.redeemable]
            self._names = places.names(key, json.dumps(known).encode())
            self._is_plain = not (
                self._bypass or self._context or _puts_back(self._exchange, messages)
            )
        if self._is_plain:
            self._sent = self._rewriter.replay.find(self._names[-1])

    def _finished(self, going_on: GoingOn) -> Rewritten:
        exchange, offer = self._exchange, going_on.offer
        result, spliced = self._made(going_on)
        if spliced is None:
            spliced, exchange = self._raw, None
            result = nothing_done(["a request could not be spliced, it was left as it is"])
        if self._answers:
            overhead = tool_cost(self._shape) if offer.added and exchange is not None else 0
            self._rewriter.ledger.add(result, overhead=overhead, bypassed=self._bypass)
        streams = going_on.body.get("stream") is True
        answered = exchange if self._answers else None
        return Rewritten(spliced, result, answered, streams, self._names, going_on)

    def _made(self, going_on: GoingOn) -> tuple[CompressResult[object], bytes | None]:
        """What is done to the messages, and the body with it; `None` where it cannot be written."""
        messages, places = going_on.messages, going_on.places
        if self._sent is not None and places is not None:
            return self._sent.result_for(messages), going_on.changed(places, self._sent.changes)
        result = going_on.compressed(messages, self._exchange, bypass=self._bypass)
        if self._bypass:
            return result, self._raw
        if self._is_plain and places is not None:
            key = MESSAGES_KEY[self._shape]
            changes = self._rewriter.replay.changes(places, key, self._names, result)
            return result, None if changes is None else going_on.changed(places, changes)
        return result, going_on.spliced(result.messages)

    def _offer(self, body: WireObject) -> Offer:
        """Whether anything may be hidden in a request, and its tools."""
        settings = self._rewriter.engine.settings
        hides = self._rewriter.retrieval and settings.mode != "lossless" and not self._bypass
        tools = body.get("tools")
        offer = make_offer(self._shape, tools, retrieval=hides and _is_answered_here(body))
        if offer.added and settings.surface != "tool":
            return make_offer(self._shape, tools, retrieval=False)  # notes name another way to ask
        return offer


def parsed_object(raw: bytes) -> WireObject | None:
    """A body as an object; `None` for all that is none, which is nothing to warn of."""
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


def _puts_back(exchange: Exchange | None, messages: list[object]) -> bool:
    """Whether an earlier hidden exchange stands among the messages to send."""
    if exchange is None:
        return False
    sent = exchange.messages
    return len(sent) != len(messages) or any(
        new is not old for new, old in zip(sent, messages, strict=True)
    )


def _is_answered_here(body: WireObject) -> bool:
    """Whether a response comes back that can go on as one conversation.

    A thread of Anthropic's keeps the tools of its first turn, so the model would ask for ours in
    turns that do not name it.
    """
    choices = body.get("n")
    is_one = choices is None or choices == 1
    return is_one and body.get("background") is not True and not body.get("thread")
