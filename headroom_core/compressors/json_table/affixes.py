"""What all texts of a column begin and end with, cut where a word ends.

A piece that is cut in the middle of a word or number could no longer be searched for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_SAMPLE = 500
_LONGEST = 300
_SPARE = 32
_LAST_BREAK = re.compile(r".*[\s/:=@#?&\"'>]", re.DOTALL)
_FIRST_BREAK = re.compile(r"[\s/:=@#?&\"'<+]")
_UNSAFE = re.compile(r"[*|,()\x00-\x1f\ud800-\udfff]")


def affixes(texts: Sequence[str]) -> tuple[str, str]:
    """The prefix and suffix that (nearly) all texts share; either may be empty."""
    step = len(texts) // _SAMPLE + 1
    sample = list(texts[::step])
    prefix = _breaks_off(_shared(sample))
    rest = [text[len(prefix) :] for text in sample if text.startswith(prefix)]
    suffix = _shared([text[::-1] for text in rest])[::-1]
    found = _FIRST_BREAK.search(suffix)
    suffix = suffix[found.start() :] if found else ""
    return _whole(prefix), _whole(suffix)


def _shared(texts: list[str]) -> str:
    """What all texts but a few begin with."""
    texts.sort()
    few = (len(texts) + _SPARE) // 40
    last = len(texts) - 1 - few
    shared = [_both(texts[low], texts[last + low]) for low in range(few + 1)]
    return max(shared, key=len)


def _both(first: str, second: str) -> str:
    """What two texts begin with."""
    length = 0
    for a, b in zip(first[:_LONGEST], second, strict=False):
        if a != b:
            break
        length += 1
    return first[:length]


def _breaks_off(text: str) -> str:
    found = _LAST_BREAK.match(text)
    return found[0] if found else ""


def _whole(text: str) -> str:
    return "" if _UNSAFE.search(text) else text
