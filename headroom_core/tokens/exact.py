"""Exact counters: `toktok` where it is installed, else `tiktoken` with a vocabulary on disk."""

from __future__ import annotations

import sys
from threading import Lock
from typing import TYPE_CHECKING

from headroom_core.tokens.base import encodable
from headroom_core.tokens.portions import PORTION, portions
from headroom_core.tokens.runs import MAX_RUN, pieces
from headroom_core.tokens.vocabulary import VOCABULARIES, on_disk, ranks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# `toktok` carries these two; the others are served by `tiktoken`.
_IN_TOKTOK = ("o200k", "cl100k")

chosen: dict[str, ExactCounter | None] = {}
"""What this process counts with: decided once, so a file that appears later changes nothing."""

_loading = Lock()


class ExactCounter:
    """Counts with an encoding's own vocabulary; whichever library does it, the counts are equal."""

    exact = True

    def __init__(self, name: str, raw: Callable[[str], int]) -> None:
        self.name = name
        self._raw: Callable[[str], int] = self._first
        self._loaded = raw

    def _first(self, text: str) -> int:
        """Count the first text, one thread at a time.

        It loads a vocabulary of 60 MB, and threads that come at once would each load one.
        """
        with _loading:
            count = self._loaded(text)
        self._raw = self._loaded
        return count

    def count(self, text: str) -> int:
        try:
            if len(text) <= PORTION:
                return self._raw(text)
            return sum(map(self._counted, portions(text)))
        except UnicodeEncodeError:
            return self.count(encodable(text))

    def count_many(self, texts: Sequence[str]) -> list[int]:
        return [self.count(text) for text in texts]

    def _counted(self, portion: str) -> int:
        if len(portion) <= MAX_RUN:
            return self._raw(portion)
        return sum(map(self._raw, pieces(portion)))


def exact_counter(name: str) -> ExactCounter | None:
    """Return the exact counter for one of `VOCABULARIES`, or `None` when this machine has none."""
    with _loading:
        if name not in chosen:
            chosen[name] = _find(name)
        return chosen[name]


def _find(name: str) -> ExactCounter | None:
    raw = (_toktok(name) if name in _IN_TOKTOK else None) or _tiktoken(name)
    return ExactCounter(name, raw) if raw else None


def _toktok(name: str) -> Callable[[str], int] | None:
    try:
        # Heavy: a library of 8 MB, and no wheel of it exists for some platforms.
        from toktok import truncate  # noqa: PLC0415
    except ImportError:
        return None
    encoding = VOCABULARIES[name].encoding

    # Counting through `truncate` starts no thread pool, so a short text costs 0.4 µs and not 27.
    def count(text: str) -> int:
        return truncate(text, sys.maxsize, encoding)[1]

    return count


def _tiktoken(name: str) -> Callable[[str], int] | None:
    vocabulary = VOCABULARIES[name]
    content = on_disk(vocabulary)
    if content is None:
        return None
    try:
        # Heavy, and needed only where `toktok` does not serve.
        from tiktoken import Encoding  # noqa: PLC0415
    except ImportError:
        return None
    # Built by hand: `tiktoken.get_encoding` downloads what it does not find. Without special
    # tokens, because in a text they are plain text.
    encoding = Encoding(
        vocabulary.encoding,
        pat_str=vocabulary.pattern,
        mergeable_ranks=ranks(content),
        special_tokens={},
    )

    def count(text: str) -> int:
        return len(encoding.encode_ordinary(text))

    return count
