"""A stand-in for the mock server of the SDKs' suites: conversations get an answer, all else a 404.

Their own server makes its answers from a specification that the source distributions do not carry.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

from headroom_core.formats.wire import WireObject, is_object, string

if TYPE_CHECKING:
    from collections.abc import Generator

PORT = 4010
"""Where both suites look for it."""

CHAT: WireObject = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "logprobs": None,
            "message": {"role": "assistant", "content": "Hello", "refusal": None},
        }
    ],
}
CHUNK: WireObject = {
    "id": "chatcmpl-1",
    "object": "chat.completion.chunk",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "finish_reason": "stop", "delta": {"content": "Hello"}}],
}
RESPONSE: WireObject = {
    "id": "resp_1",
    "object": "response",
    "created_at": 1,
    "model": "gpt-4o",
    "status": "completed",
    "error": None,
    "incomplete_details": None,
    "instructions": None,
    "metadata": {},
    "output": [
        {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "status": "completed",
            "content": [{"type": "output_text", "text": "Hello", "annotations": []}],
        }
    ],
    "parallel_tool_calls": True,
    "temperature": 1.0,
    "tool_choice": "auto",
    "tools": [],
    "top_p": 1.0,
}
COMPACTED: WireObject = {
    "id": "resp_1",
    "object": "response.compaction",
    "created_at": 1,
    "output": RESPONSE["output"],
    "usage": {
        "input_tokens": 1,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": 1,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 2,
    },
}
MESSAGE: WireObject = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude",
    "content": [{"type": "text", "text": "Hello", "citations": None}],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 1, "output_tokens": 1},
}
BATCH: WireObject = {
    "id": "msgbatch_1",
    "type": "message_batch",
    "archived_at": None,
    "cancel_initiated_at": None,
    "created_at": "2024-08-20T18:37:24.100435Z",
    "ended_at": None,
    "expires_at": "2024-08-20T18:37:24.100435Z",
    "processing_status": "in_progress",
    "request_counts": {"canceled": 0, "errored": 0, "expired": 0, "processing": 1, "succeeded": 0},
    "results_url": None,
}
ANSWERS: dict[str, object] = {
    "/chat/completions": CHAT,
    "/responses": RESPONSE,
    "/responses/input_tokens": {"object": "response.input_tokens", "input_tokens": 1},
    "/responses/compact": COMPACTED,
    "/v1/messages": MESSAGE,
    "/v1/messages/count_tokens": {"input_tokens": 1, "context_management": None},
    "/v1/messages/batches": BATCH,
}
STREAMS: dict[str, list[object]] = {
    "/chat/completions": [CHUNK],
    "/responses": [
        {"type": "response.created", "sequence_number": 0, "response": RESPONSE},
        {"type": "response.completed", "sequence_number": 1, "response": RESPONSE},
    ],
    "/v1/messages": [
        {"type": "message_start", "message": {**MESSAGE, "content": [], "stop_reason": None}},
        {
            "type": "content_block_start",
            "index": 0,
            "content_block": {"type": "text", "text": "Hello"},
        },
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": 1},
        },
        {"type": "message_stop"},
    ],
}


class _Provider(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # the head and the body of an answer are written one by one

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        path = self.path.partition("?")[0]
        is_stream = b'"stream":true' in body.replace(b" ", b"")
        if is_stream and path in STREAMS:
            self._send(200, "text/event-stream", _events(STREAMS[path]))
        elif path in ANSWERS:
            self._send(200, "application/json", json.dumps(ANSWERS[path]).encode())
        else:
            self._refuse()

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self._refuse()

    def _refuse(self) -> None:
        self._send(404, "application/json", b"{}")

    do_DELETE = do_PUT = do_PATCH = do_GET  # noqa: N815 - so named by the base class

    def _send(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - so named there
        """Say nothing."""


def _events(events: list[object]) -> bytes:
    lines: list[str] = []
    for event in events:
        name = string(event, "type") if is_object(event) else ""
        lines += [*([f"event: {name}"] if name else ()), f"data: {json.dumps(event)}", ""]
    end = [] if lines[0].startswith("event") else ["data: [DONE]", ""]
    return "\n".join([*lines, *end, ""]).encode()


@contextmanager
def provider() -> Generator[None]:
    """Answer on the port while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", PORT), _Provider)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
