"""Where the rows of a JSON document are: in its longest array or map of objects.

The document is looked at through a `Reader`, so that it can be made of Python objects or of text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

N = TypeVar("N")

_DEEPEST = 6
LEAST_KEYED = 3
"""So many objects by key are rows; fewer are parts of one object."""


class Reader(Protocol[N]):
    """Looks into the values of a document."""

    def opened(self, node: N) -> list[N] | dict[str, N] | None:
        """Return what stands directly in an array or object; `None` for another value."""
        ...

    def is_object(self, node: N) -> bool:
        """Whether a value is an object."""
        ...

    def most(self, node: N) -> float:
        """Return a number of values that no array or object in this one exceeds."""
        ...


@dataclass(frozen=True, slots=True)
class Rows(Generic[N]):
    """The array whose elements are rows, or the object whose values are."""

    node: N
    inner: list[N] | dict[str, N]
    path: str


def find_rows(reader: Reader[N], top: N) -> Rows[N] | None:
    """Find the longest array or map of objects. Arrays are not searched for others inside."""
    found: Rows[N] | None = None
    best = 0
    stack: list[tuple[N, str, int]] = [(top, "$", 0)]
    while stack:
        node, path, depth = stack.pop()
        inner = reader.opened(node)
        if inner is None:
            continue
        if _are_rows(reader, inner, best):
            best, found = len(inner), Rows(node, inner, path)
        if isinstance(inner, dict) and depth < _DEEPEST:
            stack.extend(
                (below, f"{path}.{key}", depth + 1)
                for key, below in inner.items()
                if reader.most(below) > best
            )
    return found


def _are_rows(reader: Reader[N], inner: list[N] | dict[str, N], best: int) -> bool:
    if isinstance(inner, list):
        return len(inner) > best and reader.is_object(inner[0])
    return len(inner) > max(best, LEAST_KEYED - 1) and all(map(reader.is_object, inner.values()))
