"""What a model said to a request, and what it took: tokens read, and dollars."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom.evals.models import CallError
from headroom_core.formats.wire import is_array, is_object
from headroom_core.tokens import deciding_counter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.formats.wire import WireObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Dollars for a million tokens, for models whose price nobody else tells."""

    read: float
    written: float


@dataclass(slots=True)
class Reply:
    """What a model said in the end, and what it took."""

    text: str = ""
    tokens: int = 0
    cost: float | None = 0.0
    """`None` once the price of a call is not known."""

    def account(self, sent: Sequence[object], response: WireObject, prices: Prices | None) -> None:
        """Add what one request took, by its usage where the response tells it."""
        usage = response.get("usage")
        usage = usage if is_object(usage) else {}
        read, written = usage.get("prompt_tokens"), usage.get("completion_tokens")
        if not isinstance(read, int):
            read = deciding_counter().count(json.dumps(sent, ensure_ascii=False))
        self.tokens += read
        cost = usage.get("cost")
        if isinstance(cost, (int, float)):
            spent: float | None = cost
        elif prices is not None and isinstance(written, int):
            spent = (read * prices.read + written * prices.written) / 1_000_000
        else:
            spent = None
        self.cost = None if spent is None or self.cost is None else self.cost + spent


def message_of(response: WireObject) -> WireObject:
    """The message of a response; `CallError` where it holds none."""
    choices = response.get("choices")
    first = choices[0] if is_array(choices) and choices else None
    message = first.get("message") if is_object(first) else None
    if not is_object(message):
        raise CallError("the response holds no message")
    return message
