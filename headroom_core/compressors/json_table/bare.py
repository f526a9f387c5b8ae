"""JSON whose keys stand without quotes where they are plain words: `{name:"x",size:3}`."""

from __future__ import annotations

import re

# An unescaped quote behind `{` or `,` opens a string: one that closes is never followed by a word.
_QUOTED = re.compile(r'"(?<=[{,]")([A-Za-z_$][\w$]*)"(?=:)', re.ASCII)
_STRING = re.compile(r'("[^"\\]*(?:\\.[^"\\]*)*")')
_BARE = re.compile(r"([A-Za-z_$][\w$]*)(?=:)", re.ASCII)
_CUT = "\x00"


def bare_keys(text: str) -> str:
    """Compact JSON without the quotes of its plain keys."""
    return "".join(_QUOTED.split(text))


def quoted_keys(text: str) -> str:
    """Undo `bare_keys`. No string of the text may be cut in two."""
    simple = '\\"' not in text
    pieces = text.split('"') if simple else _STRING.split(text)
    between = _CUT.join(pieces[::2])
    pieces[::2] = '"'.join(_BARE.split(between)).split(_CUT)
    return ('"' if simple else "").join(pieces)
