"""`headroom_retrieve` as a LangChain tool, for agents and graphs that run their own tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core.runnables.config import run_in_executor
from langchain_core.tools import BaseTool
from pydantic import Field, InstanceOf

from headroom_core.engine.headroom import Headroom  # noqa: TC001 - pydantic reads the annotation
from headroom_core.engine.shared import engine_of
from headroom_core.savings import Ledger
from headroom_core.settings import Settings  # noqa: TC001 - pydantic reads the annotation
from headroom_core.tokens import deciding_counter
from headroom_core.tool import DESCRIPTION, NAME, answer_tool_call, tool_in

if TYPE_CHECKING:
    from headroom_core.savings import Savings


class HeadroomRetrieve(BaseTool):
    """Answers the model's questions for what a note says is hidden. Never raises.

    It reads the store of `settings` (those of this machine by default) or of `engine`. A call with
    wrong arguments is answered with what would be right.
    """

    name: str = NAME
    description: str = DESCRIPTION
    args_schema: Any = Field(default_factory=lambda: tool_in("json_schema"))
    settings: InstanceOf[Settings] | None = Field(default=None, exclude=True, repr=False)
    engine: InstanceOf[Headroom] | None = Field(default=None, exclude=True, repr=False)
    ledger: InstanceOf[Ledger] = Field(default_factory=Ledger, exclude=True, repr=False)

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - the fields of a tool
        if (ours := kwargs.get("engine")) is not None or kwargs.get("settings") is not None:
            engine_of(kwargs.get("settings"), ours)
        super().__init__(**kwargs)

    @property
    def savings(self) -> Savings:
        """What the answers of this tool have cost; its other figures stay zero."""
        return self.ledger.savings()

    def _run(self, **arguments: object) -> str:
        store = engine_of(self.settings, self.engine).store
        answer = answer_tool_call(NAME, arguments, store=store)
        self.ledger.add_retrieval(deciding_counter().count(answer))
        return answer

    async def _arun(self, **arguments: object) -> str:
        return await run_in_executor(None, self._run, **arguments)

    def __getstate__(self) -> dict[Any, Any]:
        """Pickle the settings of an engine in its place: it holds a store that is open."""
        state = super().__getstate__()
        if self.engine is not None:
            fields = {**state["__dict__"], "engine": None, "settings": self.engine.settings}
            state = {**state, "__dict__": fields}
        return state


headroom_retrieve = HeadroomRetrieve()
"""The tool over the store of this machine's settings."""
