"""A model of Agno's without a provider: it records what it is sent and says what it is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agno.metrics import MessageMetrics
from agno.models.base import Model
from agno.models.response import ModelResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence

    from agno.models.message import Message


@dataclass(slots=True)
class Sent:
    """One call of the provider."""

    messages: list[Message]
    tools: list[dict[str, Any]] | None
    more: dict[str, Any]

    @property
    def results(self) -> list[str]:
        """The texts of the results of tools."""
        return [str(each.content) for each in self.messages if each.role == "tool"]


def says(text: str | None = None, *calls: Mapping[str, object], **fields: Any) -> ModelResponse:
    """A response with a text and calls."""
    usage = MessageMetrics(input_tokens=100, output_tokens=10, total_tokens=110)
    given: dict[str, Any] = {"role": "assistant", "response_usage": usage, **fields}
    return ModelResponse(content=text, tool_calls=[dict(call) for call in calls], **given)


@dataclass
class Scripted(Model):
    """Answers by its script, the last answer from then on."""

    id: str = "scripted"
    script: Sequence[ModelResponse | Exception] = ()
    sent: list[Sent] = field(default_factory=list[Sent])
    while_called: Callable[[list[Message]], None] | None = None
    """What the provider's class does to the messages that it is given."""

    def invoke(self, messages: list[Message], tools: Any = None, **more: Any) -> ModelResponse:
        self.sent.append(Sent(list(messages), tools, more))
        if self.while_called is not None:
            self.while_called(messages)
        told = self.script[min(len(self.sent), len(self.script)) - 1]
        if isinstance(told, Exception):
            raise told
        return told

    async def ainvoke(self, *args: Any, **kwargs: Any) -> ModelResponse:
        return self.invoke(*args, **kwargs)

    def invoke_stream(self, *args: Any, **kwargs: Any) -> Iterator[ModelResponse]:
        yield from pieces(self.invoke(*args, **kwargs))

    async def ainvoke_stream(self, *args: Any, **kwargs: Any) -> AsyncIterator[ModelResponse]:
        for piece in pieces(self.invoke(*args, **kwargs)):
            yield piece

    def _parse_provider_response(self, response: Any, **kwargs: Any) -> ModelResponse:
        raise NotImplementedError

    def _parse_provider_response_delta(self, response: Any) -> ModelResponse:
        raise NotImplementedError


def pieces(whole: ModelResponse) -> Iterator[ModelResponse]:
    """A response as a stream: the text in two pieces, then the calls, then what comes last."""
    text = whole.content or ""
    for part in (text[: len(text) // 2], text[len(text) // 2 :]):
        if part:
            yield ModelResponse(content=part)
    for call in whole.tool_calls:
        yield ModelResponse(tool_calls=[call], extra=whole.extra)
    yield ModelResponse(
        response_usage=whole.response_usage,
        provider_data=whole.provider_data,
        extra=whole.extra if not whole.tool_calls else None,
    )
