"""The codec of Strands messages: the contract, and every kind of block."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from strands.types.content import Message

from headroom_core.engine.headroom import Headroom
from headroom_core.messages import Image, Opaque, Text, ToolCall, ToolResult
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_core.testing.adapter_contract import AdapterContract
from headroom_strands import StrandsCodec
from tests.strands.fakes import LOG, USERS, results, texts

if TYPE_CHECKING:
    from strands.types.content import Messages

CODEC = StrandsCodec()


def call(call_id: str, name: str, **arguments: object) -> Message:
    use: Any = {"toolUse": {"toolUseId": call_id, "name": name, "input": arguments}}
    return {"role": "assistant", "content": [use]}


def result(call_id: str, *items: Any, status: Any = "success") -> Message:
    answer: Any = {"toolUseId": call_id, "status": status, "content": list(items)}
    return {"role": "user", "content": [{"toolResult": answer}]}


def conversation_of_every_kind() -> Messages:
    """Every kind of block that Strands knows, around results that are long enough to shorten."""
    image: Any = {"image": {"format": "png", "source": {"bytes": b"\x89PNG"}}}
    document: Any = {"document": {"format": "txt", "name": "a", "source": {"bytes": LOG.encode()}}}
    video: Any = {"video": {"format": "mp4", "source": {"bytes": b"\0"}}}
    audio: Any = {"audio": {"format": "wav", "source": {"bytes": b"\0"}}}
    guard: Any = {"guardContent": {"text": {"text": LOG}}}
    cited: Any = {"citationsContent": {"content": [{"text": LOG}], "citations": []}}
    thought: Any = {"reasoningContent": {"reasoningText": {"text": LOG, "signature": "c2ln"}}}
    redacted: Any = {"reasoningContent": {"redactedContent": b"\0\1"}}
    cache: Any = {"cachePoint": {"type": "default", "ttl": "5m"}}
    return [
        {
            "role": "user",
            "content": [{"text": "What failed?"}, image, document, video, audio, guard, cache],
            "tracking_id": "00000000-0000-4000-8000-000000000000",
        },
        {
            "role": "assistant",
            "content": [thought, redacted, {"text": LOG}, *call("c1", "read_log")["content"]],
            "metadata": {"custom": {"kept": True}},
        },
        result("c1", {"text": LOG}, image, document, {"text": "short"}),
        call("c2", "read_log", of="b"),
        {
            "role": "user",
            "content": [
                *result("c2", {"text": f"ERROR broken\n{LOG}"}, status="error")["content"],
                cache,
                {"text": LOG},
            ],
        },
        {"role": "assistant", "content": [cited]},
    ]


@pytest.mark.requirement("strands.blocks")
class TestStrands(AdapterContract[Message]):
    @pytest.fixture
    def codec(self) -> StrandsCodec:
        return StrandsCodec()

    @pytest.fixture
    def conversation(self) -> Messages:
        return conversation_of_every_kind()


def test_each_block_is_read_as_what_it_is() -> None:
    user, assistant, answer, _, _, cited = map(CODEC.parse, conversation_of_every_kind())

    kinds = ("document", "video", "audio", "guardContent", "cachePoint")
    assert user.parts == (Text("What failed?"), Image(), *map(Opaque, kinds))
    assert assistant.parts == (
        Opaque("reasoningContent"),
        Opaque("reasoningContent"),
        Text(LOG),
        ToolCall("c1", "read_log", "{}"),
    )
    assert answer.parts == (
        ToolResult(LOG, "c1"),
        Image(),
        Opaque("document"),
        ToolResult("short", "c1"),
    )
    assert cited.parts == (Opaque("citationsContent"),)


@pytest.mark.requirement("strands.blocks")
def test_a_json_item_reads_as_the_text_that_is_sent_and_becomes_one_when_shortened() -> None:
    value = {**json.loads(USERS), "odd": ["ä", None, 1.50]}
    messages = [call("c1", "list_users"), result("c1", {"json": value}, {"json": {"a": 1}})]
    before = copy.deepcopy(messages)

    sent = Headroom(Settings(), store=MemoryStore()).compress_native(messages, CODEC).messages

    assert CODEC.parse(messages[1]).parts[0] == ToolResult(
        json.dumps(value, ensure_ascii=False), "c1"
    )
    long, short = results(sent)[0]["content"]
    assert list(long) == ["text"]
    assert texts(sent)[0].startswith("[headroom ")
    assert short is results(messages)[0]["content"][1]
    assert messages == before


@pytest.mark.parametrize(
    "native",
    [
        None,
        "text",
        {},
        {"role": "user"},
        {"role": "user", "content": "not a list"},
        {"role": "user", "content": [None, 1, {}, {"text": None}, {"toolUse": 3}]},
        {"role": "tool", "content": [{"toolResult": {"content": None}}]},
        {"role": "user", "content": [{"toolResult": {"content": [None, {}, {"json": {1, 2}}]}}]},
    ],
)
def test_what_is_no_message_at_all_is_left_alone(native: Any) -> None:
    message = CODEC.parse(native)

    assert not any(isinstance(part, (Text, ToolResult)) for part in message.parts)
    assert CODEC.patch(native, {}) is native


@pytest.mark.parametrize("index", [-1, 1, 9])
def test_only_texts_can_be_replaced(index: int) -> None:
    picture: Any = {"image": {}}
    message: Message = {"role": "user", "content": [{"text": "a"}, picture]}

    with pytest.raises(ValueError, match="has no text to replace"):
        CODEC.patch(message, {index: "b"})


@pytest.mark.parametrize("name", ["retrieve_context", "retrieve_offloaded_content"])
def test_what_strands_gives_back_itself_is_left_alone(name: str) -> None:
    messages = [call("c1", name), result("c1", {"text": LOG})]

    codec = StrandsCodec.of(messages)

    assert codec.parse(messages[1]).parts == (Opaque("text"),)
    assert CODEC.parse(messages[1]).parts == (ToolResult(LOG, "c1"),)


@pytest.mark.parametrize("word", ["Offloaded", "Truncated", "Summarized"])
def test_a_preview_of_something_offloaded_is_left_alone(word: str) -> None:
    message = result("c1", {"text": f"[{word}: 1 blocks, ~9,000 tokens]\n{LOG}"})

    assert CODEC.parse(message).parts == (Opaque("text"),)
