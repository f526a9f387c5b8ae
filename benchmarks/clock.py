"""Time a call on a noisy machine."""

from __future__ import annotations

import gc
import math
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def best_seconds(
    call: Callable[[], object],
    *,
    repeats: int = 5,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """The shortest of some runs: noise only ever adds."""
    times: list[float] = []
    for _ in range(repeats):
        gc.collect()
        start = clock()
        call()
        times.append(clock() - start)
    return min(times)


def growth(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """The exponent by which time grows with size: the slope of a line through the logarithms."""
    xs = [math.log(size) for size in sizes]
    ys = [math.log(second) for second in seconds]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    return slope / sum((x - mean_x) ** 2 for x in xs)
