"""What the proxy costs: added latency, throughput and memory, beside a bare pass-through.

Both run on the same stack, in processes of their own, in front of the same upstream, and are asked
in turn, so that a busy machine is busy for both; what each has used of a processor is told as well,
which other work does not change. Memory is that of a proxy that was started for it alone.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks import proxy_memory
from benchmarks.proxy_bodies import fresh, growing, rows, small
from benchmarks.proxy_client import Connection, Target, posted

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

STREAMS = 150
WARM_UP = 3
THROUGHPUT_REQUESTS = 1_200
CONNECTIONS = 16


def run() -> dict[str, object]:
    """Milliseconds, requests a second with their ratio, and resident memory."""
    with _running() as (bare, proxy):
        figures: dict[str, object] = {
            "first byte of a stream, 100 KB request": {
                "all seen": _first_bytes(bare, proxy, lambda _: growing(0), STREAMS),
                "one result new": _first_bytes(bare, proxy, growing, STREAMS),
                "all new": _first_bytes(bare, proxy, fresh, STREAMS // 5),
            },
            "throughput": {
                "small body": _throughput(bare, proxy, small),
                "10 KB of JSON, seen": _throughput(bare, proxy, lambda _: rows(0)),
                "10 KB of JSON, new": _throughput(bare, proxy, rows),
            },
        }
    return {**figures, "memory": memory()}


def memory() -> dict[str, object]:
    """Resident memory while a new proxy answers requests of many kinds."""
    with _running() as (_, proxy):
        return proxy_memory.run(proxy)


@contextmanager
def _running() -> Generator[tuple[Target, Target]]:
    """Start the upstream, a bare pass-through and the proxy, each in a process of its own."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> Target:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.proxy_servers", *arguments],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "HEADROOM_STORE": store},
        )
        started.append(process)
        assert process.stdout is not None
        return Target(int(process.stdout.readline()), process.pid)

    with tempfile.TemporaryDirectory() as folder:
        store = f"sqlite:///{folder}/store.db"
        try:
            upstream = start("upstream")
            url = f"http://127.0.0.1:{upstream.port}"
            yield start("bare", url), start("proxy", url)
        finally:
            for process in started:
                process.kill()
                process.wait()
                assert process.stdout is not None
                process.stdout.close()


def _first_bytes(
    bare: Target, proxy: Target, make: Callable[[int], bytes], count: int
) -> dict[str, float | int]:
    """Percentiles of the time to the first byte of a body, and what the proxy adds to them."""
    begun: list[float] = []

    async def measure() -> tuple[list[float], list[float]]:
        times: tuple[list[float], list[float]] = ([], [])
        connections = [await Connection.to(target) for target in (bare, proxy)]
        for number in range(-WARM_UP, count):
            if number == 0:
                begun.extend(target.cpu_ms() for target in (bare, proxy))
            raw = posted("/v1/messages", make(number))
            for connection, found in zip(connections, times, strict=True):
                seconds = await connection.first_byte(raw)
                if number >= 0:
                    found.append(seconds)
        for connection in connections:
            connection.close()
        return times

    plain, added = asyncio.run(measure())
    used = [t.cpu_ms() - before for t, before in zip((bare, proxy), begun, strict=True)]
    out: dict[str, float | int] = {"request_bytes": len(make(0))}
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        out[f"bare_{name}_ms"] = _percentile(plain, share)
        out[f"proxy_{name}_ms"] = _percentile(added, share)
        out[f"added_{name}_ms"] = round(_percentile(added, share) - _percentile(plain, share), 2)
    out["bare_cpu_ms"], out["proxy_cpu_ms"] = (round(each / count, 2) for each in used)
    return out


def _percentile(seconds: list[float], share: float) -> float:
    ordered = sorted(seconds)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 2)


def _throughput(bare: Target, proxy: Target, make: Callable[[int], bytes]) -> dict[str, float]:
    """Requests a second, the best of three runs of each, and the ratio."""
    best = {"bare": 0.0, "proxy": 0.0}
    used = {"bare": -bare.cpu_ms(), "proxy": -proxy.cpu_ms()}
    for attempt in range(3):
        for name, target in (("bare", bare), ("proxy", proxy)):
            first = attempt * THROUGHPUT_REQUESTS
            bodies = [make(first + number) for number in range(THROUGHPUT_REQUESTS)]
            rate = asyncio.run(_rate(target, [posted("/v1/chat/completions", b) for b in bodies]))
            best[name] = max(best[name], rate)
    return {
        "bare_rps": round(best["bare"]),
        "proxy_rps": round(best["proxy"]),
        "ratio": round(best["proxy"] / best["bare"], 2),
        "bare_cpu_ms": round((used["bare"] + bare.cpu_ms()) / (3 * THROUGHPUT_REQUESTS), 2),
        "proxy_cpu_ms": round((used["proxy"] + proxy.cpu_ms()) / (3 * THROUGHPUT_REQUESTS), 2),
    }


async def _rate(target: Target, requests: list[bytes]) -> float:
    waiting = iter(requests)

    async def work() -> None:
        connection = await Connection.to(target)
        for raw in waiting:
            await connection.whole(raw)
        connection.close()

    start = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    return len(requests) / (time.perf_counter() - start)
