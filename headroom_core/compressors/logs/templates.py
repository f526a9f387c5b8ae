"""The shapes of lines: what is left of a line when its values are taken out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.compressors.batches import batches_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DELIMITER_SIGNS = (
    "\x01\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000@\"'`,;(){}[]<>|=:"
)
"""All that ends a token: white space of any kind and a few signs."""
_DELIMITERS = r"\s\x01@\"'`,;(){}\[\]<>|=:"
_PIECES = re.compile(rf"([{_DELIMITERS}]+)")
_VALUE = re.compile(rf"[0-9][^{_DELIMITERS}]*")
# A token that ends with a masked value, read from its end: so each search is for one letter.
_MASKED = re.compile(rf"0[^{_DELIMITERS}]*")

VALUE = "\0"
"""Stands in a shape for a value: a token with a digit, or a word that differs between lines."""

MOST_CUTS = 40
"""A longer line is split so often."""
# Without these bytes a line is left with all that may end a token.
_NO_SIGNS = bytes(code for code in range(128) if chr(code) not in DELIMITER_SIGNS)
_CUTS = re.compile(rf"(?:[^{_DELIMITERS}]*+[{_DELIMITERS}]++){{{MOST_CUTS}}}")

Shape = str
"""A line with `VALUE` in place of each value."""


def pieces(line: str) -> list[str]:
    """Split a line into token, delimiter, token …; the end of a very long line is one token."""
    return _PIECES.split(line, MOST_CUTS)


def ends_whole(shape: Shape) -> bool:
    """Whether every token of such lines stands alone: the line was not too long to be split."""
    return tail_of(shape) is None


def mask(text: str) -> str:
    """Put `0` in place of every number and of what follows it in its token."""
    return _VALUE.sub("0", text)


def masks_of(lines: Sequence[str]) -> Iterator[str]:
    """Each line with `0` in place of every number."""
    for batch in batches_of(lines):
        yield from mask("\n".join(batch)).split("\n")


def shapes_of(lines: Sequence[str]) -> Iterator[Shape]:
    """Each line with `VALUE` in place of every token with a digit."""
    for batch in batches_of(lines):
        text = _MASKED.sub(VALUE, mask("\n".join(batch))[::-1])[::-1]
        shapes = text.split("\n")
        signs = text.encode("utf-8", "surrogatepass").translate(None, _NO_SIGNS).split(b"\n")
        yield from map(_cut, shapes) if max(map(len, signs)) >= MOST_CUTS else shapes


def tail_of(shape: Shape) -> int | None:
    """Where the end of a very long line starts that is one token."""
    if len(shape) < 2 * MOST_CUTS - 1:
        return None
    cuts = _CUTS.match(shape)
    return cuts.end() if cuts else None


def _cut(shape: Shape) -> Shape:
    """The shape with one value in place of the end of a very long line that holds any."""
    tail = tail_of(shape)
    return shape[:tail] + VALUE if tail is not None and VALUE in shape[tail:] else shape
