"""What `HeadroomCallback` adds to a LiteLLM call whose messages need nothing.

LiteLLM's own time for a call varies by more than what is measured here. So the hooks are timed by
themselves, as LiteLLM calls them, beside whole calls: without a callback, with one that does
nothing, and with ours.
"""

# LiteLLM brings types for most of what it has, and no stubs.
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import asyncio
import os
import statistics
import time
from typing import TYPE_CHECKING, Any

from headroom_core.engine.headroom import Headroom
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from headroom_litellm import HeadroomCallback

MESSAGES: list[dict[str, object]] = [
    {"role": role, "content": f"{text} {turn}"}
    for turn in range(10)
    for role, text in (("user", "What is the state of order"), ("assistant", "It was sent on day"))
]
TOOLS: list[dict[str, object]] = [
    {"type": "function", "function": {"name": "find_order", "parameters": {}}}
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

    async def call() -> object:
        return await litellm.acompletion(mock_response="It was sent.", **given)

    before = litellm.callbacks
    try:
        litellm.callbacks = []
        bare = await _median(call, calls)
        litellm.callbacks = [CustomLogger()]
        empty = await _median(call, calls)
        litellm.callbacks = [callback]
        ours = await _median(call, calls)
    finally:
        litellm.callbacks = before
    first, hook, body = await _hooks(callback, given, calls)
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


async def _hooks(
    callback: HeadroomCallback, given: dict[str, Any], calls: int
) -> tuple[float, float, float]:
    from litellm.types.utils import CallTypes  # noqa: PLC0415 - imports LiteLLM

    async def hook() -> object:
        return await callback.async_pre_call_deployment_hook(dict(given), CallTypes.acompletion)

    async def body() -> object:
        details = {"complete_input_dict": dict(given)}
        record: dict[str, object] = {
            "call_type": "completion",
            "litellm_params": {},
            "additional_args": details,
        }
        return callback.log_pre_api_call("gpt-4o", MESSAGES, record)

    first = await _median(hook, 1)
    return first, await _median(hook, calls), await _median(body, calls)


async def _median(call: Callable[[], Awaitable[object]], calls: int) -> float:
    times: list[float] = []
    for _ in range(calls):
        start = time.perf_counter()
        await call()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000
