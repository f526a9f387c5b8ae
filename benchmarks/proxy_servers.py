"""The servers of the proxy's benchmark, each in a process of its own that prints its port."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from typing import TYPE_CHECKING

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.responses import StreamingResponse
from starlette.routing import Route

from headroom_proxy import ProxySettings, create_app
from headroom_proxy.run import listen, server_config

if TYPE_CHECKING:
    from starlette.requests import Request

_HOPS = frozenset({"connection", "keep-alive", "transfer-encoding", "te", "upgrade"})
_SLOW_SECONDS = 0.02
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def main(kind: str, upstream: str = "") -> None:
    """Serve until the process is ended."""
    # It tells of every client that leaves, as many do here.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    if kind == "upstream":
        asyncio.run(_upstream())
        return
    settings = (
        ProxySettings(
            port=0, upstream_openai=upstream, upstream_anthropic=upstream, access_log="off"
        )
        if upstream
        else ProxySettings(port=0)
    )
    listener = listen(settings)
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    if kind == "bare":
        config = uvicorn.Config(
            _bare(upstream), access_log=False, log_level="warning", timeout_keep_alive=75
        )
    else:
        config = server_config(settings, create_app(settings))
    uvicorn.Server(config).run(sockets=[listener])


def _bare(upstream: str) -> Starlette:
    """What a pass-through takes on this stack when it does nothing else."""
    client = httpx2.AsyncClient(base_url=upstream, trust_env=False, timeout=None)

    async def forward(request: Request) -> StreamingResponse:
        headers = [
            (name, value)
            for name, value in request.headers.items()
            if name not in _HOPS and name != "host"
        ]
        url = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        sent = client.build_request(request.method, url, headers=headers, content=request.stream())
        answer = await client.send(sent, stream=True)
        kept = {name: value for name, value in answer.headers.items() if name not in _HOPS}
        return StreamingResponse(
            answer.aiter_raw(), answer.status_code, kept, background=BackgroundTask(answer.aclose)
        )

    return Starlette(routes=[Route("/{path:path}", forward, methods=_METHODS)])


async def _upstream() -> None:
    """A provider that answers at once, unless it is asked to be slow."""
    server = await asyncio.start_server(_answer, "127.0.0.1", 0, limit=2**24)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
            if length:
                await reader.readexactly(int(length))
            elif b"chunked" in head:
                await reader.readuntil(b"0\r\n\r\n")
            line = head.partition(b"\r\n")[0]
            if b"/none/" in line:
                writer.write(_NONE)
            elif b"\r\nx-slow: " in head:
                writer.write(_STREAM[: len(_STREAM) // 2])
                await asyncio.sleep(_SLOW_SECONDS)
                writer.write(_STREAM[len(_STREAM) // 2 :])
            else:
                writer.write(_STREAM if b"/messages" in line else _WHOLE)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def _chunked(pieces: list[bytes]) -> bytes:
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n"
    return head + b"\r\n" + chunks + b"0\r\n\r\n"


def _event(kind: str, **fields: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()


_STREAM = _chunked(
    [
        _event("message_start", message={"id": "m", "role": "assistant", "content": []}),
        _event("content_block_start", index=0, content_block={"type": "text", "text": ""}),
        *(
            _event("content_block_delta", index=0, delta={"type": "text_delta", "text": "word "})
            for _ in range(20)
        ),
        _event("content_block_stop", index=0),
        _event("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 20}),
        _event("message_stop"),
    ]
)
_BODY = json.dumps(
    {
        "id": "c",
        "object": "chat.completion",
        "model": "m",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "Paris."},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12},
    }
).encode()
_HEAD = b"content-type: application/json\r\ncontent-length: %d\r\n\r\n"
_WHOLE = b"HTTP/1.1 200 OK\r\n" + _HEAD % len(_BODY) + _BODY
_ERROR = json.dumps({"error": {"message": "there is no such model"}}).encode()
_NONE = b"HTTP/1.1 404 Not Found\r\n" + _HEAD % len(_ERROR) + _ERROR


if __name__ == "__main__":
    main(*sys.argv[1:])
