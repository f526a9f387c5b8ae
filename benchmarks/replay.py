"""What replaying a long history costs when one message is new."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.clock import best_seconds
from benchmarks.texts import history, log
from headroom_core.engine.headroom import Headroom
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore

if TYPE_CHECKING:
    from benchmarks.texts import Native


def run(*, messages: int = 80, tokens: int = 200_000) -> dict[str, float]:
    """Milliseconds for the first pass, for a replay, and for a replay with a new message."""
    conversation = history(messages, tokens)
    new = [
        {"role": "tool", "tool_call_id": "new", "content": log(4_000, seed)} for seed in range(20)
    ]
    engine = Headroom(Settings(retrieval=True), store=MemoryStore())
    first = best_seconds(lambda: engine.compress(conversation), repeats=1)
    replay = best_seconds(lambda: engine.compress(_fresh(conversation)), repeats=9)
    parse = best_seconds(lambda: _fresh(conversation), repeats=9)
    alone = min(best_seconds(partial(_engine().compress, [each]), repeats=1) for each in new)
    grown = min(
        best_seconds(partial(engine.compress, [*conversation, each]), repeats=1) for each in new
    )
    counted = engine.compress(conversation)
    return {
        "tokens": counted.tokens_before,
        "saved": counted.compression_ratio,
        "first_ms": first * 1000,
        "replay_ms": (replay - parse) * 1000,
        "new_message_alone_ms": alone * 1000,
        "replay_with_new_message_ms": grown * 1000,
        "beyond_the_new_message_ms": (grown - alone) * 1000,
    }


def _engine() -> Headroom:
    return Headroom(Settings(retrieval=True), store=MemoryStore())


def _fresh(conversation: list[Native]) -> list[Native]:
    """The same messages as other objects, as a server gets them with each request."""
    copy: list[Native] = json.loads(json.dumps(conversation))
    return copy
