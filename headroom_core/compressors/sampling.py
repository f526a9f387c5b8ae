"""Lines from places spread over a long text: whether a form can pay is told from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PLACES = 12
NEIGHBOURS = 12
LEAST_LINES = 4 * PLACES * NEIGHBOURS
"""A text of fewer lines is tried as a whole."""


def spread(text: str, places: int = PLACES) -> Iterator[Sequence[str]]:
    """Some neighbouring lines from each of a few places; a tenth of the text holds one of them.

    The text is not split for it: memory is scarce where it is long.
    """
    for place in range(places):
        start = text.find("\n", len(text) * place // places) + 1 if place else 0
        end = start - 1
        for _ in range(NEIGHBOURS):
            end = text.find("\n", end + 1)
            if end < 0:
                end = len(text)
                break
        yield text[start:end].split("\n")
