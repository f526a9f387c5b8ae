"""JSON read and written by `msgspec`: whatever is there, it changes nothing but the time."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from math import inf
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from headroom_core.compressors.json_table import cells, depth, document, islands, quick, style
from headroom_core.compressors.json_table.values import Number, load_plain
from tests.compressors.test_smart_crusher import (
    CRUSHER,
    KEYS,
    LAYOUTS,
    ROWS,
    VALUES,
    dumps,
    encode,
    records,
)

if TYPE_CHECKING:
    from collections.abc import Generator

    from headroom_core.compressors.json_table.values import Json

FLAGS = {"html": ("<", r"\u003c"), "slash": ("/", r"\/")}
NUMBERS = ["1e16", "1e+16", "1e-05", "0.00001", "1E5", "1.50", "-0", "-0.0", "NaN", "-Infinity"]


@contextmanager
def always() -> Generator[None]:
    """Short texts and short columns are worth it too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quick, "FROM", 0)
        patch.setattr(cells, "_MANY", 0)
        patch.setattr(cells, "_FEW", 1)
        patch.setattr(islands, "_FEW", 0)
        patch.setattr(style, "_BATCH", 3)
        patch.setattr(document, "_BATCH", 3)
        yield


@contextmanager
def never() -> Generator[None]:
    """There is no such package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "msgspec", None)
        quick._msgspec.cache_clear()
        yield
    quick._msgspec.cache_clear()


def same(text: str) -> None:
    """Check that a text has the same form in either way, and comes back in either way."""
    with always():
        encoded = encode(text)
        decoded = CRUSHER.decode(encoded.legend, encoded.body) if encoded else None
    with always(), never():
        assert encode(text) == encoded
        if encoded is not None:
            assert CRUSHER.decode(encoded.legend, encoded.body) == decoded
            assert decoded == text or not encoded.exact


# `msgspec` writes this number without a sign in its exponent.
HUGE = [
    {},
    {},
    *[{"id": None}] * 2,
    {"id": {"a.b": None, "é": None}},
    {"id": [1.55376740762141e16]},
]


@example(value={"id": HUGE}, layout={})
@example(value={"id": [*HUGE[:-1], {"id": [1.5537674076214138e16]}]}, layout={})
@given(value=st.one_of(ROWS, VALUES, st.dictionaries(KEYS, ROWS)), layout=st.sampled_from(LAYOUTS))
def test_a_document_has_the_same_form_with_and_without_it(
    value: object, layout: dict[str, object]
) -> None:
    same(dumps(value, layout))


# `msgspec` would write `null` for what is not finite, which is shorter.
ENDLESS: list[object] = [
    {"\x07\x7f": None},
    {"1": None},
    {"name": "https://host.example/a/b/1", "1": [None, None, [None, None, {"id": None}]]},
    {"\x07\x7f": [None, inf], "id": {"id": None, "1": None}, "1": None, "name": [None, None]},
    {"\x07\x7f": [], "id": {"id": None, "": None, "\U0001e07e": None}, "1": None, "name": None},
]


@example(values=ENDLESS, layout={"separators": (",", ":")})
@given(
    values=st.one_of(ROWS, st.lists(VALUES, min_size=2, max_size=9)),
    layout=st.sampled_from(LAYOUTS[:2]),
)
def test_lines_have_the_same_form_with_and_without_it(
    values: list[object], layout: dict[str, object]
) -> None:
    same("\n".join(dumps(value, layout) for value in values))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("joint", ["", "\n", "\r\n"])
@pytest.mark.parametrize("flag", ["", *FLAGS])
def test_every_layout_has_the_same_form_with_and_without_it(
    layout: dict[str, object], joint: str, flag: str
) -> None:
    rows = [row | {"path": f"<a/{index}>"} for index, row in enumerate(records())]
    text = joint.join(dumps(row, layout) for row in rows) if joint else dumps(rows, layout)
    text = text.replace(*FLAGS[flag]) if flag else text
    same(text)
    same(text.replace("\n", "\r\n"))


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("layout", LAYOUTS[:3])
def test_numbers_that_it_writes_in_another_way_come_back(
    number: str, layout: dict[str, object]
) -> None:
    rows = [{"n": index, "a": "?", "b": "?" if index % 4 else None} for index in range(40)]
    text = dumps(rows, layout).replace('"?"', number)
    same(text)

    with always():
        encoded = encode(text)

        assert encoded is not None
        assert encoded.exact
        assert CRUSHER.decode(encoded.legend, encoded.body) == text


def test_columns_of_numbers_and_words_come_back() -> None:
    same(json.dumps([{"a": n * n % 7, "b": n / 4, "c": n % 2 or None} for n in range(40)]))
    same(json.dumps([{"a": [n % 3, None], "b": n % 2 == 0, "c": "x" * n} for n in range(40)]))
    same(json.dumps([{"id": n * n * 99, "url": f"/items/{n * n * 99}/x"} for n in range(40)]))


def test_texts_that_it_reads_in_another_way_are_left_to_json() -> None:
    for text in ("NaN", "[1,", '"\ud800"', '"\\ud800"', "1 2"):
        with pytest.raises(quick.UnsureError):
            quick.load(text)
    with never(), pytest.raises(quick.UnsureError):
        quick.load("1")
    with always():
        assert load_plain('"\\ud800"') == "\ud800"


def test_values_that_it_would_write_in_another_way_are_left_to_json() -> None:
    values: list[Json] = [Number("1.50"), "\ud800", 1e16, [1e-7, 2], 0.00002]
    for value in values:
        assert quick.dump(value) is None
        assert quick.dump_lines([value, 1]) is None
    values = ["1e5", "e-7 ", 1.5]
    assert quick.dump(values, 0) == '["1e5", "e-7 ", 1.5]'


def test_numbers_with_the_same_text_are_one() -> None:
    assert {Number("1.50"), Number("1.50"), Number("1.5")} == {Number("1.5"), Number("1.50")}


def test_large_documents_are_read_and_written_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    text = json.dumps(records(1000))
    expected = encode(text)

    def fail(*_: object) -> str:
        raise AssertionError("the slow way")

    monkeypatch.setattr(style.Style, "_plain", fail)

    assert len(text) > quick.FROM
    assert encode(text) == expected


def test_a_short_text_is_worth_no_import_but_what_is_there_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "\n".join(json.dumps(row) for row in records(30))
    with_it = encode(text)

    monkeypatch.delitem(sys.modules, "msgspec", raising=False)

    assert len(text) < quick.FROM
    assert not quick.pays(text)
    assert quick.pays(text * 20)
    assert encode(text) == with_it
    assert "msgspec" not in sys.modules


@given(value=VALUES, most=st.integers(0, 4), layout=st.sampled_from(LAYOUTS))
def test_the_depth_of_a_text_is_that_of_its_value(
    value: Json, most: int, layout: dict[str, object]
) -> None:
    assert depth.is_shallow(dumps(value, layout), most) == (_depth(value) <= most)


@pytest.mark.parametrize("string", ['"', "\\", '\\"', "[[[", '"[\\"{', "]}]", "\n{"])
def test_brackets_in_strings_are_no_depth(string: str) -> None:
    text = json.dumps([{string: string}, string, [string]])

    assert depth.is_shallow(text, 2)
    assert not depth.is_shallow(text, 1)


def _depth(value: Json) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0
