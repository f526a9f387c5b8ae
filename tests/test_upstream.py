"""The fake provider speaks the three APIs as their own SDKs read them."""

from __future__ import annotations

import pytest
from anthropic import Anthropic
from anthropic.types import TextBlock, ToolUseBlock
from openai import InternalServerError, OpenAI

from tests.upstream import Asked, Turn, say, serving

CALL = Turn(text="let me look", calls=(Asked("read", '{"path": "a.py"}', "call_7"),))


def test_chat_completions_are_read_by_the_sdk() -> None:
    with serving(CALL) as upstream:
        client = OpenAI(base_url=f"{upstream.url}/v1", api_key="k")
        whole = client.chat.completions.create(
            model="gpt-4o", messages=[{"role": "user", "content": "hi"}]
        )
        with client.chat.completions.stream(
            model="gpt-4o", messages=[{"role": "user", "content": "hi"}]
        ) as stream:
            streamed = stream.get_final_completion()

    for completion in (whole, streamed):
        message = completion.choices[0].message
        assert message.content == "let me look"
        assert message.tool_calls is not None
        assert message.tool_calls[0].id == "call_7"
    assert [each.path for each in upstream.requests] == ["/v1/chat/completions"] * 2


def test_responses_are_read_by_the_sdk() -> None:
    with serving(CALL) as upstream:
        client = OpenAI(base_url=f"{upstream.url}/v1", api_key="k")
        whole = client.responses.create(model="gpt-4o", input="hi")
        with client.responses.stream(model="gpt-4o", input="hi") as stream:
            streamed = stream.get_final_response()

    for response in (whole, streamed):
        assert response.output_text == "let me look"
        assert response.output[1].type == "function_call"


def test_messages_are_read_by_the_sdk() -> None:
    with serving(CALL) as upstream:
        client = Anthropic(base_url=upstream.url, api_key="k")
        whole = client.messages.create(
            model="claude-opus-5", max_tokens=9, messages=[{"role": "user", "content": "hi"}]
        )
        with client.messages.stream(
            model="claude-opus-5", max_tokens=9, messages=[{"role": "user", "content": "hi"}]
        ) as stream:
            streamed = stream.get_final_message()

    for message in (whole, streamed):
        text, use = message.content
        assert isinstance(text, TextBlock)
        assert isinstance(use, ToolUseBlock)
        assert (text.text, use.input) == ("let me look", {"path": "a.py"})
        assert message.usage.output_tokens == 10


def test_answers_are_given_in_turn_and_errors_as_errors() -> None:
    with serving(lambda received: say(str(received.json["model"])), 529) as upstream:
        client = OpenAI(base_url=f"{upstream.url}/v1", api_key="k", max_retries=0)
        first = client.chat.completions.create(model="m", messages=[])
        with pytest.raises(InternalServerError, match="status 529"):
            client.chat.completions.create(model="m", messages=[])

    assert first.choices[0].message.content == "m"
    assert len(upstream.requests) == 2
