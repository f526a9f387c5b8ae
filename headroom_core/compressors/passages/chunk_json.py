"""Find the chunks of a retrieval in JSON: a list of objects that are mostly text."""

from __future__ import annotations

import re
from itertools import accumulate, chain, islice
from json import JSONDecoder
from typing import TYPE_CHECKING

from headroom_core.compressors.passages.layout import Layout, Unit
from headroom_core.compressors.passages.likeness import prose_share
from headroom_core.compressors.passages.sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_core.compressors.passages.layout import Kind
    from headroom_core.compressors.passages.sentences import Span

_STRING = re.compile(r'"((?:[^"\\]|\\.)*+)"(\s*:)?', re.DOTALL)
_TITLE = re.compile(
    r'"(?:title|source|name|url|link|file|path|id)"\s*:\s*"((?:[^"\\]|\\.){1,160}+)"', re.IGNORECASE
)
_RETRIEVED = re.compile(
    r'"(?:text|content|page_?content|passage|chunk|excerpt)"\s*:\s*"((?:[^"\\]|\\.)*+)"',
    re.IGNORECASE,
)
_RANKED = re.compile(
    r'"(?:score|distance|similarity|rank|relevance|source|chunk_?id|doc(?:ument)?_?id|metadata)"\s*:',
    re.IGNORECASE,
)
_BLANK = re.compile(r"\s*")
_LONG = 120
_LEAST_CHUNKS = 2
_MOST_LOOKED_AT = 12
_LEAST_PROSE = 0.5
_MOST_FIELDS = 16
_decode = JSONDecoder().raw_decode


def find_items(text: str) -> list[Span]:
    """Return where the objects of the list of chunks stand; none if this is no such list."""
    try:
        return _all_items(text)
    except (ValueError, RecursionError):
        return []


def _all_items(text: str) -> list[Span]:
    items = _items(text)
    first = list(islice(items, _MOST_LOOKED_AT))
    # Nearly always no chunks, which is told without a look at the others: they may be millions.
    are_chunks = len(first) >= _LEAST_CHUNKS and _are_chunks(text, first)
    return [*first, *items] if are_chunks else []


def read_items(text: str, items: list[Span]) -> Layout:
    """Return the layout: the fields of each object stay, and its long texts are in sentences.

    An object without a long text is one unit.
    """
    layout = Layout(text, inline=True)
    layout.units.append(Unit(0, items[0][0], "frame", 0, 0, ()))
    for start, end in items:
        _add_item(layout, start, end)
    layout.titles.append("")
    layout.within.append(len(items) + 1)
    _add(layout, "frame", [(items[-1][1], len(text))], ())
    return layout


def _add_item(layout: Layout, start: int, end: int) -> None:
    text = layout.text
    section = len(layout.titles)
    layout.titles.append("")
    layout.within.append(section)
    long = long_texts(text, start, end)
    if not long:
        layout.blocks += 1
        layout.units.append(Unit(start, end, "item", layout.blocks, section, ()))
        return
    layout.titles[section] = _title(text, start, end)
    pieces = [sentences(text, *span) for span in long]
    heads = _numbers_of_heads(len(layout.units), [len(each) for each in pieces])
    at = start
    for (from_, to), spans in zip(long, pieces, strict=True):
        _add(layout, "head", [(at, from_)], heads)
        _add(layout, "sentence", spans, heads)
        at = to
    _add(layout, "head", [(at, end)], heads)


def long_texts(text: str, start: int, end: int) -> list[Span]:
    """Where the long strings of an object stand, without their quotes."""
    return [span for span in _values(text, start, end) if span[1] - span[0] >= _LONG]


def _numbers_of_heads(first: int, sentences_between: list[int]) -> tuple[int, ...]:
    """The units of an object that are structure: before, between and after its long texts."""
    return tuple(accumulate((count + 1 for count in sentences_between), initial=first))


def _add(layout: Layout, kind: Kind, spans: list[Span], leads: tuple[int, ...]) -> None:
    layout.blocks += 1
    section = len(layout.titles) - 1
    layout.units += [Unit(a, b, kind, layout.blocks, section, leads) for a, b in spans]


def _title(text: str, start: int, end: int) -> str:
    titled = _TITLE.search(text, start, end)
    return titled.group(1) if titled else ""


def _values(text: str, start: int, end: int) -> list[Span]:
    """Where the strings stand that are not keys, without their quotes."""
    return [match.span(1) for match in _STRING.finditer(text, start, end) if match.group(2) is None]


def _items(text: str) -> Iterator[Span]:
    at = _skip(text, 0)
    if text[at : at + 1] == "[":
        yield from _objects(text, at + 1)
    elif text[at : at + 1] == "{":
        yield from _in_object(text, at + 1)


def _in_object(text: str, at: int) -> Iterator[Span]:
    """The objects of the first list of objects in an object."""
    at = _skip(text, at)
    while text[at : at + 1] == '"':
        _, at = _decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        if text[at : at + 1] == "[":
            objects = _objects(text, at + 1)
            first = next(objects, None)
            if first is not None:
                yield from chain([first], objects)
                return
        _, at = _decode(text, at)
        at = _skip(text, at)
        at = _skip(text, at + (text[at : at + 1] == ","))


def _objects(text: str, at: int) -> Iterator[Span]:
    """Where the objects of a list stand; nothing more from the first other value on."""
    at = _skip(text, at)
    while text[at : at + 1] == "{":
        _, end = _decode(text, at)
        yield at, end
        at = _skip(text, end)
        at = _skip(text, at + (text[at : at + 1] == ","))


def _skip(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at


def _are_chunks(text: str, items: list[Span]) -> bool:
    """Whether the first objects are mostly text: in sentences, or named as retrievals name it.

    What is retrieved from the docs of a program is half code and lists, and chunks all the same.
    """
    return _read_as_sentences(text, items) or _are_named(text, items)


def _are_named(text: str, items: list[Span]) -> bool:
    named = sum(
        any(
            2 * len(found[1]) >= end - start and len(found[1]) >= _LONG
            for found in _RETRIEVED.finditer(text, start, end)
        )
        and _RANKED.search(text, start, end) is not None
        for start, end in items
    )
    fields = sum(text.count('":', start, end) for start, end in items)
    return 3 * named >= 2 * len(items) and fields <= _MOST_FIELDS * len(items)


def _read_as_sentences(text: str, items: list[Span]) -> bool:
    prose = total = fields = 0
    for start, end in items:
        strings = [text[a:b] for a, b in _values(text, start, end)]
        texts = [each for each in strings if prose_share([each]) > 0]
        prose += sum(map(len, texts))
        total += len(text[start:end].replace(" ", ""))
        fields += text.count('":', start, end)
    return prose >= _LEAST_PROSE * total and fields <= _MOST_FIELDS * len(items)
