"""The cursor: where to go on, and with which question, in words that survive being copied.

    2.1500@query=connection reset

is the third piece, from its 1500th character on, of the answer to that query. It holds all that is
needed, so that no state is kept between two pages. A long question is not repeated in it: `2@query`
has to be passed together with the query.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.errors import RetrieveError

if TYPE_CHECKING:
    from collections.abc import Mapping

SELECTORS = ("lines", "query", "where", "path", "symbol")
_CURSOR = re.compile(
    rf"(?P<piece>\d{{1,9}})(?:\.(?P<offset>\d{{1,12}}))?"
    rf"@(?:(?P<name>{'|'.join(SELECTORS)})(?:=(?P<value>.*))?)?",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in an answer: a piece, and an offset into it."""

    piece: int = 0
    offset: int = 0


def write_cursor(place: Place, selectors: Mapping[str, str | None]) -> str:
    """Spell a place in the answer to these selectors, of which there is at most one."""
    offset = f".{place.offset}" if place.offset else ""
    asked = "".join(
        name if value is None else f"{name}={value}" for name, value in selectors.items()
    )
    return f"{place.piece}{offset}@{asked}"


def read_cursor(cursor: str) -> tuple[Place, dict[str, str | None]]:
    """Read what `write_cursor` wrote."""
    match = _CURSOR.fullmatch(cursor.strip())
    if match is None:
        raise RetrieveError(
            f"`cursor` must be copied from the end of an answer, such as '40@lines=1-200';"
            f" got {cursor[:80]!r}"
        )
    place = Place(int(match["piece"]), int(match["offset"] or 0))
    return place, {match["name"]: match["value"]} if match["name"] else {}
