"""Do a job twice: with the results as the tools print them, and with ours."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from headroom.evals.calls import Reply, message_of
from headroom.evals.models import CallError
from headroom.evals.offline import make_engine
from headroom.evals.records import Outcome
from headroom_core.formats.wire import is_array, is_object, string
from headroom_core.retrieve_loop import Exchange, make_offer
from headroom_core.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom.evals.agents.world import World
    from headroom.evals.calls import Prices
    from headroom.evals.models import Model
    from headroom.evals.offline import MakeEngine
    from headroom_core.engine.headroom import Headroom
    from headroom_core.formats.wire import WireObject

MOST_STEPS = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A category, a seed, and what makes the world of it."""

    category: str
    seed: str
    make: Callable[[str], World]


def do_twice(
    job: Job, model: Model, *, make: MakeEngine = make_engine, prices: Prices | None = None
) -> Outcome:
    """Do the job with the original results and with ours; done is 1, everything else is 0."""
    try:
        baseline, before = _done(job, _Worker(model, None, prices))
    except CallError as exc:
        return _failed(job, 0.0, f"baseline: {exc}")
    try:
        ours, after = _done(job, _Worker(model, make(Settings(retrieval=True)), prices))
    except CallError as exc:
        return _failed(job, baseline, f"ours: {exc}")
    return Outcome(
        category=job.category,
        name=job.seed,
        baseline=baseline,
        ours=ours,
        before=before.tokens,
        after=after.tokens,
        cost_baseline=before.cost,
        cost_ours=after.cost,
    )


def _done(job: Job, worker: _Worker) -> tuple[float, Reply]:
    """Whether the job was done in a world of its own, and what it took."""
    world = job.make(job.seed)
    try:
        worker.work(world)
        return float(world.is_done()), worker.reply
    finally:
        world.close()


@dataclass(slots=True)
class _Worker:
    """An agent: it asks the model, does what the model calls for, and asks again."""

    model: Model
    engine: Headroom | None
    """What shortens the results; none for the baseline."""
    prices: Prices | None
    reply: Reply = field(default_factory=Reply)

    def work(self, world: World) -> None:
        """Go on until the model calls for nothing more, or for too long."""
        turns: list[object] = [
            {"role": "system", "content": world.system},
            {"role": "user", "content": world.task},
        ]
        for _ in range(MOST_STEPS):
            message = self._next(turns, world.tools())
            calls = message.get("tool_calls")
            if not is_array(calls) or not calls:
                return
            turns = [*turns, message, *(_result(world, call) for call in calls)]

    def _next(self, turns: list[object], tools: list[WireObject]) -> WireObject:
        """The model's next message; retrievals on the way to it are answered."""
        if self.engine is None:
            response = self.model.complete(turns, tools)
            self.reply.account(turns, response, self.prices)
            return message_of(response)
        offer = make_offer("openai_chat", tools, retrieval=True)
        exchange = Exchange("openai_chat", turns, store=self.engine.store, offer=offer)
        while True:
            sent = self.engine.compress(exchange.messages, retrieval=True).messages
            response = self.model.complete(sent, offer.tools)
            self.reply.account(sent, response, self.prices)
            final = exchange.receive(response)
            if final is not None:
                return message_of(final)


def _result(world: World, call: object) -> WireObject:
    """The message with the result of a call; arguments that are no object are empty ones."""
    function = call.get("function") if is_object(call) else None
    function = function if is_object(function) else {}
    try:
        arguments: object = json.loads(string(function, "arguments"))
    except ValueError:
        arguments = None
    printed = world.call(string(function, "name"), arguments if is_object(arguments) else {})
    call_id = call.get("id") if is_object(call) else None
    return {"role": "tool", "tool_call_id": call_id, "content": printed}


def _failed(job: Job, baseline: float, why: str) -> Outcome:
    return Outcome(category=job.category, name=job.seed, baseline=baseline, ours=0.0, wrong=why)
