"""The calls in a model's answer: which are of the retrieve tool, and the answer without those."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.formats.wire import arguments_text, is_array, is_object, string
from headroom_core.tool import is_retrieve_tool

if TYPE_CHECKING:
    from collections.abc import Collection

    from langchain_core.messages import AIMessage

CALL_KINDS = frozenset(
    {
        *("tool_call", "tool_call_chunk", "invalid_tool_call"),
        *("tool_use", "function_call", "custom_tool_call"),
    }
)
"""The kinds of content blocks that repeat a tool call."""

_STOPPED = {"tool_calls": "stop", "tool_use": "end_turn"}
"""How an answer ends that has no calls, by how one ends that has."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the retrieve tool."""

    call_id: str
    name: str
    arguments: str


def our_calls(answer: AIMessage) -> list[Call]:
    """The calls of the retrieve tool, those with broken arguments included."""
    return [
        Call(str(call.get("id") or ""), name, arguments_text(call.get("args")))
        for call in (*answer.tool_calls, *answer.invalid_tool_calls)
        if is_retrieve_tool(name := call.get("name") or "")
    ]


def has_other_calls(answer: AIMessage) -> bool:
    """Whether the model has called tools of the caller as well."""
    calls = (*answer.tool_calls, *answer.invalid_tool_calls)
    return any(not is_retrieve_tool(call.get("name") or "") for call in calls)


def without_ours(answer: AIMessage) -> AIMessage:
    """A copy of the answer that never had calls of the retrieve tool."""
    gone = {call.call_id for call in our_calls(answer)}
    update: dict[str, object] = {
        "tool_calls": [each for each in answer.tool_calls if each.get("id") not in gone],
        "invalid_tool_calls": [
            each for each in answer.invalid_tool_calls if each.get("id") not in gone
        ],
        "content": content_without(answer.content, gone),
        "additional_kwargs": extras_without(answer.additional_kwargs, gone),
    }
    if gone and not has_other_calls(answer):
        update["response_metadata"] = stopped(answer.response_metadata)
    return answer.model_copy(update=update)


def content_without(content: object, gone: Collection[str]) -> object:
    """A content without the blocks that repeat these calls."""
    if not is_array(content):
        return content
    return [each for each in content if not _repeats(each, gone)]


def extras_without(extras: dict[str, object], gone: Collection[str]) -> dict[str, object]:
    """The further fields of an answer, where some models repeat the calls in their own words."""
    calls = extras.get("tool_calls")
    if not is_array(calls):
        return extras
    kept = [each for each in calls if not (is_object(each) and each.get("id") in gone)]
    rest = {key: value for key, value in extras.items() if key != "tool_calls"}
    return {**rest, "tool_calls": kept} if kept else rest


def stopped(metadata: dict[str, object]) -> dict[str, object]:
    """What is said about an answer once it has no calls any more."""
    return {
        key: _STOPPED.get(value, value)
        if key in {"finish_reason", "stop_reason"} and isinstance(value, str)
        else value
        for key, value in metadata.items()
    }


def _repeats(block: object, gone: Collection[str]) -> bool:
    if not is_object(block) or string(block, "type") not in CALL_KINDS:
        return False
    return string(block, "call_id") in gone or string(block, "id") in gone
