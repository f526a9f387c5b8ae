"""Decode a whole conversation: every part of ours back into what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from headroom_core.decoding import decode_text
from headroom_core.errors import DecodeError
from headroom_core.formats import WireCodec
from headroom_core.messages import Text, ToolResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.codec import Codec

M = TypeVar("M")


def decode(text: str, context: Sequence[object] = ()) -> str:
    """The original of any of our lossless forms, whole or mixed; other text as it is.

    `context` are the messages that stand before the text, for forms that point to them. Raises
    `DecodeError` for a form that is damaged, or whose base is missing.
    """
    return decode_text(text, _decoded(context)[1])


def decode_messages(messages: Sequence[M]) -> list[M]:
    """The messages with every lossless form turned back; views and all else stay as they are.

    A part that only looks like a form of ours, and so was never one, stays as it is too.
    """
    return _decoded(messages)[0]


def _decoded(messages: Sequence[M]) -> tuple[list[M], list[str]]:
    """The decoded messages, and the texts of all their tool results in order."""
    codec = cast("Codec[M]", WireCodec())  # a wire message is patched into its own type
    out: list[M] = []
    earlier: list[str] = []
    for native in messages:
        message = codec.parse(native)
        texts: dict[int, str] = {}
        results: list[str] = []
        for index, part in enumerate(message.parts):
            if isinstance(part, (Text, ToolResult)):
                original = _original(part.text, earlier)
                if original != part.text:
                    texts[index] = original
                if isinstance(part, ToolResult):
                    results.append(original)
        out.append(codec.patch(native, texts) if texts else native)
        earlier.extend(results)
    return out, earlier


def _original(text: str, earlier: Sequence[str]) -> str:
    try:
        return decode_text(text, earlier)
    except DecodeError:
        return text
