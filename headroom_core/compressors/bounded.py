"""What the forms of searches, listings and diffs share: bounded output and counted words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.compressors.base import MAX_DECODED_CHARS
from headroom_core.compressors.batches import BATCH
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterable


def count_of(number: int, word: str) -> str:
    """`1 line`, `2 lines`."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


class LinesOut:
    """Collects decoded lines and raises `DecodeError` once they are too many characters."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._lines: list[str] = []
        self._chars = 0

    def add(self, line: str) -> None:
        """Append one line."""
        self._chars += len(line) + 1
        if self._chars > MAX_DECODED_CHARS:
            raise DecodeError(f"the form decodes to more than {MAX_DECODED_CHARS} characters")
        self._lines.append(line)
        if len(self._lines) >= BATCH:  # many short texts take far more memory than a long one
            self._done.append("\n".join(self._lines))
            self._lines = []

    def extend(self, lines: Iterable[str]) -> None:
        """Append lines."""
        for line in lines:
            self.add(line)

    def text(self) -> str:
        """The lines joined."""
        return "\n".join([*self._done, "\n".join(self._lines)] if self._lines else self._done)
