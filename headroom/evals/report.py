"""The figures of a run: by category with intervals, and whether it passes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom.cli.text import table
from headroom.evals.items import seeded
from headroom.evals.scoring import mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom.evals.records import Outcome

WORST_DELTA = -0.02
"""A run fails when a delta may be lower than this: the lower bound of its 95 % interval."""
_DRAWS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What came out for one category."""

    category: str
    count: int
    baseline: float
    ours: float
    low: float
    high: float
    saved: float
    """The fraction of tokens that the model did not have to read."""
    cost_baseline: float | None
    cost_ours: float | None
    failed: int
    first_wrong: str

    @property
    def delta(self) -> float:
        return self.ours - self.baseline

    @property
    def passes(self) -> bool:
        return not self.failed and self.low >= WORST_DELTA


def rows(outcomes: Sequence[Outcome], *, seed: int) -> list[Row]:
    """One row a category, in the order of the outcomes."""
    by_category: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_category[outcome.category].append(outcome)
    return [_row(category, found, seed) for category, found in by_category.items()]


def interval(deltas: Sequence[float], seed: str) -> tuple[float, float]:
    """The 95 % interval of a mean of paired differences, by drawing them again and again."""
    rng = seeded(seed)
    means = sorted(mean(rng.choices(deltas, k=len(deltas))) for _ in range(_DRAWS))
    return means[round(0.025 * _DRAWS)], means[round(0.975 * _DRAWS) - 1]


def check_table(found: Sequence[Row]) -> str:
    """Tier 0: how many items pass each check."""
    lines = [["check", "N", "passed", ""]]
    for row in found:
        passed = f"{row.count - row.failed}"
        lines.append([row.category, str(row.count), passed, row.first_wrong[:80] or "ok"])
    return table(lines)


def model_table(found: Sequence[Row]) -> str:
    """Tier 1: answers with the original text against answers with ours."""
    head = ["category", "N", "baseline", "ours", "delta", "95 % interval", "tokens saved"]
    lines = [[*head, "cost", "with ours", "failed", ""]]
    lines += [
        [
            row.category,
            str(row.count),
            f"{row.baseline:.3f}",
            f"{row.ours:.3f}",
            f"{row.delta:+.3f}",
            f"{row.low:+.3f} to {row.high:+.3f}",
            f"{row.saved:.0%}",
            _money(row.cost_baseline),
            _money(row.cost_ours),
            str(row.failed),
            "ok" if row.passes else "FAILS",
        ]
        for row in found
    ]
    return table(lines)


def _row(category: str, found: Sequence[Outcome], seed: int) -> Row:
    low, high = interval([each.ours - each.baseline for each in found], f"{seed}/{category}")
    before, after = sum(each.before for each in found), sum(each.after for each in found)
    wrong = [each.wrong for each in found if each.wrong]
    return Row(
        category=category,
        count=len(found),
        baseline=mean([each.baseline for each in found]),
        ours=mean([each.ours for each in found]),
        low=low,
        high=high,
        saved=1 - after / before if before else 0.0,
        cost_baseline=_total([each.cost_baseline for each in found]),
        cost_ours=_total([each.cost_ours for each in found]),
        failed=len(wrong),
        first_wrong=wrong[0] if wrong else "",
    )


def _total(costs: Sequence[float | None]) -> float | None:
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None


def _money(cost: float | None) -> str:
    return "?" if cost is None else f"${cost:.4f}"
