"""Answer the model's calls of the retrieve tool, inside the one call that LiteLLM's caller made."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from litellm._internal_context import is_internal_call

from headroom_core.fail_open import fail_open
from headroom_core.formats.wire import is_object
from headroom_core.retrieve_loop import SHAPES, Exchange
from headroom_core.tokens import deciding_counter
from headroom_core.tool import is_retrieve_tool
from headroom_litellm.streams import CONVERTED, OPTIONS
from headroom_litellm.surfaces import ANTHROPIC, ask_again, become, read, write

if TYPE_CHECKING:
    from collections.abc import Generator

    from headroom_core.formats.wire import WireObject
    from headroom_core.savings import Ledger
    from headroom_core.store.base import Store
    from headroom_litellm.request import Arguments, Request

_asking: ContextVar[bool] = ContextVar("headroom_asking", default=False)

NOT_AGAIN = frozenset(
    {
        CONVERTED,
        OPTIONS,
        "completion_call_id",
        "litellm_call_id",
        "stream",
        "stream_options",
    }
)
"""Arguments that belong to the first call alone. The answers to retrievals are not streamed."""


def is_asking() -> bool:
    """Whether the call at hand is one that we make ourselves, with messages that are ready."""
    return _asking.get()


def calls_ours(request: Request, response: object) -> list[dict[str, object]]:
    """The calls of the retrieve tool in an answer, as LiteLLM wants to be told of them."""
    steps = SHAPES[request.surface.shape]
    calls = steps.calls(steps.turn(read(response)))
    return [
        {"id": call.call_id, "name": call.name} for call in calls if is_retrieve_tool(call.name)
    ]


async def answered(request: Request, response: object, *, store: Store, ledger: Ledger) -> object:
    """The final answer: no call of ours is left in it, and its usage is that of all rounds."""
    exchange = Exchange(request.surface.shape, request.seen, store=store, offer=request.offer)
    latest, body = response, read(response)
    with ExitStack() as undone:
        # Older versions of LiteLLM swallow an error from here and go on with the first answer.
        undone.callback(_drop, request, response)
        while (visible := await _received(exchange, body)) is None:
            with _calling(request):
                latest = await ask_again(request.surface, _again(request, exchange.messages))
            body = read(latest)
        undone.pop_all()
    with fail_open("answer of a retrieval"):
        counter = deciding_counter()
        for text in exchange.told:
            ledger.add_retrieval(counter.count(text))
        latest = write(latest, body, visible)
    return become(response, latest)


def _drop(request: Request, response: object) -> None:
    """Take the calls that were not answered out of an answer of Chat Completions."""
    steps, body = SHAPES[request.surface.shape], read(response)
    calls = steps.calls(steps.turn(body))
    ours = {call.index for call in calls if is_retrieve_tool(call.name)}
    write(response, body, steps.drop(body, ours))


async def _received(exchange: Exchange, body: WireObject) -> WireObject | None:
    """What the client gets, or nothing while the model is still asking. Reads originals."""
    with fail_open("answer of a retrieval"):
        return await asyncio.to_thread(exchange.receive, body)
    return body


def _again(request: Request, messages: list[object]) -> Arguments:
    """The arguments of the same call with more messages."""
    arguments = {
        name: dict(value) if name.endswith("metadata") and is_object(value) else value
        for name, value in request.arguments.items()
        if name not in NOT_AGAIN and value is not None
    }
    return {**arguments, "tools": request.offer.tools, request.surface.key: messages}


@contextmanager
def _calling(request: Request) -> Generator[None]:
    """Keep our hooks out of a call of our own, and LiteLLM's logs and bills, which its parent has.

    A stream of Anthropic's API is billed by what LiteLLM has read of it: the first answer alone.
    There, each call is logged and billed by itself.
    """
    by_parent = request.surface is not ANTHROPIC or not request.arguments.get("stream")
    ours, internal = _asking.set(True), is_internal_call.set(by_parent)
    try:
        yield
    finally:
        is_internal_call.reset(internal)
        _asking.reset(ours)
