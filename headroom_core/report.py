"""What was done and why: the result of a compression and its records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

N = TypeVar("N")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One changed part: where it is, what it became, and what is hidden from the reader."""

    message: int
    part: int
    form: str
    """The names of the forms used, joined by `+`."""
    lossless: bool
    exact: bool = True
    """Whether decoding gives back the same bytes; a JSON form may give back the same JSON."""
    ref: str | None = None
    """What `retrieve` takes, when something is hidden."""
    tokens_before: int = 0
    tokens_after: int = 0
    hidden: str = ""
    """What is hidden, in units of the source."""
    why: str = ""
    """Why this form was chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompressResult(Generic[N]):
    """The messages to send instead, and a truthful account of the difference."""

    messages: list[N]
    tokens_before: int
    tokens_after: int
    counter: str
    """The name of the token counter behind the figures."""
    counter_exact: bool
    """Whether the figures are the model's own counts, and not an approximation."""
    edits: list[Edit] = field(default_factory=list[Edit])
    warnings: list[str] = field(default_factory=list[str])
    tools: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    """The retrieve tool to show the model, in the wire format of the messages."""

    @property
    def tokens_saved(self) -> int:
        """How many tokens the model does not have to read."""
        return self.tokens_before - self.tokens_after

    @property
    def compression_ratio(self) -> float:
        """The fraction of tokens saved, from 0 to 1."""
        return self.tokens_saved / self.tokens_before if self.tokens_before else 0.0

    @property
    def transforms_applied(self) -> list[str]:
        """The names of the forms used, each once, in the order of the messages."""
        return list(dict.fromkeys(edit.form for edit in self.edits))


def nothing_done(warnings: list[str]) -> CompressResult[object]:
    """The account of a request that was passed on as it came, since we have failed."""
    return CompressResult(
        messages=[],
        tokens_before=0,
        tokens_after=0,
        counter="",
        counter_exact=False,
        warnings=warnings,
    )
