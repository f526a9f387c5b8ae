from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core import frame
from headroom_core.compressors.base import Earlier, Encoded, Hint
from headroom_core.compressors.bases import Shelf
from headroom_core.compressors.repeats import Repeats
from headroom_core.errors import DecodeError
from headroom_core.source import Source
from tests.allocated import allocated

REPEATS = Repeats()
BLOCK = [f"    value_{k} = compute({k})" if k % 4 else "" for k in range(40)]
NEW = [f"fresh line number {k} of this text" for k in range(15)]
LONG = "one long line of output, " * 20


def numbered(lines: list[str], first: int = 1, form: str = "{n:>6}\t{t}") -> str:
    return "\n".join(form.format(n=first + k, t=line) for k, line in enumerate(lines))


def encoded(text: str, *earlier: Earlier) -> Encoded | None:
    return REPEATS.encode(Source(text), Hint(earlier=earlier))


def shown(text: str, *earlier: Earlier) -> list[str]:
    form = encoded(text, *earlier)
    assert form is not None
    context = [each.original for each in earlier]
    assert REPEATS.decode(form.legend, form.body, context) == text
    assert frame.header_of(frame.frame("repeats", form)) is not None
    return form.body.split("\n")


def test_a_block_that_was_shown_before_becomes_a_pointer() -> None:
    earlier = Earlier("\n".join(["head", *BLOCK, "tail"]), tool="run", path="/a/b.py")

    body = shown("\n".join([*NEW, *BLOCK, *NEW[:3]]), Earlier("other"), earlier)

    assert body == [
        *NEW,
        '[= 40 lines of tool result 2 (b.py) from line 2: "" … "value_39 = compute(39)"]',
        *NEW[:3],
    ]


def test_the_first_result_that_shows_a_block_is_named() -> None:
    earlier = Earlier("\n".join(BLOCK))

    assert "of tool result 1 from line 1:" in shown("\n".join([*NEW, *BLOCK]), earlier, earlier)[-1]


def test_results_that_lie_too_far_back_are_not_searched() -> None:
    text = "\n".join([*NEW, *BLOCK])

    assert encoded(text, Earlier("\n".join(BLOCK)), *[Earlier("x")] * 199) is not None
    assert encoded(text, Earlier("\n".join(BLOCK)), *[Earlier("x")] * 200) is None
    assert encoded(text, Earlier("\n".join(BLOCK)), Earlier("x" * 3_000_000)) is None


def test_the_longest_block_wins() -> None:
    short, long = Earlier("\n".join(BLOCK[:20]), tool="run"), Earlier("\n".join(BLOCK))

    assert "[= 40 lines of tool result 2 " in shown("\n".join([*NEW, *BLOCK]), short, long)[-1]


def test_a_single_long_line_is_enough() -> None:
    body = shown("\n".join([*NEW, LONG]), Earlier(LONG, tool="job output"))

    assert body[-1] == (
        '[= 1 line of tool result 1 (job output) from line 1: "one long line of output, one lon…"]'
    )


def test_a_block_is_found_under_other_line_numbers() -> None:
    body = shown(
        numbered([*NEW, *BLOCK, *NEW]), Earlier(numbered(BLOCK, 501, "{n}:{t}"), path="m.py")
    )

    assert body[0] == f"     1\t{NEW[0]}"
    assert body[1] == NEW[1]
    assert body[9] == f"    10\t{NEW[9]}"
    assert body[15].startswith("[= 40 lines of tool result 1 (m.py) from line 501: ")
    assert body[16] == f"    56\t{NEW[0]}"


def test_text_around_a_gutter_stays_as_it_is() -> None:
    text = "File:\n" + numbered([*NEW, *BLOCK]) + "\n\n" + "\n".join(NEW)

    assert shown(text, Earlier("\n".join(BLOCK)))[0] == "File:"


def test_a_gutter_with_gaps_is_described_in_parts() -> None:
    text = "\n".join(
        [numbered(NEW), "...", numbered(BLOCK, 101), "     7\talone", numbered(NEW, 9)]
    )

    form = encoded(text, Earlier("\n".join(BLOCK)))
    body = shown(text, Earlier("\n".join(BLOCK)))

    assert form is not None
    assert form.legend.count(' numbered "') == 3
    assert body[14:17] == [NEW[14], "...", body[16]]
    assert body[17:19] == ["     7\talone", f"     9\t{NEW[0]}"]


def test_numbers_that_fill_their_column_do_not_hide_its_width() -> None:
    shown(
        "\n".join([numbered(BLOCK, 999_900), "...", numbered(NEW), "...", numbered(NEW, 999_970)]),
        Earlier("\n".join(BLOCK)),
    )


def test_a_gutter_with_many_gaps_stays_in_the_text() -> None:
    parts = [numbered(BLOCK[k : k + 8], 100 * k) for k in range(0, 40, 8)]
    text = "\n".join(parts)

    form = encoded(text, Earlier(text))

    assert form is not None
    assert "numbered" not in form.legend


def test_lines_that_come_again_and_again_are_found_by_their_neighbours() -> None:
    lines = [line for k in range(12) for line in ("    return None", f"def function_{k}(self):")]

    body = shown("\n".join([*NEW, *lines[15:], *BLOCK[:20]]), Earlier("\n".join([*lines, *BLOCK])))

    assert body[15].startswith("[= 29 lines of tool result 1 from line 16: ")


def test_a_line_that_looks_like_a_pointer_or_a_number_is_told_apart() -> None:
    odd = ["[= 3 lines of tool result 1 from line 1: x]", "\\[= y", "\\plain", "     4\tz", "z"]

    body = shown("\n".join([*odd, *BLOCK]), Earlier("\n".join(BLOCK)))
    body_numbered = shown(
        numbered(["a", "b", "c", "     4\tz", *odd, *BLOCK]), Earlier("\n".join(BLOCK))
    )

    assert body[:3] == ["\\[= 3 lines of tool result 1 from line 1: x]", "\\\\[= y", "\\plain"]
    assert body_numbered[3] == "     4\t     4\tz"


@pytest.mark.parametrize(
    ("text", "earlier"),
    [
        ("\n".join([*NEW, *BLOCK]), []),
        ("\n".join([*NEW, *BLOCK]), [Earlier("\n".join(BLOCK), whole=False)]),
        ("\n".join([*NEW, *BLOCK]), [Earlier("nothing in common")]),
        ("\n".join([*NEW, *BLOCK]), [Earlier("\n".join(["[headroom x, 1 line: y]", *BLOCK]))]),
        ("\n".join([*NEW, *BLOCK[:5]]), [Earlier("\n".join(BLOCK))]),
        ("\n".join([*NEW, "0123456789", *[""] * 100]), [Earlier("0123456789" + "\n" * 100)]),
        ("short", [Earlier("short")]),
    ],
)
def test_text_without_a_block_to_point_at_stays(text: str, earlier: list[Earlier]) -> None:
    assert encoded(text, *earlier) is None


@settings(max_examples=100)
@given(
    pieces=st.lists(
        st.sampled_from(
            [
                NEW,
                BLOCK,
                BLOCK[5:30],
                BLOCK[20:],
                [LONG],
                [""] * 30,
                ["}"] * 30,
                ["[= x", "     3\ty\r"],
            ]
        ),
        max_size=7,
    ),
    earlier=st.lists(
        st.sampled_from([BLOCK, NEW, [*NEW, *BLOCK], [LONG], ["}"] * 50, [LONG, *[""] * 9]]),
        max_size=4,
    ),
    form=st.sampled_from(["{t}", "{n:>6}\t{t}", "{n}: {t}"]),
    first=st.integers(1, 20),
)
def test_every_form_decodes_to_its_text(
    pieces: list[list[str]], earlier: list[list[str]], form: str, first: int
) -> None:
    text = numbered([line for piece in pieces for line in piece], first, form)
    context = ["\n".join(lines) for lines in earlier]

    found = encoded(text, *map(Earlier, context))

    if found is not None:
        assert REPEATS.decode(found.legend, found.body, context) == text


BASE = "\n".join(BLOCK)
FORM = encoded("\n".join([*NEW, *BLOCK]), Earlier(BASE))
assert FORM is not None
LEGEND, BODY = FORM.legend, FORM.body


@pytest.mark.parametrize(
    ("legend", "body", "context"),
    [
        ("", BODY, [BASE]),
        (LEGEND, BODY, []),
        (LEGEND, BODY, [BASE.replace("value", "other")]),
        (LEGEND, BODY.replace("[= 40 ", "[= 999999999 "), [BASE]),
        (LEGEND, BODY.replace("from line 1:", "from line 0:"), [BASE]),
        (LEGEND, BODY.replace("result 1 ", "result 2 "), [BASE]),
        (LEGEND, "gone", [BASE]),
        (LEGEND.replace("; sha", '; lines 1-2 numbered "1:"' * 5 + "; sha"), BODY, [BASE]),
    ],
)
def test_a_forged_form_is_refused(legend: str, body: str, context: list[str]) -> None:
    with pytest.raises(DecodeError):
        REPEATS.decode(legend, body, context)


def test_pointers_that_stand_for_too_much_are_refused() -> None:
    base = "x" * 5_000_000
    pointer = '[= 1 line of tool result 1 from line 1: "x"]'

    with pytest.raises(DecodeError, match="too much"):
        REPEATS.decode(LEGEND, "\n".join([pointer] * 1000), [base])


def test_the_memory_of_bases_is_bounded_and_changes_nothing() -> None:
    shelf = Shelf(max_bytes=1_500)

    first = shelf.base("0123456789")
    again = shelf.base("0123456789")
    for text in ("abcdefghij", "klmnopqrst"):
        shelf.base(text)

    assert again is first
    assert shelf.base("0123456789") is not first
    assert shelf.base("0123456789").bare == first.bare


def test_the_memory_of_bases_takes_no_more_than_it_says() -> None:
    shelf = Shelf()

    def read() -> None:
        for number in range(20):
            text = "\n".join(f"{number} line {line}" * (1 + number) for line in range(200))
            assert shelf.base(text).places

    assert allocated(read, shelf._bases._entries.clear) <= shelf.bytes_used < shelf.max_bytes


def test_any_number_of_bases_stays_within_the_bound() -> None:
    shelf = Shelf(max_bytes=50_000)
    for number in range(2_000):
        shelf.base(f"{number} one\n{number} other")

    assert 40_000 < shelf.bytes_used <= shelf.max_bytes
