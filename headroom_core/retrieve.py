"""Give an original back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from headroom_core.store.base import Store

RetrievedUnit = Literal["lines", "rows", "items", "functions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieved:
    """An original, or the part of it that was asked for."""

    text: str
    unit: RetrievedUnit = "lines"
    shown: tuple[tuple[int, int], ...] = ()
    total: int = 0
    cursor: str | None = None
    exact: bool = True
    """Whether `text` is the original's own text, byte for byte."""

    def __str__(self) -> str:
        return self.text


def retrieve(store: Store, ref: str) -> Retrieved:
    """The whole original behind `ref`, byte for byte."""
    text = store.get(ref)
    total = text.count("\n") + 1
    return Retrieved(text=text, shown=((1, total),), total=total)
