"""Blank lines and padding: counted and named once, and given back to the character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.compressors import blanks
from headroom_core.compressors.base import Hint
from headroom_core.compressors.blanks import Blanks
from headroom_core.errors import DecodeError
from headroom_core.source import Source

BLANKS = Blanks()
LINES = st.one_of(
    st.sampled_from(
        ["", " ", "a", "a (end)", "(end)", "(5 blank lines)", "\\(5 blank lines)", "b  "]
    ),
    st.text(max_size=6),
)
TEXTS = st.lists(st.tuples(LINES, st.integers(1, 30)), max_size=6).map(
    lambda runs: "\n".join(line for line, count in runs for _ in range(count))
)
PADDED = st.tuples(st.lists(LINES, max_size=12), st.integers(1, 30)).map(
    lambda pair: "\n".join(line.ljust(pair[1]) for line in pair[0])
)


@given(text=st.one_of(TEXTS, PADDED, st.tuples(PADDED, TEXTS).map("\n".join)))
def test_what_is_encoded_comes_back(text: str) -> None:
    encoded = BLANKS.encode(Source(text), Hint())

    if encoded is not None:
        assert BLANKS.decode(encoded.legend, encoded.body) == text
        assert len(encoded.body) < len(text)


def test_a_run_of_blank_lines_is_counted() -> None:
    encoded = BLANKS.encode(Source("a" + "\n" * 41 + "b\n\nc"), Hint())

    assert encoded is not None
    assert encoded.body == "a\n(40 blank lines)\nb\n\nc"
    assert encoded.legend == '"(N blank lines)" stands for N empty lines'


def test_padding_is_named_in_the_legend() -> None:
    lines = [line.ljust(50) for line in ("NAME", "api", "db (end)", "", "web")] + ["total"]

    encoded = BLANKS.encode(Source("\n".join(lines)), Hint())

    assert encoded is not None
    assert "to 50 characters" in encoded.legend
    assert encoded.body.split("\n") == [
        "NAME",
        "api",
        f"{'db (end)'.ljust(50)}(end)",
        "",
        "web",
        "total(end)",
    ]


@pytest.mark.parametrize(
    "text",
    ["", "a\n\nb", "a\n\n\n\nb", "a \nb", "a \nb\nc", "word " * 30, "\n".join(["a", "b " * 9])],
)
def test_a_text_that_would_not_get_shorter_is_declined(text: str) -> None:
    assert BLANKS.encode(Source(text), Hint()) is None


@pytest.mark.parametrize(
    ("legend", "body", "told"),
    [
        ("anything", "a", "cannot read the legend"),
        ('"(N blank lines)" stands for N empty lines', "(999999999 blank lines)", "more than"),
        (
            '"(N blank lines)" stands for N empty lines; spaces pad to 999999 characters',
            "(300 blank lines)",
            "more than",
        ),
    ],
)
def test_a_forged_form_is_an_error(legend: str, body: str, told: str) -> None:
    with pytest.raises(DecodeError, match=told):
        BLANKS.decode(legend, body)


def test_forged_padding_of_many_lines_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blanks, "MAX_DECODED_CHARS", 10_000)
    legend = '"(N blank lines)" stands for N empty lines; spaces pad to 999 characters'

    assert len(BLANKS.decode(legend, "a\n" * 9)) == 9_999
    with pytest.raises(DecodeError, match="more than 10000 characters"):
        BLANKS.decode(legend, "a\n" * 10)
