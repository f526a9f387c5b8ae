"""Whether a request can redeem notes: decided by the settings and its tools, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agno.tools.function import Function

from headroom_core.formats.wire import is_object, string
from headroom_core.retrieve_loop.offer import name_of
from headroom_core.tool import is_retrieve_tool

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agno.models.base import Model

GEMINI_OWN = (
    *("search", "grounding", "url_context", "vertexai_search", "parallel_search"),
    "file_search_store_names",
)
"""Settings of Gemini with which it sends its own tools and leaves out all of the agent's."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a request's tools say about the retrieve tool."""

    redeemable: bool = False
    """Whether views may be made for this request."""
    added: bool = False
    """Whether the tool is to be added, so that Agno does not know it."""


def make_offer(model: Model, tools: Sequence[object] | None, *, adds_tool: bool) -> Offer:
    """Decide for a request with these tools, `Function`s or what a provider's class made of them.

    A request without a function among its tools may be a title or a summary: a tool would change
    what the model does, so such a request is left without.
    """
    functions = [tool for tool in tools or () if _is_function(tool)]
    if not functions or _leaves_out(model):
        return Offer()
    if carries_retrieve(functions):
        return Offer(redeemable=True)
    return Offer(redeemable=adds_tool, added=adds_tool)


def carries_retrieve(tools: Iterable[object]) -> bool:
    """Whether the retrieve tool is among these."""
    return any(is_retrieve_tool(_name(tool)) for tool in tools)


def _is_function(tool: object) -> bool:
    return isinstance(tool, Function) or (is_object(tool) and string(tool, "type") == "function")


def _name(tool: object) -> str:
    return tool.name if isinstance(tool, Function) else name_of(tool)


def _leaves_out(model: Model) -> bool:
    """Whether the provider's class will not show the agent's tools to the model."""
    if not any(base.__name__ == "Gemini" for base in type(model).__mro__):
        return False
    return any(getattr(model, name, None) for name in GEMINI_OWN)
