"""One request on its way: what its client knows, what is sent, whether notes can be redeemed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from headroom_core.engine.headroom import OFF_LOOP_CHARS
from headroom_core.formats import WireCodec
from headroom_core.formats.wire import is_array, is_object
from headroom_core.notes import find_notes
from headroom_core.retrieve_loop import Offer, make_offer, replay
from headroom_core.tool import tool_cost

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_core.engine.headroom import Headroom
    from headroom_core.report import CompressResult
    from headroom_litellm.surfaces import Surface

Arguments = dict[str, object]
"""What LiteLLM calls its own function with."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request after compression. It lives as long as LiteLLM's own record of the call."""

    surface: Surface
    arguments: Mapping[str, object]
    """What the call was made with, so that it can be made again with more messages."""
    seen: list[object]
    """The messages that the client knows, compressed: without hidden exchanges."""
    sent: list[object]
    """The same with hidden exchanges put back."""
    offer: Offer
    result: CompressResult[object]

    def is_sent_by(self, surface: Surface, arguments: Mapping[str, object]) -> bool:
        """Whether these are the arguments that this request is sent with."""
        return surface is self.surface and arguments.get(surface.key) == self.sent

    @property
    def overhead(self) -> int:
        """Tokens of the tool's description, where we have added it."""
        return tool_cost(self.surface.shape) if self.offer.added else 0

    @property
    def may_be_asked(self) -> bool:
        """Whether the model has a note before it, and a tool that the client does not know."""
        return self.offer.added and bool(find_notes(self.sent))


async def prepare(
    engine: Headroom,
    surface: Surface,
    arguments: Mapping[str, object],
    *,
    retrieval: bool,
    after: Request | None = None,
) -> Request:
    """Compress the messages of a request and add the tool, without changing anything in place.

    `after` is the same request as it was seen before: LiteLLM may write it in another provider's
    format and call its hook again, and it tries again after a failure.
    """
    if after is not None and after.is_sent_by(surface, arguments):
        return replace(after, arguments=arguments)
    given = arguments.get(surface.key)
    offer = make_offer(surface.shape, arguments.get("tools"), retrieval=retrieval)
    if after is not None and after.offer.added:
        offer = replace(offer, added=offer.redeemable)
    named = arguments.get("model")
    model = named if isinstance(named, str) else None
    work = partial(_compressed, engine, surface, given, model, offer)
    seen, sent, result = work() if _is_short(given) else await asyncio.to_thread(work)
    if after is not None and not result.edits:
        result = after.result
    return Request(surface, arguments, seen, sent, offer, result)


def changed(request: Request) -> Arguments:
    """The arguments that a request is sent with, where they differ from the given ones."""
    key, out = request.surface.key, Arguments()
    given = request.arguments.get(key)
    if is_array(given) and not _same(given, request.sent):
        out[key] = request.sent
    if request.offer.added:
        out["tools"] = request.offer.tools
    return out


def compress_payload(
    engine: Headroom, payload: Mapping[str, object], *, model: str | None, retrieval: bool
) -> tuple[Arguments, CompressResult[object]] | None:
    """What to send instead in a provider's own body, where nobody would answer a call for us.

    Something is hidden only if the body has the retrieve tool already: the caller put it there.
    """
    key = next((key for key in ("messages", "input") if is_array(payload.get(key))), None)
    if key is None or not is_array(messages := payload[key]):
        return None
    own = make_offer("openai_chat", payload.get("tools"), retrieval=retrieval)
    result = engine.compress_native(
        messages, WireCodec(), model=model, retrieval=own.redeemable and not own.added
    )
    return ({} if _same(messages, result.messages) else {key: result.messages}), result


def _compressed(
    engine: Headroom, surface: Surface, given: object, model: str | None, offer: Offer
) -> tuple[list[object], list[object], CompressResult[object]]:
    """What the client knows, what is sent, and what the difference is."""
    messages = given if is_array(given) else []
    result = engine.compress_native(messages, WireCodec(), model=model, retrieval=offer.redeemable)
    alone: list[object] = [{"role": "user", "content": given}]
    seen = result.messages if is_array(given) else alone
    sent = replay(surface.shape, seen, engine.store) if offer.added else seen
    return seen, sent, result


def _is_short(messages: object) -> bool:
    """Whether there is so little text that another thread would cost more than the work."""
    left = OFF_LOOP_CHARS
    for each in messages if is_array(messages) else ():
        content = (each.get("content") or each.get("output")) if is_object(each) else None
        left -= len(content if isinstance(content, str) else repr(content))
        if left < 0:
            return False
    return True


def _same(before: list[object], after: list[object]) -> bool:
    return len(before) == len(after) and all(a is b for a, b in zip(before, after, strict=True))
