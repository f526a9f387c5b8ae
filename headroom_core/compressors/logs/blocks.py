"""Find lines that follow each other again and again: one template stands for all of them."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass
from itertools import compress, count, islice, pairwise
from operator import eq
from typing import TYPE_CHECKING

from headroom_core.compressors.logs.templates import ends_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.logs.groups import Group
    from headroom_core.compressors.logs.templates import Shape

_ROUNDS = 4
_LEAST = 3
_GAIN = 6
"""About how many characters a line costs less when it has no line of its own."""

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Block:
    """Runs of `size` neighbouring lines that are alike, given by where each starts."""

    shape: Shape
    """The shapes of its lines, with line breaks between."""
    starts: list[int]
    size: int


class _Sequence:
    """The lines as a sequence of symbols; a symbol stands for one line or for a block."""

    def __init__(
        self, lines: Sequence[str], groups: Sequence[Group], stamps: Sequence[str]
    ) -> None:
        self.symbols = array("i", [-1]) * len(lines)
        for symbol, each in enumerate(groups):
            for at in each.lines:
                self.symbols[at] = symbol
        self.starts = array("i", range(len(lines)))
        self.stamps = stamps
        self.sizes = [1] * len(groups)
        self.shapes = [each.shape for each in groups]
        self.chars = [len(lines[each.lines[0]]) for each in groups]
        self.fixed = {symbol for symbol, each in enumerate(groups) if not ends_whole(each.shape)}

    def pairs(self) -> dict[Pair, int]:
        """The pairs of neighbours that are worth a symbol, each with its own."""
        often = Counter(self.symbols)
        neighbours = map(eq, self.stamps, islice(self.stamps, 1, None))
        found = Counter(compress(pairwise(self.symbols), neighbours))
        chosen: dict[Pair, int] = {}
        taken = {-1, *self.fixed}
        for (one, other), times in sorted(found.items(), key=lambda item: -item[1]):
            if times < _LEAST:
                break
            if one in taken or other in taken or one == other:
                continue
            cost = sum(self.chars[symbol] for symbol in (one, other) if often[symbol] > times)
            if times * _GAIN > cost:
                taken.update((one, other))
                chosen[one, other] = len(self.sizes)
                self.sizes.append(self.sizes[one] + self.sizes[other])
                self.shapes.append(f"{self.shapes[one]}\n{self.shapes[other]}")
                self.chars.append(self.chars[one] + self.chars[other])
        return chosen

    def join(self, pairs: dict[Pair, int]) -> None:
        """Put one symbol in place of each pair. No two overlap: a symbol is in one pair only."""
        left = bytearray(b"\1") * len(self.symbols)
        chosen = list(compress(count(), map(pairs.__contains__, pairwise(self.symbols))))
        for at in chosen:
            if self.stamps[at] != self.stamps[at + 1]:
                continue
            self.symbols[at] = pairs[self.symbols[at], self.symbols[at + 1]]
            left[at + 1] = False
        self.symbols = array("i", compress(self.symbols, left))
        self.starts = array("i", compress(self.starts, left))
        self.stamps = list(compress(self.stamps, left))


def blocks_of(lines: Sequence[str], groups: Sequence[Group], stamps: Sequence[str]) -> list[Block]:
    """Join groups whose lines follow each other, inside one section, in a few rounds."""
    sequence = _Sequence(lines, groups, stamps)
    rounds = 0
    while rounds < _ROUNDS and (pairs := sequence.pairs()):
        sequence.join(pairs)
        rounds += 1
    starts: dict[int, list[int]] = {}
    for symbol, start in zip(sequence.symbols, sequence.starts, strict=True):
        if symbol >= 0:
            starts.setdefault(symbol, []).append(start)
    return [
        Block(sequence.shapes[symbol], each, sequence.sizes[symbol])
        for symbol, each in starts.items()
    ]
