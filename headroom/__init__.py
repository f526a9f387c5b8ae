"""Headroom: the same answers from a fraction of the tokens, and nothing thrown away.

from headroom import compress

result = compress(messages, model="gpt-4o")
result.messages, result.tokens_saved
"""

from __future__ import annotations

from headroom.api import acompress, compress, retrieve
from headroom_core.config import load as load_settings
from headroom_core.conversations import decode, decode_messages
from headroom_core.engine.headroom import Headroom
from headroom_core.errors import (
    ConfigError,
    CorruptedError,
    DecodeError,
    EvictedError,
    HeadroomError,
    MessagesError,
    MissingExtraError,
    NotFoundError,
    RetrieveError,
    StoreError,
)
from headroom_core.model_settings import ModelSettings
from headroom_core.notes import find_notes
from headroom_core.report import CompressResult, Edit
from headroom_core.retrieve import Retrieved
from headroom_core.settings import Settings
from headroom_core.store.settings import StoreSettings
from headroom_core.tool import RETRIEVE_TOOL, answer_tool_call
from headroom_core.version import __version__

__all__ = [
    "RETRIEVE_TOOL",
    "CompressResult",
    "ConfigError",
    "CorruptedError",
    "DecodeError",
    "Edit",
    "EvictedError",
    "Headroom",
    "HeadroomError",
    "MessagesError",
    "MissingExtraError",
    "ModelSettings",
    "NotFoundError",
    "RetrieveError",
    "Retrieved",
    "Settings",
    "StoreError",
    "StoreSettings",
    "__version__",
    "acompress",
    "answer_tool_call",
    "compress",
    "decode",
    "decode_messages",
    "find_notes",
    "load_settings",
    "retrieve",
]
