"""How well each unit of a layout answers: BM25 of its words, its paragraph's and its neighbours'.

Only words that the question holds too are counted, in one pass over the text.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from math import log
from typing import TYPE_CHECKING

from headroom_core.compressors.passages.quoted import quoted_units
from headroom_core.relevance import LONGEST_WORD, is_unspaced, pairs, terms_of_word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headroom_core.compressors.passages.asked import Asked
    from headroom_core.compressors.passages.layout import Layout

# Scripts without spaces make long words; their pairs of characters are found in any piece.
_LONG = 64
_WORD = re.compile(rf"[^\W_]{{1,{_LONG}}}")
_K1 = 0.9
_B = 0.4
_BLOCK = 0.5
_TITLE = 0.5
_NEIGHBOUR = 0.3
_MOST_KNOWN = 50_000
"""So many words are remembered: of a text in which all differ they would take many times it."""
_NOTHING: dict[str, int] = {}
"""What most units hold, as one object."""
_GENERIC_WEIGHT = 0.5
_RARE_SHARE, _RARE_SHARE_OF_MANY = 20, 100
_RARE_LEAST = 2
_MANY_ASKED = 12
_ROOT = 5
_ROOT_WEIGHT = 0.5
_ANSWERS_KIND = 1.3
_WORTH_A_LOOK = 8
"""Units whose score is so many times below the best are not looked at for what they hold."""
_PRONOUN = re.compile(r"(?:It|He|She|They|This|These|That|Its|His|Her|Their|Such)\b")
_AFTER = 0.5
"""What a sentence that goes on with "it" or "they" takes of the one before it."""
_LEAST_COVERED = 0.25
_MOST_ASKED = 8
"""Of a long message no paragraph speaks of everything."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What was found: a score for each unit, and which units must stay."""

    units: list[float]
    rare: list[int]
    """The units that hold a rare term of the question, or what it quotes, in order."""
    covered: float
    """How much of what was asked the best unit and its section speak of: 0 to 1."""

    @property
    def answers(self) -> bool:
        """Whether the text has to do with the question at all."""
        return self.covered >= _LEAST_COVERED


def score(layout: Layout, asked: Asked) -> Scores:
    """Score every unit."""
    found = _count(layout, asked.terms)
    holders = Counter(chain.from_iterable(found))
    weights = _weights(holders, len(found), asked)
    titles = _count_titles(layout, found)
    alone = _bm25(found, [unit.end - unit.start for unit in layout.units], weights)
    blocks, sizes = _blocks(layout, found)
    by_block = _bm25(blocks, sizes, weights)
    by_title = _bm25(titles, [1] * len(titles), weights)
    base = [
        one + _BLOCK * by_block[unit.block] + _TITLE * by_title[unit.section]
        for one, unit in zip(alone, layout.units, strict=True)
    ]
    for unit in layout.units:
        blocks[unit.block].update(titles[unit.section])
    covered = _covered(blocks, weights, asked)
    scores = _of_kind(layout, _with_neighbours(layout, base), asked)
    again = _said_before(layout, found)
    for number in again:
        scores[number] = 0.0
    quoted = quoted_units(layout, asked.quoted)
    rare = sorted(quoted.union(_rare(found, holders, asked)) - again)
    return Scores(scores, rare, 1.0 if quoted else covered)


def _said_before(layout: Layout, found: Sequence[dict[str, int]]) -> set[int]:
    """The sentences that answer in the very words of an earlier one."""
    again: set[int] = set()
    said: set[str] = set()
    for number, (unit, terms) in enumerate(zip(layout.units, found, strict=True)):
        if terms and unit.kind == "sentence":
            text = layout.text_of(unit)
            if text in said:
                again.add(number)
            said.add(text)
    return again


def root(term: str) -> str:
    """How words begin that may be another form of a term, such as "colony" and "colonial"."""
    return f"{term[:_ROOT]}*" if len(term) >= _ROOT and term.isalpha() else ""


@lru_cache(maxsize=16_384)
def _forms(word: str) -> tuple[str, ...]:
    """The terms of a word and their roots."""
    terms = terms_of_word(word)
    roots = filter(None, [root(each) for each in terms if len(each) >= _ROOT])
    return tuple(dict.fromkeys((*terms, *roots)))


class _Known(dict[str, tuple[str, ...]]):
    """The wanted terms, and their roots, of all that stood between blanks so far.

    Most of it has none.
    """

    def __init__(self, wanted: Sequence[str]) -> None:
        super().__init__()
        roots = [root(each) for each in wanted]
        self._wanted = frozenset([*wanted, *(each for each in roots if each)])
        self._letters = frozenset(each[:1] for each in wanted)

    def __missing__(self, piece: str) -> tuple[str, ...]:
        wanted = self._wanted
        hits: list[str] = []
        for word in [piece] if piece.isalpha() and len(piece) < _LONG else _WORD.findall(piece):
            if self._surely_not(word):
                continue
            forms = _forms(word[:LONGEST_WORD])
            if not wanted.isdisjoint(forms):
                hits += [each for each in forms if each in wanted]
        known = tuple(hits)
        if len(self) < _MOST_KNOWN:
            self[piece] = known
        return known

    def _surely_not(self, word: str) -> bool:
        """Whether a look is enough to tell that a word has no wanted term.

        The one term of a plain word begins with its letter.
        """
        if word.isascii():
            letter = word[0].lower()
            return letter not in self._letters and word.isalpha() and word[1:].islower()
        return len(word) > 1 and is_unspaced(word) and self._wanted.isdisjoint(pairs(word))


def _count(layout: Layout, wanted: Sequence[str]) -> list[dict[str, int]]:
    """Count the wanted terms of every unit."""
    text = layout.text
    known = _Known(wanted).__getitem__
    found: list[dict[str, int]] = []
    for unit in layout.units:
        counts: dict[str, int] = {}
        # Words without a wanted term, which are nearly all, never come to a line of Python.
        for hits in filter(None, map(known, text[unit.start : unit.end].split())):
            for term in hits:
                counts[term] = counts.get(term, 0) + 1
        found.append(counts or _NOTHING)
    return found


def _weights(holders: Counter[str], total: int, asked: Asked) -> dict[str, float]:
    """How much each term says, and each root: the fewer of all units hold it, the more."""

    def weight(term: str) -> float:
        return log(1 + (total - holders[term] + 0.5) / (holders[term] + 0.5))

    weights = {root(term): _ROOT_WEIGHT * weight(root(term)) for term in asked.own if root(term)}
    for term in asked.terms:
        weights[term] = weight(term) * (1 if term in asked.own else _GENERIC_WEIGHT)
    return weights


def _count_titles(layout: Layout, found: Sequence[dict[str, int]]) -> list[dict[str, int]]:
    """The wanted terms of every section's title."""
    titles: list[dict[str, int]] = [{} for _ in layout.titles]
    for unit, terms in zip(layout.units, found, strict=True):
        if unit.kind in {"heading", "head"}:
            titles[unit.section].update(terms)
    return titles


def _blocks(
    layout: Layout, found: Sequence[dict[str, int]]
) -> tuple[list[dict[str, int]], list[int]]:
    """The wanted terms and the size of every block."""
    blocks: list[dict[str, int]] = [{} for _ in range(layout.blocks + 1)]
    sizes = [0] * len(blocks)
    for unit, terms in zip(layout.units, found, strict=True):
        sizes[unit.block] += unit.end - unit.start
        block = blocks[unit.block]
        for term, times in terms.items():
            block[term] = block.get(term, 0) + times
    return blocks, sizes


def _bm25(
    found: Sequence[dict[str, int]], sizes: Sequence[int], weights: dict[str, float]
) -> list[float]:
    mean = max(1.0, sum(sizes) / max(1, len(sizes)))
    scores: list[float] = []
    for terms, size in zip(found, sizes, strict=True):
        total = 0.0
        if terms:
            norm = _K1 * (1 - _B + _B * size / mean)
            for term, times in terms.items():
                total += weights.get(term, 0.0) * times * (_K1 + 1) / (times + norm)
        scores.append(total)
    return scores


def _with_neighbours(layout: Layout, base: Sequence[float]) -> list[float]:
    """A unit counts more where those beside it, in the same block, count."""
    scores = list(base)
    before = -1
    for at, unit in enumerate(layout.units):
        if unit.block == before:
            goes_on = base[at - 1] > 0 and _PRONOUN.match(layout.text, unit.start)
            scores[at] += (_AFTER if goes_on else _NEIGHBOUR) * base[at - 1]
            scores[at - 1] += _NEIGHBOUR * base[at]
        before = unit.block
    return scores


def _of_kind(layout: Layout, scores: Sequence[float], asked: Asked) -> list[float]:
    """A unit counts more where it holds what an answer would: a time, an amount, a name."""
    text = layout.text
    least = max(scores, default=0.0) / _WORTH_A_LOOK
    # Rounded, so that a last bit that differs between machines never decides an order.
    return [
        round(
            each * _ANSWERS_KIND
            if each > least and any(kind.search(text, unit.start, unit.end) for kind in asked.kinds)
            else each,
            6,
        )
        for unit, each in zip(layout.units, scores, strict=True)
    ]


def _rare(found: Sequence[dict[str, int]], holders: Counter[str], asked: Asked) -> list[int]:
    """The units that hold a term of the question which few units hold.

    Of a long message, which has many terms, hardly any unit may hold it.
    """
    share = _RARE_SHARE if len(asked.own) <= _MANY_ASKED else _RARE_SHARE_OF_MANY
    most = max(_RARE_LEAST, len(found) // share)
    rare = {term for term in asked.own if 0 < holders[term] <= most}
    return [at for at, terms in enumerate(found) if terms and not rare.isdisjoint(terms)]


def _covered(blocks: Sequence[dict[str, int]], weights: dict[str, float], asked: Asked) -> float:
    """How much of what can be looked up the best block and its title speak of.

    Another form of a word counts for a part of it.
    """
    own = {term: weights[term] for term in asked.terms if term in asked.own}
    asked_for = sum(sorted(own.values(), reverse=True)[:_MOST_ASKED])
    forms: dict[str, list[str]] = {}
    for term in own:
        forms.setdefault(root(term), []).append(term)
    best = max((_spoken(terms, own, forms) for terms in blocks if terms), default=0.0)
    return best / asked_for if asked_for else 0.0


def _spoken(
    terms: Mapping[str, int], own: Mapping[str, float], forms: Mapping[str, Sequence[str]]
) -> float:
    """The weight of the asked terms that a block speaks of."""
    total = 0.0
    for term in terms:
        if term in own:
            total += own[term]
        elif term in forms:
            total += sum(_ROOT_WEIGHT * own[each] for each in forms[term] if each not in terms)
    return total
