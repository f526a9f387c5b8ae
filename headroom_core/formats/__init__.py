"""Codecs for the messages that model providers' HTTP interfaces speak."""

from headroom_core.formats.anthropic import ANTHROPIC
from headroom_core.formats.openai_chat import OPENAI_CHAT
from headroom_core.formats.openai_responses import OPENAI_RESPONSES
from headroom_core.formats.recognise import CODECS, WireCodec, WireFormat, codec_for, wire_format
from headroom_core.formats.wire import FormatCodec

__all__ = [
    "ANTHROPIC",
    "CODECS",
    "OPENAI_CHAT",
    "OPENAI_RESPONSES",
    "FormatCodec",
    "WireCodec",
    "WireFormat",
    "codec_for",
    "wire_format",
]
