"""Cut a long source text where one thing ends and another begins, so that it is parsed in parts.

A syntax tree takes thirty times its text. A part that does not parse may have been cut inside a
string or a block; then the text is parsed whole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PART = 10_000
"""A part has at least so many characters."""
_GRAMMARS = frozenset({"python", "javascript", "typescript", "tsx", "go", "rust"})
"""Languages in which a file is a row of things, and what is open at its end does not parse."""
_BEGINS = re.compile(r"[A-Za-z@]")


def parts_of(lines: Sequence[str], grammar: str) -> Iterator[range]:
    """The rows of each part: it begins below a blank line, with a word that is not indented."""
    start = size = 0
    for row, line in enumerate(lines if grammar in _GRAMMARS else ()):
        if size >= _PART and not lines[row - 1].strip() and _BEGINS.match(line):
            yield range(start, row)
            start, size = row, 0
        size += len(line) + 1
    yield range(start, len(lines))
