"""Which function stands in which, and which comment belongs to which."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from headroom_core.compressors.coding.functions import Function
    from headroom_core.compressors.coding.syntax import Block


def parents(functions: Sequence[Function]) -> list[int]:
    """For each function the index of the one that it stands in, or -1."""
    found: list[int] = []
    around: list[int] = []
    for index, function in enumerate(functions):
        while around and functions[around[-1]].end < function.end:
            around.pop()
        found.append(around[-1] if around else -1)
        around.append(index)
    return found


def owners(functions: Sequence[Function], parent_of: Sequence[int], rows: int) -> list[int]:
    """For each row the innermost function that it stands in, or -1."""
    found: list[int] = []
    inner = -1
    for index, start in enumerate([*(function.start for function in functions), rows]):
        while len(found) < start:
            while inner >= 0 and functions[inner].end < len(found):
                inner = parent_of[inner]
            stop = start if inner < 0 else min(start, functions[inner].end + 1)
            found += [inner] * (stop - len(found))
        inner = index
    return found


def joined(comments: Iterable[Block]) -> Iterator[range]:
    """The rows of comments; those that touch are one."""
    rows = range(0)
    for block in comments:
        if rows and block.start <= rows.stop:
            rows = range(rows.start, max(rows.stop, block.end + 1))
            continue
        if rows:
            yield rows
        rows = range(block.start, block.end + 1)
    if rows:
        yield rows
