"""`HeadroomAgnoModel(model)`: the same model, which reads shorter tool results.

What comes out is an instance of a class made for the model's own class: a subclass of it and of
`HeadroomAgnoModel`, with the same name. So it is what it was to Agno (`isinstance`, the tables of
reasoning models, retries, the loop of tools), and only the four methods that call the provider
differ: they shorten what goes out, and answer the calls of the retrieve tool.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, cast

from agno.models.base import MessageData, Model
from agno.models.message import Message as AgnoMessage

from headroom_agno.codec import AgnoCodec
from headroom_agno.exchange import Assembled, Speaker
from headroom_agno.offer import make_offer
from headroom_agno.request import Request
from headroom_agno.shared import Shared
from headroom_agno.toolkit import retrieve_function
from headroom_agno.transcript import replay
from headroom_core.fail_open import fail_open

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from agno.models.response import ModelResponse
    from agno.tools.function import Function
    from pydantic import BaseModel

    from headroom_core.engine.headroom import Headroom
    from headroom_core.savings import Savings
    from headroom_core.settings import Settings

    Tools = Sequence[Function | dict[str, Any]] | None
    Schema = dict[str, Any] | type[BaseModel] | None

ARGUMENTS = (
    *("messages", "assistant_message", "response_format", "tools", "tool_choice"),
    *("run_response", "compress_tool_results"),
)
"""The arguments of the four methods, in the order that all providers have them in."""


class HeadroomAgnoModel(Model):
    """A model of Agno's that reads shorter tool results; the messages of your run stay whole.

        agent = Agent(model=HeadroomAgnoModel(OpenAIChat("gpt-4o")), tools=[...])

    `retrieval` lets it hide what is long and dull: it adds `headroom_retrieve` to every request
    that carries tools, and answers the model's calls of it. Without it nothing is ever hidden.
    `settings` or an `engine` say what may be done, and where originals are kept. The original model
    stays as it is; a model that is wrapped already comes back as it is.
    """

    _headroom: Shared

    def __new__(
        cls,
        model: object = None,
        *_args: object,
        settings: Settings | None = None,
        retrieval: bool = True,
        engine: Headroom | None = None,
        **_kwargs: object,
    ) -> Self:
        """Make the wrapped model; or, of the class of one, an empty instance, as copying does."""
        from headroom_agno.specialise import wrapped  # noqa: PLC0415 - it makes subclasses of this

        if cls is not HeadroomAgnoModel:
            return super().__new__(cls)
        shared = Shared(settings=settings, retrieval=retrieval, engine=engine)
        return cast("Self", wrapped(model, shared))  # `cls` is this very class

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - those of the provider's class
        if "_headroom" not in self.__dict__:
            # Made from its own class, like any model: `type(model)(id="gpt-4o")`.
            super().__init__(*args, **kwargs)
            self._headroom = Shared(settings=None, retrieval=True, engine=None)

    @property
    def savings(self) -> Savings:
        """What was saved so far, by this model and all copies of it."""
        return self._headroom.ledger.savings()

    @property
    def adds_retrieve_tool(self) -> bool:
        """Whether it adds the retrieve tool to requests with tools, and answers its calls."""
        return self._headroom.adds_tool

    def invoke(self, *args: object, **kwargs: object) -> ModelResponse:
        request = self._request(args, kwargs)
        while True:
            response = super().invoke(**request.sent())  # type: ignore[safe-super]  # the provider's own
            if (final := request.receive(response)) is not None:
                return final

    async def ainvoke(self, *args: object, **kwargs: object) -> ModelResponse:
        request = self._request(args, kwargs)
        while True:
            sent = await request.asent()
            response = await super().ainvoke(**sent)  # type: ignore[safe-super]  # the provider's own
            if (final := await request.areceive(response)) is not None:
                return final

    def invoke_stream(self, *args: object, **kwargs: object) -> Iterator[ModelResponse]:
        request = self._request(args, kwargs)
        again = True
        while again:
            stream = super().invoke_stream(**request.sent())  # type: ignore[safe-super]  # the provider's own
            for delta in stream:
                yield from request.hear(delta)
            yield from request.end()
            again = request.again

    async def ainvoke_stream(self, *args: object, **kwargs: object) -> AsyncIterator[ModelResponse]:
        request = self._request(args, kwargs)
        again = True
        while again:
            sent = await request.asent()
            stream = super().ainvoke_stream(**sent)  # type: ignore[safe-super]  # the provider's own
            async for delta in stream:
                for each in request.hear(delta):
                    yield each
            for each in await request.aend():
                yield each
            again = request.again

    def count_tokens(
        self, messages: list[AgnoMessage], tools: Tools = None, output_schema: Schema = None
    ) -> int:
        """Count what would be sent."""
        sent, offered = self._counted(messages, tools)
        return super().count_tokens(sent, offered, output_schema)  # pyright: ignore[reportUnknownMemberType] - Agno leaves types of dicts open

    async def acount_tokens(
        self, messages: list[AgnoMessage], tools: Tools = None, output_schema: Schema = None
    ) -> int:
        """Count what would be sent."""
        sent, offered = self._counted(messages, tools)
        return await super().acount_tokens(sent, offered, output_schema)  # pyright: ignore[reportUnknownMemberType] - Agno leaves types of dicts open

    def parse_tool_calls(self, tool_calls_data: list[Any]) -> list[dict[str, Any]]:
        """Put the calls of a stream together, unless that was done here already."""
        if any(isinstance(call, Assembled) for call in tool_calls_data):
            return [dict(call) for call in tool_calls_data]
        return super().parse_tool_calls(tool_calls_data)

    def _parse_provider_response(self, response: object, **kwargs: object) -> ModelResponse:
        return super()._parse_provider_response(response, **kwargs)  # type: ignore[safe-super]  # the provider's own

    def _parse_provider_response_delta(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - providers have it in several forms
        return super()._parse_provider_response_delta(*args, **kwargs)  # type: ignore[safe-super]  # the provider's own

    def __reduce_ex__(self, protocol: object) -> tuple[object, ...]:
        from headroom_agno.specialise import reduced  # noqa: PLC0415 - it makes subclasses of this

        return reduced(self)

    def _request(self, args: Sequence[object], kwargs: dict[str, object]) -> Request:
        given = {**dict(zip(ARGUMENTS, args, strict=False)), **kwargs}
        speaker = Speaker(said=self._said, heard=self._heard, results=self._results)
        return Request(self, self._headroom, speaker, self._formatted, given)

    def _formatted(self, tool: Function) -> list[dict[str, Any]]:
        """A tool as the methods that call the provider expect it."""
        return self._format_tools([tool])  # pyright: ignore[reportUnknownMemberType] - Agno leaves types of dicts open

    def _said(self, response: ModelResponse) -> AgnoMessage:
        message = AgnoMessage(role=self.assistant_message_role)
        return self._populate_assistant_message(message, response)

    def _heard(self, deltas: Sequence[ModelResponse]) -> AgnoMessage:
        message, data = AgnoMessage(role=self.assistant_message_role), MessageData()
        for delta in deltas:
            for _ in self._populate_stream_data(data, delta):
                pass
        self._populate_assistant_message_from_stream_data(message, data)
        return message

    def _results(self, answers: list[AgnoMessage]) -> list[AgnoMessage]:
        messages: list[AgnoMessage] = []
        self.format_function_call_results(messages, answers)  # pyright: ignore[reportUnknownMemberType] - Agno leaves `**kwargs` open
        return messages

    def _counted(
        self, messages: list[AgnoMessage], tools: Tools
    ) -> tuple[list[AgnoMessage], Tools]:
        """The messages and tools that a request with these would send."""
        shared = self._headroom
        with fail_open("counting of a request", tell=shared.ledger.warn):
            offer = make_offer(self, tools, adds_tool=shared.adds_tool)
            sent = replay(shared.store, messages) if offer.redeemable else messages
            result = shared.engine.compress_native(
                sent, AgnoCodec(compressed=True), retrieval=offer.redeemable
            )
            return result.messages, [*(tools or ()), retrieve_function()] if offer.added else tools
        return messages, tools
