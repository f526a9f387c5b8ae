"""Compress the messages of a request, and write into the ledger what that saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.formats import codec_for
from headroom_core.messages import ToolResult
from headroom_core.tokens import deciding_counter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.formats import WireFormat
    from headroom_core.store.base import Store
    from headroom_sdk.state import ClientHeadroom


class Shortener:
    """The engine and the ledger of a client, for the messages of one request.

    `counts` says whether a model reads them for the first time in this call, and they are billed.
    """

    def __init__(
        self, headroom: ClientHeadroom, shape: WireFormat, model: object, *, counts: bool
    ) -> None:
        self._headroom = headroom
        self._model = model if isinstance(model, str) else None
        self._counts = counts
        self._shape: WireFormat = shape

    @property
    def store(self) -> Store:
        """Where the originals are."""
        return self._headroom.engine.store

    def shorten(
        self,
        messages: Sequence[object],
        *,
        redeemable: bool,
        bypass: bool = False,
        overhead: int = 0,
    ) -> list[object]:
        """The messages to send; the first ones of a request are those that count."""
        result = self._headroom.engine.compress(
            messages, model=self._model, retrieval=redeemable, wire=self._shape, bypass=bypass
        )
        if self._counts:
            self._headroom.ledger.add(result, overhead=overhead, bypassed=bypass)
            self._counts = False
        return result.messages

    def count_answers(self, messages: Sequence[object]) -> None:
        """Write into the ledger what the answers in these messages add to the bill."""
        for native in messages:
            for part in codec_for(native).parse(native).parts:
                if isinstance(part, ToolResult):
                    self._headroom.ledger.add_retrieval(deciding_counter().count(part.text))

    def warn(self, warning: str) -> None:
        """Show a warning in the savings."""
        self._headroom.ledger.warn(warning)
