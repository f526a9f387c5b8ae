"""The three kinds of requests that LiteLLM's own hooks see, and how their answers are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import litellm
from litellm.anthropic_interface import messages
from litellm.types.llms.openai import ResponseAPIUsage, ResponsesAPIResponse
from litellm.types.utils import CallTypes, ModelResponse, Usage

from headroom_core.formats.wire import WireObject, is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from headroom_core.formats import WireFormat


@dataclass(frozen=True, slots=True)
class Surface:
    """One kind of request: its wire format, and the name of the argument with its messages."""

    shape: WireFormat
    key: str


CHAT = Surface("openai_chat", "messages")
RESPONSES = Surface("openai_responses", "input")
ANTHROPIC = Surface("anthropic", "messages")

SURFACES: dict[CallTypes, Surface] = {
    CallTypes.completion: CHAT,
    CallTypes.acompletion: CHAT,
    CallTypes.responses: RESPONSES,
    CallTypes.aresponses: RESPONSES,
    CallTypes.anthropic_messages: ANTHROPIC,
}
"""What is compressed. Embeddings, images, plain text completions and all else are not."""

CALL_TYPES = frozenset(kind.value for kind in SURFACES)


def surface_of(response: object) -> Surface | None:
    """The kind of request that an answer belongs to, as far as it is one of ours."""
    match response:
        case ModelResponse():
            return CHAT
        case ResponsesAPIResponse():
            return RESPONSES
        case dict():
            return ANTHROPIC
        case _:
            return None


def may_hold_calls(response: object) -> bool:
    """Whether it is worth reading an answer: one of Chat Completions says so at once."""
    if not isinstance(response, ModelResponse):
        return True
    return any(choice.message.tool_calls for choice in response.choices)


def read(response: object) -> WireObject:
    """An answer as it stood on the wire, so far as the loop of retrievals needs it."""
    match response:
        case ModelResponse() | ResponsesAPIResponse():
            return response.model_dump(exclude_none=True)
        case _:
            return response if is_object(response) else {}


def write(response: object, before: WireObject, after: WireObject) -> object:
    """The answer with the calls and the usage of `after`, where `before` is `read(response)`.

    An object of LiteLLM's is changed in place: it is the answer of this request and of no other,
    and it carries what LiteLLM knows about the call beside it.
    """
    match response:
        case ModelResponse():
            _write_chat(response, before, after)
            return response
        case ResponsesAPIResponse():
            response.output = _kept(response.output, before.get("output"), after.get("output"))
            if is_object(usage := after.get("usage")):
                response.usage = ResponseAPIUsage.model_validate(usage)
            return response
        case _:
            return after


def become(response: object, final: object) -> object:
    """Let a later answer stand in for the first one.

    In Chat Completions LiteLLM goes on with the first object, which it turns into a stream where
    the caller asked for one; so that object becomes the later one.
    """
    if isinstance(response, ModelResponse) and isinstance(final, ModelResponse):
        for name in (*ModelResponse.model_fields, *(final.model_extra or ())):
            setattr(response, name, getattr(final, name))
        return response
    return final


async def ask_again(surface: Surface, arguments: Mapping[str, object]) -> object:
    """Make one more request of the same kind."""
    # What a request may hold is LiteLLM's to know; these are the arguments it was called with.
    given = cast("dict[str, Any]", dict(arguments))
    if surface is CHAT:
        return await litellm.acompletion(**given)
    if surface is RESPONSES:
        return await litellm.aresponses(**given)
    return await messages.acreate(**given)


def _write_chat(response: ModelResponse, before: WireObject, after: WireObject) -> None:
    old, new = _choice(before), _choice(after)
    if new is not old:
        choice = response.choices[0]
        calls = choice.message.tool_calls
        choice.message.tool_calls = _kept(calls or [], _calls(old), _calls(new)) or None
        if choice.message.tool_calls is None:
            choice.finish_reason = "stop"
    if is_object(usage := after.get("usage")):
        # Any field that a provider reports is one of the model's own keywords.
        response.usage = Usage(**cast("dict[str, Any]", usage))  # type: ignore[attr-defined] # is set on each answer


def _choice(body: WireObject) -> WireObject:
    choices = body.get("choices")
    first = choices[0] if is_array(choices) and choices else None
    return first if is_object(first) else {}


def _calls(choice: WireObject) -> object:
    message = choice.get("message")
    return message.get("tool_calls") if is_object(message) else None


def _kept(natives: list[Any], before: object, after: object) -> list[Any]:
    """The native objects of those that are still there, which are the same wire objects."""
    left = {id(each) for each in after} if is_array(after) else set[int]()
    wires = before if is_array(before) else []
    return [native for native, wire in zip(natives, wires, strict=True) if id(wire) in left]
