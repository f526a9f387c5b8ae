"""The last result of several rounds, with the figures of them all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage
from langchain_core.messages.ai import UsageMetadata, add_usage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import BaseModel

from headroom_core.formats.wire import is_object
from headroom_core.retrieve_loop.shapes import add_usage as add_figures
from headroom_langchain.answers import has_other_calls, our_calls, stopped, without_ours

if TYPE_CHECKING:
    from collections.abc import Sequence

_FIGURES = ("token_usage", "usage")
"""Where models put their own figures beside `usage_metadata`."""


def summed(results: Sequence[ChatResult]) -> ChatResult:
    """The last result, without calls of ours, as if all rounds had been one.

    Each of them holds one answer.
    """
    last = results[-1]
    answers = [message for each in results if isinstance(message := _message(each), AIMessage)]
    answer = answers[-1]
    update = {
        "usage_metadata": _usage(answers),
        "response_metadata": _with_figures([each.response_metadata for each in answers]),
    }
    message = without_ours(answer.model_copy(update=update))
    info = last.generations[0].generation_info
    if info and our_calls(answer) and not has_other_calls(answer):
        info = stopped(info)
    kept = ChatGeneration(message=message, generation_info=info)
    output = last.llm_output
    if output is not None:
        output = _with_figures([each.llm_output or {} for each in results])
    return ChatResult(generations=[kept], llm_output=output)


def _message(result: ChatResult) -> object:
    return result.generations[0].message


def _usage(answers: Sequence[AIMessage]) -> UsageMetadata | None:
    total: UsageMetadata | None = None
    for answer in answers:
        if answer.usage_metadata is not None:
            total = add_usage(total, answer.usage_metadata)
    return total


def _with_figures(every: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The last metadata with the figures of all."""
    out = dict(every[-1])
    for name in _FIGURES:
        total: dict[str, object] = {}
        for each in every:
            total = add_figures(total, _plain(each.get(name)))
        if name in out and total:
            out[name] = total
    return out


def _plain(figures: object) -> object:
    """Figures as an object; some models hand over a class of their provider's."""
    if isinstance(figures, BaseModel):
        return figures.model_dump()
    return figures if is_object(figures) else None
