"""What was pasted into a user's message is told from what the user wrote."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors.passages.user_context import user_blocks

TEXT = "The harbour was described by every visitor in a long letter home. " * 10
ROWS = json.dumps([{"id": number, "name": f"item {number}"} for number in range(40)], indent=1)
LOG = "".join(
    f"2026-01-05 10:30:{number:02} INFO job {number} done\n    in time\n" for number in range(20)
)
ASKS = "Please answer in one sentence: who described the harbour?"
CHUNKS = "".join(f"[{number}] Title {number}\n{TEXT}\n\n" for number in range(1, 5))
DOCUMENTS = "".join(f'<document index="{n}">\n{TEXT}\n</document>\n' for n in range(3))


def pasted(text: str) -> list[str]:
    segments = user_blocks(text)
    assert "".join(segment.text for segment in segments) == text
    assert all(segment.text.endswith("\n") for segment in segments[:-1])
    return [segment.text for segment in segments if not segment.wrapper]


@pytest.mark.parametrize(
    ("before", "block", "after"),
    [
        ("Look:\n```log\n", f"{TEXT}\n", f"```\n{ASKS}"),
        ("Look:\n~~~\n", f"{TEXT}\n", "~~~"),
        ("<context>\n", f"{TEXT}\n", f"</context>\n\n{ASKS}\n"),
        ("", DOCUMENTS, ASKS),
        ("<documents>\n", DOCUMENTS, f"</documents>\n{ASKS}"),
        ("Here it is:\n", f"{ROWS}\n", ASKS),
        ("Here it is:\n", ROWS, ""),
        ("Here it is:\n", "[\n" + '{"id": 12345},\n' * 60 + "{}\n]\n", ASKS),
        ("My log:\n", LOG, f"\n{ASKS}"),
        ("My log:\n", LOG.rstrip(), ""),
        ("Use these.\n\n", CHUNKS, f"Question: {TEXT}\n\n{ASKS}"),
        ("Use these.\n\n", CHUNKS, "Sum it up, and be brief"),
        ("Q first?\n\n", CHUNKS, f"[5] Title 5\n{TEXT}"),
    ],
)
def test_what_was_pasted_is_found_and_the_rest_is_left(before: str, block: str, after: str) -> None:
    assert pasted(f"{before}{block}{after}") == [block]


@pytest.mark.parametrize(
    "text",
    [
        "",
        ASKS,
        TEXT * 4,
        "```\nshort\n```\n",
        f"```\n{TEXT}",
        f"<document>\n{TEXT}",
        f"<instructions>\n{TEXT}\n</instructions>\n",
        f"<context>\n{TEXT}</context>",
        "{ not json\n" * 60,
        "[1, 2] and more on the line\n" + "x" * 500,
        "[" * 90_000,
        '["open\n' * 9_000,
        "[1, 2] more\n" * 90,
        "[1]\n[2]\n" * 90,
        LOG[:200],
        "[1] a\n\n[2] b\n\nAnd so?",
    ],
)
def test_what_a_user_may_have_written_is_left_alone(text: str) -> None:
    assert pasted(text) == []


def test_many_tags_that_never_close_are_searched_once() -> None:
    text = "<document>\n" * 9_000

    assert "".join(pasted(text)) in {"", text, text.removesuffix("<document>\n")}


def test_several_blocks_are_several_segments() -> None:
    text = f"First:\n```\n{TEXT}\n```\nthen\n<file>\n{TEXT}\n</file>\n<log>\n{LOG}</log>\n{ASKS}"

    assert len(pasted(text)) == 3


@settings(max_examples=100)
@given(
    st.lists(
        st.sampled_from(
            [
                *("```\n", "<context>\n", "</context>\n", "<document>", "\r\n", "\n", "{", "[\n"),
                *(f"{TEXT}\n", ROWS, LOG, CHUNKS, DOCUMENTS, ASKS, "Question: x?\n\n"),
            ]
        ),
        max_size=8,
    )
)
def test_the_segments_are_the_text(pieces: list[str]) -> None:
    text = "".join(pieces)

    found = pasted(text)

    assert all(len(block) >= 400 for block in found)
