"""One measurement in a process of its own: the first call, a warm one, and the memory it takes."""

from __future__ import annotations

import json
import sys
import time
import tracemalloc
from typing import TYPE_CHECKING

from benchmarks.savings import engine_for
from benchmarks.shapes import KINDS

if TYPE_CHECKING:
    from headroom_core.engine.headroom import Headroom


def main(kind: str, size: int) -> None:
    """Print the milliseconds of the first call and of a later one, and what memory that took.

    The first call has a short text and pays for what is loaded at first use. Memory is the peak
    of what Python allocated during one more call, as a multiple of the text's bytes.
    """
    short, text = KINDS[kind].make(2_000, 1), KINDS[kind].make(size, 2)
    engine = engine_for("balanced")
    cold = _seconds(engine, short)
    warm = min(_seconds(engine, text), _seconds(engine, text + " "))
    tracemalloc.start()
    _seconds(engine, text + "  ")
    grown = tracemalloc.get_traced_memory()[1]
    figures = {
        "cold_ms": round(cold * 1000, 2),
        "warm_ms": round(warm * 1000, 2),
        "memory_multiple": round(grown / len(text.encode()), 1),
    }
    sys.stdout.write(json.dumps(figures))


def _seconds(engine: Headroom, text: str) -> float:
    messages = [{"role": "tool", "tool_call_id": "1", "content": text}]
    start = time.perf_counter()
    engine.compress(messages)
    return time.perf_counter() - start


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
