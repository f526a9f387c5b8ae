"""Which counter decides, and which one reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.tokens.estimate import Estimator
from headroom_core.tokens.exact import exact_counter
from headroom_core.tokens.models import encoding_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.tokens.base import TokenCounter

_LONGEST_SHOWN = 80

_ESTIMATOR = Estimator()


@dataclass(frozen=True, slots=True)
class Approximation:
    """Another model's counts, approximated by a counter that is at hand."""

    counter: TokenCounter
    model: str

    @property
    def name(self) -> str:
        return f"{self.counter.name} (approximation for {_shown(self.model)})"

    @property
    def exact(self) -> bool:
        return False

    def count(self, text: str) -> int:
        return self.counter.count(text)

    def count_many(self, texts: Sequence[str]) -> list[int]:
        return self.counter.count_many(texts)


def deciding_counter() -> TokenCounter:
    """Return the counter that decides what is smaller: o200k, whatever the model.

    The same one for the whole process. Only where neither `toktok` nor a vocabulary on disk is at
    hand is it an estimate, and `degraded_reason` then says so.
    """
    return exact_counter("o200k") or _ESTIMATOR


def reporting_counter(model: str | None) -> TokenCounter:
    """Return the counter for the figures of a model; it never decides anything.

    Every string has one. A model whose vocabulary is not public, or not on this machine, is
    approximated by the deciding counter, and the name says so.
    """
    if not model:
        return deciding_counter()
    encoding = encoding_of(model)
    exact = exact_counter(encoding) if encoding else None
    return exact or Approximation(deciding_counter(), model)


def degraded_reason() -> str | None:
    """Say why tokens are only estimated and what mends it, or `None` when they are counted."""
    if deciding_counter().exact:
        return None
    return (
        "tokens are estimated, so some savings are not taken: `toktok-rs` is not installed and"
        " `tiktoken` has no o200k vocabulary on disk; run `headroom fetch o200k`"
    )


def _shown(model: str) -> str:
    """A model's name fit for one line, whatever a caller passes as one."""
    short = model if len(model) <= _LONGEST_SHOWN else f"{model[:_LONGEST_SHOWN]}…"
    return "".join(char if char.isprintable() else "?" for char in short)
