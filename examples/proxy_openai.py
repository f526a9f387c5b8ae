"""An OpenAI client through the proxy, streamed, with a model that asks for what it was not shown.

Offline by default: proxy and model run in this process. With `OPENAI_API_KEY` set, it sends to
OpenAI instead. A client in another process needs nothing but `base_url="http://127.0.0.1:8787/v1"`.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from typing import TYPE_CHECKING

import httpx2
from openai import AsyncOpenAI

from headroom_core.settings import Settings
from headroom_proxy import ProxySettings, create_app

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionFunctionToolParam, ChatCompletionMessageParam

LOG = "\n".join(
    f"2026-03-01T10:{n % 60:02d}:00Z {'ERROR disk full on db-2' if n == 777 else 'INFO served'}"
    f" request {n * 7919 % 10007} in {n * 31 % 997} ms"
    for n in range(1_500)
)
MESSAGES: list[ChatCompletionMessageParam] = [
    {"role": "user", "content": "Which host has a full disk?"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "logs", "arguments": "{}"}}
        ],
    },
    {"role": "tool", "tool_call_id": "c1", "content": LOG},
]
TOOLS: list[ChatCompletionFunctionToolParam] = [
    {"type": "function", "function": {"name": "logs", "parameters": {"type": "object"}}}
]


def model(request: httpx2.Request) -> httpx2.Response:
    """A made-up model: it retrieves what the note in its prompt names, and then answers."""
    body = json.loads(request.content)
    print(f"  the model reads {len(request.content):,} bytes")
    (ref,) = re.findall(r"\[headroom ([0-9a-f]{16})", body["messages"][2]["content"])
    if len(body["messages"]) == 3:
        function = {
            "name": "headroom_retrieve",
            "arguments": json.dumps({"ref": ref, "query": "disk full"}),
        }
        call = {"index": 0, "id": "c2", "type": "function", "function": function}
        return streamed({"tool_calls": [call]}, "tool_calls")
    print(f"  the proxy has answered: {body['messages'][-1]['content'][:60]!r} ...")
    return streamed({"content": "The disk of db-2 is full."}, "stop")


def streamed(delta: dict[str, object], finish: str) -> httpx2.Response:
    """A stream of two chunks."""
    chunks: list[tuple[dict[str, object], str | None]] = [(delta, None), ({}, finish)]
    lines = [
        json.dumps(
            {
                "id": "x",
                "object": "chat.completion.chunk",
                "created": 0,
                "model": "made-up",
                "choices": [{"index": 0, "delta": each, "finish_reason": reason}],
            }
        )
        for each, reason in chunks
    ]
    text = "".join(f"data: {line}\n\n" for line in [*lines, "[DONE]"])
    return httpx2.Response(200, headers={"content-type": "text/event-stream"}, text=text)


async def main() -> None:
    """Ask, and print what each side sees."""
    key = os.environ.get("OPENAI_API_KEY")
    app = create_app(
        ProxySettings(compression=Settings(store="memory://")),
        transport=None if key else httpx2.MockTransport(model),
    )
    http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app))
    async with AsyncOpenAI(
        base_url="http://localhost/v1", api_key=key or "none", http_client=http
    ) as client:
        print(f"The client sends a log of {len(LOG):,} bytes.")
        stream = await client.chat.completions.create(
            model="gpt-5-mini", messages=MESSAGES, tools=TOOLS, stream=True
        )
        text = ""
        async for chunk in stream:
            text += chunk.choices[0].delta.content or ""
    print(f"The client reads: {text}")
    print(app.savings)


asyncio.run(main())
