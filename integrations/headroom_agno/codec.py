"""Read Agno's messages, and write new texts back into copies of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.formats.content import ROLES
from headroom_core.formats.wire import arguments_text, is_array, is_object, string
from headroom_core.messages import Image, Message, Opaque, Part, Text, ToolCall, ToolResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from agno.models.message import Message as AgnoMessage

OFFLOADED = "<result id="
"""How Agno's own envelope of an offloaded result starts."""
READERS = frozenset({"read_result", "search_result"})
"""Agno's own tools that read an offloaded result back, page by page."""

Place = tuple[int, str | None] | None
"""Where in a list a text stands, and under which key of the block; `None` for a plain content."""


@dataclass(frozen=True, slots=True)
class AgnoCodec:
    """The `Codec` of `agno.models.message.Message`.

    `compressed` tells it to read the text that Agno sends when one of its compression managers is
    at work: `compressed_content`, where there is one.
    """

    compressed: bool = False

    def parse(self, native: AgnoMessage) -> Message:
        parts: list[Part] = [part for _, part in self._texts(native)]
        if native.images:
            parts.extend(Image() for _ in native.images)
        if native.audio or native.videos or native.files:
            parts.append(Opaque("media"))
        if native.role != "tool" and native.tool_calls:
            parts.extend(_call(call) for call in native.tool_calls)
        return Message(ROLES.get(native.role, "other"), tuple(parts))

    def patch(self, native: AgnoMessage, texts: Mapping[int, str]) -> AgnoMessage:
        if not texts:
            return native
        places = list(self._texts(native))
        content: object = native.content
        field = self._field(native)
        for index, text in texts.items():
            place, part = places[index] if 0 <= index < len(places) else (None, Opaque(""))
            if not isinstance(part, (Text, ToolResult)):
                raise ValueError(f"part {index!r} of this message has no text to replace")  # noqa: TRY004 - what the protocol of codecs says
            content = text if place is None else _replaced(content, place, text)
        return native.model_copy(update={field: content})

    def _field(self, native: AgnoMessage) -> str:
        used = self.compressed and native.compressed_content is not None
        return "compressed_content" if used else "content"

    def _texts(self, native: AgnoMessage) -> Iterator[tuple[Place, Part]]:
        """The parts of a message's content, each with its place; the rest stays out of sight."""
        content: object = getattr(native, self._field(native))
        as_part = _as_part(native)
        if isinstance(content, str):
            yield None, Opaque("offloaded") if _is_offloaded(native, content) else as_part(content)
        elif is_array(content):
            for index, item in enumerate(content):
                if isinstance(item, str):
                    yield (index, None), _of_call(native, index, item) or as_part(item)
                elif is_object(item) and _is_plain_text(item):
                    yield (index, "text"), as_part(string(item, "text"))
                else:
                    yield (index, None), Opaque(string(item, "type") if is_object(item) else "item")
        elif content is not None:
            yield None, Opaque("content")


def _as_part(native: AgnoMessage) -> Callable[[str], Text | ToolResult]:
    """What a text of this message is: somebody's words, or the result of a tool."""
    if native.role != "tool":
        return Text
    call_id, name = native.tool_call_id or "", native.tool_name or ""
    failed = bool(native.tool_call_error)
    return lambda text: ToolResult(text, call_id, is_error=failed, name=name)


def _of_call(native: AgnoMessage, index: int, text: str) -> ToolResult | None:
    """One of several results in one message, as sessions of earlier Gemini models hold them."""
    calls = native.tool_calls or []
    if native.role != "tool" or native.tool_call_id is not None or index >= len(calls):
        return None
    call: object = calls[index]
    if not is_object(call):
        return None
    return ToolResult(text, string(call, "tool_call_id"), name=string(call, "tool_name"))


def _is_plain_text(block: dict[str, object]) -> bool:
    """A text that nothing points into: citations count its characters."""
    return (
        string(block, "type") == "text"
        and isinstance(block.get("text"), str)
        and not block.get("citations")
        and not block.get("annotations")
    )


def _is_offloaded(native: AgnoMessage, text: str) -> bool:
    """Whether Agno has put the result away itself, or reads it back."""
    if native.role != "tool":
        return False
    return native.tool_name in READERS or text.startswith(OFFLOADED)


def _call(call: object) -> ToolCall | Opaque:
    """A call as Agno keeps it, whatever the provider: in the shape of Chat Completions."""
    function = call.get("function") if is_object(call) else None
    if not is_object(call) or not is_object(function):
        return Opaque("tool_call")
    arguments = arguments_text(function.get("arguments"))
    return ToolCall(string(call, "id"), string(function, "name"), arguments)


def _replaced(content: object, place: tuple[int, str | None], text: str) -> object:
    """A copy of a content that is a list, with one of its texts replaced."""
    index, key = place
    out = list(content) if is_array(content) else []
    block = out[index]
    out[index] = {**block, key: text} if key is not None and is_object(block) else text
    return out
