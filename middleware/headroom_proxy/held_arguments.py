"""The arguments of one tool call while they are streamed: they flow until a mark of ours comes.

Only what could still become a mark is held back, nine characters at most. Once there is one, the
rest of the call waits for its end, since it takes the whole view to know the original.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.frame import MARK

if TYPE_CHECKING:
    from collections.abc import Callable


class HeldArguments:
    """Takes pieces in and gives out what may go on."""

    def __init__(self, mend: Callable[[str], str]) -> None:
        """`mend` changes nothing in front of the first mark."""
        self._mend = mend
        self._text = ""
        self._sent = 0
        self._mark = -1

    def feed(self, piece: str) -> str:
        """Take a piece in; what of it and of earlier ones may go on."""
        self._text += piece
        if self._mark < 0:
            self._mark = self._text.find(MARK, self._sent)
        until = self._mark if self._mark >= 0 else len(self._text) - _begun(self._text)
        out = self._text[self._sent : until]
        self._sent = until
        return out

    def end(self) -> str:
        """What is left to go on, mended."""
        return self._mend(self._text)[self._sent :]


def _begun(text: str) -> int:
    """How many characters at the end of a text may be the start of a mark."""
    sizes = range(min(len(MARK) - 1, len(text)), 0, -1)
    return next((size for size in sizes if text.endswith(MARK[:size])), 0)
