from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headroom_core.formats import CODECS, WireCodec, codec_for, wire_format
from headroom_core.testing.zoo import ZOO

if TYPE_CHECKING:
    from headroom_core.formats import FormatCodec, WireFormat

PLAIN = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "ho"}]
INSTRUCTED = [{"role": "system", "content": "Be brief."}, *PLAIN]


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
def test_every_message_of_the_zoo_reads_as_in_its_own_format(
    codec: FormatCodec,
) -> None:
    for native in ZOO[codec.name]():
        assert WireCodec().parse(native) == codec.parse(native)


@pytest.mark.parametrize("content", ["hi", "", None, 7, ["hi"]])
@pytest.mark.parametrize(
    "role", ["user", "assistant", "system", "developer", "tool", "function", "critic", None, 7]
)
def test_a_role_and_a_content_alone_read_the_same_in_every_format(
    role: object, content: object
) -> None:
    native = {"role": role, "content": content}

    assert WireCodec().parse(native) == codec_for(native).parse(native)


@pytest.mark.parametrize("name", ZOO)
def test_every_conversation_of_the_zoo_is_recognised_whatever_the_model(name: WireFormat) -> None:
    for model in (None, "gpt-5", "claude-opus-4-5"):
        assert wire_format(ZOO[name](), model) == name


@pytest.mark.parametrize(
    ("native", "name"),
    [
        ({"role": "user", "content": [{"type": "image_url"}]}, "openai_chat"),
        ({"role": "assistant", "tool_calls": []}, "openai_chat"),
        ({"role": "assistant", "function_call": None}, "openai_chat"),
        ({"role": "tool", "content": [{"type": "search_result"}]}, "openai_chat"),
        ({"role": "user", "content": [7, {"type": "input_text"}]}, "openai_responses"),
        ({"role": "user", "type": "message", "content": "hi"}, "openai_responses"),
        ({"type": "tomorrow"}, "openai_responses"),
        ({"type": "message", "role": "assistant", "content": [{"type": "tool_use"}]}, "anthropic"),
        ({"role": "user", "content": [{"type": "document"}]}, "anthropic"),
    ],
)
def test_one_sign_in_one_message_is_enough(native: object, name: str) -> None:
    assert codec_for(native).name == name
    assert wire_format([None, *INSTRUCTED, native], "claude-opus-4-5") == name


@pytest.mark.parametrize(
    ("messages", "model", "name"),
    [
        ([], None, "openai_chat"),
        (PLAIN, None, "openai_chat"),
        (PLAIN, "gpt-5", "openai_chat"),
        (PLAIN, "claude-opus-4-5", "anthropic"),
        (PLAIN, "bedrock/us.anthropic.Claude-3-haiku", "anthropic"),
        (INSTRUCTED, "claude-opus-4-5", "openai_chat"),
        ([{"role": "developer", "content": "hi"}], "claude-opus-4-5", "openai_chat"),
    ],
)
def test_without_a_sign_the_instructions_and_then_the_model_decide(
    messages: list[object], model: str | None, name: str
) -> None:
    assert wire_format(messages, model) == name


def test_the_first_sign_decides() -> None:
    tool = {"role": "tool", "content": "hi"}
    item = {"type": "function_call_output", "output": "hi"}

    assert wire_format([tool, item]) == "openai_chat"
    assert wire_format([item, tool]) == "openai_responses"
