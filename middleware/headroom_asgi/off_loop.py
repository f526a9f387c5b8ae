"""Work that would hold up the event loop, done in threads of a number of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, ParamSpec, TypeVar

import anyio.lowlevel
import anyio.to_thread

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_THREADS = 8
"""The work is computing, so more threads would only take turns."""

P = ParamSpec("P")
T = TypeVar("T")

_limiter: anyio.lowlevel.RunVar[anyio.CapacityLimiter] = anyio.lowlevel.RunVar("headroom_asgi")


async def off_loop(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do the work in a thread, apart from those that the application uses for its own."""
    try:
        limiter = _limiter.get()
    except LookupError:
        limiter = anyio.CapacityLimiter(MOST_THREADS)
        _limiter.set(limiter)
    return await anyio.to_thread.run_sync(lambda: work(*args, **kwargs), limiter=limiter)
