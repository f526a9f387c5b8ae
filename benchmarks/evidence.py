"""Whether what a question needs can still be read in a text."""

from __future__ import annotations

import html
import json
import re
from functools import cached_property

_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[^\s\"'`,;(){}\[\]<>|=:]{2,}")
_ESCAPES = {r"\"": '"', r"\n": "\n", r"\t": "\t", r"\/": "/", r"\\": "\\", '""': '"'}
_ESCAPED = re.compile("|".join(map(re.escape, _ESCAPES)))
RARE = 3
"""A word seen no more often than this in the original carries information."""


class Readable:
    """A text, and what a reader finds in it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def shows(self, needle: str) -> bool:
        """Whether the needle stands there: up to white space, JSON escapes and HTML entities."""
        flat = _SPACE.sub(" ", needle)
        return needle in self.text or flat in self._flat or flat in self._plain

    def tells(self, needle: str, original: str) -> bool:
        """Whether it can be read, though not in one piece: each of its rare words stands there.

        A form may hoist what repeats into a heading, so common words prove nothing, and a path
        may stand as a directory and a name.
        """
        if self.shows(needle):
            return True
        words = _WORD.findall(needle)
        rare = [word for word in words if original.count(word) <= RARE] or words
        return bool(rare) and all(map(self._has_word, rare))

    def _has_word(self, word: str) -> bool:
        if word in self.text or word in self._flat:
            return True
        folder, _, name = word.rpartition("/")
        return len(folder) > 1 and bool(name) and folder in self.text and name in self.text

    @cached_property
    def _flat(self) -> str:
        return _SPACE.sub(" ", self.text)

    @cached_property
    def _plain(self) -> str:
        plain = _ESCAPED.sub(lambda found: _ESCAPES[found[0]], self.text)
        return _SPACE.sub(" ", html.unescape(plain))


def same_data(one: str, other: str) -> bool:
    """Whether two texts are equal, or are the same JSON."""
    if one == other:
        return True
    try:
        left: object = json.loads(one)
        right: object = json.loads(other)
    except (ValueError, RecursionError):
        return False
    return left == right
