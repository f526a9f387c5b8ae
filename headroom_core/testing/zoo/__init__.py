"""A message of every kind that the wire formats know, for tests of codecs and adapters.

Each function builds its messages anew, so that a test may compare with a fresh set to see whether
anything was changed in place. The calls and results form one conversation, ids and all. Many
messages bear fields that no codec reads, as the real ones do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.testing.zoo.anthropic import anthropic_messages
from headroom_core.testing.zoo.odd import odd_messages
from headroom_core.testing.zoo.openai_chat import chat_messages
from headroom_core.testing.zoo.openai_responses import responses_messages
from headroom_core.testing.zoo.texts import LISTING, LOG, ROWS, Native

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "LISTING",
    "LOG",
    "ROWS",
    "ZOO",
    "Native",
    "anthropic_messages",
    "chat_messages",
    "odd_messages",
    "responses_messages",
]

ZOO: Mapping[str, Callable[[], list[Native]]] = {
    "openai_chat": chat_messages,
    "openai_responses": responses_messages,
    "anthropic": anthropic_messages,
}
"""The messages of each wire format, by its name."""
