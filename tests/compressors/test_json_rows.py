"""Long arrays whose objects are let go: whatever is let go, it changes nothing but the memory."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint
from headroom_core.compressors.json_table import objects, rows, rows_in_text, writing
from headroom_core.compressors.json_table.document import read_document
from headroom_core.compressors.json_table.rows import Rows, rows_of
from headroom_core.source import Source
from tests.compressors.test_json_quick import always, never
from tests.compressors.test_smart_crusher import CRUSHER, LAYOUTS, dumps, encode

if TYPE_CHECKING:
    from collections.abc import Generator

    from headroom_core.compressors.json_table.values import Json

KEYS = st.sampled_from(["a", "b", "id", "@x", "é"])
SCALARS: st.SearchStrategy[Json] = st.one_of(
    st.integers(), st.booleans(), st.none(), st.sampled_from(["x", "yes", "},{"])
)
INNER: st.SearchStrategy[dict[str, Json]] = st.dictionaries(KEYS, SCALARS, max_size=3)
OBJECTS: st.SearchStrategy[dict[str, Json]] = st.dictionaries(
    KEYS, st.one_of(SCALARS, INNER), max_size=3
)
SEVERAL: st.SearchStrategy[list[dict[str, Json]]] = st.one_of(
    st.lists(OBJECTS, min_size=1, max_size=40),
    st.lists(st.fixed_dictionaries({"id": SCALARS, "b": SCALARS}), min_size=3, max_size=40),
    st.lists(
        st.fixed_dictionaries({"id": st.integers(), "in": st.fixed_dictionaries({"b": SCALARS})}),
        min_size=3,
        max_size=40,
    ),
)
HINTS = [Hint(query="what are `3.id` and `2`, and who is yes?"), Hint()]


@contextmanager
def small() -> Generator[None]:
    """Short texts are read in parts too, and few objects are let go."""
    with always(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows_in_text, "FROM", 2)
        patch.setattr(rows_in_text, "PART", 10)
        patch.setattr(rows, "BATCH", 3)
        patch.setattr(objects, "_MANY", 2)
        patch.setattr(writing, "_MANY", 3)
        yield


def same(text: str) -> None:
    """Check that a text has the same form and the same views, and comes back."""
    views = [CRUSHER.view(Source(text), hint, 300) for hint in HINTS]
    encoded = encode(text)
    with small():
        assert [CRUSHER.view(Source(text), hint, 300) for hint in HINTS] == views
        assert encode(text) == encoded
        if encoded is not None:
            back = CRUSHER.decode(encoded.legend, encoded.body)
            assert back == text if encoded.exact else json.loads(back) == json.loads(text)
    with small(), never():
        assert encode(text) == encoded


@given(values=SEVERAL, layout=st.sampled_from(LAYOUTS))
def test_an_array_has_the_same_form_and_views(
    values: list[dict[str, Json]], layout: dict[str, object]
) -> None:
    same(dumps(values, layout))


@given(values=SEVERAL, layout=st.sampled_from(LAYOUTS[:2]))
def test_lines_have_the_same_form_and_views(
    values: list[dict[str, Json]], layout: dict[str, object]
) -> None:
    same("\n".join(dumps(value, layout) for value in values))


def test_arrays_in_other_styles_and_with_rows_of_other_kinds_have_the_same_form() -> None:
    objects: list[object] = [{"id": at, "kind": "a", "b": at % 3 == 0} for at in range(30)]
    text = json.dumps(objects, indent=2)
    same(text.replace("\n", "\r\n"))
    same(json.dumps([*objects, 1]))
    same(json.dumps(objects).replace("}, {", "},{"))
    same(json.dumps(objects)[:-1])
    same(json.dumps(objects).replace("[{", "[ {"))
    same(json.dumps([*objects, {"b": 1, "id": 2}, {"kind": "a", "id": 3}]))
    same(json.dumps({"rows": objects, "other": [{"id": 1}, {"id": 2}, {"id": 3}]}))
    same(json.dumps([*objects, [], {"a": [{"b": "},{"}] * 40}]))


def test_lines_and_objects_that_make_no_table_have_the_same_form() -> None:
    objects: list[object] = [{"id": at, "kind": "a", "b": at % 3 == 0} for at in range(30)]
    same("\n".join(map(json.dumps, objects)))
    same(json.dumps([{f"key_{at}": 1} for at in range(250)]))


def test_objects_in_objects_some_of_which_are_absent_come_back() -> None:
    some: list[object] = [{"id": at, "in": {"kind": "a", "b": at}} for at in range(30)]
    same(json.dumps(some))
    same(json.dumps([*some, {"id": 30}, {"id": 31, "in": {}}, {"id": 32, "in": None}]))
    same(json.dumps([*some, {"id": 30}]))
    same(json.dumps([*some, {"id": 30, "in": {"kind": "a"}}]))
    same(json.dumps([*some, {"id": 30, "in": "none"}]))


def test_a_long_text_in_a_string_is_opened_whole() -> None:
    inner = json.dumps([{"id": at, "ok": True} for at in range(30)])

    same(json.dumps({"output": inner, "code": 0}))


@pytest.mark.parametrize(
    "text", ["[" + "[" * 200 + "]" * 200 + "]", "[" + '{"a":' * 150 + "1" + "}" * 150 + "]"]
)
def test_what_is_too_deep_is_left_alone(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with small():
        assert read_document(text) is None
        monkeypatch.setattr(rows_in_text, "PART", len(text))
        assert read_document(text) is None


def test_objects_are_found_by_their_places() -> None:
    some = rows_of({"id": list(range(1200)), "b": ["x"] * 1200}, 1200)
    objects = [{"id": at, "b": "x"} for at in range(1200)]
    odd = {0, 499, 500, 1199}

    assert len(some) == 1200
    assert list(some) == objects
    assert list(reversed(some)) == objects[::-1]
    assert [some[at] for at in (0, 500, 1199, -1)] == [objects[at] for at in (0, 500, 1199, -1)]
    for part in (slice(0, 500), slice(500, 1000), slice(3, 900), slice(None, None, 7), slice(2, 2)):
        assert some[part] == objects[part]
    left = [each for at, each in enumerate(objects) if at not in odd]
    assert list(some.without(odd)) == left
    assert some.without(odd)[3:900:2] == left[3:900:2]
    with pytest.raises(IndexError):
        some[1200]


def test_rows_without_columns_are_empty_objects() -> None:
    assert objects.objects_of([], 3) == [{}, {}, {}]


def test_objects_that_are_read_are_made_anew_each_time() -> None:
    with small():
        document = read_document(json.dumps([{"id": at} for at in range(9)]))

        assert document is not None
        assert isinstance(document.value, Rows)
        assert document.value[0] == document.value[0]
        assert document.value[0] is not document.value[0]


def test_maps_of_tiny_objects_and_texts_with_quotes_are_read_at_once() -> None:
    same(json.dumps({f"k{n}": {"a": n * n % 7} for n in range(40)}))
    same(json.dumps([{"a": n * n % 7, "b": 'an "x"'} for n in range(40)]))
