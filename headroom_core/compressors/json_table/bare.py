"""JSON whose keys stand without quotes where they are plain words: `{name:"x",size:3}`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# An unescaped quote behind `{` or `,` opens a string: one that closes is never followed by a word.
_QUOTED = re.compile(r'"(?<=[{,]")([A-Za-z_$][\w$]*)"(?=:)', re.ASCII)
_STRING = re.compile(r'("[^"\\]*(?:\\.[^"\\]*)*")')
_BARE = re.compile(r"([A-Za-z_$][\w$]*)(?=:)", re.ASCII)
_CUT = "\x00"
_PART = 100_000


def bare_keys(text: str) -> str:
    """Compact JSON without the quotes of its plain keys."""
    return "".join("".join(_QUOTED.split(part)) for part in _parts(text))


def _parts(text: str) -> Iterator[str]:
    """The text in parts, as its pieces weigh many times their text; no key lies in two of them."""
    start = 0
    while (end := text.find(":", start + _PART) + 1) > 0:
        yield text[start:end]
        start = end
    yield text[start:]


def quoted_keys(text: str) -> str:
    """Undo `bare_keys`. No string of the text may be cut in two."""
    simple = '\\"' not in text
    pieces = text.split('"') if simple else _STRING.split(text)
    between = _CUT.join(pieces[::2])
    pieces[::2] = '"'.join(_BARE.split(between)).split(_CUT)
    return ('"' if simple else "").join(pieces)
