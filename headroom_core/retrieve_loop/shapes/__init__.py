"""What the loop has to know about each wire format: calls, results, usage, and nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.retrieve_loop.shapes.anthropic import AnthropicShape
from headroom_core.retrieve_loop.shapes.chat import ChatShape
from headroom_core.retrieve_loop.shapes.pieces import between
from headroom_core.retrieve_loop.shapes.responses import ResponsesShape
from headroom_core.retrieve_loop.shapes.shape import Call, Shape
from headroom_core.retrieve_loop.shapes.usage import add_usage

if TYPE_CHECKING:
    from headroom_core.formats import WireFormat

SHAPES: dict[WireFormat, Shape] = {
    "openai_chat": ChatShape(),
    "openai_responses": ResponsesShape(),
    "anthropic": AnthropicShape(),
}

__all__ = ["SHAPES", "Call", "Shape", "add_usage", "between"]
