"""An Anthropic client through the proxy, with a model that asks for what it was not shown.

Offline by default: proxy and model run in this process. With `ANTHROPIC_API_KEY` set, it sends
to Anthropic instead. A client in another process needs only `base_url="http://127.0.0.1:8787"`.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from typing import TYPE_CHECKING

import httpx2
from anthropic import AsyncAnthropic

from headroom_core.settings import Settings
from headroom_proxy import ProxySettings, create_app

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anthropic.types import MessageParam, ToolParam

ORDERS = [
    {"id": 7_000 + n, "total": n * 37 % 400, "state": "failed" if n == 311 else "paid"}
    for n in range(600)
]
MESSAGES: list[MessageParam] = [
    {"role": "user", "content": "What is the sum of all orders that were paid?"},
    {
        "role": "assistant",
        "content": [{"type": "tool_use", "id": "c1", "name": "orders", "input": {}}],
    },
    {
        "role": "user",
        "content": [
            {"type": "tool_result", "tool_use_id": "c1", "content": json.dumps(ORDERS, indent=1)}
        ],
    },
]
TOOLS: list[ToolParam] = [{"name": "orders", "input_schema": {"type": "object"}}]


def model(request: httpx2.Request) -> httpx2.Response:
    """A made-up model: it has the proxy count over all rows, and then answers."""
    body = json.loads(request.content)
    print(f"  the model reads {len(request.content):,} bytes")
    seen = body["messages"][2]["content"][0]["content"]
    (ref,) = re.findall(r"^\[headroom ([0-9a-f]{16})", seen)
    if len(body["messages"]) == 3:
        given = {"ref": ref, "where": "sum(total) where state='paid'"}
        content = {"type": "tool_use", "id": "c2", "name": "headroom_retrieve", "input": given}
        return said(content, "tool_use")
    answer = body["messages"][-1]["content"][0]["content"]
    print(f"  the proxy has answered: {answer[:70]!r}")
    figure = re.findall(r"\d[\d,]{3,}", answer)[-1]
    return said({"type": "text", "text": f"They sum up to {figure}."}, "end_turn")


def said(block: Mapping[str, object], stop: str) -> httpx2.Response:
    """A message of one block."""
    message = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "made-up",
        "content": [block],
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {"input_tokens": 100, "output_tokens": 10},
    }
    return httpx2.Response(200, json=message)


async def main() -> None:
    """Ask, and print what each side sees."""
    key = os.environ.get("ANTHROPIC_API_KEY")
    app = create_app(
        ProxySettings(compression=Settings(store="memory://")),
        transport=None if key else httpx2.MockTransport(model),
    )
    http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app))
    async with AsyncAnthropic(
        base_url="http://localhost", api_key=key or "none", http_client=http
    ) as client:
        print(f"The client sends {len(ORDERS)} orders.")
        message = await client.messages.create(
            model="claude-opus-5", max_tokens=200, messages=MESSAGES, tools=TOOLS
        )
    text = "".join(block.text for block in message.content if block.type == "text")
    print(f"The client reads: {text}")
    print(f"and is told of {message.usage.input_tokens} input tokens, for both rounds.")
    print(app.savings)


asyncio.run(main())
