"""What an object of this package shares with all its copies: the engine and the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from headroom_core.engine.shared import engine_of, shared_engine
from headroom_core.savings import Ledger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agno.models.message import Message as AgnoMessage

    from headroom_core.engine.headroom import Headroom
    from headroom_core.settings import Settings
    from headroom_core.store.base import Store

OFF_LOOP_CHARS = 16_384
"""Above this much text the work is done in a thread, so that the event loop stays free."""

State = tuple["Settings | None", bool, Ledger]


class Shared:
    """The choices of a user, checked when they are made.

    Agno copies models, managers and agents deeply; a copy works with the same engine and adds to
    the same figures. In another process there is no such engine, so pickling keeps its settings.
    """

    def __init__(
        self, *, settings: Settings | None, retrieval: bool, engine: Headroom | None
    ) -> None:
        # A configuration that is wrong says so now and not in a request.
        engine_of(settings, engine, retrieval=retrieval)
        self._settings = settings
        self._engine = engine
        self.retrieval: bool = retrieval
        self.ledger: Ledger = Ledger()

    @property
    def engine(self) -> Headroom:
        """The engine that was given, or the one that all users of these settings share."""
        return self._engine or shared_engine(self._settings)

    @property
    def store(self) -> Store:
        """The originals."""
        return self.engine.store

    @property
    def adds_tool(self) -> bool:
        """Whether the retrieve tool may be added to a request: not where nothing is ever hidden."""
        settings = self.engine.settings
        return self.retrieval and settings.mode != "lossless" and settings.surface == "tool"

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self

    def __getstate__(self) -> State:
        settings = self._engine.settings if self._engine is not None else self._settings
        return settings, self.retrieval, self.ledger

    def __setstate__(self, state: State) -> None:
        self._settings, self.retrieval, self.ledger = state
        self._engine = None


def is_short(messages: Sequence[AgnoMessage]) -> bool:
    """Whether there is so little text that a thread would cost more than the work."""
    left = OFF_LOOP_CHARS
    for message in messages:
        if isinstance(message.content, list):
            return False
        left -= len(message.content or "")
        if left < 0:
            return False
    return True
