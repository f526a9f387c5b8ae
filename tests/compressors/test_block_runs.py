"""Blocks that repeat: written once, with how many lines come how many more times."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint
from headroom_core.compressors.block_runs import LONGEST_BLOCK, BlockRuns
from headroom_core.errors import DecodeError
from headroom_core.source import Source

BLOCKS = BlockRuns()
LINES = st.sampled_from(
    [
        "a",
        "b",
        "",
        "(2 lines above, 3 more times)",
        "\\(2 lines above, 3 more times)",
        "a long line",
    ]
)
TEXTS = st.lists(
    st.tuples(st.lists(LINES, min_size=1, max_size=4), st.integers(1, 12)), max_size=5
).map(lambda blocks: "\n".join(line for block, times in blocks for line in block * times))


def body_of(text: str) -> str | None:
    encoded = BLOCKS.encode(Source(text), Hint())
    return encoded.body if encoded else None


@given(text=TEXTS)
def test_what_is_encoded_comes_back(text: str) -> None:
    body = body_of(text)

    assert body is None or (BLOCKS.decode("", body) == text and len(body) < len(text))


@pytest.mark.parametrize(
    ("text", "body"),
    [
        (
            "\n".join(["GET /health", "503 Service Unavailable"] * 5),
            "GET /health\n503 Service Unavailable\n(2 lines above, 4 more times)",
        ),
        (
            "\n".join(["one", *["first line of two", "second line of two"] * 3, "end"]),
            "one\nfirst line of two\nsecond line of two\n(2 lines above, 2 more times)\nend",
        ),
        (
            "\n".join([f"line {i} of a longer block" for i in range(4)] * 2),
            "\n".join([f"line {i} of a longer block" for i in range(4)])
            + "\n(4 lines above, 1 more time)",
        ),
    ],
)
def test_a_block_is_written_once(text: str, body: str) -> None:
    assert body_of(text) == body


def test_a_look_alike_in_the_source_is_told_apart() -> None:
    mark = "(2 lines above, 3 more times)"
    text = "\n".join([mark, "\\" + mark, *["some line", "some other line"] * 9])

    body = body_of(text)

    assert body is not None
    assert body.split("\n")[:2] == ["\\" + mark, "\\\\" + mark]
    assert BLOCKS.decode("", body) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "a", "a\na\na\na", "a\nb\na\nb", "a\nb\nc",
        "\n".join([f"line {i} of a block that is too long" for i in range(LONGEST_BLOCK + 1)] * 2),
    ],
)  # fmt: skip
def test_a_text_without_such_blocks_is_declined(text: str) -> None:
    assert body_of(text) is None


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("a\n(2 lines above, 3 more times)", "repeats 2 lines, but 1 stand above"),
        ("(1 lines above, 3 more times)", "but 0 stand above"),
        ("a\n(0 lines above, 3 more times)", "repeats 0 lines"),
        ("a\nb\n(2 lines above, 1 more time)\n(1 lines above, 2 more times)", "but 0 stand above"),
        ("a\n\n(2 lines above, 999999999 more times)", "would give more than"),
        ("\n\n(2 lines above, 999999999 more times)", "would give more than"),
    ],
)
def test_a_forged_body_is_an_error(body: str, told: str) -> None:
    with pytest.raises(DecodeError, match=told):
        BLOCKS.decode("", body)
