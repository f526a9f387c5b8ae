"""Lines in no known shape: those that answer stay, below what they stand under."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint, View
from headroom_core.compressors.plain_lines import PlainLines
from headroom_core.source import Source
from headroom_core.testing.view_checker import glued

COMMITS = [
    f"{at * 7919:07x} {verb} the invoice page" for at in range(40) for verb in ("Test", "Mend")
]
TREE = [
    line
    for at in range(30)
    for line in (
        f"Device {at}:",
        f"    Name: disk{at}",
        "    Ports:",
        f"        Serial: {at * 31}",
        f"        Speed: {at % 4} Gbit",
    )
]


def view(lines: list[str], query: str, room: int = 900) -> View | None:
    return PlainLines().view(Source("\n".join(lines)), Hint(query=query), room)


def shown(lines: list[str], query: str, room: int = 900) -> list[str]:
    found = view(lines, query, room)
    assert found is not None
    assert found.body.count("[…") + found.shown == len(found.body.split("\n"))
    return found.body.split("\n")


def test_lines_that_answer_are_shown_and_most_others_are_not() -> None:
    lines = [*COMMITS[:50], "c0ffee1 Say how memory fills", *COMMITS[50:]]

    body = shown(lines, "Which commit says how memory fills?")

    assert "c0ffee1 Say how memory fills" in body
    assert len(body) < len(lines) // 2


def test_a_line_stands_below_those_that_it_is_under() -> None:
    body = shown(TREE, "What is the speed behind serial 713?", 300)

    at = body.index("        Serial: 713")
    assert body[at - 1] == "    Ports:"
    assert "Device 23:" in body[at - 3 : at]


def test_of_a_deep_nest_the_outermost_lines_lead() -> None:
    nest = [f"{' ' * at}level {at}" for at in range(9)]

    body = shown([*TREE * 3, *nest, "          the zeppelin", *TREE], "zeppelin", 100)

    assert {*nest[:4], "          the zeppelin"} < set(body)
    assert len(body) < 20


def test_the_room_that_is_left_goes_to_the_outline() -> None:
    body = shown(TREE, "What is the speed behind serial 713?", 1_500)

    assert [line for line in body if line.startswith("Device ")] == TREE[::5]


def test_a_line_of_any_length_is_shown_in_pieces() -> None:
    text = f"var a={{{'b:1,' * 3_000}zeppelin:7,{'c:2,' * 3_000}}};"

    found = view([text], "what is zeppelin?")

    assert found is not None
    assert "b:1,zeppelin:7,c:2," in found.body
    assert found.body.count("characters …]") == 2
    assert found.hides == "chosen by the question, long lines cut"
    assert len(found.body) < 1_000


def test_ends_and_problems_stay() -> None:
    lines = [
        *COMMITS,
        "ERROR: could not read more",
        *COMMITS,
        "c0ffee1 Say how memory fills",
        "end",
    ]

    body = shown(lines, "how memory fills", 100)

    assert body[:2] == COMMITS[:2]
    assert body[-1] == "end"
    assert "ERROR: could not read more" in body


@pytest.mark.parametrize(
    ("lines", "query"),
    [
        (COMMITS, "go on"),
        (COMMITS, "Who sings of zeppelins?"),
        (COMMITS, ""),
        (COMMITS[:9], "Which test of the invoice page?"),
        (
            [
                f"- Mend zeppelins, and step {at} of it{'.' if at % 8 else ' too.'}"
                for at in range(60)
            ],
            "zeppelins",
        ),
        (["## Goal", *COMMITS, "## Steps", *COMMITS, "mend zeppelins"], "mend zeppelins"),
        (["the invoice", *["x"] * 25], "invoice"),
        ([f"This is sentence {at} of an essay on the invoice page." for at in range(40)], "essay?"),
    ],
    ids=[
        "vague",
        "elsewhere",
        "no question",
        "few lines",
        "sentences",
        "document",
        "short text",
        "prose",
    ],
)
def test_where_nothing_answers_or_little_would_be_left_out_all_is_shown(
    lines: list[str], query: str
) -> None:
    assert view(lines, query) is None


def test_files_that_are_read_and_code_are_left_to_who_works_on_them() -> None:
    lines = [*COMMITS, "c0ffee1 Say how memory fills"]
    code = [f"def step_{at}(page):\n    return invoice[{at}]" for at in range(40)]
    query = "how memory fills, and what of the invoice of step_7?"

    def seen(lines: list[str], **hint: str | bool) -> View | None:
        source = Source("\n".join(lines))
        return PlainLines().view(source, Hint(query=query, **hint), 900)  # type: ignore[arg-type]  # a table of hints

    assert seen(lines, origin="command") is not None
    assert seen(lines, origin="file_read") is None
    assert seen(code, path="steps.py") is None
    assert seen([f"{at}\t{line}" for at, line in enumerate("\n".join(code).split("\n"), 1)]) is None
    assert seen([*lines, "x" * 9_000], edited=True) is None
    assert seen([*lines, "x" * 9_000], origin="file_read") is not None


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(["", " a b", "a", "  memory 7", "\tx", "fills", "\ud800"]), max_size=60
    ),
    st.integers(1, 600),
)
def test_what_is_shown_is_verbatim_and_in_order(lines: list[str], room: int) -> None:
    text = "\n".join([*COMMITS, *lines, "c0ffee1 Say how memory fills"])
    found = PlainLines().view(Source(text), Hint(query="how memory fills"), room)

    assert found is not None
    assert "c0ffee1 Say how memory fills" in found.body
    assert not glued("lines", text, found.body)
