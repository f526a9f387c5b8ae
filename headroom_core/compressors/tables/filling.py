"""The text of a template in every row: what columns that follow from others hold."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table.templates import Ref, Template
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence


def fill(template: Template, rows: int, cells_of: Callable[[str], Sequence[str]]) -> Iterator[str]:
    """Put the cells of other columns into a template, one row after the other.

    Raises `DecodeError` where it holds something else, such as the number of the row.
    """
    pieces: list[Iterable[str]] = []
    for part in template:
        if isinstance(part, str):
            pieces.append(repeat(part, rows))
        elif isinstance(part, Ref):
            pieces.append(cells_of(part.name))
        else:
            raise DecodeError("a column of a table follows from something else than columns")
    return map("".join, zip(*pieces, strict=True)) if pieces else repeat("", rows)
