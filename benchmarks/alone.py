"""How fast it is decided that a text stays as it is, by each compressor and by the whole engine."""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING

from benchmarks.clock import best_seconds
from benchmarks.unshortened import TEXTS
from headroom_core.compressors.base import Hint
from headroom_core.compressors.registry import REGISTRY
from headroom_core.engine.headroom import Headroom
from headroom_core.settings import Settings
from headroom_core.source import Source
from headroom_core.store.memory import MemoryStore
from headroom_core.tokens import deciding_counter

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZES = (5_000, 100_000, 1_000_000)
_REPEATS = 7


def run(sizes: Sequence[int] = SIZES) -> dict[str, dict[str, float | str]]:
    """For each text and size: megabytes per second of processor time, and who takes the longest.

    The whole engine is timed with and without counting the tokens of the text, which is a part of
    its answer. `longest` names the compressors below ten times the speed of all together.
    """
    return {
        f"{name}, {size:,} characters": figures(make(size, 1))
        for size in sizes
        for name, make in TEXTS.items()
    }


def figures(text: str, *, repeats: int = _REPEATS) -> dict[str, float | str]:
    """The speeds for one text; a text that gets shorter is no text to leave alone."""
    megabytes = len(text) / 1e6
    engine = Headroom(Settings(mode="lossless", memo_bytes=0), store=MemoryStore())
    messages = [{"role": "tool", "tool_call_id": "1", "content": text}]
    shortened = bool(engine.compress(messages).edits)
    whole = best_seconds(
        lambda: engine.compress(messages), repeats=repeats, clock=time.process_time
    )
    count = deciding_counter().count
    counting = best_seconds(lambda: count(text), repeats=repeats, clock=time.process_time)
    each = _seconds(text, repeats)
    total = sum(each.values())
    slow = sorted(each, key=lambda name: -each[name])
    longest = [f"{name} {megabytes / each[name]:.0f}" for name in slow if each[name] > total / 10]
    return {
        "engine": round(megabytes / whole, 1),
        "without counting": round(megabytes / max(whole - counting, 1e-6), 1),
        "compressors": round(megabytes / total, 1),
        "longest": "shortened" if shortened else ", ".join(longest),
    }


def _seconds(text: str, repeats: int) -> dict[str, float]:
    """What each compressor takes of what they all share, which the first to look at it pays for."""
    best: dict[str, float] = {}
    for _ in range(repeats):
        source, hint = Source(text), Hint()
        gc.collect()
        for compressor in REGISTRY:
            start = time.process_time()
            compressor.encode(source, hint)
            seconds = max(time.process_time() - start, 1e-9)
            best[compressor.name] = min(best.get(compressor.name, seconds), seconds)
    return best
