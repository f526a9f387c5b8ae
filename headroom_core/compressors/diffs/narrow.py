"""Hunks with less context, cut where the lines that stay are far apart, as `diff -U1` would."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Piece: TypeAlias = tuple[int, list[int]]
"""Where a piece of a hunk starts in the new file, and which lines of the body it has."""


def changed(body: Sequence[str]) -> list[int]:
    """The lines of a body that are added or removed, or say that a newline is missing."""
    return [at for at, line in enumerate(body) if line.startswith(("+", "-", "\\"))]


def pieces(body: Sequence[str], start: int, wanted: Iterable[int], context: int) -> Iterator[Piece]:
    """The wanted lines of a body with so many lines around each."""
    near = {each for at in wanted for each in range(at - context, at + context + 1)}
    numbers = _new_numbers(body, start)
    piece: list[int] = []
    for at in sorted(near & set(range(len(body)))):
        if piece and at != piece[-1] + 1:
            yield numbers[piece[0]], piece
            piece = []
        piece.append(at)
    if piece:
        yield numbers[piece[0]], piece


def _new_numbers(body: Sequence[str], start: int) -> list[int]:
    """For each line its number in the new file; for a removed one that of the line after it."""
    numbers: list[int] = []
    for line in body:
        numbers.append(start)
        start += not line.startswith(("-", "\\"))
    return numbers
