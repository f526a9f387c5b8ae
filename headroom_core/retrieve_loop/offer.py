"""Whether a request can redeem notes: decided by the settings and its tools, and nothing else.

`tool_choice` and the format of the answer may change from one request to the next, and history
must not change with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.formats.wire import is_array, is_object, string
from headroom_core.tool import is_retrieve_tool, tool_in

if TYPE_CHECKING:
    from headroom_core.formats import WireFormat


_HOSTED = (
    *("web_search", "web_fetch", "file_search", "code_interpreter", "code_execution"),
    *("image_generation", "mcp", "tool_search"),
)
"""How the types of tools begin that OpenAI or Anthropic run; a version may follow."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a request's tools become."""

    redeemable: bool
    """Whether views may be made for this request."""
    tools: list[object]
    """The tools to send: the client's own, and ours behind them where it was added."""
    added: bool = False
    """Whether ours was added, so that the client does not know it."""


def make_offer(shape: WireFormat, tools: object, *, retrieval: bool) -> Offer:
    """Add the retrieve tool to a request that has tools of the client's; others are left without.

    A request without tools may be a structured answer, a title or a summary: a tool would change
    what the model does. Where the provider runs all of them, no result passes through here that
    could be shortened, and some models take no tool beside such. These requests are lossless.
    """
    own = list(tools) if is_array(tools) else []
    if not retrieval or all(map(is_hosted, own)):
        return Offer(redeemable=False, tools=own)
    if any(is_retrieve_tool(name_of(tool)) for tool in own):
        return Offer(redeemable=True, tools=own)
    return Offer(redeemable=True, tools=[*own, tool_in(shape)], added=True)


def is_hosted(tool: object) -> bool:
    """Whether the provider runs a tool. One of a kind that is not known is the client's."""
    return is_object(tool) and string(tool, "type").startswith(_HOSTED)


def name_of(tool: object) -> str:
    """The name of a tool in any of the shapes."""
    if not is_object(tool):
        return ""
    function = tool.get("function")
    return string(function if is_object(function) else tool, "name")
