"""The providers' own clients, unchanged, through the proxy: sync, async, streamed and parsed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from anthropic import Anthropic, AsyncAnthropic, RateLimitError
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel

from headroom_core.notes import find_notes
from headroom_core.tool import NAME
from tests.conversations import Turn, log, written
from tests.proxy.running import Running, proxying
from tests.upstream import Asked, Received, Upstream, serving
from tests.upstream import Turn as Said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.upstream.server import Answer

ORIGINAL = log(1_500)
SAID = "Let me look. it was the disk"
SCHEMA: dict[str, Any] = {"type": "object", "properties": {"command": {"type": "string"}}}
CHAT: dict[str, Any] = {
    "model": "m",
    "messages": written([Turn("what failed?", ORIGINAL)], "openai_chat"),
    "tools": [{"type": "function", "function": {"name": "run_command", "parameters": SCHEMA}}],
}
RESPONSES: dict[str, Any] = {
    "model": "m",
    "input": written([Turn("what failed?", ORIGINAL)], "openai_responses"),
    "tools": [{"type": "function", "name": "run_command", "parameters": SCHEMA, "strict": False}],
}
MESSAGES: dict[str, Any] = {
    "model": "m",
    "max_tokens": 100,
    "messages": written([Turn("what failed?", ORIGINAL)], "anthropic"),
    "tools": [{"name": "run_command", "input_schema": SCHEMA}],
}


class Verdict(BaseModel):
    cause: str
    sure: bool


def retrieves(received: Received) -> Answer:
    """The model asks first, wherever it was shown a note, and then calls the client's own tool."""
    if "call_of_ours" in received.raw.decode():
        own = Asked("run_command", '{"command": "df -h"}', "call_of_theirs")
        return Said(text="it was the disk", calls=(own,))
    notes = find_notes(received.json)
    if not notes:
        return Said(text=json.dumps({"cause": "disk", "sure": True}))
    arguments = json.dumps({"ref": notes[0].ref, "query": "disk"})
    return Said(text="Let me look. ", calls=(Asked(NAME, arguments, "call_of_ours"),))


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with serving(retrieves) as running:
        yield running


@pytest.fixture(scope="module")
def proxy(upstream: Upstream) -> Iterator[Running]:
    with proxying(upstream.url) as running:
        yield running


@pytest.fixture
def openai(proxy: Running) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{proxy.url}/v1", api_key="k", max_retries=0) as client:
        yield client


@pytest.fixture
def anthropic(proxy: Running) -> Iterator[Anthropic]:
    with Anthropic(base_url=proxy.url, api_key="k", max_retries=0) as client:
        yield client


@pytest.mark.requirement("proxy.sdks")
def test_openai_chat(openai: OpenAI) -> None:
    completion = openai.chat.completions.create(**CHAT, stream=False)
    (choice,) = completion.choices
    assert choice.message.content == "it was the disk"
    assert [call.id for call in choice.message.tool_calls or []] == ["call_of_theirs"]
    assert completion.usage is not None
    assert completion.usage.total_tokens == 220

    with openai.chat.completions.stream(**CHAT) as stream:
        final = stream.get_final_completion().choices[0]
    assert final.message.content == SAID
    assert [call.id for call in final.message.tool_calls or []] == ["call_of_theirs"]
    assert final.finish_reason == "tool_calls"

    chunks = list(openai.chat.completions.create(**CHAT, stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == SAID

    parsed = openai.chat.completions.parse(
        model="m", messages=[{"role": "user", "content": "?"}], response_format=Verdict
    )
    assert parsed.choices[0].message.parsed == Verdict(cause="disk", sure=True)


@pytest.mark.requirement("proxy.sdks")
async def test_openai_chat_async(proxy: Running) -> None:
    async with AsyncOpenAI(base_url=f"{proxy.url}/v1", api_key="k", max_retries=0) as client:
        completion = await client.chat.completions.create(**CHAT, stream=False)
        text = ""
        async for chunk in await client.chat.completions.create(**CHAT, stream=True):
            text += chunk.choices[0].delta.content or ""
        raw = await client.chat.completions.with_raw_response.create(**CHAT, stream=False)

    assert completion.choices[0].message.content == "it was the disk"
    assert text == SAID
    assert int(raw.headers["x-headroom-tokens-saved"]) > 10_000
    assert raw.headers["request-id"] == "req_1"


@pytest.mark.requirement("proxy.sdks")
def test_openai_responses(openai: OpenAI) -> None:
    response = openai.responses.create(**RESPONSES, stream=False)
    assert response.output_text == "it was the disk"
    assert [item.type for item in response.output] == ["message", "function_call"]
    assert response.usage is not None
    assert response.usage.output_tokens == 20

    with openai.responses.stream(**RESPONSES) as stream:
        events = list(stream)
        final = stream.get_final_response()
    assert final.output_text == SAID
    assert [event.sequence_number for event in events] == list(range(len(events)))

    parsed = openai.responses.parse(model="m", input="?", text_format=Verdict)
    assert parsed.output_parsed == Verdict(cause="disk", sure=True)


@pytest.mark.requirement("proxy.sdks")
async def test_openai_responses_async(proxy: Running) -> None:
    async with AsyncOpenAI(base_url=f"{proxy.url}/v1", api_key="k", max_retries=0) as client:
        response = await client.responses.create(**RESPONSES, stream=False)
        async with client.responses.stream(**RESPONSES) as stream:
            final = await stream.get_final_response()

    assert response.output_text == "it was the disk"
    assert final.output_text == SAID


@pytest.mark.requirement("proxy.sdks")
def test_anthropic(anthropic: Anthropic) -> None:
    message = anthropic.messages.create(**MESSAGES, stream=False)
    assert [block.type for block in message.content] == ["text", "tool_use"]
    assert message.stop_reason == "tool_use"
    assert message.usage.output_tokens == 20

    with anthropic.messages.stream(**MESSAGES) as stream:
        text = "".join(stream.text_stream)
        final = stream.get_final_message()
    assert text == SAID
    assert [block.type for block in final.content] == ["text", "text", "tool_use"]
    assert final.stop_reason == "tool_use"
    assert final.usage.output_tokens == 20

    parsed = anthropic.messages.parse(
        model="m",
        max_tokens=100,
        messages=[{"role": "user", "content": "?"}],
        output_format=Verdict,
    )
    assert parsed.parsed_output == Verdict(cause="disk", sure=True)


@pytest.mark.requirement("proxy.sdks")
async def test_anthropic_async(proxy: Running) -> None:
    async with AsyncAnthropic(base_url=proxy.url, api_key="k", max_retries=0) as client:
        message = await client.messages.create(**MESSAGES, stream=False)
        async with client.messages.stream(**MESSAGES) as stream:
            final = await stream.get_final_message()

    assert message.usage.input_tokens == 200
    assert [block.type for block in final.content] == ["text", "text", "tool_use"]


def test_errors_are_the_errors_of_the_provider() -> None:
    with (
        serving(429) as upstream,
        proxying(upstream.url) as proxy,
        Anthropic(base_url=proxy.url, api_key="k", max_retries=1) as client,
        pytest.raises(RateLimitError, match="status 429") as raised,
    ):
        client.messages.create(**MESSAGES)

    assert raised.value.request_id == "req_1"
    assert [each.raw for each in upstream.requests] == [upstream.requests[0].raw] * 2
