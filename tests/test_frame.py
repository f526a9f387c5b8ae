r"""The frame: its grammar, the escaping of look-alikes, whole and mixed texts, damage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.compressors.base import Encoded
from headroom_core.errors import DecodeError
from headroom_core.frame import (
    MIXED,
    Header,
    escape,
    frame,
    header_of,
    mix,
    starts_with_form,
    unescape,
    unframe,
)

LOOK_ALIKES = st.sampled_from(
    [
        "[headroom runs, 2 lines: x]",
        "\\[headroom runs, 2 lines: x]",
        "\\\\[headroom ",
        "[headroom ",
        "[headroom",
        " [headroom a, 1 line: x]",
        "[headroom 0123456789abcdef: 1 of 2 lines shown; more: x]",
        MIXED,
        "\\",
        "",
        "plain",
    ]
)
LINES = st.lists(st.one_of(LOOK_ALIKES, st.text(max_size=20)), max_size=8)
TEXTS = LINES.map("\n".join)


def upper_case(header: Header, body: str) -> str:
    """A decoder that a test can tell from no decoder at all."""
    assert header.name == "shout"
    return body.upper()


def body_of(header: Header, body: str) -> str:
    return body


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("[headroom runs, 1 line: x]\nbody", Header("runs", 1, "x")),
        ("[headroom runs, 3 lines: x; y]\n", Header("runs", 3, "x; y")),
        ("[headroom a_b2, 12 lines: ]\nbody", Header("a_b2", 12, "")),
        ("[headroom runs, 999999999 lines: x]\n", Header("runs", 999_999_999, "x")),
    ],
)
def test_a_header_is_read(text: str, header: Header) -> None:
    assert header_of(text) == header
    assert header_of(f"above\n{text}", 6) == header
    assert starts_with_form(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[headroom runs, 1 line: x]",  # nothing follows
        "[headroom runs, 1 line: x] \nbody",
        "[headroom runs, 1 line: x\n]\nbody",
        "[headroom runs, 1 line: [x]]\nbody",
        " [headroom runs, 1 line: x]\nbody",
        "[Headroom runs, 1 line: x]\nbody",
        "[headroom Runs, 1 line: x]\nbody",
        "[headroom runs1a, 1 line: x]\nbody",
        "[headroom runs, one line: x]\nbody",
        "[headroom runs, 1234567890 lines: x]\nbody",
        "[headroom runs, 1 line:x]\nbody",
        "[headroom runs, 1 line: x]\r\nbody",
        "\\[headroom runs, 1 line: x]\nbody",
        MIXED,  # nothing follows
        f" {MIXED}\n",
    ],
)
def test_what_differs_in_one_character_is_plain_text(text: str) -> None:
    assert header_of(text) is None
    assert not starts_with_form(text)
    assert unframe(text, upper_case) == text


def test_a_form_says_how_many_lines_it_has() -> None:
    assert frame("runs", Encoded("x", "a")) == "[headroom runs, 1 line: x]\na"
    assert frame("runs", Encoded("x", "a\n\nb")) == "[headroom runs, 3 lines: x]\na\n\nb"


@pytest.mark.parametrize("legend", ["a]", "a\nb"])
def test_a_legend_that_would_end_its_header_is_refused(legend: str) -> None:
    with pytest.raises(ValueError, match="would end its header"):
        frame("runs", Encoded(legend, "body"))


@given(text=TEXTS)
def test_unescape_undoes_escape(text: str) -> None:
    assert unescape(escape(text)) == text


@given(text=TEXTS)
def test_no_escaped_line_passes_for_a_header(text: str) -> None:
    assert all(not line.startswith("[headroom ") for line in escape(text).split("\n"))


@given(one=TEXTS, other=TEXTS)
def test_different_texts_stay_different(one: str, other: str) -> None:
    assert (escape(one) == escape(other)) == (one == other)


@given(body=TEXTS)
def test_a_framed_body_comes_back(body: str) -> None:
    framed = frame("any", Encoded("as it was", body))

    assert starts_with_form(framed)
    assert unframe(framed, body_of) == body
    assert unframe(f"{framed}\n", body_of) == f"{body}\n"


@given(segments=st.lists(st.tuples(TEXTS, st.booleans()), min_size=1, max_size=6), last=TEXTS)
def test_a_mixed_text_comes_back(segments: list[tuple[str, bool]], last: str) -> None:
    texts = [f"{text}\n" for text, _ in segments]
    forms = [
        frame("any", Encoded("as it was", text)) if framed else None for text, framed in segments
    ]

    mixed = mix(zip([*texts, last], [*forms, None], strict=True))

    assert starts_with_form(mixed)
    assert unframe(mixed, body_of) == "".join(texts) + last


def test_a_form_may_end_a_mixed_text() -> None:
    form = frame("shout", Encoded("x", "done"))

    assert unframe(mix([("Exit code 1\n", None), ("done", form)]), upper_case) == (
        "Exit code 1\nDONE"
    )
    assert unframe(mix([("a\n", None), ("done\n", form)]), upper_case) == "a\nDONE\n"
    assert unframe(mix([("done\n", form), ("done", form)]), upper_case) == "DONE\nDONE"


@pytest.mark.parametrize("around", ["{}", f"{MIXED}\nabove\n{{}}"])
def test_a_form_whose_lines_are_gone_is_an_error(around: str) -> None:
    short = around.format("[headroom shout, 3 lines: x]\none\ntwo")

    with pytest.raises(DecodeError, match="announces 3 lines, but some are gone"):
        unframe(short, upper_case)


def test_a_huge_count_of_lines_costs_nothing() -> None:
    with pytest.raises(DecodeError, match="some are gone"):
        unframe("[headroom shout, 999999999 lines: x]\none", upper_case)


def test_lines_after_a_whole_form_are_an_error() -> None:
    with pytest.raises(DecodeError, match="announces 1 lines, but there are more"):
        unframe("[headroom shout, 1 line: x]\none\ntwo", upper_case)


def test_a_form_of_no_lines_is_read_as_one_empty_text() -> None:
    assert unframe("[headroom shout, 0 lines: x]\n", upper_case) == "\n"


def test_every_character_of_many_blocks_is_decoded_once() -> None:
    sizes: list[int] = []
    form = frame("count", Encoded("x", "one\ntwo"))

    def count(header: Header, body: str) -> str:
        sizes.append(len(body))
        return body

    decoded = unframe(mix([("one\ntwo\n", form), ("plain\n", None)] * 5_000), count)

    assert decoded == "one\ntwo\nplain\n" * 5_000
    assert sizes == [7] * 5_000
