"""The text of a template in every row: what columns that follow from others hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.compressors.json_table.templates import Ref, Template
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def fill(template: Template, rows: int, cells_of: Callable[[str], Sequence[str]]) -> list[str]:
    """Put the cells of other columns into a template.

    Raises `DecodeError` where it holds something else, such as the number of the row.
    """
    pieces: list[Sequence[str]] = []
    for part in template:
        if isinstance(part, str):
            pieces.append([part] * rows)
        elif isinstance(part, Ref):
            pieces.append(cells_of(part.name))
        else:
            raise DecodeError("a column of a table follows from something else than columns")
    return list(map("".join, zip(*pieces, strict=True))) if pieces else [""] * rows
