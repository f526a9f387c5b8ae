"""What the view of a test run shows: every failure; passes are counted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core import signals
from headroom_core.compressors.base import Hint, View
from headroom_core.compressors.test_report import TestReport
from headroom_core.compressors.test_runs.failures import alike
from headroom_core.keep import KeepRules
from headroom_core.source import Source

if TYPE_CHECKING:
    import random

REPORT = TestReport()
GAP = re.compile(r"\[… (\d+) lines?(?:: .*)?\]")

VERBOSE = [
    f"tests/test_{'ab'[at // 60]}.py::test_case_{at} PASSED{' ' * 9}[{at:3}%]" for at in range(120)
]
FAILURE = [
    "=================================== FAILURES ===================================",
    "_________________________________ test_total ___________________________________",
    "",
    "    def test_total():",
    *(f"        step_{at} = prepare({at})" for at in range(30)),
    ">       assert total() == 30",
    "E       assert 29 == 30",
    "",
    "tests/test_a.py:37: AssertionError",
    "----------------------------- Captured stdout call -----------------------------",
    "counting to 29",
    "=========================== short test summary info ============================",
    "FAILED tests/test_a.py::test_total - assert 29 == 30",
]
SECOND = [line.replace("test_total", "test_other") for line in FAILURE[1:10]]
MOCHA = [
    "  Cart",
    *(f"    ✔ adds thing number {at}" for at in range(9)),
    "    when it is full",
    *(f"      ✔ refuses thing number {at}" for at in range(9)),
    "",
    "  Shop",
    "    when it is closed",
    "      ✔ says so",
    "    when it is open",
    "      1) sells things",
    "printed by the shop",
    "      ✔ closes again",
    "",
    "  22 passing (40ms)",
    "  1 failing",
]


def view(lines: list[str], room: int = 4000, hint: Hint | None = None) -> View:
    found = REPORT.view(Source("\n".join(lines)), hint or Hint(), room)
    assert found is not None
    at = 0
    for line in found.body.split("\n"):
        gap = GAP.fullmatch(line)
        if gap:
            at += int(gap[1])
        else:
            assert line == lines[at] or "characters …]" in line
            at += 1
    assert at == len(lines)
    return found


def test_passes_are_counted_per_file_and_failures_stay() -> None:
    lines = [*VERBOSE, *FAILURE]

    found = view(lines)

    gap = "[… 120 lines: 60 passed in tests/test_a.py, 60 passed in tests/test_b.py]"
    assert found.body.split("\n") == [gap, *FAILURE]
    assert found.hides == "every failure shown, passes counted"
    assert found.required > 0


def test_a_failing_test_is_found_among_its_file() -> None:
    failed = VERBOSE[30].replace("PASSED", "FAILED")

    body = view([*VERBOSE[:30], failed, *VERBOSE[31:]]).body

    assert body.split("\n")[:2] == ["[… 30 lines: 30 passed in tests/test_a.py]", failed]


def test_a_passing_test_with_a_bad_name_is_no_problem() -> None:
    lines = [line.replace("adds", "survives an error of") for line in MOCHA]

    assert "error" not in view(lines).body


def test_headings_above_passes_only_are_counted_too() -> None:
    body = view(MOCHA).body.split("\n")

    assert body == [
        "[… 20 lines: passed]",
        "",
        "  Shop",
        "[… 2 lines: passed]",
        "    when it is open",
        "      1) sells things",
        "printed by the shop",
        "[… 1 line: passed]",
        "",
        "  22 passing (40ms)",
        "  1 failing",
    ]


def test_dots_of_passing_tests_are_left_out() -> None:
    lines = [f"{'.' * 70} [{at:3}%]" for at in range(50)]
    lines += [f"{'.' * 30}F{'.' * 39} [ 51%]", *FAILURE]

    body = view(lines).body.split("\n")

    assert body[:2] == ["[… 50 lines: passed]", lines[50]]


def test_without_room_the_source_above_a_failing_line_is_left_out() -> None:
    body = view([*VERBOSE, *FAILURE], room=300).body.split("\n")

    assert "        step_1 = prepare(1)" not in body
    assert body[body.index(">       assert total() == 30") - 1] == FAILURE[33]
    assert "counting to 29" in body


def test_without_room_what_stands_above_is_not_shown_again() -> None:
    lines = [*VERBOSE, *FAILURE[:10], *SECOND, *FAILURE[34:], *SECOND[:1]]

    body = view(lines, room=600).body.split("\n")

    assert body.count(SECOND[0]) == 2
    assert body.count("        step_1 = prepare(1)") <= 1


def test_an_endless_line_is_cut_with_a_mark() -> None:
    lines = [*VERBOSE, "    got: " + "x" * 90_000, "--- FAIL: TestRead (0.00s)"]

    body = view(lines).body.split("\n")

    assert body[1].startswith("    got: xxx")
    assert "[… 89209 characters …]" in body[1]


def test_what_was_asked_for_is_shown() -> None:
    asked = Hint(query="did test_case_77 pass?", keep=KeepRules(("test_case_99 ",)))

    body = view(VERBOSE, hint=asked).body

    assert VERBOSE[77] in body
    assert VERBOSE[99] in body


def test_many_files_are_summed_up() -> None:
    lines = [f"PASSED tests/test_{at // 2}.py::test_it[{at}]" for at in range(100)]

    body = view(lines).body

    assert body.count("passed in") == 30
    assert body.endswith("and 100 in all]")


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("=== RUN   TestRead/case_{}", "TestRead"),
        ("    --- PASS: TestRead/case_{} (0.00s)", "TestRead"),
        ("test parser::tests::reads_{} ... ok", "parser::tests"),
        ("test_{} (shop.test_cart.CartTest) ... ok", "shop.test_cart.CartTest"),
        ("CartTest > adds{}() PASSED", "CartTest"),
    ],
)
def test_passes_of_any_runner_are_counted_where_they_are(line: str, place: str) -> None:
    lines = [line.format(at) for at in range(30)]

    assert view(lines).body == f"[… 30 lines: 30 passed in {place}]"


def test_text_of_no_test_runner_gets_no_view_of_one() -> None:
    assert REPORT.view(Source("nothing was run\nat all"), Hint(), 100) is None


LINES = st.sampled_from([*FAILURE, *SECOND, *MOCHA, *VERBOSE[:5], "", "ERROR: no such thing 7"])


@given(st.lists(LINES, max_size=40), st.randoms(use_true_random=False), st.integers(0, 3000))
def test_every_distinct_problem_of_no_passing_test_is_visible(
    others: list[str], order: random.Random, room: int
) -> None:
    lines = [*VERBOSE[:20], *others]
    order.shuffle(lines)

    body = view(lines, room).body.split("\n")

    bad = {lines[at] for at in signals.problems(lines)}
    assert {line for line in bad if "✔" not in line} <= set(body)


def listing(name: str, wanted: str) -> list[str]:
    return [
        f"________________________ {name} ________________________",
        "",
        *(f"        prepare_{wanted}({at})" for at in range(12)),
        f">       assert make({wanted!r}) == {wanted!r}",
        f"E       AssertionError: {wanted} is not made",
        f"E       and a note about {wanted}",
        "",
        "tests/test_make.py:20: AssertionError",
    ]


def test_of_many_failures_of_one_test_the_first_and_the_last_stay_whole() -> None:
    wanted = ["oak", "elm", "ash", "fir", "yew"]
    failures = [line for each in wanted for line in listing(f"test_make[{each}]", each)]
    other = listing("test_other", "beech")
    text = "\n".join(
        [*VERBOSE, "====== FAILURES ======", *failures, *other, "====== 6 failed ====="]
    )

    found = view(text.split("\n"), 900).body.split("\n")

    for each in wanted:
        assert f"________________________ test_make[{each}] ________________________" in found
        assert f"E       AssertionError: {each} is not made" in found
        whole = f"E       and a note about {each}" in found
        assert whole == (each in {"oak", "yew"})
    assert "E       and a note about beech" in found
    assert found.count("tests/test_make.py:20: AssertionError") == 6


@pytest.mark.parametrize(
    "heading",
    [
        "FAIL: test_sums (tests.test_sums.Sums) [{0}]",
        "    --- FAIL: TestSums/case_{0} (0.00s)",
        "---- sums::case_{0} stdout ----",
        "  ● sums › adds {0}",
    ],
)
def test_failures_of_one_test_are_told_in_the_reports_of_all_runners(heading: str) -> None:
    lines: list[str] = []
    for at in range(40, 46):
        lines += [
            heading.format(at),
            f"    left {at} of it",
            f"    Error: {at} is wrong",
            "    or so",
        ]

    left_out = {lines[at] for at in alike(lines)}

    assert left_out == {"    or so", *(f"    left {at} of it" for at in range(41, 45))}


def test_without_room_what_a_compiler_repeats_is_counted_above_the_tests() -> None:
    lines: list[str] = []
    for at in range(20):
        lines += ["warning: unused import", f" --> src/a{at}.rs:1:5", "  |", "1 | use a;", ""]
    lines += [f"test case_{at} ... ok" for at in range(20)]
    lines += ["test case_20 ... FAILED", "test result: FAILED. 20 passed; 1 failed"]

    found = TestReport().view(Source("\n".join(lines)), Hint(), 600)

    assert found is not None
    assert found.body.startswith("[20 x warning: unused import @ src/a0.rs:1:5 … src/a19.rs:1:5]")
    assert found.body.count("use a;") == 1
    assert "20 x" not in view(lines, room=9_000).body


def test_one_tick_at_the_end_of_a_build_is_no_test_run() -> None:
    lines = [f"dist/chunk-{at}.js  {at} kB" for at in range(300)]

    assert TestReport().view(Source("\n".join([*lines, "✓ built in 8 s"])), Hint(), 400) is None


def test_a_view_that_leaves_out_next_to_nothing_does_not_stand_in_the_way_of_others() -> None:
    steps = [f"$ step {at}" for at in range(200)]
    files = [f"PASS src/c{at}.spec.ts (0.{at} s)" for at in range(100)]
    end = ["Tests: 1 failed, 100 passed"]

    assert not view([*steps, *end]).stands
    assert view([*files, *end]).stands
    assert "PASS" not in view([*files, *end]).body
