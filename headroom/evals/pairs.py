"""Tier 1: ask a model each question twice, with the original text and with ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom.evals.calls import Reply, message_of
from headroom.evals.items import conversation, tools
from headroom.evals.models import CallError
from headroom.evals.offline import make_engine
from headroom.evals.records import Outcome
from headroom.evals.scoring import score
from headroom_core.formats.wire import is_array, is_object
from headroom_core.retrieve_loop import Exchange, make_offer
from headroom_core.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom.evals.calls import Prices
    from headroom.evals.items import Item
    from headroom.evals.models import Model
    from headroom.evals.offline import MakeEngine
    from headroom_core.engine.headroom import Headroom
    from headroom_core.formats.wire import WireObject

MOST_TURNS = 3
_ALREADY = "This was called already; its result stands above. Answer from it."


def ask_twice(
    item: Item, model: Model, *, make: MakeEngine = make_engine, prices: Prices | None = None
) -> Outcome:
    """Ask with the original text and with ours, and score both.

    A failed call is never a pass. Where the one with the original fails, there is nothing to
    compare with, so neither of them counts.
    """
    asker = _Asker(model, prices)
    try:
        plain = asker.ask(make(Settings()), conversation(item), tools(item), retrieval=False)
    except CallError as exc:
        return _failed(item, 0.0, f"baseline: {exc}")
    baseline = score(item, plain.text)
    engine = make(Settings(mode=item.mode, retrieval=item.mode != "lossless"))
    sent = engine.compress(conversation(item)).messages
    try:
        ours = asker.ask(engine, sent, tools(item), retrieval=engine.settings.retrieval)
    except CallError as exc:
        return _failed(item, baseline, f"ours: {exc}")
    return Outcome(
        category=item.category,
        name=item.name,
        baseline=baseline,
        ours=score(item, ours.text),
        before=plain.tokens,
        after=ours.tokens,
        cost_baseline=plain.cost,
        cost_ours=ours.cost,
    )


@dataclass(frozen=True, slots=True)
class _Asker:
    model: Model
    prices: Prices | None

    def ask(
        self,
        engine: Headroom,
        messages: Sequence[object],
        own: Sequence[object],
        *,
        retrieval: bool,
    ) -> Reply:
        """Get an answer; retrievals are answered, and so is a repeated call of the item's tool."""
        offer = make_offer("openai_chat", list(own), retrieval=retrieval)
        reply = Reply()
        turns: list[object] = list(messages)
        for _ in range(MOST_TURNS):
            exchange = Exchange("openai_chat", turns, store=engine.store, offer=offer)
            while True:
                sent = exchange.messages
                response = self.model.complete(sent, offer.tools)
                reply.account(sent, response, self.prices)
                final = exchange.receive(response)
                if final is not None:
                    break
            message = message_of(final)
            calls = message.get("tool_calls")
            if not is_array(calls) or not calls:
                text = message.get("content")
                reply.text = text if isinstance(text, str) else ""
                return reply
            turns = [*turns, message, *(_refusal(call) for call in calls)]
        return reply


def _refusal(call: object) -> WireObject:
    call_id = call.get("id") if is_object(call) else None
    return {"role": "tool", "tool_call_id": call_id, "content": _ALREADY}


def _failed(item: Item, baseline: float, why: str) -> Outcome:
    return Outcome(category=item.category, name=item.name, baseline=baseline, ours=0.0, wrong=why)
