"""Texts that mention another cell of their row: `request {id} took 5 ms`.

Only ids and the like are mentioned, values of one word, and only in columns of longer texts, so
that no two columns can mention each other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table.templates import Texts, find_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

MARK = "{}"
"""What the header of a column says first whose texts mention others."""
_MENTION = re.compile(r"\{([^{}\n]+)\}")
_BLANK = re.compile(r"\s")
_PROBED = 200
_LEAST = 8


def may_mention(texts: Texts) -> bool:
    """Whether a column holds texts of several words, and no braces of its own."""
    sample = texts[:: len(texts) // _PROBED + 1]
    if not any(text and " " in text for text in sample):
        return False
    joined = "".join(filter(None, texts))
    return "{" not in joined and "}" not in joined


def may_be_mentioned(texts: Texts) -> bool:
    """Whether a column holds single words that are long enough to be named instead."""
    words = [text for text in texts if text is not None]
    joined = "".join(words)
    return len(joined) >= _LEAST * len(words) > 0 and not _BLANK.search(joined)


def mentioning(texts: Texts, name: str, words: Texts, spared: frozenset[str]) -> tuple[Texts, int]:
    """The texts with the row's word named where it stands in them, and how often it does."""
    step = len(texts) // _PROBED + 1
    probe = zip(texts[::step], words[::step], strict=True)
    if not any(text and word and word in text for text, word in probe):
        return texts, 0
    named = f"{{{name}}}"
    out: Texts = []
    count = 0
    for text, word in zip(texts, words, strict=True):
        if text and word and len(word) > len(named) and word in text and word not in spared:
            at = find_whole(text, word)
            if at >= 0:
                count += 1
                out.append(f"{text[:at]}{named}{text[at + len(word) :]}")
                continue
        out.append(text)
    return out, count


def mentioned(texts: Iterable[str]) -> set[str]:
    """The names of the columns that texts mention."""
    return {name for text in texts if "{" in text for name in _MENTION.findall(text)}


def spelled_out(texts: Sequence[str], words: Callable[[str], Texts]) -> list[str]:
    """The texts with the words that they mention."""
    columns = {name: words(name) for name in mentioned(texts)}

    def spell(text: str, row: int) -> str:
        return _MENTION.sub(lambda match: columns[match[1]][row] or match[0], text)

    return [spell(text, row) if "{" in text else text for row, text in enumerate(texts)]
