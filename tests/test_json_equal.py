"""The same JSON: white space and escapes may differ, and nothing else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.json_equal import same_json
from tests.conversations import ANY_TEXT

VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(value=VALUES, indent=st.sampled_from([None, 0, 1, 2]), escapes=st.booleans())
def test_the_style_of_writing_makes_no_difference(
    value: object, indent: int | None, escapes: bool
) -> None:
    styled = json.dumps(value, indent=indent, ensure_ascii=escapes)

    assert same_json(styled, json.dumps(value, separators=(",", ":"), ensure_ascii=False))


@given(one=VALUES, other=VALUES)
def test_different_values_are_different(one: object, other: object) -> None:
    written = json.dumps(one), json.dumps(other)

    assert same_json(*written) == (written[0] == written[1])


@given(text=ANY_TEXT)
def test_every_text_is_the_same_as_itself(text: str) -> None:
    assert same_json(text, text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1", "1.0"),
        ("1e2", "100"),
        ("-0", "0"),
        ("12345678901234567890", "12345678901234567891"),
        ("1 2", "12"),
        ('{"a":1,"b":2}', '{"b":2,"a":1}'),
        ('{"a":1,"a":2}', '{"a":2}'),
        ("[1,]", "[1]"),
        ('"a b"', '"a  b"'),
        ('"1"', "1"),
        ('"a"', "a"),
        ('"a', '"a"'),
        ('"abcX', '"abcY'),
        (r'"\x"', r'"\\x\""'),
        (r'"\u00e9"', '"e"'),
        ("", "null"),
    ],
)
def test_what_a_reader_could_tell_apart_is_not_the_same(one: str, other: str) -> None:
    assert not same_json(one, other)
    assert not same_json(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r'"\u00e9"', '"é"'),
        (r'"\ud83d\ude00"', '"😀"'),
        (r'"a\/b"', '"a/b"'),
        (r'"\""', r'"\u0022"'),
        ('"a\tb"', r'"a\tb"'),
        ("[ 1 , 2 ]", "[1,2]"),
        (r'"\x"', r'"\x"'),
    ],
)
def test_another_spelling_of_the_same_string_is_the_same(one: str, other: str) -> None:
    assert same_json(one, other)


def test_a_string_that_never_ends_is_read_once() -> None:
    endless = '"' + r"\"" * 500_000

    assert same_json(endless, endless)
