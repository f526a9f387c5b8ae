"""The rounds of one request: the model asks for what is hidden, is answered, and is asked again."""

from __future__ import annotations

import json
from itertools import takewhile
from typing import TYPE_CHECKING

from headroom_core.fail_open import fail_open
from headroom_core.formats.wire import WireObject, is_object, string
from headroom_core.retrieve_loop import Exchange, StreamExchange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_core.retrieve_loop import Offer
    from headroom_sdk.endpoints import Endpoint
    from headroom_sdk.shorten import Shortener


class Loop:
    """Takes in the answer of each round and says what to send in the next one.

    An answer in one piece goes through `receive`, a streamed one through `feed` and `end`. After an
    error of ours the caller's own request is sent, or the stream that has begun is passed on.
    """

    def __init__(
        self,
        shortener: Shortener,
        endpoint: Endpoint,
        body: WireObject,
        messages: list[object],
        offer: Offer,
    ) -> None:
        self._shortener = shortener
        self._key = endpoint.key
        self._tools = {"tools": offer.tools} if offer.added else {}
        self._own = messages
        self._is_kept = body.get("store") is not False
        self._previous = string(body, "previous_response_id")
        self._exchange = Exchange(
            endpoint.shape, messages, store=shortener.store, offer=offer, previous=self._previous
        )
        self._stream = StreamExchange(self._exchange)
        # Answers of ours whose calls the provider keeps. Nothing in them says that they were
        # retrieved, and retrieved text is never compressed.
        self._lead = self._put_in_front() if self._previous else []
        self._given_up = False
        self._is_passed_on = False

    def shortened(self, *, overhead: int = 0) -> list[object]:
        """The messages to send."""
        rest = self._messages()[len(self._lead) :]
        sent = self._shortener.shorten(rest, redeemable=True, overhead=overhead)
        return [*self._lead, *sent]

    def changes(self) -> Mapping[str, object]:
        """What to change of the caller's body in the next round; nothing, once given up."""
        if self._given_up:
            return {}
        if self._previous and self._is_kept:
            last = {"previous_response_id": self._exchange.response_id}
            return {self._key: self._exchange.answers, **last, **self._tools}
        with fail_open("compression of a request", tell=self._shortener.warn):
            return {self._key: self.shortened(), **self._tools}
        self._given_up = True
        return {}

    def give_up(self, why: str) -> None:
        """Send the caller's own body next, and hand out its answer."""
        self._shortener.warn(why)
        self._given_up = True

    def receive(self, raw: bytes) -> bytes | None:
        """Take an answer in. `None`: send `changes()`; else it is what the caller gets.

        An answer that is not JSON, and one in which nothing is ours, comes back as the same object.
        """
        if self._given_up:
            return raw
        with fail_open("answer of a retrieval", tell=self._shortener.warn):
            return self._received(raw)
        self._given_up = True
        return None

    def feed(self, chunk: bytes) -> bytes:
        """Take a piece of a stream in; what the caller gets for it."""
        if not self._is_passed_on:
            with fail_open("joining of a stream", tell=self._shortener.warn):
                return self._stream.feed(chunk)
            self._is_passed_on = True
        return chunk

    def end(self) -> bytes:
        """Take the end of a stream in; what the caller gets before the next round, or at last."""
        if not self._is_passed_on:
            with fail_open("joining of a stream", tell=self._shortener.warn):
                out = self._stream.end()
                if self._stream.again:
                    self._shortener.count_answers(self._exchange.answers)
                return out
            self._is_passed_on = True
        return b""

    def fail(self, body: bytes) -> bytes:
        """Take an error in that came instead of a further stream; what the caller gets for it."""
        return self._stream.fail(body)

    @property
    def is_over(self) -> bool:
        """Whether the stream has said that it is over."""
        return not self._is_passed_on and self._stream.over

    @property
    def is_finished(self) -> bool:
        """Whether the caller has got all that it will get, after `end`."""
        return self._is_passed_on or self._stream.finished

    def _messages(self) -> list[object]:
        """All messages, before they are compressed.

        Reasoning can be sent back to a provider that does not keep it only where it is encrypted.
        The caller's own messages are the caller's business.
        """
        messages = self._exchange.messages
        if self._is_kept:
            return messages
        own = {id(each) for each in self._own}
        return [each for each in messages if id(each) in own or not _is_kept_elsewhere(each)]

    def _put_in_front(self) -> list[object]:
        own = {id(each) for each in self._own}
        return list(takewhile(lambda each: id(each) not in own, self._exchange.messages))

    def _received(self, raw: bytes) -> bytes | None:
        response = _object(raw)
        if response is None:
            return raw
        final = self._exchange.receive(response)
        if final is None:
            self._shortener.count_answers(self._exchange.answers)
            return None
        return json.dumps(final).encode() if self._exchange.rounds else raw


def _is_kept_elsewhere(message: object) -> bool:
    """Whether this is reasoning that only the provider could complete."""
    return (
        is_object(message)
        and string(message, "type") == "reasoning"
        and not message.get("encrypted_content")
    )


def _object(raw: bytes) -> WireObject | None:
    try:
        value: object = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value if is_object(value) else None
