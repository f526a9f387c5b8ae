"""Which units of a text answer a question: BM25 over words, names and numbers.

Words are compared by stem, so that "retries" finds "retrying"; names also by their pieces, so that
"user id" finds `userId` and `user_id`; what is written as one, such as `10.0.3.17` or `req-8842`,
also as a whole. One pass over the text, in pure Python, without an index on disk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from math import log
from operator import add
from typing import TYPE_CHECKING, Protocol

from headroom_core.signals import STOP_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WORD = re.compile(r"[^\W_]+")
_COMPOUND = re.compile(r"[^\W_]+(?:[._:/@\\#+-]{1,2}[^\W_]+)+")
_PIECE = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\W\d_a-zA-Z]+")
# Scripts without spaces between words are compared by pairs of characters.
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_VOWEL = re.compile("[aeiouy]")
_IRREGULAR = {
    "failure": "fail",
    "failures": "fail",
    "men": "man",
    "children": "child",
    "people": "person",
    "ran": "run",
    "sent": "send",
    "lost": "los",
    "wrote": "writ",
    "written": "writ",
    "threw": "throw",
    "thrown": "throw",
    "found": "find",
    "built": "build",
    "paid": "pay",
    "began": "begin",
}
LONGEST_WORD = 64
"""Of a longer word, only the start counts."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: the terms that it counts as, and where it stands."""

    terms: tuple[str, ...]
    start: int
    end: int


class Scorer(Protocol):
    """Says how well each unit of a text answers a query. A pure function of its arguments."""

    def scores(self, query: str, units: Sequence[str]) -> list[float]:
        """Return one score for each unit: 0 for no match, and the higher the better."""
        ...


@dataclass(frozen=True, slots=True)
class Bm25:
    """`Scorer` by Okapi BM25: rare terms count more, repetitions less and less."""

    k1: float = 1.2
    """How slowly repetitions of a term stop to count."""
    b: float = 0.5
    """How much long units are held back: 0 not at all, 1 in full."""

    def scores(self, query: str, units: Sequence[str]) -> list[float]:
        wanted = query_terms(query)
        if not wanted:
            return [0.0] * len(units)
        counted, lengths = _count(wanted, compounds(query), units)
        mean = max(1.0, sum(lengths) / max(1, len(lengths)))
        norms = [self.k1 * (1 - self.b + self.b * length / mean) for length in lengths]
        totals = [0.0] * len(units)
        for found in counted:
            weight = log(1 + (len(units) - len(found) + 0.5) / (len(found) + 0.5))
            for unit, times in found.items():
                totals[unit] += weight * times * (self.k1 + 1) / (times + norms[unit])
        # Rounded, so that a last bit that differs between machines never decides an order.
        return [round(total, 6) for total in totals]


def tokens(text: str) -> Iterator[Token]:
    """Return the words of a text with their terms and their places in it."""
    for match in _WORD.finditer(text):
        yield Token(terms_of_word(match.group()), match.start(), match.end())


def query_terms(query: str) -> tuple[str, ...]:
    """Return the terms of a query, each once; stop words only where there is nothing else."""
    found = telling_terms(query)
    return found or tuple(dict.fromkeys(term for token in tokens(query) for term in token.terms))


def telling_terms(query: str) -> tuple[str, ...]:
    """Return the terms of a query that are no stop words, each once."""
    words = [token for token in tokens(query) if _says_something(query[token.start : token.end])]
    return tuple(dict.fromkeys(term for token in words for term in token.terms))


def compounds(query: str) -> tuple[str, ...]:
    """Return what a query writes as one, such as `src/app.py` or `10.0.3.17`, in lower case."""
    return tuple(dict.fromkeys(found.lower() for found in _COMPOUND.findall(query)))


def spans(query: str, text: str) -> list[tuple[int, int]]:
    """Return where the terms of a query stand in a text, in order."""
    wanted = frozenset(query_terms(query))
    return [
        (token.start, token.end) for token in tokens(text) if not wanted.isdisjoint(token.terms)
    ]


def terms_of_word(word: str) -> tuple[str, ...]:
    """Return the terms that a word counts as: its stem, and the stems of its pieces."""
    return _terms_of(word[:LONGEST_WORD])  # cut here, so that what is remembered is short


@lru_cache(maxsize=16_384)
def _terms_of(word: str) -> tuple[str, ...]:
    if is_unspaced(word):
        return tuple(dict.fromkeys(pairs(word))) or (word,)
    pieces = _PIECE.findall(word)
    if len(pieces) < 2:
        return (stem(word.lower()),)
    whole = [stem(word.lower())]
    return tuple(dict.fromkeys(whole + [stem(each.lower()) for each in pieces if len(each) > 1]))


def is_unspaced(word: str) -> bool:
    """Whether a word is of a script that sets no spaces between its words."""
    return not word.isascii() and _UNSPACED.search(word) is not None


def pairs(word: str) -> Iterator[str]:
    """Return the pairs of neighbouring characters, in order."""
    return map(add, word, word[1:])


def stem(word: str) -> str:
    """Take common English endings off a lower-case word, so that its forms meet in one stem."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or not word.isalpha() or not word.isascii():
        return word
    word = _without_participle(_singular(word))
    if len(word) > 6 and word.endswith(("tion", "sion")):
        word = word[:-3]
    elif len(word) > 6 and word.endswith("ment"):
        word = word[:-4]
    elif len(word) > 5 and word.endswith("ly"):
        word = word[:-2]
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    return word[:-1] + "i" if len(word) > 3 and word.endswith("y") else word


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _without_participle(word: str) -> str:
    if word.endswith("ied") and len(word) > 4:
        return word[:-3] + "y"
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= 3 and _VOWEL.search(rest):
            doubled = rest[-1] == rest[-2] and rest[-1] not in "lsz"
            return rest[:-1] if doubled else rest
    return word


def _says_something(word: str) -> bool:
    return word.lower() not in STOP_WORDS and (
        len(word) > 1 or not word.isascii() or word.isdigit()
    )


def _count(
    wanted: Sequence[str], whole: Sequence[str], units: Sequence[str]
) -> tuple[list[dict[int, int]], list[int]]:
    """Count each term in each unit that holds it, and the words of every unit."""
    terms: list[dict[int, int]] = [{} for _ in wanted]
    compound: list[dict[int, int]] = [{} for _ in whole]
    places = dict(zip(wanted, terms, strict=True))
    known: dict[str, tuple[dict[int, int], ...]] = {}
    lengths: list[int] = []
    for unit, text in enumerate(units):
        words = _WORD.findall(text)
        lengths.append(len(words))
        for word in words:
            hits = known.get(word)
            if hits is None:
                hits = tuple(places[term] for term in terms_of_word(word) if term in places)
                known[word] = hits
            for found in hits:
                found[unit] = found.get(unit, 0) + 1
        if whole:
            low = text.lower()
            for name, found in zip(whole, compound, strict=True):
                if times := low.count(name):
                    found[unit] = times
    return [*terms, *compound], lengths
