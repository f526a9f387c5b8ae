"""What a retrieval gives back, and what the ways to ask for a part hand to the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

RetrievedUnit = Literal["lines", "rows", "items", "functions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieved:
    """An original, or the part of it that was asked for."""

    text: str
    """The part. A line in square brackets says where what follows it stands in the original."""
    unit: RetrievedUnit = "lines"
    shown: tuple[tuple[int, int], ...] = ()
    """The ranges of units that `text` holds, first and last counted from 1, in its order."""
    total: int = 0
    """How many units the original has."""
    cursor: str | None = None
    """What to pass to get what did not fit; `None` when nothing is left."""
    exact: bool = True
    """Whether `text` is the original's own text, byte for byte, and nothing else."""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of an original in an answer."""

    text: str
    first: int
    """Its first unit, counted from 1."""
    last: int
    mark: str = ""
    """How the answer calls its place; empty for the units and their numbers."""


class Pieces(Protocol):
    """Pieces in order, each made when its turn comes."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: int, /) -> Piece: ...


@dataclass(frozen=True, slots=True)
class Selection:
    """Everything that was asked for, in the order of the answer, before it is cut to size."""

    unit: RetrievedUnit
    total: int
    pieces: Pieces
    head: str = ""
    """A first line of ours that the answer starts with, whatever else fits."""
    whole_head: str = ""
    """The first line above the whole original, which is shown instead where it fits: nothing that
    was asked for stands in it, so that one part is as good as another. Else empty."""
    bare: bool = False
    """Whether the pieces say all themselves, so that no line tells their places."""
