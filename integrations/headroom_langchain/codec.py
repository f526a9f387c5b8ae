"""`LangChainCodec`: read LangChain's messages, and put new texts into copies of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)

from headroom_core.formats.content import COMMON, ROLES, AsPart
from headroom_core.formats.wire import (
    FormatCodec,
    Path,
    Reading,
    WireObject,
    arguments_text,
    is_array,
    is_object,
    string,
)
from headroom_core.messages import Message, Opaque, Text, ToolCall, ToolResult

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headroom_core.messages import Role


class LangChainCodec:
    """`Codec` for `BaseMessage` and its subclasses.

    Tool calls are those of `tool_calls`; the blocks that repeat them in a provider's own words are
    opaque, and so is every kind of block that is not plain text.
    """

    def parse(self, native: BaseMessage) -> Message:
        text = native.content
        if not isinstance(text, str):
            reading = _read(native)
            return Message(reading.role, tuple(reading.parts))
        # Nearly every message of nearly every request: one text, and no blocks to walk.
        role, as_part = _author(native)
        return Message(role, (as_part(text), *_calls(native)))

    def patch(self, native: BaseMessage, texts: Mapping[int, str]) -> BaseMessage:
        if not texts:
            return native
        patched = _CONTENT.patch({"content": native.content, "message": native}, texts)
        # No validation, and every other field by reference: it was valid before.
        content = patched.get("content") if is_object(patched) else native.content
        return native.model_copy(update={"content": content})


class _Named(Protocol):
    """A call as `AIMessage.tool_calls` and `AIMessage.invalid_tool_calls` hold it."""

    def get(self, key: str, /) -> object: ...


def _read(native: BaseMessage) -> Reading:
    role, as_part = _author(native)
    reading = Reading(role)
    _read_content(reading, native.content, as_part)
    for call in _calls(native):
        reading.fixed(call)
    return reading


def _author(native: BaseMessage) -> tuple[Role, AsPart]:
    """Who speaks, and what a text of theirs is."""
    match native:
        case HumanMessage():
            return "user", Text
        case AIMessage():
            return "assistant", Text
        case ToolMessage():
            call_id, name = native.tool_call_id, native.name or ""
            is_error = native.status == "error"
            return "tool", lambda text: ToolResult(text, call_id, is_error, name)
        case FunctionMessage() | ChatMessage(role="tool" | "function"):
            name = native.name or ""
            return "tool", lambda text: ToolResult(text, "", name=name)
        case _:
            return _role(native), Text


def _role(native: BaseMessage) -> Role:
    match native:
        case SystemMessage():
            is_developer = native.additional_kwargs.get("__openai_role__") == "developer"
            return "developer" if is_developer else "system"
        case ChatMessage(role=role):
            return ROLES.get(role, "other")
        case _:
            return "other"


def _calls(native: BaseMessage) -> Sequence[ToolCall]:
    if not isinstance(native, AIMessage):
        return ()
    return [_call(call) for call in (*native.tool_calls, *native.invalid_tool_calls)]


def _call(call: _Named) -> ToolCall:
    call_id, name = call.get("id"), call.get("name")
    arguments = arguments_text(call.get("args"))
    return ToolCall(str(call_id or ""), str(name or ""), arguments)


def _read_content(reading: Reading, content: object, as_part: AsPart) -> None:
    if isinstance(content, str):
        reading.leaf(as_part(content), ("content",))
        return
    for index, block in enumerate(content if is_array(content) else ()):
        path: Path = ("content", index)
        if isinstance(block, str):
            reading.leaf(as_part(block), path)
        elif is_object(block):
            _read_block(reading, block, path, as_part)
        else:
            reading.fixed(Opaque("block"))


def _read_block(reading: Reading, block: WireObject, path: Path, as_part: AsPart) -> None:
    kind = string(block, "type")
    if kind == "text-plain" and isinstance(text := block.get("text"), str):
        reading.leaf(as_part(text), (*path, "text"))
    elif kind == "tool_result" and reading.role == "user":
        _read_nested(reading, block, path)
    elif (reader := COMMON.get(kind)) is not None:
        reader(reading, block, path, as_part)
    else:
        reading.fixed(Opaque(kind or "block"))


def _read_nested(reading: Reading, block: WireObject, path: Path) -> None:
    """A tool's result as a block of Anthropic's inside a human message."""
    call_id, is_error = string(block, "tool_use_id"), block.get("is_error") is True
    content = block.get("content")

    def as_part(text: str) -> ToolResult:
        return ToolResult(text, call_id, is_error)

    if isinstance(content, str):
        reading.leaf(as_part(content), (*path, "content"))
    for index, inner in enumerate(content if is_array(content) else ()):
        reader = COMMON.get(string(inner, "type")) if is_object(inner) else None
        if is_object(inner) and reader is not None:
            reader(reading, inner, (*path, "content", index), as_part)
        else:
            reading.fixed(Opaque("block"))


def _read_view(view: object) -> Reading:
    """Read what `patch` wraps: the paths of a message lead into its content."""
    message = view.get("message") if is_object(view) else None
    return _read(message) if isinstance(message, BaseMessage) else Reading("other")


_CONTENT = FormatCodec("langchain", _read_view)
