"""Merge shapes of lines that differ in one word, which becomes a value of all of them."""

from __future__ import annotations

from array import array
from itertools import chain, islice, repeat
from operator import mul, sub
from typing import TYPE_CHECKING

from headroom_core.compressors.batches import BATCH
from headroom_core.compressors.logs.templates import DELIMITER_SIGNS, MOST_CUTS, VALUE, pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from headroom_core.compressors.logs.templates import Shape

_ROUNDS = 3
_MOST_NUMBERS = 1 << 12
_SIGNS = frozenset(DELIMITER_SIGNS)
_BLANKS = str.maketrans(dict.fromkeys(DELIMITER_SIGNS.replace("\n", ""), " "))
# Of the bytes of a shape all but what separates its tokens. Rare white space may be missing, too.
_NO_SIGNS = bytes(code for code in range(256) if code > 127 or chr(code) not in _SIGNS)

# For the numbers of shapes: what their words have to differ from, and a factor for each place.
_HASH = hash(VALUE)
_MASK = (1 << 64) - 1
_FACTORS = [pow(0x9E3779B97F4A7C15, at, 1 << 64) for at in range(1, MOST_CUTS + 2)]

Members = list[int]


def merge(by_shape: dict[Shape, Members]) -> dict[int, Shape]:
    """Merge shapes that differ in one word, where one template for all is shorter.

    Those that come of it may have a word in common with others again. Returns the
    shapes that are left by their numbers.
    """
    numbers: dict[Shape, array[int]] = {}
    fresh: Collection[Shape] = by_shape
    for rounds in range(_ROUNDS + 1):
        some = ((shape, by_shape[shape]) for shape in fresh)
        numbers.update((shape, array("Q", each)) for (shape, _), each in _numbered(some))
        if rounds < _ROUNDS:
            fresh = _merge_once(by_shape, numbers)
    return {numbers[shape][0]: shape for shape in by_shape}


def join(
    by_shape: dict[Shape, Members],
    numbered: dict[int, Shape],
    late: Iterable[tuple[Shape, Members]],
) -> None:
    """Put lines with shapes that came too late to be merged where they fit."""
    for (shape, members), (whole, *holes) in _numbered(late):
        if shape in by_shape:
            by_shape[shape].extend(members)
            continue
        if not numbered.keys().isdisjoint(holes):
            near = ((numbered[each], each) for each in holes if each in numbered)
            fits = next((hole for hole, each in near if _fills(shape, hole, each)), None)
            if fits is not None:
                by_shape[fits].extend(members)
                continue
        if len(members) > 1:
            by_shape[shape] = members
            numbered[whole] = shape


def _merge_once(
    by_shape: dict[Shape, Members], numbers: dict[Shape, array[int]]
) -> Collection[Shape]:
    """Merge each shape with those that share its most common hole; return what came of it."""
    near: dict[int, list[Shape]] = {}
    wholes = {numbers[shape][0] for shape in by_shape}
    again = _again([numbers[shape] for shape in by_shape])
    for shape in by_shape:
        own = numbers[shape]
        if not again.isdisjoint(own):
            for number in own[1:]:
                if number in again:
                    near.setdefault(number, []).append(shape)
    merged: dict[Shape, None] = {}
    for number, shapes in sorted(near.items(), key=lambda item: -len(item[1])):
        left = [shape for shape in dict.fromkeys(shapes) if shape in by_shape]
        if len(left) < 2 and not (left and number in wholes):
            continue
        for hole, alike in _by_hole(left, number).items():
            if len(alike) + (hole in by_shape) >= 2:
                members = [index for shape in alike for index in by_shape.pop(shape)]
                by_shape.setdefault(hole, []).extend(members)
                wholes.add(number)
                merged[hole] = None
    return [shape for shape in merged if shape in by_shape]


def _again(numbers: Sequence[array[int]]) -> set[int]:
    """The numbers that come more than once. As a set all of them would take ten times the room."""
    parts = 1 + sum(map(len, numbers)) // _MOST_NUMBERS
    split = [array("Q") for _ in range(parts)]
    for each in chain.from_iterable(numbers):
        split[each % parts].append(each)
    again: set[int] = set()
    for some in split:
        seen: set[int] = set()
        add: Callable[[int], object] = seen.add
        again.update([each for each in some if each in seen or add(each)])
    return again


def _numbered(
    shapes: Iterable[tuple[Shape, Members]],
) -> Iterator[tuple[tuple[Shape, Members], list[int]]]:
    """Shapes with a number for each, and one for each of its holes: the same for the same shapes.

    The numbers differ between processes, but what they are used for does not: equal shapes are
    found by comparing them.
    """
    rest = iter(shapes)
    while batch := list(islice(rest, BATCH)):
        text = "\n".join([shape for shape, _ in batch])
        blanked = text.translate(_BLANKS).split("\n")
        signs = text.encode("utf-8", "surrogatepass").translate(None, _NO_SIGNS).split(b"\n")
        for each, blank, own in zip(batch, blanked, signs, strict=True):
            yield each, _numbers(each, blank.split(), own)


def _numbers(counted: tuple[Shape, Members], tokens: list[str], signs: bytes) -> list[int]:
    """The number of a shape, and one for each hole: the shape with a value in place of a word.

    Only if that can pay for so many lines: naming a word once costs less than repeating it.
    """
    shape, members = counted
    between = len(tokens) - 1 + (shape[:1] in _SIGNS) + (shape[-1:] in _SIGNS)
    if between >= MOST_CUTS:
        tokens, signs = _tokens_and_signs(pieces(shape))
        between = MOST_CUTS
    terms = _terms(tokens)
    whole = sum(terms) + hash((len(tokens), signs))
    words = len(terms) - terms.count(0)
    if words < 3 or words * 4 < 2 * between + 1:
        return [whole & _MASK]
    if len(members) > 1:
        room = (len("".join(tokens)) - len(tokens) + words + 2 * between + 1) / len(members) - 1
        terms = [term for term, token in zip(terms, tokens, strict=True) if len(token) < room]
    holes = [whole - term & _MASK for term in terms if term]
    return [whole & _MASK, *holes]


def _terms(tokens: list[str]) -> list[int]:
    """What each token adds to the number of its shape: a value nothing."""
    return list(map(mul, map(sub, map(hash, tokens), repeat(_HASH)), _FACTORS))


def _by_hole(shapes: Sequence[Shape], number: int) -> dict[Shape, list[Shape]]:
    """The shapes by their holes of this number, which seldom are more than one."""
    first = _hole(shapes[0], number)
    found: dict[Shape, list[Shape]] = {}
    for shape in shapes:
        hole = first if _fills(shape, first, number) else _hole(shape, number)
        found.setdefault(hole, []).append(shape)
    return found


def _fills(shape: Shape, hole: Shape, number: int) -> bool:
    """Whether a hole with this number is one of the shape: mostly told without making that."""
    at = hole.find(VALUE)
    size = len(shape) - len(hole) + 1
    while at >= 0 and size > 0:
        around = shape.startswith(hole[:at]) and shape.endswith(hole[at + 1 :])
        if around and len(pieces(shape[at : at + size])) == 1:
            return True
        at = hole.find(VALUE, at + 1)
    return _hole(shape, number) == hole


def _hole(shape: Shape, number: int) -> Shape:
    """The hole of the shape that has this number."""
    split = pieces(shape)
    tokens, signs = _tokens_and_signs(split)
    terms = _terms(tokens)
    whole = sum(terms) + hash((len(tokens), signs))
    place = next(
        at for at, term in enumerate(terms) if term and not (whole - term - number) & _MASK
    )
    split[[at for at in range(0, len(split), 2) if split[at]][place]] = VALUE
    return "".join(split)


def _tokens_and_signs(split: list[str]) -> tuple[list[str], bytes]:
    signs = "".join(split[1::2]).encode("utf-8", "surrogatepass").translate(None, _NO_SIGNS)
    return list(filter(None, split[::2])), signs
