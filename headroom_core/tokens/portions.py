"""Cut a long text where its tokens are cut anyway, so that it is counted in little memory.

No token of the public encodings goes on from an ASCII letter or digit to a line break or to a sign
such as `,`: their patterns match letters with at most one sign before and an apostrophe behind,
digits alone, and white space or signs that follow each other. Nor does a pattern look back. So the
counts of the portions add up to the count of the text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PORTION = 100_000
"""About so many characters are counted at once."""

_CUT = re.compile(r'(?<=[A-Za-z0-9])(?=[\n",:;|<>=()\[\]{}])')


def portions(text: str) -> Iterator[str]:
    """The portions that are counted one by one; joined they are the text."""
    start = 0
    while (cut := _CUT.search(text, start + PORTION)) is not None:
        yield text[start : cut.start()]
        start = cut.start()
    yield text[start:] if start else text
