"""Find lines that follow each other again and again: one template stands for all of them."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from headroom_core.compressors.logs.templates import ends_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.logs.templates import Group, Shape

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

    def __init__(self, lines: Sequence[str], groups: Sequence[Group]) -> None:
        self.symbols = array("i", [-1]) * len(lines)
        for symbol, each in enumerate(groups):
            for at in each.lines:
                self.symbols[at] = symbol
        self.starts = array("i", range(len(lines)))
        self.sizes = [1] * len(groups)
        self.shapes = [each.shape for each in groups]
        self.chars = [len(lines[each.lines[0]]) for each in groups]
        self.fixed = {symbol for symbol, each in enumerate(groups) if not ends_whole(each.shape)}

    def pairs(self, stamps: Sequence[str]) -> dict[Pair, int]:
        """The pairs of neighbours that are worth a symbol, each with its own."""
        often = Counter(self.symbols)
        found = Counter(
            pair
            for pair, at, after in zip(
                pairwise(self.symbols), self.starts, islice(self.starts, 1, None), strict=False
            )
            if stamps[at] == stamps[after]
        )
        chosen: dict[Pair, int] = {}
        taken = {-1, *self.fixed}
        for (one, other), count in sorted(found.items(), key=lambda item: -item[1]):
            if count < _LEAST:
                break
            if one in taken or other in taken or one == other:
                continue
            cost = sum(self.chars[symbol] for symbol in (one, other) if often[symbol] > count)
            if count * _GAIN > cost:
                taken.update((one, other))
                chosen[one, other] = len(self.sizes)
                self.sizes.append(self.sizes[one] + self.sizes[other])
                self.shapes.append((*self.shapes[one], "\n", *self.shapes[other]))
                self.chars.append(self.chars[one] + self.chars[other])
        return chosen

    def join(self, pairs: dict[Pair, int], stamps: Sequence[str]) -> None:
        """Put one symbol in place of each pair."""
        symbols, starts = array("i"), array("i")
        at = 0
        while at < len(self.symbols):
            pair = (self.symbols[at], self.symbols[at + 1]) if at + 1 < len(self.symbols) else None
            joined = pairs.get(pair) if pair else None
            starts.append(self.starts[at])
            if joined is not None and stamps[self.starts[at]] == stamps[self.starts[at + 1]]:
                symbols.append(joined)
                at += 2
            else:
                symbols.append(self.symbols[at])
                at += 1
        self.symbols, self.starts = symbols, starts


def blocks_of(lines: Sequence[str], groups: Sequence[Group], stamps: Sequence[str]) -> list[Block]:
    """Join groups whose lines follow each other, inside one section, in a few rounds."""
    sequence = _Sequence(lines, groups)
    rounds = 0
    while rounds < _ROUNDS and (pairs := sequence.pairs(stamps)):
        sequence.join(pairs, stamps)
        rounds += 1
    starts: dict[int, list[int]] = {}
    for symbol, start in zip(sequence.symbols, sequence.starts, strict=True):
        if symbol >= 0:
            starts.setdefault(symbol, []).append(start)
    return [
        Block(sequence.shapes[symbol], each, sequence.sizes[symbol])
        for symbol, each in starts.items()
    ]
