"""Recognise a wire format: of a message by itself, and of a whole conversation.

The format of a message depends on that message alone, so that what is read from it never changes
when the conversation grows. A message without any sign reads the same in every format.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from headroom_core.formats.anthropic import ANTHROPIC
from headroom_core.formats.content import ROLES
from headroom_core.formats.openai_chat import OPENAI_CHAT, RESULT_ROLES
from headroom_core.formats.openai_responses import ITEMS, OPENAI_RESPONSES
from headroom_core.formats.wire import FormatCodec, WireObject, is_array, is_object, string
from headroom_core.messages import Message, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WireFormat = Literal["openai_chat", "openai_responses", "anthropic"]

_CODECS: dict[WireFormat, FormatCodec] = {
    "openai_chat": OPENAI_CHAT,
    "openai_responses": OPENAI_RESPONSES,
    "anthropic": ANTHROPIC,
}

CODECS: tuple[FormatCodec, ...] = tuple(_CODECS.values())
"""The codec of each wire format, with its `name`."""

_CHAT_KEYS = frozenset({"tool_calls", "function_call"})

_BLOCK_SIGNS: dict[str, WireFormat] = {
    "image_url": "openai_chat",
    "input_audio": "openai_chat",
    "file": "openai_chat",
    "input_text": "openai_responses",
    "output_text": "openai_responses",
    "input_image": "openai_responses",
    "input_file": "openai_responses",
    "tool_use": "anthropic",
    "tool_result": "anthropic",
    "server_tool_use": "anthropic",
    "mcp_tool_use": "anthropic",
    "mcp_tool_result": "anthropic",
    "thinking": "anthropic",
    "redacted_thinking": "anthropic",
    "image": "anthropic",
    "document": "anthropic",
    "search_result": "anthropic",
}


def codec_for(native: object) -> FormatCodec:
    """Return the codec that reads this message, from the message alone."""
    return _CODECS[_sign(native) or "openai_chat"]


def wire_format(messages: Iterable[object], model: str | None = None) -> WireFormat:
    """Tell which format a conversation is in, and so which one its tools have to be in.

    The first message that bears a sign decides. Without one, an instruction among the messages
    speaks for Chat Completions, then the name of the model for its maker's own format.
    """
    instructed = False
    for native in messages:
        if (sign := _sign(native)) is not None:
            return sign
        instructed = instructed or _is_instruction(native)
    is_claude = model is not None and "claude" in model.lower()
    return "anthropic" if is_claude and not instructed else "openai_chat"


class WireCodec:
    """The `Codec` of all wire formats: each message is read in its own."""

    def parse(self, native: object) -> Message:
        return _plain(native) or codec_for(native).parse(native)

    def patch(self, native: object, texts: Mapping[int, str]) -> object:
        return codec_for(native).patch(native, texts) if texts else native


def _plain(native: object) -> Message | None:
    """A message that is a role and a text and nothing else, as most are, read at once."""
    if not is_object(native) or len(native) != 2:
        return None
    role, text = native.get("role"), native.get("content")
    if not isinstance(role, str) or not isinstance(text, str) or role in RESULT_ROLES:
        return None
    return Message(ROLES.get(role, "other"), (Text(text),))


def _sign(native: object) -> WireFormat | None:
    if not is_object(native):
        return None
    kind = string(native, "type")
    if kind in ITEMS or (kind and "role" not in native):
        return "openai_responses"
    if (
        string(native, "role") in RESULT_ROLES
        or "tool_calls" in native
        or "function_call" in native
    ):
        return "openai_chat"
    if (sign := _block_sign(native)) is not None:
        return sign
    return "openai_responses" if kind == "message" else None


def _block_sign(native: WireObject) -> WireFormat | None:
    content = native.get("content")
    if is_array(content):
        for block in content:
            sign = _BLOCK_SIGNS.get(string(block, "type")) if is_object(block) else None
            if sign is not None:
                return sign
    return None


def _is_instruction(native: object) -> bool:
    return is_object(native) and string(native, "role") in {"system", "developer"}
