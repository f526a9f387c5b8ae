"""An agent loop on the OpenAI client: a long tool result goes out short, and nothing is lost.

Runs without a network, on a scripted model. With `EXAMPLE_MODEL=gpt-5-mini` (and `OPENAI_API_KEY`)
the same loop asks the real one.
"""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, cast

import httpx2
from openai import DefaultHttpxClient, OpenAI

from headroom_sdk import headroom_of, with_headroom

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionFunctionToolParam, ChatCompletionMessageParam

QUESTION = "A customer waited long. Read the log and say how long her request took."
TOOLS: list[ChatCompletionFunctionToolParam] = [
    {
        "type": "function",
        "function": {
            "name": "read_log",
            "description": "Read the service's log.",
            "parameters": {"type": "object", "properties": {}},
        },
    }
]


def read_log() -> str:
    """The tool: 400 lines, one of which answers the question."""
    lines = [
        f"2026-01-03T10:{n // 60:02d}:{n % 60:02d}Z INFO request id={n} took {n * 37 % 400}ms"
        for n in range(400)
    ]
    lines[200] = "2026-01-03T10:03:20Z FATAL db pool exhausted"
    return "\n".join(lines)


def scripted(request: httpx2.Request) -> httpx2.Response:
    """A model that reads the log, then asks for the line that the view of it does not show."""
    sent = request.content.decode()
    note = re.search(r"\[headroom ([0-9a-f]{16}): (\d+ of \d+ \w+)", sent)
    answer = re.search(r"id=137 took (\d+ms)", sent)
    if "call_log" not in sent:
        call = ("call_log", "read_log", "{}")
    elif note and not answer:
        print(f"  (it sees {note[2]} of the log and asks for one line more)")
        call = ("call_more", "headroom_retrieve", json.dumps({"ref": note[1], "query": "id=137"}))
    else:
        call = None
    message: dict[str, object] = {"role": "assistant", "content": None}
    if call:
        function = {"name": call[1], "arguments": call[2]}
        message["tool_calls"] = [{"id": call[0], "type": "function", "function": function}]
    else:
        message["content"] = f"It took {answer[1] if answer else 'a while'}."
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if call else "stop"}
    whole = {"id": "c", "object": "chat.completion", "created": 0, "model": "m"}
    return httpx2.Response(200, json={**whole, "choices": [choice]})


def make_client() -> OpenAI:
    """The real client, or one whose provider is the script above."""
    if "EXAMPLE_MODEL" in os.environ:
        return OpenAI()
    transport = httpx2.MockTransport(scripted)
    return OpenAI(api_key="none", http_client=DefaultHttpxClient(transport=transport))


def main() -> None:
    """Let the model call the tool until it has an answer."""
    client = with_headroom(make_client())
    model = os.environ.get("EXAMPLE_MODEL", "gpt-5-mini")
    messages: list[ChatCompletionMessageParam] = [{"role": "user", "content": QUESTION}]
    while True:
        answer = client.chat.completions.create(model=model, messages=messages, tools=TOOLS)
        message = answer.choices[0].message
        said = message.model_dump(exclude_none=True)
        messages.append(cast("ChatCompletionMessageParam", said))
        if not message.tool_calls:
            break
        for call in message.tool_calls:
            if call.type == "function":
                print(f"the model calls {call.function.name}")
            messages.append({"role": "tool", "tool_call_id": call.id, "content": read_log()})
    print(message.content)
    print(headroom_of(client).savings)


if __name__ == "__main__":
    main()
