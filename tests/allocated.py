"""What Python allocates for what a test builds up and lets go of again."""

from __future__ import annotations

import gc
import tracemalloc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def allocated(build: Callable[[], object], let_go: Callable[[], object]) -> int:
    """The bytes that `build` has allocated and `let_go` sets free."""
    tracemalloc.start()
    try:
        build()
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
        let_go()
        gc.collect()
        return held - tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
