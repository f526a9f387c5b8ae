"""`headroom_retrieve` as a tool of Agno's, for agents whose own loop is to answer it."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from agno.tools.function import Function
from agno.tools.toolkit import Toolkit

from headroom_agno.shared import Shared
from headroom_core.tokens import deciding_counter
from headroom_core.tool import DESCRIPTION, NAME, PARAMETERS, answer_tool_call

if TYPE_CHECKING:
    from headroom_core.engine.headroom import Headroom
    from headroom_core.savings import Savings
    from headroom_core.settings import Settings


class HeadroomToolkit(Toolkit):
    """The retrieve tool, answered from the store of these settings (or of this engine).

    With it among an agent's tools the calls are part of the run, like those of any tool, and
    `HeadroomAgnoModel` adds none of its own.
    """

    def __init__(self, *, settings: Settings | None = None, engine: Headroom | None = None) -> None:
        self._shared = Shared(settings=settings, retrieval=True, engine=engine)
        super().__init__(name="headroom")
        self.functions[NAME] = retrieve_function(self.answer)

    @property
    def savings(self) -> Savings:
        """What the answers of this toolkit have cost."""
        return self._shared.ledger.savings()

    def answer(self, **arguments: Any) -> str:  # noqa: ANN401 - what a model passes is checked when it is read
        """Answer a call of the tool; what is wrong with it is told to the model."""
        text = answer_tool_call(NAME, arguments, store=self._shared.store)
        self._shared.ledger.add_retrieval(deciding_counter().count(text))
        return text


def retrieve_function(entrypoint: object = None) -> Function:
    """The tool as Agno describes tools, so that each provider's class can format it."""
    return Function.model_validate(
        {
            "name": NAME,
            "description": DESCRIPTION,
            "parameters": deepcopy(PARAMETERS),  # some providers write into it
            "entrypoint": entrypoint,
            "skip_entrypoint_processing": True,
        }
    )
