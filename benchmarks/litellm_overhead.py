"""What `HeadroomCallback` adds to a LiteLLM call whose messages need nothing.

LiteLLM's own time for a call varies by more than what is measured here. So the hooks are timed by
themselves, as LiteLLM calls them, beside whole calls: without a callback, with one that does
nothing, and with ours; the best of many, as with all short times here.
"""

# LiteLLM brings types for most of what it has, and no stubs.
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from headroom_core.engine.headroom import Headroom
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_litellm import HeadroomCallback

Call = Callable[[], Awaitable[object]]

MESSAGES: list[dict[str, object]] = [
    {"role": role, "content": f"{text} {turn}"}
    for turn in range(10)
    for role, text in (("user", "What is the state of order"), ("assistant", "It was sent on day"))
]
TOOLS: list[dict[str, object]] = [
    {"type": "function", "function": {"name": f"find_order_{at}", "parameters": {}}}
    for at in range(10)
]


def run(*, calls: int = 300) -> dict[str, float]:
    """Milliseconds for 20 messages: the hooks alone, and whole calls with and without them."""
    # Without it, importing LiteLLM goes to the network.
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    return asyncio.run(_measured(calls))


async def _measured(calls: int) -> dict[str, float]:
    import litellm  # noqa: PLC0415 - takes seconds, and is an extra
    from litellm.integrations.custom_logger import CustomLogger  # noqa: PLC0415 - the same

    from headroom_litellm import HeadroomCallback  # noqa: PLC0415 - imports LiteLLM

    engine = Headroom(Settings(), store=MemoryStore())
    callback = HeadroomCallback(engine=engine)
    given: dict[str, Any] = {"model": "gpt-4o", "messages": MESSAGES, "tools": TOOLS}

    async def call(*callbacks: CustomLogger) -> object:
        litellm.callbacks = [*callbacks]
        return await litellm.acompletion(mock_response="It was sent.", **given)

    before = litellm.callbacks
    try:
        # In turns, so that a busy moment hits them alike.
        bare, empty, ours = await _best(
            [call, partial(call, CustomLogger()), partial(call, callback)], calls
        )
    finally:
        litellm.callbacks = before
    (first,) = await _best([_hook(callback, given)], 1)
    hook, body = await _best([_hook(callback, given), _body_hook(callback, given)], calls)
    return {
        "messages": len(MESSAGES),
        "first_hook_ms": round(first, 3),
        "async_hook_ms": round(hook, 3),
        "sync_hook_ms": round(body, 3),
        "bare_call_ms": round(bare, 3),
        "call_with_callback_ms": round(ours, 3),
        "call_with_an_empty_callback_ms": round(empty, 3),
        "beyond_an_empty_callback_ms": round(ours - empty, 3),
    }


def _hook(callback: HeadroomCallback, given: dict[str, Any]) -> Call:
    from litellm.types.utils import CallTypes  # noqa: PLC0415 - imports LiteLLM

    async def hook() -> object:
        return await callback.async_pre_call_deployment_hook(dict(given), CallTypes.acompletion)

    return hook


def _body_hook(callback: HeadroomCallback, given: dict[str, Any]) -> Call:
    async def body() -> object:
        details = {"complete_input_dict": dict(given)}
        record: dict[str, object] = {
            "call_type": "completion",
            "litellm_params": {},
            "additional_args": details,
        }
        return callback.log_pre_api_call("gpt-4o", MESSAGES, record)

    return body


async def _best(ways: Sequence[Call], calls: int) -> list[float]:
    """The best milliseconds of each way: noise only ever adds."""
    times: list[list[float]] = [[] for _ in ways]
    for _ in range(calls):
        for way, taken in zip(ways, times, strict=True):
            start = time.perf_counter()
            await way()
            taken.append(time.perf_counter() - start)
    return [min(taken) * 1000 for taken in times]
