"""Tables of every layout are read, and come back byte for byte."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint
from headroom_core.compressors.table import TableCompressor
from headroom_core.errors import DecodeError
from headroom_core.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE = TableCompressor()


def body_of(text: str) -> str:
    body = encoded(text)
    assert body is not None
    return body


def encoded(text: str) -> str | None:
    found = TABLE.encode(Source(text), Hint(origin="command"))
    if found is None:
        return None
    assert TABLE.decode(found.legend, found.body) == text
    return found.body


CELLS = [
    [f"pod-{at}", str(at * 37 % 1000), "Running" if at % 9 else "Pending", "prod"]
    for at in range(30)
]
CSV = "\n".join(["id,b,url", *(f"{at * 7 % 31},x,https://h/{at * 7 % 31}" for at in range(30))])
NAMES = ["name", "cpu", "status", "space"]
WIDTHS = [max(map(len, column)) for column in zip(NAMES, *CELLS, strict=True)]


def padded(row: list[str], right: int | None = None) -> list[str]:
    return [
        cell.rjust(width) if at == right else cell.ljust(width)
        for at, (cell, width) in enumerate(zip(row, WIDTHS, strict=True))
    ]


def drawn(left: str, between: str, right: str, rule: str) -> str:
    lines = [f"{left}{between.join(padded(row, 1))}{right}" for row in [NAMES, *CELLS]]
    return "\n".join([lines[0], rule, *lines[1:]])


def dashes(sign: str = "-", more: int = 2) -> list[str]:
    return [sign * (width + more) for width in WIDTHS]


def markdown() -> str:
    return drawn("| ", " | ", " |", f"|{'|'.join(dashes())}|")


def spaced_markdown() -> str:
    return drawn("| ", " | ", " |", f"| {' | '.join(dashes(more=0))} |")


def markdown_with_sides() -> str:
    return drawn("| ", " | ", " |", f"|:{'|:'.join(dashes(more=1))}|")


def tight_markdown() -> str:
    return "\n".join([f"|{'|'.join(row)}|" for row in [NAMES, ["--", "--", "--", "--"], *CELLS]])


def grid() -> str:
    rule = f"+{'+'.join(dashes())}+"
    return f"{rule}\n{drawn('| ', ' | ', ' |', rule)}\n{rule}"


def box() -> str:
    def rule(signs: str) -> str:
        return signs[0] + signs[1].join(dashes("─")) + signs[2]

    text = drawn("│ ", " │ ", " │", rule("├┼┤"))
    return f"{rule('┌┬┐')}\n{text}\n{rule('└┴┘')}"


def psql() -> str:
    centred = [
        " " * ((width - len(name)) // 2) + name.ljust(width - (width - len(name)) // 2)
        for name, width in zip(NAMES, WIDTHS, strict=True)
    ]
    rows = [f" {' | '.join([*padded(row, 1)[:-1], row[-1]])}" for row in CELLS]
    return "\n".join([f" {' | '.join(centred)} ", "+".join(dashes()), *rows, "(30 rows)"])


def kubectl() -> str:
    return "\n".join(" ".join(f"{cell:<12}" for cell in row).rstrip() for row in [NAMES, *CELLS])


def docker() -> str:
    return "\n".join(" ".join(f"{cell:<14}" for cell in row) for row in [NAMES, *CELLS])


def right_aligned() -> str:
    rows = [[row[1], row[0], row[2]] for row in [NAMES, *CELLS]]
    return "\n".join(f"{a:>8}   {b:<9} {c}" for a, b, c in rows)


def dashed(gap: int, *, full: bool) -> str:
    """As `pip list`, `tabulate`, `sqlite3 -column` and PowerShell print tables."""
    lines = [(" " * gap).join(padded(row, 1)) for row in [NAMES, *CELLS]]
    lines = lines if full else [line.rstrip(" ") for line in lines]
    return "\n".join([lines[0], (" " * gap).join(dashes(more=0)), *lines[1:]])


LAYOUTS: dict[str, Callable[[], str]] = {
    "markdown": markdown,
    "spaced markdown": spaced_markdown,
    "bars": markdown_with_sides,
    "tight bars": tight_markdown,
    "grid": grid,
    "box": box,
    "psql": psql,
    "aligned": kubectl,
    "dashed": partial(dashed, 1, full=False),
    "full dashed": partial(dashed, 1, full=True),
    "wide dashed": partial(dashed, 2, full=False),
    "full wide dashed": partial(dashed, 2, full=True),
}


@pytest.mark.parametrize("kind", LAYOUTS)
def test_a_layout_is_named_in_the_header(kind: str) -> None:
    body = body_of(LAYOUTS[kind]())

    assert f" rows, {kind} " in body
    assert "\n space=prod]" in body


@pytest.mark.parametrize("make", [docker, right_aligned])
def test_columns_are_found_by_what_is_aligned(make: object) -> None:
    assert callable(make)
    assert " rows, aligned " in body_of(str(make()))


def mysql(count: int = 12) -> list[str]:
    stars = "*" * 27
    lines: list[str] = []
    for at in range(count):
        lines += [f"{stars} {at + 1}. row {stars}", f"  id: {at * 7 % 31}", "name: anna", " url: "]
    return lines


def psql_records(count: int = 12) -> list[str]:
    lines: list[str] = []
    for at in range(count):
        tag = f"-[ RECORD {at + 1} ]"
        rule = f"{'-' * 8}+{'-' * 20}"
        lines += [tag + rule[len(tag) :], f"id      | {at * 7 % 31}", "account | anna | x"[:14]]
    return lines


@pytest.mark.parametrize("lines", [mysql(), psql_records()], ids=["mysql", "psql"])
def test_records_are_tables(lines: list[str]) -> None:
    body = body_of("\n".join([*lines, "(12 rows)"]))

    assert body.startswith("[12 rows, ")
    assert "=anna" in body
    assert body.endswith("\n15\n(12 rows)")


@pytest.mark.parametrize("make", [mysql, psql_records])
@pytest.mark.parametrize(
    ("old", "new"),
    [("anna", "an|na"), ("id", "ix"), ("2", "3"), ("\n", "\n\n"), ("1", "x"), (" ", "")],
)
def test_records_of_another_shape_come_back(
    make: Callable[[], list[str]], old: str, new: str
) -> None:
    lines = make()

    for at in (0, 1, len(lines) // 2, len(lines) - 1):
        changed = [*lines[:at], lines[at].replace(old, new), *lines[at + 1 :]]
        encoded("\n".join(changed))
    encoded("\n".join(lines[: len(lines) - 1]))
    encoded("\n".join(lines[:5]))
    encoded(lines[0])


def test_a_record_that_was_asked_for_is_whole() -> None:
    found = TABLE.encode(
        Source("\n".join(mysql(30))), Hint(origin="command", query="the row of id 17, please")
    )

    assert found is not None
    assert TABLE.decode(found.legend, found.body) == "\n".join(mysql(30))


def test_lines_around_tables_stay_as_they_are() -> None:
    text = f"# Pods\n\n[3 rows, CSV: x]\n\\odd\n{markdown()}\nand\n\n{markdown()}\nend"

    body = body_of(text)

    assert body.startswith("# Pods\n\n\\[3 rows, CSV: x]\n\\\\odd\n[30 rows, markdown ")
    assert "\nand\n\n[30 rows, markdown " in body
    assert body.endswith("\nend")


def test_names_of_several_words_are_told_apart_by_the_dashes_below_them() -> None:
    rows = [f"{f'package-{at}':<12} {at}.0     {'/src/x' if at == 9 else ''}" for at in range(20)]
    lines = ["Package      Version Project location", f"{'-' * 12} {'-' * 7} {'-' * 16}", *rows]

    body = body_of("\n".join(["listed:", *(line.rstrip() for line in lines), "", "done"]))

    head = body.partition("]")[0]
    assert head.startswith("listed:\n[20 rows, dashed <12 <7 <16: Package")
    assert "Project location" in head
    assert body.endswith("\n\ndone")


def test_two_aligned_tables_are_two_tables() -> None:
    text = f"two  words\n\n{kubectl()}\n\n{docker()}"

    assert body_of(text).count(" rows, aligned ") == 2


def test_a_small_table_beside_a_large_one_is_one_too() -> None:
    small = ["| x | y |", "|---|---|", "| 1 | a |", "| 2 | a |", "| 3 | a |"]

    assert "\n[3 rows, markdown <1 <1: x+1\n y=a]\n" in body_of("\n".join([markdown(), "", *small]))


def test_rows_with_other_cells_than_there_are_names_come_back() -> None:
    encoded("\n".join(["| a | b |", "|---|---|", *["| 1 | 2 | 3 |"] * 9]))


def test_lines_between_rows_stay_as_they_are() -> None:
    lines = kubectl().split("\n")
    odd = "pod-with-a-very-long-name 1 Running"
    text = "\n".join([*lines[:9], lines[0], *lines[9:12], odd, *lines[12:]])

    body = body_of(text)

    assert f"\n!{lines[0]}\n" in body
    assert f"\n!{odd}\n" in body


def test_rows_that_begin_like_a_mark_come_back() -> None:
    rows = [f"!x{at * 7 % 31},\\x,{at % 3},constant text" for at in range(30)]

    assert "\n\\!x7,1\n" in body_of("\n".join(["name,b,c,d", *rows]))


def test_quoted_cells_with_newlines_stay_whole() -> None:
    rows = [f'{at},"first line\nsecond, line {at * 7 % 31}",constant text' for at in range(30)]

    assert '\n1,"first line\nsecond, line 7"\n' in body_of("\n".join(["id,text,c", *rows]))


def test_settings_are_pairs() -> None:
    lines = [f"net.ipv4.conf.eth{at // 9}.option_{at % 9} = {at % 2}" for at in range(45)]

    body = body_of("\n".join(lines))

    assert body.startswith("[45 rows, pairs without names: column 1^. = column 2=0]\n")
    assert "\nnet.ipv4.conf.eth1.option_0 = 1\noption_1 = \n" in body


def test_names_that_hold_signs_of_the_header_come_back() -> None:
    names = ["a=b", "c:d", "e^", "f+1", "*", "", "[x]", 'say "hi"', "tail\\"]
    rows = [[str(at), f"x{at}", "same", "same", "k", "", "y", "z", f"p-{at}"] for at in range(30)]

    body_of("\n".join("\t".join(row) for row in [names, *rows]))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "one line",
        "a,b\n1,2",
        "\n".join(f"A sentence of words, and then number {at}." for at in range(30)),
        "\n".join(f"2024-01-01 10:00:{at:02},123 INFO did something" for at in range(30)),
        "\n".join(f"Jan 1 10:00:{at:02} host app: one, two" for at in range(30)),
        "\n".join(f"    indented line {at}" for at in range(30)),
        "\n".join(["a | b", "--|--", "1 | 2", "3 | 4"]),
        "\n".join(["---", "no names above"] * 9),
        "\n".join(["| a | b |", "|---|---|", *["no row here"] * 9]),
        "\n".join(["a    b", "--- ---", *["no row of this"] * 9]),
        "\n".join(["a   b", "--- ---", "1   2", "3   4"]),
        "\n".join(["a  b  c", *[f"{at}  2  3   {'x' * at}" for at in range(9)], "1"]),
        "\n".join(["1  2  3", *["4  5  6"] * 9]),
        "\n".join(f"{'x' * (at % 7)} y" for at in range(30)),
        '"open\n' + "a,b\n" * 30,
        "\n".join(["name,size", *["a,1"] * 99, *["some words"] * 99]),
        "\n".join(["name,size", *["a,1"] * 99, '"two\nlines"']),
        grid().rpartition("\n")[0] + "\n",
        "\n".join(
            ["| aa | b |", "|----|---|", *(f"|{' ' * at}x|{'y' * at}  |" for at in range(9))]
        ),
    ],
)
def test_other_texts_are_left_alone(text: str) -> None:
    assert encoded(text) is None


WORDS = st.sampled_from(
    ["", "a", "bb", "ccc dd", "7", "10", "-", "|", "x|y", "│", "é", "!z", "0.5"]
)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["| ", "│ ", " ", ""]),
    st.lists(st.lists(WORDS, min_size=3, max_size=3), min_size=5, max_size=20),
    st.sampled_from(["ljust", "rjust", "center"]),
    st.lists(st.sampled_from(["", " ", "odd line", "--- | ---"]), max_size=3),
)
def test_any_drawn_table_comes_back(
    left: str, rows: list[list[str]], pad: str, odd: list[str]
) -> None:
    bar = left.strip() or ("|" if left else "")
    between = f" {bar} " if bar else "  "
    lines = [
        left
        + between.join(getattr(cell, pad)(6) for cell in row)
        + (f" {bar}" if left.strip() else "")
        for row in [["alpha", "beta", "gamma"], *rows]
    ]
    rule = "-+-".join(["------"] * 3)

    encoded("\n".join([lines[0], rule, *lines[1:3], *odd, *lines[3:]]))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_form_with_changed_signs_gives_a_text_or_an_error(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([markdown(), kubectl(), grid(), CSV]))
    found = TABLE.encode(Source(text), Hint())
    assert found is not None
    at = data.draw(st.integers(0, min(200, len(found.body))))
    sign = data.draw(
        st.sampled_from(["", "]", "[", "9", "=", ":", "^", "{", "\n", "|", "\\", "+", "~", "*"])
    )
    forged = found.body[:at] + sign + found.body[at + data.draw(st.integers(0, 2)) :]

    try:
        assert isinstance(TABLE.decode(found.legend, forged), str)
    except DecodeError:
        return


@pytest.mark.parametrize("codes", ["<7 >5 <9", "<7 >5 <9 <7 <7"])
def test_a_layout_of_other_columns_is_an_error(codes: str) -> None:
    body = f"[2 rows, grid {codes}, names left: name|cpu+2\n status=Running\n space=prod]\na|1\nb|2"

    with pytest.raises(DecodeError, match="other columns than its layout"):
        TABLE.decode("a table: count, layout and columns, then its rows", body)
