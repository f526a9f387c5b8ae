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
_FEW = 20
_SPARE = 32
_LAST_BREAK = re.compile(r".*[\s/:=@#?&\"'>]", re.DOTALL)
_FIRST_BREAK = re.compile(r"[\s/:=@#?&\"'<+]")
# Inside of times, addresses and numbered names a reader cuts at other places too.
_PARTS_OF_TIME = re.compile(r"\d{4}-(?:\d\d-(?:\d\d[T ])?)?", re.ASCII)
_PARTS_OF_ADDRESS = re.compile(r"(?:\d{1,3}\.){2,3}", re.ASCII)
_DIGIT = re.compile(r"\d")
_NAME = re.compile(r"[A-Za-z]{2,}(?:[-_][A-Za-z]{2,})*[-_]")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*", re.ASCII)
_ADDRESS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?", re.ASCII)
_DOMAIN = re.compile(r"\.[A-Za-z][\w-]*\.[\w.-]+", re.ASCII)
_UNSAFE = re.compile(r"[*|,()\x00-\x1f\ud800-\udfff]")


def affixes(texts: Sequence[str], *, numbered: bool = False) -> tuple[str, str]:
    """The prefix and suffix that (nearly) all texts share; either may be empty.

    Names that differ in what follows a dash are cut there if they may be `numbered`.
    """
    step = len(texts) // _SAMPLE + 1
    sample = list(texts[::step])
    shared = _shared(sample) if _may_share([text[:1] for text in sample]) else ""
    prefix = _breaks_off(shared, sample, numbered=numbered) if shared else ""
    rest = [text[len(prefix) :] for text in sample if text.startswith(prefix)] if prefix else sample
    if not _may_share([text[-1:] for text in rest]):
        return _whole(prefix), ""
    suffix = _shared([text[::-1] for text in rest])[::-1]
    return _whole(prefix), _whole(_breaks_on(suffix, sample))


def _may_share(chars: Sequence[str]) -> bool:
    """Whether all texts but a few have the same character at one end."""
    few = _few(chars)
    # A character that most have, one of the first few has.
    return any(chars.count(each) >= len(chars) - few for each in set(chars[: few + 1]))


def _few(texts: Sequence[str]) -> int:
    return (len(texts) + _SPARE) // 40


def _shared(texts: list[str]) -> str:
    """What all texts but a few begin with."""
    texts.sort()
    few = _few(texts)
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


def _breaks_off(text: str, sample: Sequence[str], *, numbered: bool) -> str:
    """The part of a shared beginning that ends where a word, or a part of a time, does."""
    found = _LAST_BREAK.match(text)
    part = _part(text, sample, numbered=numbered)
    return max(found[0] if found else "", part[0] if part else "", key=len)


def _part(text: str, sample: Sequence[str], *, numbered: bool) -> re.Match[str] | None:
    if _is(_TIME, sample):
        return _PARTS_OF_TIME.match(text)
    if _is(_ADDRESS, sample):
        return _PARTS_OF_ADDRESS.match(text)
    return _NAME.match(text) if numbered and all(map(_DIGIT.search, sample)) else None


def _breaks_on(text: str, sample: Sequence[str]) -> str:
    """The part of a shared end that begins where a word, a domain or a zone of time does."""
    found = _FIRST_BREAK.search(text)
    if found is not None:
        return text[found.start() :]
    if text.endswith("Z") and _is(_TIME, sample):
        return "Z"
    domain = _DOMAIN.search(text)
    return text[domain.start() :] if domain else ""


def _is(shape: re.Pattern[str], sample: Sequence[str]) -> bool:
    """Whether (nearly) all texts have a shape, told by some of them."""
    some = sample[:: len(sample) // _FEW + 1]
    return sum(shape.fullmatch(text) is not None for text in some) >= len(some) - 1


def _whole(text: str) -> str:
    return "" if _UNSAFE.search(text) else text
