"""The events of several streamed responses, joined into the one stream that the client gets.

Everything that the client is to see goes on at once. Calls of ours wait until they are whole, and
once there is one, so do the events that end the message: until the model has its answers, nobody
knows whether the message is over.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple

from headroom_core.fail_open import fail_open
from headroom_core.formats.wire import is_object
from headroom_core.retrieve_loop.shapes import SHAPES, add_usage

if TYPE_CHECKING:
    from headroom_core.formats.wire import WireObject
    from headroom_core.retrieve_loop.exchange import Exchange


class Sent(NamedTuple):
    """An event for the client, and the one of the upstream that it was made of."""

    event: WireObject
    source: WireObject
    """The same object where nothing was changed."""


class Joined(ABC):
    """Takes the events of one response after the other. One subclass for each wire format.

    `feed` it every event and call `end` when the response has ended, also when it broke off. If it
    wants `again`, send `exchange.messages` and go on with the events of that response.
    """

    def __init__(self, exchange: Exchange) -> None:
        self.exchange: Exchange = exchange
        self.again: bool = False
        """Whether another response has to be fetched, known after `end`."""
        self.finished: bool = False
        """Whether the client has got all that it will get."""
        self.over: bool = False
        """Whether the response said that it is over, for a connection that stays open."""
        self._usage: WireObject = {}
        self._is_later = False
        self._begin()

    def feed(self, event: WireObject) -> list[WireObject]:
        """Take an event of the upstream; those that the client gets for it."""
        return [sent.event for sent in self.take(event)]

    def end(self) -> list[WireObject]:
        """Take note that the response has ended; what the client gets before the stream ends."""
        return [sent.event for sent in self.close()]

    def take(self, event: WireObject) -> list[Sent]:
        """Do as `feed` does and say what the events were made of."""
        with fail_open("joining of streamed responses"):
            return self._take(event)
        return [Sent(event, event)]

    def close(self) -> list[Sent]:
        """Do as `end` does and say what the events were made of."""
        self.again = False
        sent: list[Sent] = []
        response = self._response()
        if response is not None:
            visible = self._received(response)
            if visible is None:
                self.again = True
                self._usage = add_usage(self._usage, self._round_usage)
                self._is_later = True
                self._next_round(response)
            else:
                sent = self._closing(visible)
        self.finished = not self.again
        self._begin()
        return sent

    def _received(self, response: WireObject) -> WireObject | None:
        with fail_open("answer of a streamed retrieval"):
            return self.exchange.receive(response, shown=True)
        # The client has seen the rest of the message, so it gets its end as well.
        shape = SHAPES[self.exchange.shape]
        calls = shape.calls(shape.turn(response))
        return shape.drop(response, {each.index for each in calls if each.call_id in self._ours})

    def _begin(self) -> None:
        """Forget what belongs to one response only."""
        self.over = False
        self._ours: set[str] = set()
        self._waiting: list[Sent] = []
        # The events that end the message, once there is a call of ours in it.
        self._round_usage: WireObject = {}
        self._reset()

    def _total_usage(self) -> WireObject:
        return add_usage(self._usage, self._round_usage)

    def fail(self, body: WireObject | None) -> WireObject:
        """Take an error that came instead of another response; the event that tells the client."""
        self.again, self.finished = False, True
        error = body.get("error") if body is not None else None
        unknown: WireObject = {"type": "api_error", "message": "the upstream refused to go on"}
        return self._error(error if is_object(error) else unknown)

    @property
    @abstractmethod
    def holds_back(self) -> bool:
        """Whether events wait that the client gets later or never."""

    @abstractmethod
    def _error(self, error: WireObject) -> WireObject: ...

    @abstractmethod
    def _reset(self) -> None:
        """Forget the same of the subclass."""

    @abstractmethod
    def _take(self, event: WireObject) -> list[Sent]: ...

    @abstractmethod
    def _response(self) -> WireObject | None:
        """Give the response as it would have come in one piece; `None` if it broke off."""

    @abstractmethod
    def _closing(self, visible: WireObject) -> list[Sent]:
        """Give the events that waited, now that the message is over."""

    @abstractmethod
    def _next_round(self, response: WireObject) -> None:
        """Take note of what the client has seen of this response, now that another follows."""
