"""Answer the model's calls of the retrieve tool inside one request of a client.

A state machine without I/O that every adapter shares: it says what to send next and when to hand
a response to the client, which never sees the exchange.

    offer = make_offer(shape, body.get("tools"), retrieval=settings.retrieval)
    exchange = Exchange(shape, body["messages"], store=store, offer=offer)
    while (response := exchange.receive(send({**body, "messages": exchange.messages}))) is None:
        pass

`StreamExchange` does the same for responses that are streamed, and `joined` for their events.
"""

from headroom_core.retrieve_loop.exchange import MOST_ROUNDS, Exchange
from headroom_core.retrieve_loop.history import replay
from headroom_core.retrieve_loop.joining import Joined
from headroom_core.retrieve_loop.offer import Offer, make_offer
from headroom_core.retrieve_loop.shapes import SHAPES, Call, Shape
from headroom_core.retrieve_loop.stream import StreamExchange, joined

__all__ = [
    "MOST_ROUNDS",
    "SHAPES",
    "Call",
    "Exchange",
    "Joined",
    "Offer",
    "Shape",
    "StreamExchange",
    "joined",
    "make_offer",
    "replay",
]
