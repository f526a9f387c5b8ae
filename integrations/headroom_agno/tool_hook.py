"""A hook around tools that shortens results at their source, before Agno makes messages of them."""

from __future__ import annotations

import json
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from agno.models.message import Message as AgnoMessage
from agno.tools.function import Function, ToolResult
from agno.tools.toolkit import Toolkit

from headroom_agno.codec import AgnoCodec
from headroom_agno.model import HeadroomAgnoModel
from headroom_agno.shared import Shared
from headroom_core.bypass import wants_bypass
from headroom_core.fail_open import fail_open
from headroom_core.formats.wire import is_array
from headroom_core.tool import is_retrieve_tool

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from headroom_core.engine.headroom import Headroom
    from headroom_core.savings import Savings
    from headroom_core.settings import Settings

CALL_ID = "call"


class HeadroomToolHook:
    """Shortens what tools return: `Agent(tools=[...], tool_hooks=[HeadroomToolHook()])`.

    One hook for `run` and `arun`. What it shortens is what the run, the session and other code get
    to see. With `retrieval`, and a retrieve tool within the agent's reach, a long result becomes a
    view whose original is in the store; otherwise every change decodes back.
    """

    def __init__(
        self,
        *,
        settings: Settings | None = None,
        retrieval: bool = True,
        engine: Headroom | None = None,
    ) -> None:
        self._shared = Shared(settings=settings, retrieval=retrieval, engine=engine)
        self.__name__ = "headroom_tool_hook"  # Agno names hooks in its logs.

    @property
    def savings(self) -> Savings:
        """What was saved so far, by this hook and all copies of it."""
        return self._shared.ledger.savings()

    def __call__(  # noqa: PLR0913 - Agno passes by name what a hook asks for
        self,
        function_name: str,
        function_call: Callable[..., object],
        arguments: dict[str, Any],
        *,
        agent: object = None,
        team: object = None,
        run_context: object = None,
    ) -> object:
        redeemable = self._shared.retrieval and _can_retrieve(agent or team, run_context)
        bypass = wants_bypass(getattr(run_context, "metadata", None))

        def shortened(result: object) -> object:
            with fail_open("compression of a tool's result", tell=self._shared.ledger.warn):
                return self._shortened(
                    result, function_name, arguments, redeemable=redeemable, bypass=bypass
                )
            return result

        result = function_call(**arguments)
        return _later(result, shortened) if isawaitable(result) else shortened(result)

    def _shortened(
        self,
        result: object,
        name: str,
        arguments: dict[str, Any],
        *,
        redeemable: bool,
        bypass: bool,
    ) -> object:
        """A text, or the text of a `ToolResult`. Anything else may be meant for other code."""
        text = result.content if isinstance(result, ToolResult) else result
        if not isinstance(text, str):
            return result
        function = {"name": name, "arguments": json.dumps(arguments, default=str)}
        call = {"id": CALL_ID, "type": "function", "function": function}
        messages = [
            AgnoMessage(role="assistant", tool_calls=[call]),
            AgnoMessage(role="tool", tool_call_id=CALL_ID, tool_name=name, content=text),
        ]
        done = self._shared.engine.compress_native(
            messages, AgnoCodec(), retrieval=redeemable, bypass=bypass
        )
        self._shared.ledger.add(done, bypassed=bypass)
        short = done.messages[1].content
        if short == text:
            return result
        if isinstance(result, ToolResult):
            return result.model_copy(update={"content": short})
        return short


async def _later(result: Awaitable[object], shortened: Callable[[object], object]) -> object:
    return shortened(await result)


def _can_retrieve(owner: object, run_context: object) -> bool:
    """Whether the requests of an agent or a team carry the retrieve tool."""
    model: object = getattr(owner, "model", None)
    if isinstance(model, HeadroomAgnoModel) and model.adds_retrieve_tool:
        return True
    tools = (getattr(owner, "tools", None), getattr(run_context, "tools", None))
    return any(_holds_retrieve(each) for each in tools if is_array(each))


def _holds_retrieve(tools: Iterable[object]) -> bool:
    for tool in tools:
        names: list[str] = []
        if isinstance(tool, Toolkit):
            names = list(tool.get_functions())
        elif isinstance(tool, Function):
            names = [tool.name]
        if any(map(is_retrieve_tool, names)):
            return True
    return False
