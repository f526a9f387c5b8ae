"""A model that reads shortened results, whoever calls it."""

from __future__ import annotations

import asyncio
from abc import update_abstractmethods
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel
from strands.models import Model

from headroom_core.errors import ConfigError
from headroom_strands.shortening import Shortening

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

    from strands.tools import PythonAgentTool
    from strands.types.content import Messages
    from strands.types.streaming import StreamEvent
    from strands.types.tools import ToolSpec

    from headroom_core.engine.headroom import Headroom
    from headroom_core.savings import Savings
    from headroom_core.settings import Settings

T = TypeVar("T", bound=BaseModel)


class HeadroomModel(Model):
    """Wraps any model of Strands and shortens what it is sent.

        agent = Agent(model=HeadroomModel(BedrockModel()))

    It covers what never passes an agent's hooks: `agent.structured_output`, summaries, a model
    used alone. Something is hidden only in requests that carry the retrieve tool: put
    `model.retrieve_tool` among the agent's tools, or use `HeadroomPlugin` beside it. All else is
    the wrapped model's own, attributes included.
    """

    def __init__(
        self,
        model: Model,
        *,
        settings: Settings | None = None,
        retrieval: bool = True,
        engine: Headroom | None = None,
    ) -> None:
        if not isinstance(model, Model):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
            raise ConfigError(
                f"`model` must be a `strands.models.Model`, got {model!r}; of a router, wrap the"
                " candidates"
            )
        self._model = model
        self._shortening = Shortening(settings=settings, retrieval=retrieval, engine=engine)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - what the wrapped model has is not known
        # Neither is asked of the wrapped model: what Python itself looks for, such as how to copy,
        # and the model as long as a copy that is being made has none.
        if name.startswith("__") or name == "_model":
            raise AttributeError(name)
        return getattr(self._model, name)

    @property
    def model(self) -> Model:
        """The wrapped model."""
        return self._model

    @property
    def savings(self) -> Savings:
        """What was saved so far."""
        return self._shortening.ledger.savings()

    @property
    def retrieve_tool(self) -> PythonAgentTool:
        """The tool that gives originals back, for the tools of an agent."""
        return self._shortening.tool

    def update_config(self, **model_config: Any) -> None:  # noqa: ANN401 - the wrapped model knows
        self._model.update_config(**model_config)

    def get_config(self) -> Any:  # noqa: ANN401 - each model has a configuration of its own
        return self._model.get_config()

    async def stream(
        self,
        messages: Messages,
        tool_specs: list[ToolSpec] | None = None,
        system_prompt: str | None = None,
        **kwargs: Any,  # noqa: ANN401 - goes through
    ) -> AsyncGenerator[StreamEvent, None]:
        """Stream the wrapped model's answer to the shortened messages."""
        sent = await asyncio.to_thread(
            self._shortening.request,
            messages,
            tool_specs,
            state=kwargs.get("invocation_state"),
            model=self._model,
            trailing=kwargs.get("dynamic_trailing_blocks", 0),
        )
        events = self._model.stream(sent, tool_specs, system_prompt, **kwargs)
        async with _closing(events):
            async for event in events:
                yield event

    async def structured_output(
        self,
        output_model: type[T],
        prompt: Messages,
        system_prompt: str | None = None,
        **kwargs: Any,  # noqa: ANN401 - goes through
    ) -> AsyncGenerator[dict[str, T | Any], None]:
        """Stream the wrapped model's structured answer. It has no tools, so nothing is hidden."""
        sent = await asyncio.to_thread(
            self._shortening.request,
            prompt,
            None,
            state=kwargs.get("invocation_state"),
            model=self._model,
        )
        events = self._model.structured_output(output_model, sent, system_prompt, **kwargs)
        async with _closing(events):
            async for event in events:
                yield event

    async def count_tokens(self, messages: Messages, *args: Any, **kwargs: Any) -> int:  # noqa: ANN401 - goes through as it came
        """Count what would be sent. Without `tool_specs` that is the lossless form."""
        tool_specs = args[0] if args else kwargs.get("tool_specs")
        sent = await asyncio.to_thread(self._shortening.estimated, messages, tool_specs)
        return await self._model.count_tokens(sent, *args, **kwargs)


class _Handed:
    """An attribute that is the wrapped model's own, unless it was set on the wrapper."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, wrapper: HeadroomModel | None, owner: type[HeadroomModel]) -> object:
        del owner
        # The class by itself wraps nothing, and has what all models have.
        return getattr(Model if wrapper is None else wrapper.model, self._name)


# What all models inherit would hide what the wrapped one has in its place: whether it is stateful,
# its window, what it supports, and whatever the next version of the framework may ask of a model.
for _name in vars(Model).keys() - vars(HeadroomModel).keys():
    if not _name.startswith(("__", "_abc_")):
        setattr(HeadroomModel, _name, _Handed(_name))
update_abstractmethods(HeadroomModel)


@asynccontextmanager
async def _closing(events: AsyncIterable[object]) -> AsyncGenerator[None]:
    """Close a stream of the wrapped model as soon as ours is left, and not when it is collected."""
    try:
        yield
    finally:
        if isinstance(events, AsyncGenerator):
            await events.aclose()
