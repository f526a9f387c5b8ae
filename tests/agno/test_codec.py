"""Agno's messages are read as they are, and only their texts are ever changed, in copies."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest
from agno.models.message import Message

from headroom_agno import AgnoCodec
from headroom_core.engine.headroom import Headroom
from headroom_core.messages import Image, Opaque, Text, ToolCall, ToolResult
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_core.testing.adapter_contract import AdapterContract
from headroom_core.testing.zoo.texts import LOG, ROWS
from headroom_core.tool import NAME
from tests.agno.messages import call, conversation, printed, zoo
from tests.conversations import log

if TYPE_CHECKING:
    from headroom_core.codec import Codec

CODEC = AgnoCodec()


class TestAgno(AdapterContract[Message]):
    @pytest.fixture
    def codec(self) -> Codec[Message]:
        return AgnoCodec()

    @pytest.fixture
    def conversation(self) -> list[Message]:
        return conversation()


class TestAgnoWithCompressedContents(AdapterContract[Message]):
    @pytest.fixture
    def codec(self) -> Codec[Message]:
        return AgnoCodec(compressed=True)

    @pytest.fixture
    def conversation(self) -> list[Message]:
        messages = conversation()
        messages[3] = messages[3].model_copy(
            update={"content": "the whole", "compressed_content": log(400)}
        )
        return messages


@pytest.mark.parametrize("native", zoo(), ids=lambda each: each.role)
def test_an_idle_message_is_the_same_object(native: Message) -> None:
    before = copy.deepcopy(native)

    CODEC.parse(native)

    assert CODEC.patch(native, {}) is native
    assert native == before


@pytest.mark.parametrize("native", zoo(), ids=lambda each: each.role)
def test_an_edit_changes_one_text_and_nothing_else(native: Message) -> None:
    before = copy.deepcopy(native)
    parts = CODEC.parse(native).parts

    for index, part in enumerate(parts):
        if not isinstance(part, (Text, ToolResult)):
            with pytest.raises(ValueError, match="has no text to replace"):
                CODEC.patch(native, {index: "new"})
            continue
        patched = CODEC.patch(native, {index: "new"})
        now = CODEC.parse(patched).parts
        assert [each for at, each in enumerate(now) if at != index] == [
            each for at, each in enumerate(parts) if at != index
        ]
        assert patched.model_copy(update={"content": native.content}) == native
        assert CODEC.patch(patched, {index: part.text}) == native
    assert native == before


def test_an_index_beyond_the_parts_is_an_error() -> None:
    with pytest.raises(ValueError, match="part 5 of this message"):
        CODEC.patch(Message(role="user", content="x"), {5: "new"})


def test_what_stands_in_a_message_is_told_apart() -> None:
    messages = zoo()
    parsed = [CODEC.parse(each).parts for each in messages]

    assert parsed[2] == (
        Text("Let me see."),
        ToolCall("c1", "run_command", '{"command": "make test"}'),
    )
    assert parsed[5] == (ToolResult(ROWS, "c2", name="http_get"), Opaque("image"))
    assert isinstance(parsed[6][0], ToolResult)
    assert parsed[6][0].is_error
    assert parsed[10] == (Text("Look."), Image())
    assert parsed[11] == ()
    assert parsed[12] == (Text("Listen."), Opaque("media"))
    assert parsed[14] == (Opaque("text"),)
    assert parsed[15] == (Opaque("tool_call"),)


def test_several_results_in_one_message_keep_their_own_calls() -> None:
    (combined,) = [each for each in zoo() if each.role == "tool" and each.tool_calls]

    assert CODEC.parse(combined).parts == (
        ToolResult(LOG, "c4", name="read_log"),
        ToolResult(ROWS, "c5", name="http_get"),
    )


def test_a_list_with_odd_calls_is_still_read() -> None:
    native = Message(role="tool", content=[LOG, ROWS, "x"], tool_calls=[{"tool_call_id": "c1"}])
    assert CODEC.parse(native).parts[1] == ToolResult(ROWS, "")

    native.tool_calls = ["what"]  # type: ignore[list-item]  # as a broken database
    assert CODEC.parse(native).parts[0] == ToolResult(LOG, "")


@pytest.mark.requirement("agno.envelopes")
def test_what_agno_put_away_itself_is_left_alone() -> None:
    engine = Headroom(Settings(retrieval=True), store=MemoryStore())
    messages = [
        printed(f'<result id="r1">\n{LOG}\n</result>', "c1", "read_log"),
        printed(LOG, "c2", "read_result"),
        printed(LOG, "c3", NAME),
    ]

    assert not engine.compress_native(messages, CODEC).edits


def test_what_a_manager_of_agnos_wrote_is_what_is_read() -> None:
    native = printed("whole", "c1", "read_log", compressed_content="short")

    assert AgnoCodec(compressed=True).parse(native).parts == (
        ToolResult("short", "c1", name="read_log"),
    )
    patched = AgnoCodec(compressed=True).patch(native, {0: "shorter"})
    assert (patched.content, patched.compressed_content) == ("whole", "shorter")
    assert CODEC.parse(native).parts == (ToolResult("whole", "c1", name="read_log"),)


def test_a_call_without_arguments_is_a_call() -> None:
    bare = {"id": "c1", "type": "function", "function": {"name": "now"}}

    message = Message(role="assistant", tool_calls=[bare, call("c2", "then")])

    assert CODEC.parse(message).parts[1] == ToolCall("c2", "then", "{}")


def test_a_content_of_no_known_type_is_opaque() -> None:
    native = Message(role="user", content="x").model_copy(update={"content": 7})

    assert CODEC.parse(native).parts == (Opaque("content"),)
