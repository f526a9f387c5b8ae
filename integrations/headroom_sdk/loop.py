"""The rounds of one request: the model asks for what is hidden, is answered, and is asked again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from headroom_core.fail_open import fail_open
from headroom_core.formats.wire import WireObject, is_object
from headroom_core.retrieve_loop import Exchange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_core.retrieve_loop import Offer
    from headroom_sdk.endpoints import Endpoint
    from headroom_sdk.shorten import Shortener


class Loop:
    """Takes in the answer of each round and says what to send in the next one."""

    def __init__(
        self, shortener: Shortener, endpoint: Endpoint, messages: list[object], offer: Offer
    ) -> None:
        self._shortener = shortener
        self._key = endpoint.key
        self._offer = offer
        self._exchange = Exchange(endpoint.shape, messages, store=shortener.store, offer=offer)
        self._given_up = False

    @property
    def messages(self) -> list[object]:
        """What to send, before it is compressed."""
        return self._exchange.messages

    @property
    def has_hidden(self) -> bool:
        """Whether the provider has been asked more than the caller knows of."""
        return self._exchange.rounds > 0 and not self._given_up

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

    def changes(self) -> Mapping[str, object]:
        """What to change of the caller's body in the next round; nothing, once given up."""
        if self._given_up:
            return {}
        with fail_open("compression of a request", tell=self._shortener.warn):
            sent = self._shortener.shorten(self.messages, redeemable=True)
            own = {"tools": self._offer.tools} if self._offer.added else {}
            return {self._key: sent, **own}
        self._given_up = True
        return {}

    def give_up(self, why: str) -> None:
        """Send the caller's own body next, and hand out its answer."""
        self._shortener.warn(why)
        self._given_up = True

    def _received(self, raw: bytes) -> bytes | None:
        response = _object(raw)
        if response is None:
            return raw
        before = len(self.messages)
        final = self._exchange.receive(response)
        if final is None:
            self._shortener.count_answers(self.messages[before:])
            return None
        return json.dumps(final).encode() if self._exchange.rounds else raw


def _object(raw: bytes) -> WireObject | None:
    try:
        value: object = json.loads(raw)
    except ValueError:
        return None
    return value if is_object(value) else None
