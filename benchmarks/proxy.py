"""What the proxy costs: added latency, throughput and memory, beside a bare pass-through.

Both run on the same stack, in processes of their own, in front of the same upstream, and are asked
in turn, so that a busy machine is busy for both; what each has used of a processor is told as well,
which other work does not change. `PROXY_BENCH_REQUESTS` sets for how many
requests memory is watched, 50,000 at most.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.proxy_client import Connection, Target, posted

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

TURNS = 20
STREAMS = 150
WARM_UP = 3
THROUGHPUT_REQUESTS = 1_200
CONNECTIONS = 16
MOST_REQUESTS = 50_000
DEFAULT_REQUESTS = 3_000
_TOOL = {"name": "run", "input_schema": {"type": "object"}}


def run() -> dict[str, object]:
    """Milliseconds, requests a second with their ratio, and resident memory."""
    with _running() as (bare, proxy):
        return {
            "first byte of a stream, 100 KB request": {
                "all seen": _first_bytes(bare, proxy, lambda _: _growing(0), STREAMS),
                "one result new": _first_bytes(bare, proxy, _growing, STREAMS),
                "all new": _first_bytes(bare, proxy, _fresh, STREAMS // 5),
            },
            "throughput": {
                "small body": _throughput(bare, proxy, _small),
                "10 KB of JSON, seen": _throughput(bare, proxy, lambda _: _rows(0)),
                "10 KB of JSON, new": _throughput(bare, proxy, _rows),
            },
            "memory": _memory(proxy),
        }


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


def _memory(proxy: Target) -> dict[str, float | int]:
    """Resident megabytes of the proxy while it answers, and what the second half has added."""
    most = int(os.environ.get("PROXY_BENCH_REQUESTS", str(DEFAULT_REQUESTS)))
    half = min(max(most, 2), MOST_REQUESTS) // 2
    sizes = [proxy.resident_mb()]
    for part in range(2):
        first = 10**6 + part * half
        requests = [posted("/v1/chat/completions", _small(first + n)) for n in range(half)]
        asyncio.run(_rate(proxy, requests))
        sizes.append(proxy.resident_mb())
    return {
        "requests": 2 * half,
        "before_mb": sizes[0],
        "half_way_mb": sizes[1],
        "after_mb": sizes[2],
        "second_half_added_mb": round(sizes[2] - sizes[1], 1),
    }


def _small(number: int) -> bytes:
    message = {"role": "user", "content": f"Question {number}: what is the capital of France?"}
    return json.dumps({"model": "m", "messages": [message]}).encode()


def _rows(number: int) -> bytes:
    """A request with a result of about 10 KB of JSON."""
    rows = [
        {"id": number * 1000 + n, "name": f"user {n}", "state": "active", "score": n * 7 % 101}
        for n in range(150)
    ]
    messages: list[dict[str, object]] = [
        {"role": "user", "content": "list them"},
        {"role": "tool", "tool_call_id": "1", "content": json.dumps(rows)},
    ]
    tools = [{"type": "function", "function": {"name": "run"}}]
    return json.dumps({"model": "m", "messages": messages, "tools": tools}).encode()


def _growing(number: int) -> bytes:
    """A request of a conversation of about 100 KB of which the last result is new."""
    return _conversation([*map(_result, range(TURNS - 1)), _result(10**4 + number)])


def _fresh(number: int) -> bytes:
    """A request of the same size, of which nothing was sent before."""
    return _conversation([_result(10**5 + number * TURNS + each) for each in range(TURNS)])


def _result(number: int) -> str:
    lines = [
        f"2026-03-{1 + number % 28:02d}T10:{n % 60:02d}:00Z INFO worker-{n % 7} handled request"
        f" {number * 131 + n} in {(number + n) * 31 % 997} ms"
        for n in range(75)
    ]
    return "\n".join(lines)


def _conversation(results: list[str]) -> bytes:
    messages: list[dict[str, object]] = [{"role": "user", "content": "watch the workers"}]
    for index, text in enumerate(results):
        call = {
            "type": "tool_use",
            "id": f"c{index}",
            "name": "run",
            "input": {"n": index},
        }
        result = {"type": "tool_result", "tool_use_id": f"c{index}", "content": text}
        messages.append({"role": "assistant", "content": [call]})
        messages.append({"role": "user", "content": [result]})
    body = {"model": "m", "max_tokens": 9, "stream": True, "tools": [_TOOL], "messages": messages}
    return json.dumps(body).encode()
