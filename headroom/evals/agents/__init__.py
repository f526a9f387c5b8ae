"""Tier 2: whole jobs, done by a model with tools, with the original results and with ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom.evals.agents.desk import Desk
from headroom.evals.agents.repair import Repair

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom.evals.agents.world import World

WORLDS: dict[str, Callable[[str], World]] = {"service desk": Desk, "code repair": Repair}
"""What makes the world of a job from a seed, by category."""

RUNS_CODE = frozenset({"code repair"})
"""Categories that run code which the model has written: only where the user allows it."""
