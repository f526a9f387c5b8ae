"""`wrap_tool`: a tool whose results are shortened where they arise, and kept so."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, cast

from langchain_core.messages import AIMessage, BaseMessage, ToolCall, ToolMessage
from langchain_core.runnables.config import ensure_config
from langchain_core.tools import BaseTool
from pydantic import PrivateAttr

from headroom_core.bypass import wants_bypass
from headroom_core.engine.shared import engine_of
from headroom_core.formats.wire import is_object
from headroom_core.savings import Ledger
from headroom_langchain.construction import checked
from headroom_langchain.shortener import Shortener

if TYPE_CHECKING:
    from headroom_core.engine.headroom import Headroom
    from headroom_core.savings import Savings
    from headroom_core.settings import Settings

    _Base = BaseTool
else:
    _Base = object  # the class of the wrapped tool stands behind it

T = TypeVar("T", bound=BaseTool)


def wrap_tool(
    tool: T,
    *,
    settings: Settings | None = None,
    retrieval: bool = False,
    engine: Headroom | None = None,
) -> T:
    """The same tool, of a subclass of its class, with shorter results; `.savings` counts them.

    What is shortened here is what history keeps. A tool does not see the requests that its results
    become part of, so nothing is hidden unless `retrieval=True` says that their model is shown
    `headroom_retrieve` and that its calls are answered. Artifacts, errors, the schema and whatever
    is neither text nor a message of a tool's stay as they are.
    """
    engine_of(settings, engine)
    how = _Shortening(tool, settings, checked("retrieval", retrieval), engine)
    name = type(tool).__name__
    body = {"__module__": __name__, "_shortening": PrivateAttr(default=None)}
    kind: type[BaseTool] = type(name, (_ShortResults, type(tool)), body)
    wrapped = object.__new__(kind)
    state: dict[str, Any] = tool.__getstate__()
    private: dict[str, Any] = {**(state["__pydantic_private__"] or {}), "_shortening": how}
    wrapped.__setstate__({**state, "__pydantic_private__": private})
    return cast("T", wrapped)  # its class was made of the tool's own


@dataclass(slots=True)
class _Shortening:
    """What a wrapped tool knows beside what it was."""

    tool: BaseTool
    settings: Settings | None
    retrieval: bool
    engine: Headroom | None
    ledger: Ledger = field(default_factory=Ledger)

    def shortened(self, tool_input: object, result: object, metadata: object) -> object:
        """The result, as what came of a call with this input."""
        match result:
            case ToolMessage():
                return self._message(tool_input, result, metadata)
            case str():
                message = ToolMessage(content=result, tool_call_id="call", name=self.tool.name)
                return self._message(tool_input, message, metadata).content
            case _:
                return result

    def _message(self, tool_input: object, result: ToolMessage, metadata: object) -> BaseMessage:
        call = ToolCall(name=self.tool.name, args=_args(tool_input), id=result.tool_call_id)
        bypass = wants_bypass(metadata) or wants_bypass(ensure_config().get("metadata"))
        shortener = Shortener(engine_of(self.settings, self.engine), self.ledger)
        asked = AIMessage(content="", tool_calls=[call])
        return shortener.shorten([asked, result], redeemable=self.retrieval, bypass=bypass)[-1]


class _ShortResults(_Base):
    """Stands in front of a tool's class and shortens what comes out of it."""

    _shortening: _Shortening

    @property
    def savings(self) -> Savings:
        """What the results of this tool have saved so far."""
        return self._shortening.ledger.savings()

    def run(self, tool_input: str | dict[str, Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as in the base class
        result = super().run(tool_input, *args, **kwargs)
        return self._shortening.shortened(tool_input, result, kwargs.get("metadata"))

    async def arun(self, tool_input: str | dict[str, Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as in the base class
        result = await super().arun(tool_input, *args, **kwargs)
        return await asyncio.to_thread(
            self._shortening.shortened, tool_input, result, kwargs.get("metadata")
        )

    def __reduce__(self) -> tuple[object, ...]:
        how = self._shortening
        settings = how.engine.settings if how.engine is not None else how.settings
        return _wrap_again, (how.tool, settings, how.retrieval)


def _wrap_again(tool: BaseTool, settings: Settings | None, retrieval: bool) -> BaseTool:  # noqa: FBT001 - as pickle passes it
    return wrap_tool(tool, settings=settings, retrieval=retrieval)


def _args(tool_input: object) -> dict[str, object]:
    """The arguments that a model can have given: no state or runtime that a graph has put in."""
    if not is_object(tool_input):
        return {"input": tool_input}
    plain = (str, int, float, bool, list)
    return {name: value for name, value in tool_input.items() if isinstance(value, plain)}
