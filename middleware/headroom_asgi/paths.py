"""Which requests are calls of a model: the paths of the APIs, and what stands in their bodies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_core.formats import WireFormat

PATHS: Mapping[str, WireFormat] = {
    "/chat/completions": "openai_chat",
    "/v1/responses": "openai_responses",
    "/v1/messages": "anthropic",
}
"""Ends of paths, so that it does not matter where an application is mounted."""

COUNTING_PATHS: Mapping[str, WireFormat] = {
    "/v1/messages/count_tokens": "anthropic",
    "/v1/responses/input_tokens": "openai_responses",
}
"""Ends of the paths that count the tokens of a request and call no model."""

MESSAGES_KEY: Mapping[WireFormat, str] = {
    "openai_chat": "messages",
    "openai_responses": "input",
    "anthropic": "messages",
}
"""Where the conversation stands in the body of a request."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What a path stands for."""

    shape: WireFormat
    counts: bool = False
    """Whether it only counts tokens, so that no answer of a model comes back."""
    is_batch: bool = False
    """Whether its body holds many requests, whose answers are fetched later."""


def endpoint_of(
    path: str,
    paths: Mapping[str, WireFormat] = PATHS,
    counting: Mapping[str, WireFormat] | None = None,
) -> Endpoint | None:
    """The endpoint that a path ends with, if it is one that is rewritten."""
    trimmed = path.rstrip("/")
    for end, shape in paths.items():
        if trimmed.endswith(end):
            return Endpoint(shape)
    for end, shape in (counting or {}).items():
        if trimmed.endswith(end):
            return Endpoint(shape, counts=True)
    return None


def checked_paths(paths: Mapping[str, WireFormat]) -> dict[str, WireFormat]:
    """Paths as a setting; a wrong one is a `ConfigError`."""
    for end, shape in paths.items():
        if not end.startswith("/"):
            raise ConfigError(f"`paths` must be ends of paths such as '/v1/messages', got {end!r}")
        if shape not in MESSAGES_KEY:
            allowed = ", ".join(map(repr, MESSAGES_KEY))
            raise ConfigError(f"`paths` must name one of {allowed}, got {shape!r}")
    return {end.rstrip("/"): shape for end, shape in paths.items()}
