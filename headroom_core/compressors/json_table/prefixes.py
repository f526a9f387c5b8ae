r"""Long paths and addresses, named once: `$A=https://host/repos/owner/name`, then `$A/issues`.

Only what ends at a `/` is cut off, so the rest of every path stays a word of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_core.compressors.json_table.limits import Allowance

_NAMES = "ABCDEF"
_PATH = re.compile(r"(?:[a-z][a-z+]{1,9}://|/)[\w.@+%~-]+(?:/[\w.@+%~-]+)*", re.ASCII)
_NAMED = re.compile(r"\$[A-F]")
_LEAST = 12
_SCANNED = 1_000_000
_MOST_PARTS = 12


def name_prefixes(segments: list[tuple[str, bool]]) -> str:
    """Name the prefixes that repeat most in a text, in lines before it.

    The segments of the text say whether they may be shortened: the cells of rows may not.
    """
    texts = [text for text, _ in segments]
    if any("$" in text and _NAMED.search(text) for text in texts):
        return "".join(texts)
    loose = [index for index, (text, may) in enumerate(segments) if may and "/" in text]
    paths = _Paths("\n".join(texts[index] for index in loose))
    lines: list[str] = []
    for name in _NAMES if loose else "":
        prefix = paths.best()
        if prefix is None:
            break
        paths.shorten(prefix, f"${name}")
        for index in loose:
            texts[index] = texts[index].replace(prefix, f"${name}")
        lines.append(f"${name}={prefix}\n")
    return "".join([*lines, *texts])


def put_prefixes_back(body: str, allowance: Allowance) -> str:
    """Undo `name_prefixes`."""
    found: list[tuple[str, str]] = []
    while body[:1] == "$" and body[1:2] == _NAMES[len(found) : len(found) + 1] and body[2:3] == "=":
        line, newline, body = body.partition("\n")
        if not newline:
            raise DecodeError("a prefix is named but no text follows")
        found.append((line[:2], line[3:]))
    for name, prefix in reversed(found):
        allowance.spend(body.count(name) * len(prefix))
        body = body.replace(name, prefix)
    return body


class _Paths:
    """The paths in a text, and how often each prefix of them stands there."""

    def __init__(self, text: str) -> None:
        # No path goes on behind a blank or a quote, and most words come again.
        words = text[:_SCANNED].replace('"', " ").split()
        self._words = Counter([word for word in words if "/" in word])
        self._prefixes: dict[str, int] = {}
        self._count(self._words, 1)

    def best(self) -> str | None:
        """The prefix whose name saves most."""
        gains = [
            ((count - 1) * (len(prefix) - 2) - 6, prefix)
            for prefix, count in self._prefixes.items()
            if count > 2
        ]
        if not gains:
            return None
        gain, prefix = max(gains)
        return prefix if gain > _LEAST * 2 else None

    def shorten(self, prefix: str, name: str) -> None:
        """Put a name where a prefix stands."""
        found = [word for word in self._words if prefix in word]
        old = {word: self._words.pop(word) for word in found}
        new: Counter[str] = Counter()
        for word, count in old.items():
            new[word.replace(prefix, name)] += count
        self._count(old, -1)
        self._count(new, 1)
        self._words.update(new)

    def _count(self, words: Mapping[str, int], sign: int) -> None:
        prefixes = self._prefixes
        for word, count in words.items():
            # A prefix is long, so most words are too short to have one.
            for path in _PATH.findall(word) if word.find("/", _LEAST) > 0 else ():
                at = path.find("/", _LEAST)
                for _ in range(_MOST_PARTS):
                    if at < 0:
                        break
                    prefix = path[:at]
                    prefixes[prefix] = prefixes.get(prefix, 0) + sign * count
                    at = path.find("/", at + 1)
