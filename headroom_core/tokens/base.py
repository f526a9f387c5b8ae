"""The protocol of a token counter, and what every counter does to a text before it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

ESTIMATE_MARGIN = 15
"""By how many percent an estimate must shrink before a text counts as shorter."""


class TokenCounter(Protocol):
    """Counts the tokens of a text. The same text gives the same count in every process.

    Every text can be counted: special tokens in it are plain text, and what cannot be encoded is
    replaced first. The empty text has no tokens.
    """

    @property
    def name(self) -> str:
        """Which vocabulary counts, and what it stands in for."""
        ...

    @property
    def exact(self) -> bool:
        """Whether the counts are those of the model, and not an approximation."""
        ...

    def count(self, text: str) -> int:
        """How many tokens `text` has."""
        ...

    def count_many(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each of `texts` has, in their order."""
        ...


def is_fewer(after: int, before: int, *, exact: bool) -> bool:
    """Whether `after` tokens are surely fewer than `before`.

    Exact counts are compared as they are; an estimate has to shrink by `ESTIMATE_MARGIN` percent.
    """
    return after < before if exact else after * (100 + ESTIMATE_MARGIN) < before * 100


def encodable(text: str) -> str:
    """The text with each lone surrogate replaced, so that it has a UTF-8 form.

    Two surrogates that belong together become their character.
    """
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
