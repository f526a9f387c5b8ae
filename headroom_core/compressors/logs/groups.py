"""Group lines that differ only in their values, by hashing and without comparing lines."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from headroom_core.compressors.logs.merging import join, merge
from headroom_core.compressors.logs.templates import shapes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.logs.templates import Shape

# Merging looks at so many shapes; later ones only join what was found, so memory stays bounded.
MOST_SHAPES = 20_000


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of one shape."""

    shape: Shape
    lines: list[int]


def group(lines: Sequence[str]) -> list[Group]:
    """Group the lines that share a shape with another line, in order of appearance."""
    found: dict[Shape, list[int]] = {}
    for index, shape in enumerate(shapes_of(lines)):
        members = found.get(shape)
        if members is None:
            found[shape] = [index]
        else:
            members.append(index)
    by_shape = {shape: found[shape] for shape in islice(found, MOST_SHAPES)}
    for shape in by_shape:
        del found[shape]  # a shape is as long as its line, so it goes where it is merged
    join(by_shape, merge(by_shape), found.items())
    groups = [Group(shape, sorted(each)) for shape, each in by_shape.items() if len(each) > 1]
    return sorted(groups, key=lambda each: each.lines[0])
