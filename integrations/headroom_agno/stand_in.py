"""A model that hands everything to another one, for those of which no subclass can be made."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from agno.models.base import Model

if TYPE_CHECKING:
    from collections.abc import Callable

LOOP = "response"
"""The method in which Agno calls the provider, runs tools, and calls it again."""


def _handed_on(name: str) -> Any:  # noqa: ANN401 - it stands for methods of any signature
    """A method that calls the one of this name of the other model."""

    def method(self: StandIn, *args: object, **kwargs: object) -> object:
        own: Callable[..., object] = getattr(self.inner, name)
        return own(*args, **kwargs)

    return method


class StandIn(Model):
    """Has the fields of another model, and asks it for all that models do in their own ways."""

    inner: Model

    def __init__(self, inner: Model) -> None:
        self.inner = inner
        for each in fields(Model):
            setattr(self, each.name, getattr(inner, each.name))

    invoke = _handed_on("invoke")
    ainvoke = _handed_on("ainvoke")
    invoke_stream = _handed_on("invoke_stream")
    ainvoke_stream = _handed_on("ainvoke_stream")
    parse_tool_calls = _handed_on("parse_tool_calls")
    count_tokens = _handed_on("count_tokens")
    acount_tokens = _handed_on("acount_tokens")
    format_function_call_results = _handed_on("format_function_call_results")
    to_dict = _handed_on("to_dict")
    get_provider = _handed_on("get_provider")
    get_system_message_for_model = _handed_on("get_system_message_for_model")
    get_instructions_for_model = _handed_on("get_instructions_for_model")
    _format_tools = _handed_on("_format_tools")
    _parse_provider_response = _handed_on("_parse_provider_response")
    _parse_provider_response_delta = _handed_on("_parse_provider_response_delta")

    def __getattr__(self, name: str) -> object:
        if name == "inner":  # while a copy is being made there is none yet
            raise AttributeError(name)
        return getattr(self.inner, name)


class AnsweringStandIn(StandIn):
    """One for a model, such as a mock, with a loop of tools of its own: nothing is shortened."""

    response = _handed_on("response")
    aresponse = _handed_on("aresponse")
    response_stream = _handed_on("response_stream")
    aresponse_stream = _handed_on("aresponse_stream")


def stand_in(inner: Model) -> StandIn:
    """The stand-in for a model."""
    loop: object = getattr(type(inner), LOOP, None)
    return StandIn(inner) if loop is getattr(Model, LOOP) else AnsweringStandIn(inner)
