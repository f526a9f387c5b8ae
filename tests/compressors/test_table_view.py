"""The view of a table: rows that matter, and figures that answer for all others."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint, View
from headroom_core.compressors.table import TableCompressor
from headroom_core.keep import KeepRules
from headroom_core.source import Source

TABLE = TableCompressor()


def view(text: str, query: str = "", *, room: int = 1500, keep: str = "") -> View:
    rules = KeepRules(patterns=(keep,)) if keep else None
    found = TABLE.view(Source(text), Hint(origin="command", query=query, keep=rules), room)
    assert found is not None
    return found


def orders(count: int = 400) -> list[str]:
    lines = ["id,day,city,amount,state"]
    for at in range(count):
        city = ["Rome", "Paris", "Oslo"][at * 7 % 3]
        day = f"2024-{at // 28 % 12 + 1:02}-{at % 28 + 1:02}"
        lines.append(
            f"ord-{at:04},{day},{city},{at * 13 % 100}.{at % 10}5,{'open' if at % 5 else 'paid'}"
        )
    return lines


def column_line(body: str, name: str) -> str:
    return next(line for line in body.split("\n") if line.startswith(f"[{name}: "))


def test_the_names_the_ends_and_the_gaps_are_shown_in_order() -> None:
    lines = orders()
    shown = [line for line in view("\n".join(lines)).body.split("\n") if not line.startswith("[")]

    assert shown[:2] == lines[:2]
    assert shown[-1] == lines[-1]
    assert [lines.index(line) for line in shown] == sorted(lines.index(line) for line in shown)


def test_gaps_say_how_many_rows_they_hold() -> None:
    lines = orders()
    found = view("\n".join(lines))

    gaps = [int(each) for each in re.findall(r"^\[… (\d+) rows?\]$", found.body, re.MULTILINE)]
    assert sum(gaps) + found.shown == found.total == 400


def test_the_row_that_is_asked_for_is_shown() -> None:
    lines = orders()
    found = view("\n".join(lines), "what is `amount` for the row where `id` is `ord-0217`?")

    assert lines[218] in found.body.split("\n")
    assert found.required >= len(lines[218])


def test_problems_rare_values_and_the_callers_rows_are_shown() -> None:
    lines = orders()
    lines[50] = "ord-bad,2024-01-01,Rome,1.00,failed"
    lines[60] = "ord-odd,2024-01-01,Lima,1.00,open"
    lines[70] = "ord-kept,2024-01-01,Rome,1.00,open"
    for at in (80, 90, 100):
        lines[at] = f"ord-{at},2024-01-01,Rome,1.00,connection error {at // 95}"

    body = view("\n".join(lines), keep="ord-kept").body.split("\n")

    assert {lines[at] for at in (50, 60, 70, 80, 90, 100)} <= set(body)


def test_a_problem_that_fills_a_column_is_counted_and_shown_first_and_last() -> None:
    lines = ["id,state", *(f"{at},{'FAIL' if at % 2 else 'fine'}" for at in range(300))]

    body = view("\n".join(lines)).body

    assert "FAIL x150" in column_line(body, "state")
    assert "\n1,FAIL\n" in body
    assert body.endswith("\n299,FAIL")
    assert body.count("FAIL") < 10


def test_words_that_only_hold_the_name_of_a_problem_are_none() -> None:
    lines = ["id,skill", *(f"{at},skill {at}" for at in range(200))]

    assert len(view("\n".join(lines)).body.split("\n")) < 20


def test_figures_are_exact() -> None:
    body = view("\n".join(orders())).body

    assert column_line(body, "id") == "[id: 400 distinct]"
    assert column_line(body, "day") == "[day: 336 distinct, 2024-01-01 to 2024-12-28]"
    assert column_line(body, "city") == "[city: 3 distinct: Rome x134, Paris x133, Oslo x133]"
    amounts = [Decimal(line.split(",")[3]) for line in orders()[1:]]
    assert f"min {min(amounts)}, " in column_line(body, "amount")
    assert f"max {max(amounts)}, sum {sum(amounts)}]" in column_line(body, "amount")


NUMBERS = st.decimals(-1000, 1000, places=2).map(str) | st.integers(-9, 9).map(str)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(NUMBERS, st.sampled_from(["red", "green", "blue", ""])), min_size=12, max_size=60
    )
)
def test_a_simple_reader_of_the_figures_answers_for_the_table(rows: list[tuple[str, str]]) -> None:
    text = "\n".join(["number,colour", *(f"{number},{colour}" for number, colour in rows)])
    found = TABLE.view(Source(text), Hint(origin="command"), 5000)
    assert found is not None

    numbers = [Decimal(number) for number, _ in rows]
    figures = dict(
        re.findall(r"(min|median|max|sum) (-?[\d.]+)", column_line(found.body, "number"))
    )
    ordered = sorted(numbers)
    middle = (ordered[(len(rows) - 1) // 2] + ordered[len(rows) // 2]) / 2
    assert {name: Decimal(value) for name, value in figures.items()} == {
        "min": ordered[0],
        "median": middle,
        "max": ordered[-1],
        "sum": sum(numbers, Decimal(0)),
    }
    colours = Counter(colour for _, colour in rows)
    line = column_line(found.body, "colour")
    assert f": {len(colours) - (colours[''] > 0)} distinct" in line
    if colours[""]:
        assert f"{colours['']} empty" in line
    for colour, count in colours.items():
        assert not colour or f"{colour} x{count}" in line or len(colours) > len(rows) // 4


def test_many_values_are_shown_as_far_as_there_is_room() -> None:
    lines = [
        "id,word,long",
        *(f"{at},w{at % 120 if at % 3 else 0},{'y' * 90}{at % 7}" for at in range(600)),
    ]

    narrow = view("\n".join(lines), room=60).body
    wide = view("\n".join(lines), room=4000).body

    assert column_line(narrow, "word") == "[word: 81 distinct]"
    assert column_line(wide, "word") == "[word: 81 distinct: w0 x200, 80 more values]"
    assert f"{'y' * 60}… (91 characters) x86" in column_line(wide, "long")


def test_quoted_cells_are_counted_without_their_quotes() -> None:
    rows = [f'{at},"say ""{at % 2}"", twice\nand once"' for at in range(40)]

    body = view("\n".join(["id,text", *rows])).body

    assert 'say "0", twice and once x20' in column_line(body, "text")


def test_several_tables_in_a_text_have_their_own_figures() -> None:
    table = [
        "| name | size |",
        "|------|------|",
        *(f"| {'ab'[at % 2]}    | {at:<4} |" for at in range(40)),
    ]
    small = ["| x | y |", "|---|---|", *["| 1 | 2 |"] * 3]
    text = "\n".join(
        ["# One", "words", "an error here", *table, "", "# Two", *small, "", "# Three", *table]
    )

    found = view(text, room=900)

    assert found.unit == "lines"
    assert {"# One", "# Two", "# Three", "an error here"} <= set(found.body.split("\n"))
    assert (
        found.body.count("[40 rows; figures of all rows:]\n[name: 2 distinct: a x20, b x20]") == 2
    )
    assert "some left out" in view(text, room=100).body


def test_a_line_between_the_rows_is_no_row() -> None:
    lines = ["id  word   size", *(f"{at:<3} word   {at:>4}" for at in range(100))]
    lines.insert(40, "-- pager --")
    found = view("\n".join(lines), "what does the pager say?")

    assert "-- pager --" in found.body
    assert found.total == 101


def test_figures_say_which_rows_they_are_of() -> None:
    rows = [f"{at:<3} word   {at:>4}" for at in range(100)]
    lines = ["id  word   size", *rows[:40], "id  word   size", "~ no row ~", *rows[40:]]

    all_rows = view("\n".join(["id  word   size", *rows]))
    with_others = view("\n".join(lines))
    within_text = view("\n".join([*lines, "", "and a word about it"]))

    assert all_rows.hides == "figures of all rows included"
    assert "[100 rows; figures of all rows:]" in all_rows.body
    assert with_others.hides == within_text.hides == "figures of 100 rows included"
    assert "[100 rows and 2 other lines; figures of all rows:]" in with_others.body
    assert "~ no row ~" in with_others.body  # it has no figures, so it is shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n".join(f"Some words, and number {at}." for at in range(50)),
        "\n".join(["words"] * 90 + ["| a | b |", "|---|---|", *["| 1 | 2 |"] * 9]),
        "\n".join(f"a.b.c{at} = {at}" for at in range(50)),
        "\n".join(f"{'*' * 27} {at}. row {'*' * 27}\nid: {at}\nx: y" for at in range(1, 50)),
    ],
)
def test_a_text_that_is_no_table_has_no_view(text: str) -> None:
    assert TABLE.view(Source(text), Hint(), 1000) is None


def test_a_document_with_a_table_in_it_is_no_table() -> None:
    table = ["| name | count |", "| --- | ---: |", *(f"| n{at} | {at} |" for at in range(40))]
    prose = [f"Sentence {at} explains one more thing about the table." for at in range(40)]

    assert TableCompressor().view(Source("\n".join([*prose, "", *table])), Hint(), 900) is None


@pytest.mark.parametrize("kind", ["mysql", "psql"])
def test_records_are_rows_with_figures_too(kind: str) -> None:
    stars = "*" * 27
    lines: list[str] = []
    for at in range(1, 81):
        name = "needle" if at == 33 else f"user-{at}"
        if kind == "mysql":
            lines += [f"{stars} {at}. row {stars}", f"   id: {at}", f" name: {name}", "state: on"]
        else:
            rule = f"-[ RECORD {at} ]"
            lines += [rule + "-" * (19 - len(rule)), f"id    | {at}", f"name  | {name}"]
            lines += ["state | on"]

    found = TableCompressor().view(Source("\n".join(lines)), Hint(query="the needle?"), 700)

    assert found is not None
    assert (found.unit, found.total) == ("rows", 80)
    assert "[80 rows; figures of all rows:]" in found.body
    assert "[id: 80 distinct, min 1, median 40.5, max 80, sum 3240]" in found.body
    row = lines.index(" name: needle" if kind == "mysql" else "name  | needle") - 2
    assert "\n".join(lines[row : row + 4]) in found.body


def test_a_log_whose_words_are_aligned_has_no_view_of_a_table() -> None:
    lines = [f"2026-03-01 10:{at:02}:00,004 [job]  INFO   rows read  {at}" for at in range(60)]
    trace = ["Traceback (most recent call last):", '  File "a.py", line 3, in load', "KeyError: 7"]
    text = "\n".join([*lines, *trace])
    rows = [f"2026-03-01 10:{at:02}:00,INFO,read,{at}" for at in range(60)]
    csv = "\n".join(["when,level,what,count", *rows])

    assert TABLE.view(Source(text), Hint(origin="command"), 500) is None
    assert TABLE.view(Source(csv), Hint(origin="command"), 500) is not None


def test_a_last_column_of_any_length_ends_no_table() -> None:
    rows = [f"root  {at:>5}  0.{at % 3}  /usr/bin/worker-{at}" for at in range(1, 120)]
    rows[60] = f"root     61  9.9  /usr/bin/java {'-Dkey=value ' * 300}Main"

    found = view("\n".join(["USER    PID %CPU  COMMAND", *rows]), room=2_000)

    assert found.hides == "figures of all rows included"
    assert "[%CPU: 4 distinct, min 0.0, median 0.1, max 9.9, sum" in found.body
    assert "/usr/bin/java -Dkey=value" in found.body
    assert "characters …]" in found.body
    assert len(found.body) < 4_000


def test_where_many_values_are_rare_none_of_them_must_be_shown() -> None:
    few = [f"{at},{'idle' if at != 77 else 'stuck'},{at % 4}" for at in range(200)]
    many = [f"{at},{'busy' if at % 2 else f's{at % 48}'},{at % 4}" for at in range(200)]

    assert "\n77,stuck,1\n" in view("\n".join(["id,state,n", *few]), room=200).body
    assert view("\n".join(["id,state,n", *many]), room=200).shown <= 4
