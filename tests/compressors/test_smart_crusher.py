"""The lossless form of JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors.base import Encoded, Hint
from headroom_core.compressors.smart_crusher import SmartCrusher
from headroom_core.source import Source

CRUSHER = SmartCrusher()

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.integers(),
    st.floats(allow_nan=False),
    st.sampled_from(["", "a", "b", "~", "-", "=", "!x", "1", "1.0", "true", " x ", "a|b", "(a,b)"]),
    st.sampled_from(
        ["https://host.example/a/b/1", "https://host.example/a/b/2", "x\ny", "{a}", '"q"']
    ),
    st.text(max_size=8),
)
KEYS = st.one_of(
    st.sampled_from(["id", "name", "url", "a.b", "x y", "row", "1", "", "a|b", "é", "a,b", "k]"]),
    st.text(max_size=3),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
ROWS = st.lists(KEYS, min_size=1, max_size=4, unique=True).flatmap(
    lambda keys: st.lists(
        st.fixed_dictionaries({}, optional=dict.fromkeys(keys, VALUES)), min_size=2, max_size=8
    )
)
LAYOUTS: list[dict[str, object]] = [
    {"separators": (",", ":")},
    {},
    {"indent": 2},
    {"indent": 4},
    {"indent": "\t"},
    {"separators": (",", ":"), "ensure_ascii": False},
    {"indent": 2, "ensure_ascii": False},
]


def encode(text: str, query: str = "") -> Encoded | None:
    return CRUSHER.encode(Source(text), Hint(query=query))


def dumps(value: object, layout: dict[str, object]) -> str:
    return json.dumps(value, **layout)  # type: ignore[arg-type]  # a table of layouts


def assert_same_back(text: str, query: str = "") -> Encoded | None:
    encoded = encode(text, query)
    if encoded is not None:
        assert encoded.exact
        assert CRUSHER.decode(encoded.legend, encoded.body) == text
    return encoded


@settings(max_examples=100, deadline=None)
@given(value=st.one_of(ROWS, VALUES, st.dictionaries(KEYS, ROWS)), layout=st.sampled_from(LAYOUTS))
def test_any_json_in_a_standard_style_comes_back_to_the_byte(
    value: object, layout: dict[str, object]
) -> None:
    assert_same_back(dumps(value, layout))


@settings(max_examples=60, deadline=None)
@given(rows=ROWS)
def test_repeated_rows_come_back_to_the_byte(rows: list[object]) -> None:
    assert_same_back(
        json.dumps({"data": rows * 5, "more": {str(n): r for n, r in enumerate(rows)}})
    )


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_a_list_of_records_becomes_a_table(layout: dict[str, object]) -> None:
    rows = [
        {
            "id": 100 + n,
            "url": f"https://host.example/items/{100 + n}",
            "état": "ok",
            "n": n * n % 7,
        }
        for n in range(20)
    ]

    encoded = assert_same_back(dumps(rows, layout))

    assert encoded is not None
    assert encoded.body.startswith("[20 rows: ")
    assert "url=https://host.example/items/{id}" in encoded.body
