"""What a provider with a prompt cache bills for a conversation that grows turn by turn."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.formats.wire import WireObject
    from headroom_core.tokens import TokenCounter


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What a token costs, as a multiple of one that is read afresh."""

    read: float = 0.1
    """From the cache."""
    write: float = 1.25
    """Into the cache, which is also the first time that it is read."""


def bill(requests: Sequence[Sequence[WireObject]], counter: TokenCounter, prices: Prices) -> float:
    """Price a series of requests, each of whose messages are cached once they were sent.

    What a request shares with the one before it, from the front and message by message, is read
    from the cache; all the rest is written into it.
    """
    total = 0.0
    before: list[str] = []
    for request in requests:
        texts = [json.dumps(message, ensure_ascii=False) for message in request]
        shared = 0
        while shared < min(len(texts), len(before)) and texts[shared] == before[shared]:
            shared += 1
        counts = counter.count_many(texts)
        total += prices.read * sum(counts[:shared]) + prices.write * sum(counts[shared:])
        before = texts
    return total
