"""What stands behind a wrapped client: its engine, whether it retrieves, and its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.engine.shared import engine_of
from headroom_core.formats.wire import is_array
from headroom_core.retrieve_loop import Offer, make_offer
from headroom_core.savings import Ledger, Savings

if TYPE_CHECKING:
    from headroom_core.engine.headroom import Headroom
    from headroom_core.formats import WireFormat
    from headroom_core.settings import Settings


class ClientHeadroom:
    """The `.headroom` of a client: one for the client and for every copy made of it."""

    def __init__(
        self,
        *,
        settings: Settings | None = None,
        retrieval: bool = True,
        engine: Headroom | None = None,
    ) -> None:
        self.engine: Headroom = engine_of(settings, engine, retrieval=retrieval)
        self.retrieval: bool = retrieval
        self.ledger: Ledger = Ledger()

    @property
    def savings(self) -> Savings:
        """What was saved so far, by this client and its copies."""
        return self.ledger.savings()

    def __repr__(self) -> str:
        return f"<headroom: {self.savings}>"

    def offer(self, shape: WireFormat, tools: object, *, answered: bool) -> Offer:
        """What a request's tools become; `answered` says whether a tool of ours would be answered.

        A retrieve tool that the caller brought along is answered by the caller, if not by us.
        """
        settings = self.engine.settings
        retrieves = self.retrieval and settings.mode != "lossless"
        offer = make_offer(shape, tools, retrieval=retrieves)
        if offer.added and not (answered and settings.surface == "tool"):
            return Offer(redeemable=False, tools=tools if is_array(tools) else [])
        return offer
