"""How time grows with the size of a tool result, for each shape of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.clock import best_seconds, growth
from benchmarks.texts import SHAPES
from headroom_core.engine.headroom import Headroom
from headroom_core.settings import Mode, Settings
from headroom_core.store.memory import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)


def run(sizes: Sequence[int] = SIZES) -> dict[str, dict[str, float]]:
    """For each shape and mode: MB/s at the largest size, and the exponent of growth."""
    out: dict[str, dict[str, float]] = {}
    modes: tuple[Mode, ...] = ("lossless", "balanced")
    for mode in modes:
        for name, make in SHAPES.items():
            texts = [make(size, 1) for size in sizes]
            seconds = [_seconds(text, mode) for text in texts]
            out[f"{name}, {mode}"] = {
                "mb_per_s": len(texts[-1]) / 1e6 / seconds[-1],
                "exponent": growth([len(text) for text in texts], seconds),
            }
    return out


def _seconds(text: str, mode: Mode) -> float:
    messages = [{"role": "tool", "tool_call_id": "1", "content": text}]
    settings = Settings(mode=mode, retrieval=True, memo_bytes=0)
    engine = Headroom(settings, store=MemoryStore())
    return best_seconds(lambda: engine.compress(messages), repeats=3 if len(text) < 10**6 else 1)
