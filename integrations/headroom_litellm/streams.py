"""Streams that have to be read to their end before the client may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litellm.types.integrations import custom_logger

from headroom_litellm.surfaces import ANTHROPIC

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_litellm.request import Arguments, Request

_PREFIX = "_headroom_interception"
"""LiteLLM's own name for requests whose streams it replays after a loop of tool calls."""

CONVERTED, OPTIONS = f"{_PREFIX}_converted_stream", f"{_PREFIX}_stream_options"

_KEEPS_OPTIONS = hasattr(custom_logger, "STREAM_OPTIONS_STASH_KEYS")
"""Whether this LiteLLM replays streams with their options. Older ones would send ours upstream."""


def must_be_read(request: Request) -> bool:
    """Whether a stream could hold a call of ours, which its client must not see.

    Only where the model has a note before it; until then every stream is live. Streams of
    Anthropic's API are held back by LiteLLM itself, see `server_fulfilled_tool_names`.
    """
    streams = bool(request.arguments.get("stream"))
    return streams and request.surface is not ANTHROPIC and request.may_be_asked


def converted(arguments: Mapping[str, object]) -> Arguments:
    """Arguments that make LiteLLM ask for a whole answer and replay it as a stream."""
    out = {name: value for name, value in arguments.items() if name != "stream_options"}
    options = arguments.get("stream_options")
    if _KEEPS_OPTIONS and options is not None:
        out[OPTIONS] = options
    return {**out, "stream": False, CONVERTED: True}
