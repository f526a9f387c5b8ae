"""The core's model of a conversation: what a codec reads out of a framework's messages.

A message is a role and a tuple of parts. Parts carry only what decisions need; whatever else the
framework's own object holds stays there, because messages are patched and never rebuilt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["system", "developer", "user", "assistant", "tool", "other"]


@dataclass(frozen=True, slots=True)
class Text:
    """Text that a person, a developer or the model wrote."""

    text: str
    pasted: bool = False
    """Whether it is a document or search result that the message carries beside its words."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that the model made. Never changed; it tells where the result came from."""

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ToolResult:
    """One text of a tool's result. A result of several text blocks is several parts."""

    text: str
    call_id: str
    is_error: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture, by value or by address. Never changed."""


@dataclass(frozen=True, slots=True)
class Opaque:
    """Anything a codec does not know, or must not touch. Never changed."""

    kind: str


Part = Text | ToolCall | ToolResult | Image | Opaque


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation, as the core sees it."""

    role: Role
    parts: tuple[Part, ...]
