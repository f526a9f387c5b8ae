"""Whether the proxy's resident memory stays flat while it answers requests of many kinds.

No two requests are alike, and some come with a credential that was never seen before. Memory is
told for every 5,000 of them, so that what fills up at first and what grows for ever can be told
apart: the first stops. Each figure is the mean of ten readings, since memory goes up and down
between the times when what is free is given back. What the proxy says of its own memories stands
beside what the system says of the process. `PROXY_BENCH_REQUESTS` sets how many requests there are.
"""

from __future__ import annotations

import asyncio
import json
import os
from typing import TYPE_CHECKING

from benchmarks.proxy_bodies import conversation, result, rows, small
from benchmarks.proxy_client import Connection, posted
from headroom_core.formats.wire import is_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.proxy_client import Target

EVERY = 5_000
READINGS = 10
DEFAULT_REQUESTS = 5_000
MOST_REQUESTS = 200_000
CONNECTIONS = 16
LONG_LINES = 200
"""Of such a log only a view is sent, and the original is stored."""
KEYS = 8
"""Clients that come again and again; the others are seen once."""
WARM_UP = 100
"""Requests after which all is loaded that the first ones wait for."""
_FIRST = 10**6
"""Numbers that no other measurement uses."""


def run(proxy: Target) -> dict[str, object]:
    """Megabytes after each part of the requests, and by how much the second half has grown."""
    wanted = int(os.environ.get("PROXY_BENCH_REQUESTS", str(DEFAULT_REQUESTS)))
    wanted = min(max(wanted, 20), MOST_REQUESTS)
    every = min(EVERY, wanted // 10)
    step = max(every // READINGS, 1)
    asyncio.run(_sent(proxy, range(_FIRST - WARM_UP, _FIRST)))
    series = [(0, proxy.resident_mb())]
    for done in range(0, wanted, every):
        read: list[float] = []
        for start in range(_FIRST + done, _FIRST + done + every, step):
            asyncio.run(_sent(proxy, range(start, min(start + step, _FIRST + done + every))))
            read.append(proxy.resident_mb())
        series.append((done + every, round(sum(read) / len(read), 1)))
    return {
        "requests": wanted,
        "kinds": kinds(),
        "mb_up_to_request": {f"{done:,}": size for done, size in series},
        "remembered": asyncio.run(_remembered(proxy)),
        "second half": growth(series[len(series) // 2 :]),
    }


def growth(series: list[tuple[int, float]]) -> dict[str, float]:
    """By how much memory grows in a series of requests and megabytes, in three ways."""
    sizes = [size for _, size in series]
    if not min(sizes):
        return {}  # a system that does not tell
    return {
        "last_to_first_percent": round(100 * (sizes[-1] / sizes[0] - 1), 2),
        "most_to_least_percent": round(100 * (max(sizes) / min(sizes) - 1), 2),
        "slope_kb_per_1000_requests": round(_slope(series) * 1024 * 1000, 1),
    }


def _slope(series: list[tuple[int, float]]) -> float:
    """Megabytes for a request, by the straight line that is nearest to all of them."""
    mean_x = sum(x for x, _ in series) / len(series)
    mean_y = sum(y for _, y in series) / len(series)
    spread = sum((x - mean_x) ** 2 for x, _ in series)
    return sum((x - mean_x) * (y - mean_y) for x, y in series) / spread


async def _remembered(proxy: Target) -> dict[str, str]:
    """What the proxy says of its memories."""
    connection = await Connection.to(proxy)
    stats = await connection.got("/stats")
    connection.close()
    memory = stats["memory"]
    assert is_object(memory)
    return {
        name: f"{each['bytes']} of {each['most']} bytes"
        for name, each in memory.items()
        if is_object(each)
    }


async def _sent(proxy: Target, numbers: range) -> None:
    waiting = iter(numbers)
    await asyncio.gather(*(_work(proxy, waiting) for _ in range(CONNECTIONS)))


async def _work(proxy: Target, waiting: Iterator[int]) -> None:
    connection = await Connection.to(proxy)
    for number in waiting:
        kind, raw = request(number)
        if kind.startswith("left"):
            leaving = await Connection.to(proxy)
            await leaving.left(raw, answered="answer" in kind)
        else:
            await connection.whole(raw, ok=kind != "refused")
    connection.close()


_KINDS = (
    *("small",) * 10,
    *("10 KB of JSON",) * 3,
    *("growing conversation, stream",) * 2,
    *("long log, stream",) * 2,
    "refused",
    "left in the body",
    "left in the answer",
)


def kinds() -> dict[str, str]:
    """How many of the requests are of each kind."""
    return {kind: f"{_KINDS.count(kind) * 100 // len(_KINDS)} %" for kind in dict.fromkeys(_KINDS)}


def request(number: int) -> tuple[str, bytes]:
    """The kind of a request, and its bytes. One in ten has a credential of its own."""
    kind = _KINDS[number * 7 % len(_KINDS)]
    key = f"own-{number}" if number % 10 == 3 else f"key-{number % KEYS}"
    headers = {"authorization": f"Bearer sk-{key}"}
    match kind:
        case "small" | "left in the body":
            raw = posted("/v1/chat/completions", small(number), headers)
            return kind, raw if kind == "small" else raw[:-9]
        case "10 KB of JSON":
            return kind, posted("/v1/chat/completions", rows(number), headers)
        case "growing conversation, stream":
            turns = [result(number - number % 1000 + each) for each in range(number % 1000 // 50)]
            return kind, posted("/v1/messages", conversation([*turns, result(number)]), headers)
        case "refused":
            body = json.dumps({"model": f"m-{number}", "refuse": True}).encode()
            return kind, posted(f"/v1/none/{number}/chat/completions", body, headers)
        case _:
            slow = {"x-slow": "1"} if kind == "left in the answer" else {}
            body = conversation([result(number, LONG_LINES)])
            raw = posted("/v1/messages", body, headers | slow)
            return kind, raw
