"""Places in JSON: the value is the one of `json.loads`, and each span is the text of its value."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.formats.wire import is_array
from headroom_core.json_places import places_of

VALUES: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=3), below),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.sampled_from(["a", "b", "list", "é"]), VALUES, min_size=1)
LISTS = st.lists(st.text(max_size=4), min_size=1, max_size=5)


def written(value: object, *, style: int) -> bytes:
    if style == 0:
        return json.dumps(value).encode()
    if style == 1:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return b" \n" + json.dumps(value, indent=style).encode() + b"\r\n\t"


@given(OBJECTS, VALUES, st.integers(0, 3))
def test_the_value_and_the_text_of_each_part_are_those_of_the_document(
    known: dict[str, object], more: object, style: int
) -> None:
    raw = written({**known, "list": [more, *known.values()]}, style=style)

    places = places_of(raw, ("list", "a"))

    assert places is not None
    assert places.value == json.loads(raw)
    for key, (start, end) in places.spans.items():
        assert json.loads(places.text[start:end]) == places.value[key]
    for key, spans in places.elements.items():
        values = [json.loads(places.text[start:end]) for start, end in spans]
        assert values == places.value[key]
    expected = {key for key in ("list", "a") if is_array(places.value.get(key))}
    assert places.elements.keys() == expected
    assert places.with_edits([]) == raw


@given(LISTS, st.integers(0, 3))
def test_a_name_says_all_up_to_its_element_and_nothing_behind_it(
    texts: list[str], style: int
) -> None:
    def names(values: list[str], start: bytes = b"") -> list[bytes]:
        places = places_of(written({"list": values}, style=style), ("list",))
        assert places is not None
        return places.names("list", start)

    own = names(texts)

    assert len(set(own)) == len(own) == len(texts)
    assert names([*texts, "more"])[:-1] == own
    assert not set(names(["before", *texts])) & set(own)
    assert not set(names(texts, b"of another")) & set(own)


def test_texts_take_the_places_of_others() -> None:
    raw = '{"é": 1, "list": [ "a" , "ü" ], "n": 1E5}'.encode()
    places = places_of(raw, ("list",))
    assert places is not None
    first, second = places.elements["list"]
    behind = (second[1], second[1])

    spliced = places.with_edits([(behind, ',"c"'), (first, '"b"')])

    assert spliced == '{"é": 1, "list": [ "b" , "ü","c" ], "n": 1E5}'.encode()


def test_the_name_of_a_value_is_that_of_its_text() -> None:
    one, other, same = (
        places_of(raw, ()) for raw in (b'{"t": [1]}', b'{"t": [1.0]}', b'{"m": 2,"t":[1]}')
    )
    assert one is not None
    assert other is not None
    assert same is not None

    assert one.name("t") == same.name("t") != other.name("t")
    assert one.name("none") == b""


ODD = [
    b"",
    b"{}",
    b"[1]",
    b'{"a": 1',
    b'{"a": 1} x',
    b'{"a": 1]',
    b'{"a" 1}',
    b"{1: 1}",
    b'{"a": 1, "a": 2}',
    b'{"list": [1, 2}',
    b'{"list": [1 2]}',
    b'{"list": [1,]}',
    b'{"list": [',
    b'{"a": "\xff"}',
    b'{"a": "\xed\xa0\xbd"}',
    b'\xef\xbb\xbf{"a": 1}',
    '{"a": 1}'.encode("utf-16"),
    b'{"a": ' + b"[" * 100_000,
    b'{"list": ' + b"[" * 100_000,
]


@pytest.mark.parametrize("raw", ODD)
def test_what_is_no_plain_object_has_no_places(raw: bytes) -> None:
    assert places_of(raw, ("list",)) is None


def test_an_empty_array_has_no_elements() -> None:
    places = places_of(b'{"list": [ ], "b": 1}', ("list",))

    assert places is not None
    assert places.elements == {"list": []}
    assert places.names("list", b"") == []
