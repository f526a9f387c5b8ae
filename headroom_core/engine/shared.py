"""The engines that `headroom.compress` and the adapters share: one for each settings."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from headroom_core.engine.headroom import Headroom

if TYPE_CHECKING:
    from headroom_core.settings import Settings


@lru_cache(maxsize=16)
def shared_engine(settings: Settings | None = None) -> Headroom:
    """The engine of these settings, made once, so that its memo and its store serve every caller.

    `None` stands for the environment, the configuration file and the defaults.
    """
    return Headroom(settings)
