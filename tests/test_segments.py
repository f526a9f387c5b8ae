"""Segments: whole lines whose concatenation is the text, and only an agent's wrapper cut off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.segments import Segment, split
from tests.conversations import ANY_TEXT

WRAPPERS = st.sampled_from(
    [
        "Exit code: 1",
        "Exit code 0",
        "Wall time: 0.1 seconds",
        "Output:",
        "<output>",
        "</output>",
        "<returncode>-1</returncode>",
        "<system-reminder>",
        "</system-reminder>",
        "",
        "  ",
        "what the tool printed",
    ]
)
WRAPPED = st.lists(WRAPPERS, max_size=40).map("\n".join)


def shown(text: str) -> list[tuple[str, bool]]:
    return [(segment.text, segment.wrapper) for segment in split(text)]


@given(text=st.one_of(WRAPPED, WRAPPED.map("{}\n".format), ANY_TEXT))
def test_segments_are_whole_lines_and_join_to_the_text(text: str) -> None:
    segments = split(text)

    assert "".join(segment.text for segment in segments) == text
    assert all(segment.text.endswith("\n") for segment in segments[:-1])
    assert all(segment.text for segment in segments) or text == ""
    assert [segment.wrapper for segment in segments] in (
        [False], [True], [True, False], [False, True], [True, False, True], [True, True]
    )  # fmt: skip


def test_a_text_without_a_wrapper_is_one_segment() -> None:
    assert split("") == [Segment("")]
    assert split("a\nb") == [Segment("a\nb")]
    assert split("a\nExit code: 1\nb") == [Segment("a\nExit code: 1\nb")]


@pytest.mark.parametrize(
    ("head", "foot"),
    [
        ("Exit code: 1\nWall time: 0.5 seconds\nOutput:\n", ""),
        ("Chunk ID: 7f\n\nOutput:\n", ""),
        ("<output>\n", "</output>\n"),
        ("", "Exit code: 1"),
        ("", "Exit code: 1\n"),
        ("", "\nShell cwd was reset to /a\n"),
        ("", "<returncode>1</returncode>\n"),
        ("", "<system-reminder>\nRead this.\nAnd this.\n</system-reminder>\n"),
        ("Stdout:\n", "<system-reminder>\nx\n</system-reminder>\n\nDuration: 3 s"),
    ],
)
def test_wrapper_lines_at_the_ends_are_cut_off(head: str, foot: str) -> None:
    body = "one\ntwo\n"
    bare_foot = foot.lstrip("\n")

    assert shown(head + body + foot) == [
        *([(head, True)] if head else []),
        (body + foot[: len(foot) - len(bare_foot)], False),
        *([(bare_foot, True)] if foot else []),
    ]


@pytest.mark.parametrize(
    "line", ["Exit codes: 1", " Exit code: 1", "Output: x", "<outputs>", "Result", "Exit code" * 99]
)
def test_a_line_that_only_resembles_a_wrapper_stays_inside(line: str) -> None:
    assert shown(f"{line}\na\n{line}") == [(f"{line}\na\n{line}", False)]


@pytest.mark.parametrize(
    "inside",
    [
        "one\ntwo\n",
        "<system-reminder>\n" + "x\n" * 80,
        "one\n<system-reminder>\n" + "x\n" * 80,
    ],
    ids=["never opens", "is the whole text", "is too long"],
)
def test_of_a_reminder_without_an_end_only_the_last_line_is_cut_off(inside: str) -> None:
    assert shown(f"{inside}</system-reminder>") == [(inside, False), ("</system-reminder>", True)]


def test_only_the_first_and_the_last_lines_are_looked_at() -> None:
    many = "Exit code: 1\n" * 40

    (head, is_head), (inside, is_inside), (foot, is_foot) = shown(many)
    assert (is_head, is_inside, is_foot) == (True, False, True)
    assert (head.count("\n"), inside.count("\n"), foot.count("\n")) == (12, 16, 12)
