"""Token counters: one that decides, and one for the figures of each model."""

from headroom_core.tokens.base import ESTIMATE_MARGIN, TokenCounter, is_fewer
from headroom_core.tokens.choose import deciding_counter, degraded_reason, reporting_counter
from headroom_core.tokens.estimate import Estimator

__all__ = [
    "ESTIMATE_MARGIN",
    "Estimator",
    "TokenCounter",
    "deciding_counter",
    "degraded_reason",
    "is_fewer",
    "reporting_counter",
]
