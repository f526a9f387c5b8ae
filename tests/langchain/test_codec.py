"""The codec for LangChain's messages."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    RemoveMessage,
    SystemMessage,
    ToolMessage,
)

from headroom_core.messages import Image, Message, Opaque, Text, ToolCall, ToolResult
from headroom_core.testing.adapter_contract import AdapterContract
from headroom_langchain import LangChainCodec
from tests.langchain.conversation import LOG, log_text
from tests.langchain.fakes import says

CODEC = LangChainCodec()
PICTURE = {"type": "image", "base64": "iVBORw0KGgo=", "mime_type": "image/png"}
THOUGHT = {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}


def blocks(*content: object) -> Any:
    return list(content)


def text(content: str, **fields: object) -> dict[str, object]:
    return {"type": "text", "text": content, **fields}


def conversation_of_all_kinds() -> list[BaseMessage]:
    first = ("run_command", {"command": "tail app.log"}, "call_1")
    second = ("run_command", {"command": "tail other.log"}, "call_2")
    anthropic: dict[str, object] = {"type": "tool_use", "id": "call_3", "name": "look", "input": {}}
    nested = {"type": "tool_result", "tool_use_id": "call_3", "content": [text(log_text(seed=5))]}
    calling = says("", ("look", {}, "call_3")).model_copy(
        update={"content": blocks(THOUGHT, text("Looking."), anthropic)}
    )
    messages: list[BaseMessage] = [
        SystemMessage(blocks(text("Be brief.", cache_control={"type": "ephemeral"}))),
        SystemMessage("Obey.", additional_kwargs={"__openai_role__": "developer"}),
        HumanMessage(blocks(text("Look at this."), PICTURE, "and at that")),
        says("Both.", first, second),
        ToolMessage(LOG, tool_call_id="call_1", artifact={"rows": 500}, name="run_command"),
        ToolMessage(
            blocks(text(log_text(seed=9), cache_control={"type": "ephemeral"}), PICTURE),
            tool_call_id="call_2",
            status="error",
        ),
        calling,
        HumanMessage(blocks(nested, text("So?"))),
        FunctionMessage(content=log_text(seed=7), name="run_command"),
        ChatMessage(content=log_text(seed=8), role="tool"),
        ChatMessage(content="And?", role="user"),
        AIMessageChunk(content="Well."),
        RemoveMessage("1"),
    ]
    return messages


class TestContract(AdapterContract[BaseMessage]):
    @pytest.fixture
    def codec(self) -> LangChainCodec:
        return CODEC

    @pytest.fixture
    def conversation(self) -> list[BaseMessage]:
        return conversation_of_all_kinds()


CASES: list[tuple[BaseMessage, Message]] = [
    (SystemMessage("a"), Message("system", (Text("a"),))),
    (
        SystemMessage("a", additional_kwargs={"__openai_role__": "developer"}),
        Message("developer", (Text("a"),)),
    ),
    (HumanMessage(blocks("a", PICTURE)), Message("user", (Text("a"), Image()))),
    (
        HumanMessage(blocks({"type": "text-plain", "text": "a"}, {"type": "file", "file_id": "1"})),
        Message("user", (Text("a"), Opaque("file"))),
    ),
    (
        says("a", ("look", {"at": 1}, "1")),
        Message("assistant", (Text("a"), ToolCall("1", "look", '{"at":1}'))),
    ),
    (
        AIMessage(
            "",
            invalid_tool_calls=[{"name": None, "args": "{", "id": None, "error": "bad"}],
        ),
        Message("assistant", (Text(""), ToolCall("", "", "{"))),
    ),
    (
        AIMessage(blocks(THOUGHT, text("a", citations=[{"start": 0}]))),
        Message("assistant", (Opaque("thinking"), Opaque("text"))),
    ),
    (
        ToolMessage("a", tool_call_id="1", name="look", status="error"),
        Message("tool", (ToolResult("a", "1", is_error=True, name="look"),)),
    ),
    (
        HumanMessage(
            blocks(
                {"type": "tool_result", "tool_use_id": "1", "content": "a", "is_error": True},
                {"type": "tool_result", "tool_use_id": "2", "content": [text("b"), PICTURE]},
                {"type": "tool_result", "tool_use_id": "3", "content": ["odd"]},
                {"type": "tool_result", "tool_use_id": "4"},
            )
        ),
        Message(
            "user",
            (
                ToolResult("a", "1", is_error=True),
                ToolResult("b", "2"),
                Image(),
                Opaque("block"),
            ),
        ),
    ),
    (FunctionMessage(content="a", name="f"), Message("tool", (ToolResult("a", "", name="f"),))),
    (ChatMessage(content="a", role="tool"), Message("tool", (ToolResult("a", ""),))),
    (ChatMessage(content="a", role="critic"), Message("other", (Text("a"),))),
    (RemoveMessage("1"), Message("other", (Text(""),))),
]


@pytest.mark.parametrize(("native", "message"), CASES, ids=lambda each: type(each).__name__)
def test_messages_are_read(native: BaseMessage, message: Message) -> None:
    assert CODEC.parse(native) == message


def test_content_that_is_no_content_is_opaque() -> None:
    odd = HumanMessage("").model_copy(update={"content": [None, {"no": "type"}]})

    assert CODEC.parse(odd).parts == (Opaque("block"), Opaque("block"))
    assert CODEC.parse(HumanMessage("").model_copy(update={"content": None})).parts == ()


def test_a_patched_message_keeps_every_other_field_by_reference() -> None:
    artifact = {"rows": 500}
    native = ToolMessage(
        blocks(text("long", cache_control={"type": "ephemeral"}), PICTURE),
        tool_call_id="1",
        artifact=artifact,
        status="error",
        id="7",
        name="look",
        extra="kept",
    )

    patched = CODEC.patch(native, {0: "short"})

    assert isinstance(patched, ToolMessage)
    assert patched.content == [text("short", cache_control={"type": "ephemeral"}), PICTURE]
    assert patched.content[1] is native.content[1]
    assert patched.artifact is artifact
    assert patched.model_dump(exclude={"content"}) == native.model_dump(exclude={"content"})
    assert native.text == "long"


@pytest.mark.parametrize("part", [1, 2, -1])
def test_only_texts_can_be_replaced(part: int) -> None:
    with pytest.raises(ValueError, match="no text to replace"):
        CODEC.patch(HumanMessage(blocks("a", PICTURE)), {part: "b"})
