"""A streamed answer of the Anthropic client, with a retrieval in the middle that nobody sees.

Runs without a network, on a scripted model. With `EXAMPLE_MODEL=claude-opus-5` (and
`ANTHROPIC_API_KEY`) the same conversation goes to the real one.
"""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

import httpx2
from anthropic import Anthropic, DefaultHttpxClient

from headroom_sdk import headroom_of, with_headroom

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from anthropic.types import MessageParam, ToolParam

ORDERS = json.dumps(
    [
        {
            "id": 7_000 + n,
            "customer": f"C-{n * 7919 % 1000:03d}",
            "total": 10 + n % 90,
            "paid": True,
        }
        for n in range(300)
    ]
)
TOOL: ToolParam = {
    "name": "list_orders",
    "description": "List all orders.",
    "input_schema": {"type": "object", "properties": {}},
}
CONVERSATION: list[MessageParam] = [
    {"role": "user", "content": "Who placed order 7123, and for how much?"},
    {
        "role": "assistant",
        "content": [{"type": "tool_use", "id": "toolu_1", "name": "list_orders", "input": {}}],
    },
    {
        "role": "user",
        "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": ORDERS}],
    },
]


def scripted(request: httpx2.Request) -> httpx2.Response:
    """A model that asks for the one order that it needs, and then says what it read."""
    sent = json.loads(request.content)
    last = str(sent["messages"][-1])
    note = re.search(r"\[headroom ([0-9a-f]{16}):", last)
    print(f"  [{len(request.content):,} bytes went to the model]")
    if note:
        more = {"ref": note[1], "where": "id=7123"}
        use = {"type": "tool_use", "id": "toolu_2", "name": "headroom_retrieve", "input": {}}
        delta = {"type": "input_json_delta", "partial_json": json.dumps(more)}
        return streamed(use, [delta], "tool_use")
    found = re.search(r"C-\d+", last)
    words = f"Order 7123 is of {found[0] if found else 'I cannot see whom'}.".split(" ")
    deltas = [{"type": "text_delta", "text": f"{word} "} for word in words]
    return streamed({"type": "text", "text": ""}, deltas, "end_turn")


def streamed(
    block: Mapping[str, object], deltas: Sequence[Mapping[str, str]], reason: str
) -> httpx2.Response:
    """One block as a stream of events."""
    usage = {"input_tokens": 1, "output_tokens": 1}
    message = {"id": "msg", "type": "message", "role": "assistant", "model": "m", "content": []}
    stop = {"stop_reason": reason, "stop_sequence": None}
    events: list[dict[str, object]] = [
        {"type": "message_start", "message": {**message, **stop, "usage": usage}},
        {"type": "content_block_start", "index": 0, "content_block": block},
        *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": stop, "usage": usage},
        {"type": "message_stop"},
    ]
    body = "".join(f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in events)
    return httpx2.Response(200, text=body, headers={"content-type": "text/event-stream"})


def make_client() -> Anthropic:
    """The real client, or one whose provider is the script above."""
    if "EXAMPLE_MODEL" in os.environ:
        return Anthropic()
    transport = httpx2.MockTransport(scripted)
    return Anthropic(api_key="none", http_client=DefaultHttpxClient(transport=transport))


def main() -> None:
    """Ask, and print the answer while it comes."""
    client = with_headroom(make_client())
    with client.messages.stream(
        model=os.environ.get("EXAMPLE_MODEL", "claude-opus-5"),
        max_tokens=1_000,
        messages=CONVERSATION,
        tools=[TOOL],
    ) as stream:
        for text in stream.text_stream:
            print(text, end="", flush=True)
    print()
    print(headroom_of(client).savings)


if __name__ == "__main__":
    main()
