"""What an injection says at the end, so that a run in which nothing was put in is seen as one."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.savings import Savings


def report(made: int, what: str, savings: Sequence[Savings]) -> None:
    """Append a line to the file that `INJECTED` names; each worker of a run writes its own."""
    if not (path := os.environ.get("INJECTED")):
        return
    requests = sum(each.requests for each in savings)
    edited = sum(each.compressed for each in savings)
    told = Counter(warning for each in savings for warning in each.warnings)
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(f"{made} {what}, {requests} requests, {edited} of them shortened {dict(told)}\n")
