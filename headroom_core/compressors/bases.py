"""Earlier tool results as bases: what a later result may point to."""

from __future__ import annotations

import re
import sys
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from headroom_core.compressors.gutters import bare
from headroom_core.errors import DecodeError
from headroom_core.frame import MARK
from headroom_core.memo import Memo
from headroom_core.source import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.base import Earlier
    from headroom_core.compressors.gutters import Bare

MAX_CHARS = 1 << 26
"""No form points with, or decodes to, a longer text: pointers are short and could name much."""
_MOST_PLACES = 4
_MOST_BASES = 200
LEAST_ANCHOR = 8
_MOST_CHARS_OF_BASES = 2 << 20
_SHELF_BYTES = 12 << 20
_LINE_BYTES = 240
"""What a line takes beside its characters: a text of its own, and its places. Measured: 190."""
_UNFIT = re.compile(r"[^\w./ +@-]")


class Base:
    """An earlier text without its gutter, and where its telling lines stand."""

    def __init__(self, text: str) -> None:
        source = Source(text.removesuffix("\n"))
        self.bare: Bare = bare(source.lines, source.head)

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """The first places of every line that is long enough to find a block by."""
        places: dict[str, list[int]] = {}
        for index, line in enumerate(self.bare.lines):
            if len(line) >= LEAST_ANCHOR:
                at = places.setdefault(line, [])
                if len(at) < _MOST_PLACES:
                    at.append(index)
        return places


class Shelf:
    """A bounded memory of bases that were read before. It saves work and changes no outcome."""

    def __init__(self, max_bytes: int = _SHELF_BYTES) -> None:
        self._bases: Memo[str, Base] = Memo(max_bytes)

    def base(self, text: str) -> Base:
        """The base of this text."""
        base = self._bases.get(text)
        if base is None:
            base = Base(text)
            lines = len(base.bare.lines)
            self._bases.put(text, base, 2 * sys.getsizeof(text) + lines * _LINE_BYTES)
        return base

    @property
    def max_bytes(self) -> int:
        """What the bases may take."""
        return self._bases.max_bytes

    @property
    def bytes_used(self) -> int:
        """What the bases take that are remembered."""
        return self._bases.bytes_used


SHELF = Shelf()


def may_be_base(earlier: Earlier) -> bool:
    """Whether a reader finds the lines of an earlier result as they were, and can be sent there.

    What came in as a form or a note of ours, real or forged, is nobody's base.
    """
    return earlier.whole and not earlier.original.startswith(MARK)


def latest_bases(earlier: Sequence[Earlier]) -> list[int]:
    """The latest results that may be bases, oldest first: as many as are worth looking through."""
    found: list[int] = []
    chars = 0
    for index in range(len(earlier) - 1, -1, -1):
        if may_be_base(earlier[index]):
            chars += len(earlier[index].original)
            if chars > _MOST_CHARS_OF_BASES or len(found) == _MOST_BASES:
                break
            found.append(index)
    return found[::-1]


def base_of(context: Sequence[str], number: int) -> Bare:
    """Tool result `number` of the conversation, counted from 1, without its gutter."""
    if not 1 <= number <= len(context):
        raise DecodeError(f"tool result {number} is not in this conversation")
    return SHELF.base(context[number - 1]).bare


def digest(text: str) -> str:
    """Eight digits that tell whether a text is what it was when a form pointed at it."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def checked(text: str, expected: str) -> str:
    """The text, if it has this digest."""
    if digest(text) != expected:
        raise DecodeError("an earlier tool result is not the one that this form points at")
    return text


def label(earlier: Earlier) -> str:
    """A short name for an earlier result: its file's, or its tool's."""
    name = earlier.path.replace("\\", "/").rstrip("/").rpartition("/")[2] or earlier.tool
    return _UNFIT.sub("_", name)[:60]
