from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from headroom_core import frame
from headroom_core.compressors.base import Encoded, Hint
from headroom_core.compressors.gutter import Gutter
from headroom_core.errors import DecodeError
from headroom_core.source import Source

GUTTER = Gutter()
TEXTS = st.sampled_from(
    [
        "",
        " ",
        "       ",
        "def f():",
        "    return 1",
        "\tx = 2\r",
        "12:30 lunch",
        "    12\tcell",
        "     7→arrow",
        "9 | bar",
        "9 |",
        "[headroom x, 1 line: y]",
        "héllo \x00",
        " * doc",
        "\ud800",
    ]
)
FORMATS = [
    "{n:>6}\t{t}",
    "{n:>6}→{t}",
    "{n}:{t}",
    "{n}: {t}",
    "{n:>4} | {t}",
    "{n}|{t}",
    "{n} │{t}",
]


def encoded(text: str) -> Encoded | None:
    return GUTTER.encode(Source(text), Hint())


def numbered(texts: list[str], form: str = "{n:>6}\t{t}", first: int = 1) -> str:
    return "\n".join(form.format(n=first + k, t=text) for k, text in enumerate(texts))


def code(count: int) -> list[str]:
    return [f"    value_{k} = compute({k})" if k % 5 else "" for k in range(count)]


def shown(text: str) -> list[str]:
    form = encoded(text)
    assert form is not None
    assert GUTTER.decode(form.legend, form.body) == text
    assert "]" not in form.legend
    return form.body.split("\n")


@pytest.mark.parametrize("form", FORMATS)
def test_numbers_stay_on_the_first_line_and_on_every_tenth(form: str) -> None:
    lines = numbered(code(60), form).split("\n")

    body = shown("\n".join(lines))

    kept = [k for k, line in enumerate(body) if line == lines[k] and line.strip()]
    assert kept == [0, 9, 19, 29, 39, 49, 59]
    assert body[11] == code(60)[11]


@pytest.mark.parametrize("form", ["{n}:{t}", "{n}: {t}"])
def test_a_window_that_is_indented_throughout_keeps_its_indentation(form: str) -> None:
    texts = [f"        step_{k}()" for k in range(30)]

    assert shown(numbered(texts, form, 1457))[1] == texts[1]


def test_blank_lines_may_end_right_after_the_separator() -> None:
    texts = [
        line.rstrip()
        for line in numbered(["def f():", "", "    pass", *code(40)], "{n} | {t}").split("\n")
    ]

    body = shown("\n".join(texts))

    assert body[:3] == ["1 | def f():", "", "    pass"]


def test_a_comment_block_keeps_the_space_before_its_stars() -> None:
    assert shown(numbered([f" * word {k}" for k in range(60)], "{n}:{t}"))[1] == " * word 1"


def test_the_lines_that_nl_leaves_without_a_number_do_not_count() -> None:
    lines: list[str] = []
    for k in range(60):
        lines.append(f"{k + 1:>6}\tline {k}")
        if k % 3 == 0:
            lines.append(" " * 7)

    assert shown("\n".join(lines))[:4] == ["     1\tline 0", "       ", "line 1", "line 2"]


def test_the_lines_of_a_wrapper_stay_as_they_are() -> None:
    text = "Here is the file:\n" + numbered(code(30)) + "\n\n<reminder>\nBe careful.\n</reminder>"

    form = encoded(text)

    assert form is not None
    assert form.legend.endswith("; without numbers: lines 32-35 of this block")
    assert form.body.startswith("Here is the file:\n     1\t\n")
    assert form.body.endswith("\n\n<reminder>\nBe careful.\n</reminder>")
    assert GUTTER.decode(form.legend, form.body) == text


def test_a_gap_shows_the_next_number() -> None:
    body = shown(numbered(code(23)) + "\n" + numbered(code(20), first=101))

    assert body[23] == "   101\t"


def test_two_files_in_a_row_stay_apart() -> None:
    body = shown(numbered(code(20)) + "\n--- b.py\n" + numbered(code(20)))

    assert body[20:22] == ["--- b.py", "     1\t"]


def test_numbers_that_fill_their_column_do_not_hide_its_width() -> None:
    body = shown(numbered(code(20), first=999_970) + "\n" + numbered(code(20)))

    assert body[20] == "     1\t"


def test_text_that_looks_numbered_keeps_its_number() -> None:
    texts = code(30)
    texts[3] = "     9\tnot a number"

    assert shown(numbered(texts))[3] == "     4\t     9\tnot a number"


def test_numbers_grow_wider_than_their_column() -> None:
    body = shown(numbered([f"x{k}" for k in range(120)], "{n:>2}|{t}", 1))

    assert body[98:101] == ["x98", "100|x99", "x100"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain\ntext",
        "1\tone",
        numbered(code(5)),
        "\n".join(f"{k * 7}:found here" for k in range(50)),
        "\n".join(f"{k}. item" for k in range(50)),
        "\n".join(f"{k:>6}\tx\nraw" for k in range(50)),
        "1:a\n2|b\n3:c\n" * 20,
        "1:a\n2:b\n3|c\n" * 20,
        numbered(code(9))
        + "\n"
        + "\n".join(f"r\n{numbered(code(5), first=30 * k)}" for k in range(1, 12)),
    ],
)
def test_other_text_is_declined(text: str) -> None:
    assert encoded(text) is None


@settings(max_examples=100)
@given(
    texts=st.lists(TEXTS, min_size=20, max_size=60),
    form=st.sampled_from(FORMATS),
    first=st.sampled_from([1, 7, 95, 998, 999_990]),
    wrapped=st.booleans(),
    damage=st.integers(0, 70),
)
@example(texts=["x" * 30] * 30, form="{n:>4} | {t}", first=1, wrapped=False, damage=5)
def test_every_form_decodes_to_its_text(
    texts: list[str], form: str, first: int, wrapped: bool, damage: int
) -> None:
    lines = numbered(texts, form, first).split("\n")
    if damage < len(lines):
        lines[damage : damage + 1] = ["... cut ...", "    5\t", "3: three"]
    if wrapped:
        lines = ["File:", *lines, "", "done"]
    text = "\n".join(lines)

    found = encoded(text)

    if found is not None:
        assert GUTTER.decode(found.legend, found.body) == text
        assert len(found.body) < len(text)
        assert frame.header_of(frame.frame("gutter", found)) is not None


@pytest.mark.parametrize(
    "legend",
    [
        "",
        "nothing",
        'line numbers (as "x") only at the first line, every 10th and after gaps',
        'line numbers (as "1:") only at the first line, every 10th and after gaps; without numbers:'
        " lines 1-2, " + ", ".join(["3-4"] * 20) + " of this block",
    ],
)
def test_a_damaged_legend_is_refused(legend: str) -> None:
    with pytest.raises(DecodeError):
        GUTTER.decode(legend, "1:x\ny")


def test_a_forged_range_costs_nothing() -> None:
    legend = (
        'line numbers (as "1:") only at the first line, every 10th and after gaps; without numbers:'
        " lines 1-999999999 of this block"
    )

    assert GUTTER.decode(legend, "1:x\ny") == "1:x\ny"
