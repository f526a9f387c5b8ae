"""What an engine remembers of messages, so that a long conversation is worked on only once."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from headroom_core.memo import Memo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from headroom_core.engine.part import Outcome

NO_OUTCOMES: Mapping[int, Outcome] = MappingProxyType({})
NO_TEXTS: Mapping[int, str] = MappingProxyType({})
NO_FLAGS: Mapping[int, bool] = MappingProxyType({})
"""Most messages stay as they are: these stand for the maps that each of them would hold."""

_DONE_BYTES = 160
_CHANGED_BYTES = 700
"""A changed part takes two maps and an outcome; measured with a lossless form and with a view."""
_OUTCOME_BYTES = 400
_FIGURE_BYTES = 120
_FIGURES_SHARE = 8


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a message."""

    tokens_before: int
    tokens_after: int
    outcomes: Mapping[int, Outcome] = field(default_factory=lambda: NO_OUTCOMES)
    """What was done to each part that was shortened."""
    texts: Mapping[int, str] = field(default_factory=lambda: NO_TEXTS)
    """Their new texts."""
    whole: Mapping[int, bool] = field(default_factory=lambda: NO_FLAGS)
    """Which parts cannot serve as the base of a pointer: those that are false."""
    warnings: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return _DONE_BYTES + sum(map(_size, self.outcomes.values()))


@dataclass(frozen=True, slots=True)
class Memory:
    """A memory with a bound in bytes, which engines of the same settings may share.

    `owner` keeps apart those whose stores hold other originals.
    """

    outcomes: Memo[bytes, Done]
    figures: Memo[bytes, tuple[int, int]]
    """Tokens before and after, by a model's own counter where that is not the deciding one."""
    owner: bytes = b""

    @property
    def max_bytes(self) -> int:
        """What it may take."""
        return self.outcomes.max_bytes + self.figures.max_bytes

    @property
    def bytes_used(self) -> int:
        """What it takes."""
        return self.outcomes.bytes_used + self.figures.bytes_used

    def put(self, key: bytes, done: Done) -> None:
        """Remember what became of a message."""
        self.outcomes.put(key, done, done.size)

    def put_figure(self, key: bytes, figure: tuple[int, int]) -> None:
        """Remember the figures of a message."""
        self.figures.put(key, figure, _FIGURE_BYTES)


def memory_of(max_bytes: int) -> Memory:
    """A new memory. What it takes stays below `max_bytes`."""
    figures = max_bytes // _FIGURES_SHARE
    return Memory(Memo(max_bytes - figures), Memo(figures))


def _size(outcome: Outcome) -> int:
    return _CHANGED_BYTES + sum(map(_own_size, _with_blocks(outcome)))


def _own_size(outcome: Outcome) -> int:
    return _OUTCOME_BYTES + sys.getsizeof(outcome.text)


def _with_blocks(outcome: Outcome) -> Iterator[Outcome]:
    yield outcome
    yield from outcome.blocks
