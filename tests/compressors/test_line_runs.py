"""Runs of equal lines: written once with a count, and only where that is shorter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.compressors.base import MAX_DECODED_CHARS, Hint
from headroom_core.compressors.line_runs import LineRuns
from headroom_core.errors import DecodeError
from headroom_core.source import Source

RUNS = LineRuns()
LINES = st.sampled_from(
    ["", "a", "a (x2)", "a (x2) (x3)", " (x1)", "b", "(x5)", "a\r", "\0", "\ud800"]
)
TEXTS = st.lists(st.tuples(LINES, st.integers(1, 30)), max_size=8).map(
    lambda runs: "\n".join(line for line, count in runs for _ in range(count))
)


def body_of(text: str) -> str | None:
    encoded = RUNS.encode(Source(text), Hint())
    return encoded.body if encoded else None


@given(text=TEXTS)
def test_what_is_encoded_comes_back(text: str) -> None:
    body = body_of(text)

    assert body is None or (RUNS.decode("", body) == text and len(body) < len(text))


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("waiting\nwaiting\nwaiting", "waiting (x3)"),
        ("start\nretrying\nretrying\nretrying\nend", "start\nretrying (x3)\nend"),
        ("retry (x2)\n" * 3 + "retry (x2)", "retry (x2) (x4)"),
        ("aaaaaaaaaa\n" * 9 + "b (x1)", "aaaaaaaaaa (x9)\nb (x1) (x1)"),
        ("\n" * 30, " (x31)"),
        ("a\na\n" + "bbbbbbbbbb\n" * 4 + "c", "a\na\nbbbbbbbbbb (x4)\nc"),
    ],
)
def test_a_run_is_written_once(text: str, body: str) -> None:
    assert body_of(text) == body


@pytest.mark.parametrize("text", ["", "a", "a\nb\na", "a\na", "\n", "a (x2)\nb (x3)"])
def test_a_text_that_would_not_get_shorter_is_declined(text: str) -> None:
    assert body_of(text) is None


@pytest.mark.parametrize("count", [MAX_DECODED_CHARS, 10**9, 9_999_999_999])
@pytest.mark.parametrize("line", ["", "a"])
def test_a_forged_count_is_an_error(line: str, count: int) -> None:
    with pytest.raises(DecodeError, match="would give more than"):
        RUNS.decode("", f"ok\n{line} (x{count})")


def test_a_forged_count_of_nothing_is_nothing() -> None:
    assert RUNS.decode("", "a\nb (x0)\nc") == "a\nc"
