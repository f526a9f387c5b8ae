"""One request as it came, out of which the body of every round is made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from headroom_asgi.paths import MESSAGES_KEY
from headroom_core.formats.wire import WireObject, string
from headroom_core.json_splice import splice, written
from headroom_core.tool import tool_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from headroom_asgi.replay import Change
    from headroom_core.engine.headroom import Headroom
    from headroom_core.formats import WireFormat
    from headroom_core.json_places import Places
    from headroom_core.report import CompressResult
    from headroom_core.retrieve_loop import Exchange, Offer


@dataclass(frozen=True, slots=True)
class GoingOn:
    """The request, and what may be done to it."""

    engine: Headroom
    raw: bytes
    body: WireObject
    messages: list[object]
    shape: WireFormat
    offer: Offer
    context: Sequence[object] = ()
    places: Places | None = None
    """Where everything stands in `raw`, if that was found out."""

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

    def changed(self, places: Places, changes: Iterable[Change]) -> bytes:
        """The body of the first round, with these changes: what `spliced` makes, but sooner."""
        spans = places.elements[MESSAGES_KEY[self.shape]]
        edits = [(spans[change.index], change.text) for change in changes]
        if self.offer.added:
            _, end = places.elements["tools"][-1]
            edits.append(((end, end), f",{_tool_text(self.shape)}"))
        return places.with_edits(edits) if edits else self.raw

    def spliced(self, messages: list[object]) -> bytes | None:
        """The body with other messages; `None` where they cannot be written into it."""
        after = dict(self.body)
        if len(messages) != len(self.messages) or any(
            new is not old for new, old in zip(messages, self.messages, strict=True)
        ):
            after[MESSAGES_KEY[self.shape]] = messages
        if self.offer.added:
            after["tools"] = self.offer.tools
        return splice(self.raw, self.body, after)


@lru_cache(maxsize=8)
def _tool_text(shape: WireFormat) -> str:
    return written(tool_in(shape))
