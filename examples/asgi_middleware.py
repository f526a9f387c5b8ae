"""A small gateway that shortens what agents send, and lets the model ask for the rest.

Runs offline against a model that is part of this file. With `ANTHROPIC_API_KEY` set, the same
gateway passes on to Anthropic's API:

    python examples/asgi_middleware.py
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from typing import TYPE_CHECKING

import httpx2
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from headroom_asgi import CompressionMiddleware

if TYPE_CHECKING:
    from starlette.requests import Request

UPSTREAM = "https://api.anthropic.com"
LOG = "\n".join(
    f"2026-03-14 09:{i // 60:02d}:{i % 60:02d} "
    + (
        "ERROR disk sdb1 is full"
        if i == 417
        else f"INFO request {i * 7919 % 10_007} took {i * 31 % 97} ms"
    )
    for i in range(900)
)
REQUEST = {
    "model": "claude-opus-5",
    "max_tokens": 1_000,
    "tools": [
        {"name": "read_log", "description": "Reads the log", "input_schema": {"type": "object"}}
    ],
    "messages": [
        {"role": "user", "content": "How long did the request at 09:10:00 take?"},
        {
            "role": "assistant",
            "content": [{"type": "tool_use", "id": "t1", "name": "read_log", "input": {}}],
        },
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": LOG}]},
    ],
}


async def upstream(request: Request) -> Response:
    """Pass a request on to Anthropic."""
    headers = {
        key: request.headers[key] for key in ("x-api-key", "anthropic-version", "content-type")
    }
    async with httpx2.AsyncClient(base_url=UPSTREAM, timeout=120) as client:
        answer = await client.post(request.url.path, headers=headers, content=await request.body())
    return Response(answer.content, answer.status_code, media_type=answer.headers["content-type"])


async def model(request: Request) -> Response:
    """Play the model: it asks for the line that its view leaves out, then answers."""
    sent = await request.json()
    last = json.dumps(sent["messages"][-1])
    print(
        f"the model reads {len(json.dumps(sent)):,} characters in {len(sent['messages'])} messages"
    )
    usage = {"input_tokens": len(last) // 4, "output_tokens": 20}
    note = re.search(r"\[headroom ([0-9a-f]{16}):", last)
    if note is not None:
        asked = {"ref": note[1], "query": "09:10:00"}
        use = {"type": "tool_use", "id": "r1", "name": "headroom_retrieve", "input": asked}
        return JSONResponse({"content": [use], "stop_reason": "tool_use", "usage": usage})
    found = re.search(r"09:10:00 INFO request \d+ took (\d+) ms", last)
    text = f"It took {found[1]} ms." if found else "The log does not say."
    return JSONResponse(
        {"content": [{"type": "text", "text": text}], "stop_reason": "end_turn", "usage": usage}
    )


async def main() -> None:
    """Ask one question through the gateway."""
    key = os.environ.get("ANTHROPIC_API_KEY", "")
    app = Starlette(routes=[Route("/v1/messages", upstream if key else model, methods=["POST"])])
    gateway = CompressionMiddleware(app, retrieval=True)

    transport = httpx2.ASGITransport(app=gateway)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://gateway", timeout=120
    ) as client:
        headers = {"x-api-key": key, "anthropic-version": "2023-06-01"}
        response = await client.post("/v1/messages", headers=headers, json=REQUEST)

    print(*(block["text"] for block in response.json()["content"] if block["type"] == "text"))
    print(gateway.savings)


if __name__ == "__main__":
    asyncio.run(main())
