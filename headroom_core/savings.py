"""What an adapter has saved so far: the figures behind every `.savings`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from headroom_core.report import CompressResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Savings:
    """The figures of all requests up to a moment. Every request counts, also those left alone.

    History that is sent again counts again, as a provider bills it again. What the retrieve tool
    itself costs, its description and its answers, stands in `overhead` and is taken off.
    """

    requests: int = 0
    compressed: int = 0
    """Requests in which at least one part was shorter than it came."""
    bypassed: int = 0
    tokens_before: int = 0
    tokens_after: int = 0
    overhead: int = 0
    """Tokens of the retrieve tool: its description where we added it, and its answers."""
    retrievals: int = 0
    edits: int = 0
    forms: Mapping[str, int] = field(default_factory=dict[str, int])
    """How often each form was used."""
    warnings: Mapping[str, int] = field(default_factory=dict[str, int])
    """What went wrong or was left alone, and how often: nothing of it failed a request."""

    @property
    def tokens_saved(self) -> int:
        """What is left of the saving after its overhead. Negative where it cost more."""
        return self.tokens_before - self.tokens_after - self.overhead

    @property
    def ratio(self) -> float:
        """The fraction of tokens saved; 0 before the first request."""
        return self.tokens_saved / self.tokens_before if self.tokens_before else 0.0

    def __str__(self) -> str:
        return (
            f"{self.tokens_saved:,} of {self.tokens_before:,} tokens saved ({self.ratio:.0%})"
            f" in {self.requests:,} requests, {self.retrievals:,} retrievals"
        )


MOST_WARNINGS = 100
"""A message may name what varies, so those beyond are counted together."""
OTHER_WARNINGS = "other warnings"


class Ledger:
    """Adds up what was saved. Safe to share between threads.

    A copy of a ledger is the same ledger, so that the model a user holds knows what the copies
    did that a framework made of it. Pickling keeps the figures.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._figures: Counter[str] = Counter()
        self._forms: Counter[str] = Counter()
        self._warnings: Counter[str] = Counter()

    def add(
        self, result: CompressResult[Any], *, overhead: int = 0, bypassed: bool = False
    ) -> None:
        """Take in one request; `overhead` is what a tool that we added to it costs, in tokens."""
        with self._lock:
            self._figures.update(
                requests=1,
                compressed=bool(result.edits),
                bypassed=bypassed,
                tokens_before=result.tokens_before,
                tokens_after=result.tokens_after,
                overhead=overhead,
                edits=len(result.edits),
            )
            self._forms.update(edit.form for edit in result.edits)
            self._count(result.warnings)

    def add_retrieval(self, tokens: int) -> None:
        """Take in one answer of the retrieve tool that the model had to read."""
        with self._lock:
            self._figures.update(retrievals=1, overhead=tokens)

    def warn(self, *warnings: str) -> None:
        """Take in what went wrong outside the compression of a request."""
        with self._lock:
            self._count(warnings)

    def savings(self) -> Savings:
        """The figures so far."""
        with self._lock:
            return Savings(**self._figures, forms=dict(self._forms), warnings=dict(self._warnings))

    def _count(self, warnings: Iterable[str]) -> None:
        for warning in warnings:
            is_told = warning in self._warnings or len(self._warnings) < MOST_WARNINGS
            self._warnings[warning if is_told else OTHER_WARNINGS] += 1

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self

    def __getstate__(self) -> tuple[Counter[str], Counter[str], Counter[str]]:
        with self._lock:
            return self._figures.copy(), self._forms.copy(), self._warnings.copy()

    def __setstate__(self, state: tuple[Counter[str], Counter[str], Counter[str]]) -> None:
        self._lock = Lock()
        self._figures, self._forms, self._warnings = state
