"""The bodies of the requests of the proxy's benchmark: the same for the same number."""

from __future__ import annotations

import json

TURNS = 20
_TOOL = {"name": "run", "input_schema": {"type": "object"}}


def small(number: int) -> bytes:
    """A question."""
    message = {"role": "user", "content": f"Question {number}: what is the capital of France?"}
    return json.dumps({"model": "m", "messages": [message]}).encode()


def rows(number: int) -> bytes:
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


def growing(number: int) -> bytes:
    """A request of a conversation of about 100 KB of which the last result is new."""
    return conversation([*map(result, range(TURNS - 1)), result(10**4 + number)])


def fresh(number: int) -> bytes:
    """A request of the same size, of which nothing was sent before."""
    return conversation([result(10**5 + number * TURNS + each) for each in range(TURNS)])


def result(number: int, count: int = 75) -> str:
    """The output of a tool: lines of a log, 5 KB if nothing else is said."""
    lines = [
        f"2026-03-{1 + number % 28:02d}T10:{n % 60:02d}:00Z INFO worker-{n % 7} handled request"
        f" {number * 131 + n} in {(number + n) * 31 % 997} ms"
        for n in range(count)
    ]
    return "\n".join(lines)


def conversation(results: list[str]) -> bytes:
    """A request for a stream, with these results."""
    messages: list[dict[str, object]] = [{"role": "user", "content": "watch the workers"}]
    for index, text in enumerate(results):
        call = {
            "type": "tool_use",
            "id": f"c{index}",
            "name": "run",
            "input": {"n": index},
        }
        block = {"type": "tool_result", "tool_use_id": f"c{index}", "content": text}
        messages.append({"role": "assistant", "content": [call]})
        messages.append({"role": "user", "content": [block]})
    body = {"model": "m", "max_tokens": 9, "stream": True, "tools": [_TOOL], "messages": messages}
    return json.dumps(body).encode()
