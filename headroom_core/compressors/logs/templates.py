"""Group lines that differ only in their values, by hashing and without comparing lines."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from itertools import pairwise
from operator import mul
from typing import TYPE_CHECKING

from headroom_core.compressors.batches import batches_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

_DELIMITERS = r"\s\x01@\"'`,;(){}\[\]<>|=:"
_PIECES = re.compile(rf"([{_DELIMITERS}]+)")
_VALUE = re.compile(rf"[0-9][^{_DELIMITERS}]*")

VALUE_PATTERN = rf"([^{_DELIMITERS}]*)"
VALUE = "\0"
"""Stands in a shape for a value: a token with a digit, or a word that differs between lines."""

# Merging looks at so many shapes; later ones only join what was found, so memory stays bounded.
MOST_SHAPES = 20_000
_MOST_CUTS = 40
_ROUNDS = 3
_MOST_KNOWN = 10_000

# For the fingerprints of shapes: a factor for each place, and the sieves that tell them apart.
_FACTORS = [pow(0x9E3779B97F4A7C15, at, 2**64) for at in range(1, 2 * _MOST_CUTS + 2)]
_MASK = 2**64 - 1
_SIEVES = (0, 21, 42)

Shape = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of one shape: token, delimiter, token …, with `VALUE` where values stand."""

    shape: Shape
    lines: list[int]


def pieces(line: str) -> list[str]:
    """Split a line into token, delimiter, token …; the end of a very long line is one token."""
    return _PIECES.split(line, _MOST_CUTS)


def ends_whole(shape: Shape) -> bool:
    """Whether every token of such lines stands alone: the line was not too long to be split."""
    return len(shape) <= 2 * _MOST_CUTS


def mask(text: str) -> str:
    """Put `0` in place of every number and of what follows it in its token."""
    return _VALUE.sub("0", text)


def shape_of(masked: str, known: dict[str, str]) -> Shape:
    """Return the shape of a line that was masked. Words that are `known` are not kept twice."""
    split = pieces(masked)
    split[::2] = [VALUE if "0" in token else token for token in split[::2]]
    return tuple(map(known.setdefault if len(known) < _MOST_KNOWN else known.get, split, split))


def group(lines: Sequence[str]) -> list[Group]:
    """Group the lines that share a shape with another line, in order of appearance."""
    by_mask: dict[str, list[int]] = {}
    for index, masked in enumerate(masks_of(lines)):
        found = by_mask.get(masked)
        if found is None:
            by_mask[masked] = [index]
        else:
            found.append(index)
    by_shape: dict[Shape, list[int]] = {}
    known: dict[str, str] = {}
    masks = list(by_mask)
    masks.reverse()
    while masks and len(by_shape) < MOST_SHAPES:
        masked = masks.pop()
        # A mask is as long as its line, so it is let go.
        _put(by_shape, shape_of(masked, known), by_mask.pop(masked))
    masks.clear()
    late = list(by_mask.items())
    by_mask.clear()
    merged: Collection[Shape] = by_shape
    for _ in range(_ROUNDS):
        merged = _merge(by_shape, merged)
    for masked, members in late:
        _join(by_shape, shape_of(masked, known), members)
    groups = [Group(shape, sorted(each)) for shape, each in by_shape.items() if len(each) > 1]
    return sorted(groups, key=lambda each: each.lines[0])


def _put(by_shape: dict[Shape, list[int]], shape: Shape, members: list[int]) -> None:
    found = by_shape.setdefault(shape, members)
    if found is not members:
        found.extend(members)


def masks_of(lines: Sequence[str]) -> Iterator[str]:
    """Each line with `0` in place of every number."""
    for batch in batches_of(lines):
        yield from mask("\n".join(batch)).split("\n")


def _merge(by_shape: dict[Shape, list[int]], fresh: Collection[Shape]) -> Collection[Shape]:
    """Merge shapes that differ in one word, where one template for all is shorter.

    Returns those that came of it. The next time only they, as `fresh` ones, have anything in
    common with another shape: what others have in common was merged before.
    """
    near: dict[Shape, list[Shape]] = {}
    for shape, hole in _shared_holes(by_shape, fresh):
        near.setdefault(hole, []).append(shape)
    merged: dict[Shape, None] = {}
    for hole, shapes in sorted(near.items(), key=lambda item: -len(item[1])):
        left = [shape for shape in shapes if shape in by_shape]
        if len(left) + (hole in by_shape) >= 2:
            members = [index for shape in left for index in by_shape.pop(shape)]
            by_shape.setdefault(hole, []).extend(members)
            merged[hole] = None
    return [shape for shape in merged if shape in by_shape]


def _shared_holes(
    by_shape: dict[Shape, list[int]], fresh: Collection[Shape]
) -> Iterator[tuple[Shape, Shape]]:
    """Each shape with the holes of it that another shape has too, or is; perhaps some more.

    A text where each line is another has a hole for each of its words. They would take a hundred
    times its memory, so they are first told apart by fingerprints.
    """
    near = _alike(by_shape, fresh)
    places = [bytes(_places(shape, len(by_shape[shape]))) for shape in near]
    found = array("Q")
    for shape, words in zip(near, places, strict=True):
        found.extend(_fingerprints(shape, words))
    again = _again(found)
    marks = iter(found)
    for shape, words in zip(near, places, strict=True):
        next(marks)  # of the shape itself
        yield from ((shape, _hole(shape, at)) for at in words if next(marks) in again)


def _alike(shapes: Collection[Shape], fresh: Collection[Shape]) -> list[Shape]:
    """The shapes that share a third with a fresh one of their length.

    Those with a hole in common do: they differ only where the one or the other has it, so in two
    places at most. Of a text where each line is another, few are left.
    """
    if not fresh:
        return []
    thirds = [_thirds(shapes, at) for at in range(3)]
    if len(fresh) == len(shapes):
        shared = [{one for one, other in pairwise(sorted(each)) if one == other} for each in thirds]
    else:
        shared = [set(_thirds(fresh, at)) for at in range(3)]
    one, two, three = shared
    return [
        shape
        for shape, a, b, c in zip(shapes, *thirds, strict=True)
        if a in one or b in two or c in three
    ]


def _thirds(shapes: Iterable[Shape], at: int) -> array[int]:
    """A number for a third of each shape: the same for the same pieces, and rarely for others."""
    numbers = (
        hash((len(shape), shape[len(shape) * at // 3 : len(shape) * (at + 1) // 3]))
        for shape in shapes
    )
    return array("q", numbers)


def _fingerprints(shape: Shape, places: Iterable[int]) -> Iterator[int]:
    """A number for the shape, and one for each hole at a place: the same for the same pieces.

    They differ between processes, but what they are used for does not: equal shapes are found by
    comparing them.
    """
    whole = sum(map(mul, map(hash, shape), _FACTORS))
    yield whole & _MASK
    value = hash(VALUE)
    for at in places:
        yield whole + (value - hash(shape[at])) * _FACTORS[at] & _MASK


def _again(found: array[int]) -> set[int]:
    """The numbers that come more than once, and perhaps some that do not."""
    for shift in _SIEVES:
        last = (1 << (4 * len(found)).bit_length()) - 1
        seen = bytearray(last + 1)
        for number in found:
            seen[number >> shift & last] += seen[number >> shift & last] < 2
        found = array("Q", (each for each in found if seen[each >> shift & last] > 1))
    return set(found)


def _join(by_shape: dict[Shape, list[int]], shape: Shape, members: list[int]) -> None:
    """Put lines with a shape that came too late to be merged where they fit."""
    fits = shape if shape in by_shape else None
    if fits is None:
        fits = next((hole for hole in _holes(shape, len(members)) if hole in by_shape), None)
    if fits is not None:
        by_shape[fits].extend(members)
    elif len(members) > 1:
        by_shape[shape] = members


def _holes(shape: Shape, count: int) -> Iterator[Shape]:
    """The shape with one more word as a value, for each word, if that can pay."""
    return (_hole(shape, at) for at in _places(shape, count))


def _hole(shape: Shape, at: int) -> Shape:
    return (*shape[:at], VALUE, *shape[at + 1 :])


def _places(shape: Shape, count: int) -> Sequence[int]:
    """Where a word may become a value.

    A shape with many lines keeps its word: naming it once costs less than repeating it.
    """
    words = [at for at in range(0, len(shape), 2) if shape[at] not in ("", VALUE)]
    size = sum(len(shape[at]) for at in words) + len(shape)
    if len(words) < 3 or len(words) * 4 < len(shape):
        return ()
    return [at for at in words if count * (len(shape[at]) + 1) < size]
