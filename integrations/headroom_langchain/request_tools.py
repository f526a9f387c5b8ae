"""The tools of a request to a model: their names, and ours among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core.runnables import RunnableBinding
from langchain_core.tools import BaseTool

from headroom_core.formats.wire import WireObject, is_array, is_object, string
from headroom_core.retrieve_loop.offer import is_hosted, name_of
from headroom_core.tool import is_retrieve_tool, tool_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.language_models import BaseChatModel

_GROUPS = ("function_declarations", "functionDeclarations")
"""Where Google's models keep the functions of all tools in one entry."""
_BY_GOOGLE = frozenset(
    (
        *("google_search", "google_search_retrieval", "google_maps", "url_context"),
        *("code_execution", "enterprise_web_search", "file_search", "retrieval"),
    )
)
"""The tools that Google runs, by the key that an entry for such a tool has."""


def has_retrieve_tool(tools: object) -> bool:
    """Whether the retrieve tool is among a request's tools, in any provider's words."""
    return is_array(tools) and any(map(_is_ours, tools))


def has_others(tools: object) -> bool:
    """Whether a request has tools beside the retrieve tool, and beside those of the provider."""
    return is_array(tools) and not all(_is_ours(tool) or _is_hosted(tool) for tool in tools)


def are_strict(tools: Sequence[object]) -> bool:
    """Whether all functions are strict: some formats of answers ask it, and so of ours."""
    functions = [tool for tool in tools if is_object(tool) and name_of(tool)]
    return bool(functions) and all(map(_strict, functions))


def ours_in(model: BaseChatModel, *, strict: bool = False) -> list[object]:
    """The retrieve tool as this model's own `bind_tools` writes it; empty when it has none."""
    how: dict[str, Any] = {"strict": True} if strict else {}
    try:
        binding = model.bind_tools([tool_in("json_schema")], **how)
    except NotImplementedError:
        return []
    tools = binding.kwargs.get("tools") if isinstance(binding, RunnableBinding) else None
    return list(tools) if is_array(tools) else []


def with_ours(tools: Sequence[object], ours: Sequence[object]) -> list[object]:
    """The tools with ours behind them, in their entry where a provider wants a single one."""
    for group in _GROUPS:
        more = _declared(ours[0], group)
        for at, entry in enumerate(tools if more else ()):
            if is_object(entry) and (own := _declared(entry, group)):
                return [*tools[:at], {**entry, group: [*own, *more]}, *tools[at + 1 :]]
    return [*tools, *ours]


def _is_ours(tool: object) -> bool:
    """Whether an entry of a request's tools declares the retrieve tool."""
    if isinstance(tool, BaseTool):
        return is_retrieve_tool(tool.name)
    if not is_object(tool):
        return False
    spec = tool.get("toolSpec")
    if is_retrieve_tool(string(spec, "name") if is_object(spec) else name_of(tool)):
        return True
    declared = (each for group in _GROUPS if group in tool for each in _declared(tool, group))
    return any(is_retrieve_tool(name_of(each)) for each in declared)


def _is_hosted(tool: object) -> bool:
    """Whether the provider runs a tool: then some of its models take no function beside it."""
    if is_hosted(tool) or not is_object(tool):
        return is_hosted(tool)
    filled = {key for key, value in tool.items() if value is not None}
    return bool(filled) and filled <= _BY_GOOGLE


def _strict(tool: WireObject) -> bool:
    function = tool.get("function")
    return (function if is_object(function) else tool).get("strict") is True


def _declared(entry: object, group: str) -> list[object]:
    functions = entry.get(group) if is_object(entry) else None
    return list(functions) if is_array(functions) else []
