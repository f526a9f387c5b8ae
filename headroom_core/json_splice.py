"""Write the changes of a parsed JSON document into its own bytes, and leave all others as they are.

Number text, escapes, white space, order and doubles of keys, and fields that nobody here knows stay
byte for byte, which serialising the document anew would not do.

    before = json.loads(raw)
    after = {**before, "messages": [*patched, *more]}      # all the rest is the same objects
    raw = splice(raw, before, after)

What is the same object before and after is never looked into: its bytes are those of `raw`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from headroom_core.formats.wire import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

DEEPEST = 100
"""A value at this depth with a change in it is written anew as a whole."""

_BOM = "\ufeff"
_BLANK = re.compile(r"[ \t\n\r]*+")
_MARK = re.compile(r"[ \t\n\r]*+([{}\[\]:,])")
# Numbers are passed over and not read, since one of 5,000 digits is as good as another.
_skip = json.JSONDecoder(parse_float=str, parse_int=str, strict=False).raw_decode
_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_write_ascii = json.JSONEncoder(separators=(",", ":")).encode


def splice(raw: bytes, before: object, after: object) -> bytes | None:
    """Return `raw`, whose JSON is `before`, as bytes whose JSON is `after`.

    `None` where that cannot be done: `raw` is not the UTF-8 text of `before`, a changed key stands
    twice in its object, or `after` is no JSON. Time is linear in `raw`. An element that moved is
    written anew, and so is an array that lost elements or an object that lost keys.
    """
    if _same(before, after):
        return raw
    try:
        splicing = _Splicing(raw.decode("utf-8", "surrogatepass"))
        splicing.run(before, after)
        return splicing.result().encode("utf-8", "surrogatepass") if splicing.edits else raw
    except (ValueError, TypeError, LookupError, RecursionError):
        return None


class _Splicing:
    """A pass over a text that finds the places of the edits, in their order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.edits: list[tuple[int, int, str]] = []

    def run(self, before: object, after: object) -> None:
        start = 1 if self._text.startswith(_BOM) else 0
        self._at = _end_of_blank(self._text, start)
        self._value(before, after, 0)
        if _end_of_blank(self._text, self._at) != len(self._text):
            raise ValueError("the text goes on behind the value")

    def result(self) -> str:
        pieces: list[str] = []
        at = 0
        for start, end, new in self.edits:
            pieces += (self._text[at:start], new)
            at = end
        return "".join([*pieces, self._text[at:]])

    def _value(self, before: object, after: object, depth: int) -> None:
        start = self._at
        if _same(before, after):
            self._skip()
            return
        if depth < DEEPEST:
            if is_object(before) and is_object(after) and before.keys() <= after.keys():
                self._object(before, after, depth + 1)
                return
            if is_array(before) and is_array(after) and (pairs := _paired(before, after)):
                self._array(before, pairs, depth + 1)
                return
        self._skip()
        self.edits.append((start, self._at, written(after)))

    def _object(
        self, before: Mapping[str, object], after: Mapping[str, object], depth: int
    ) -> None:
        changed = {key for key, value in before.items() if not _same(value, after[key])}
        done: set[str] = set()
        end: int | None = None
        for _ in self._members("{", "}"):
            key = self._key()
            if key not in changed:
                self._skip()
            elif key in done:
                raise ValueError("a changed key stands twice in its object")
            else:
                self._value(before[key], after[key], depth)
                done.add(key)
            end = self._at
        if done != changed:
            raise ValueError("a changed key does not stand in its object")
        more = [(key, value) for key, value in after.items() if key not in before]
        self._add([f"{written(key)}:{written(value)}" for key, value in more], after=end)

    def _array(self, before: Sequence[object], pairs: _Pairs, depth: int) -> None:
        index = 0
        end: int | None = None
        for _ in self._members("[", "]"):
            for new in pairs.inserted.get(index, ()):
                self.edits.append((self._at, self._at, f"{written(new)},"))
            old = before[index]
            self._value(old, pairs.replaced.get(index, old), depth)
            index += 1
            end = self._at
        if index != len(before):
            raise ValueError("there are fewer elements than there should be")
        self._add([written(new) for new in pairs.inserted.get(index, ())], after=end)

    def _add(self, members: Sequence[str], *, after: int | None) -> None:
        """Write more members behind the last one, or into what is empty."""
        if members and after is None:
            self.edits.append((self._at - 1, self._at - 1, ",".join(members)))
        elif members and after is not None:
            self.edits.append((after, after, ",".join(["", *members])))

    def _members(self, opening: str, closing: str) -> Iterator[None]:
        """Stand at each member in turn, and behind the whole in the end. The caller reads them."""
        self._mark(opening)
        mark = ","
        if self._text.startswith(closing, self._at):
            mark = self._mark(closing)
        while mark == ",":
            yield
            mark = self._mark("," + closing)

    def _mark(self, marks: str) -> str:
        """Pass over one of these marks, and the white space around it where more must follow."""
        found = _MARK.match(self._text, self._at)
        if found is None or found[1] not in marks:
            raise ValueError("the text is not the one of this value")
        mark = found[1]
        self._at = found.end() if mark in "]}" else _end_of_blank(self._text, found.end())
        return mark

    def _key(self) -> str:
        key: object
        key, self._at = _skip(self._text, self._at)
        self._mark(":")
        return str(key)

    def _skip(self) -> None:
        self._at = _skip(self._text, self._at)[1]


@dataclass(slots=True)
class _Pairs:
    """Which elements of an array stand for which of its earlier ones, where that is not plain."""

    replaced: dict[int, object] = field(default_factory=dict[int, object])
    inserted: dict[int, list[object]] = field(default_factory=dict[int, list[object]])
    """New elements, by the index of the one that they stand in front of."""


def _paired(before: Sequence[object], after: Sequence[object]) -> _Pairs | None:
    """Tell which elements are new; `None` where some were lost."""
    pairs = _Pairs()
    if len(before) == len(after):
        pairs.replaced = dict(enumerate(after))
        return pairs
    known = _Known(before)
    start = 0
    waiting: list[object] = []
    for new in after:
        index = known.find(new, start)
        if index is None:
            waiting.append(new)
            continue
        if not _settle(pairs, start, index, waiting):
            return None
        pairs.replaced[index] = new
        start, waiting = index + 1, []
    return pairs if _settle(pairs, start, len(before), waiting) else None


def _settle(pairs: _Pairs, start: int, end: int, waiting: Sequence[object]) -> bool:
    """Spread elements of unknown descent over a gap: they replace what is there, or are new."""
    pairs.replaced.update(zip(range(start, end), waiting, strict=False))
    if more := waiting[end - start :]:
        pairs.inserted[end] = list(more)
    return len(waiting) >= end - start


class _Known:
    """Finds the element that another one is, or that it was made of: they share an object."""

    def __init__(self, elements: Sequence[object]) -> None:
        self._elements = elements
        # From the last to the first, so that the first one that is left stands at the end.
        self._places: dict[int, list[int]] = {}
        for index in range(len(elements) - 1, -1, -1):
            for each in _identifying(elements[index]):
                self._places.setdefault(id(each), []).append(index)

    def find(self, new: object, start: int) -> int | None:
        """The first such element that does not stand before `start`."""
        for each in _identifying(new):
            places = self._places.get(id(each), [])
            while places and places[-1] < start:
                places.pop()
            if places:
                return places[-1]
        return None


def _identifying(element: object) -> list[object]:
    """The element and what it holds, without the values of which Python keeps one object only."""
    held: Sequence[object] = ()
    if is_object(element):
        held = list(element.values())
    elif is_array(element):
        held = element
    return [
        each
        for each in (element, *held)
        if isinstance(each, (dict, list)) or (isinstance(each, str) and len(each) > 1)
    ]


def _same(one: object, other: object) -> bool:
    if one is other:
        return True
    is_scalar = isinstance(one, (str, int, float))
    return is_scalar and type(one) is type(other) and one == other


def written(value: object) -> str:
    """A value as splicing writes it: in few characters, and in any case as UTF-8 text."""
    text = _write(value)
    try:
        text.encode()
    except UnicodeEncodeError:  # Half a surrogate pair, which only an escape can write.
        return _write_ascii(value)
    return text


def _end_of_blank(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank is not None else at
