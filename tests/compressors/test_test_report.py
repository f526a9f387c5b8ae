"""Test runs: passing tests grouped without loss, everything else untouched."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.compressors.base import Encoded, Hint
from headroom_core.compressors.test_report import TestReport
from headroom_core.errors import DecodeError
from headroom_core.source import Source

if TYPE_CHECKING:
    import random

REPORT = TestReport()


def shown(text: str, done: int, total: int, width: int = 90) -> str:
    """A line as pytest -v writes it."""
    return f"{text}{' ' * max(1, width - len(text) - 6)}[{done * 100 // total:3}%]"


PYTEST = [
    shown(
        f"tests/test_{at // 20}.py::test_{'abcdefgh'[at % 8]}_is_{at}[{at}-x] PASSED", at + 1, 100
    )
    for at in range(100)
]
FAILED = shown("tests/test_1.py::test_i_is_29 FAILED", 30, 100)
PYTEST[29] = FAILED
FAILURE = [
    "=================================== FAILURES ===================================",
    "________________________________ test_i_is_29 ________________________________",
    "",
    "    def test_i_is_29():",
    ">       assert total(29) == 30",
    "E       assert 29 == 30",
    "",
    "tests/test_1.py:7: AssertionError",
    "1 failed, 99 passed in 0.91s",
]
CASES = [f"PASSED tests/test_a.py::TestB::test_c[{at}-{at * 3}]" for at in range(90)]
GO = [
    "=== RUN   TestRead",
    *(f"=== RUN   TestRead/case_{at}" for at in range(20)),
    "--- FAIL: TestRead (0.01s)",
    *(f"    --- PASS: TestRead/case_{at} (0.00s)" for at in range(9)),
    "    --- FAIL: TestRead/case_9 (0.00s)",
    "        read_test.go:7: got 1, want 2",
    *(f"    --- PASS: TestRead/case_{at} (0.00s)" for at in range(10, 20)),
]
CARGO = [f"test parser::tests::reads_{at} ... ok" for at in range(20)]
UNITTEST = [f"test_{at} (shop.test_cart.CartTest.test_{at}) ... ok" for at in range(9)]
OLD_UNITTEST = [f"test_{at} (shop.test_cart.CartTest) ... ok" for at in range(9)]
MOCHA = ["  Cart", *(f"    ✔ adds thing number {at}" for at in range(60)), "    1) fails"]
GRADLE = [f"CartTest > addsThing{at}() PASSED" for at in range(12)]
RUNS = [PYTEST + FAILURE, CASES, GO, CARGO, UNITTEST, OLD_UNITTEST, MOCHA, GRADLE]
LINES = st.sampled_from([line for run in RUNS for line in run])
ODD = st.one_of(
    st.text(max_size=12).map(lambda text: text.replace("\n", " ")),
    st.sampled_from(
        [
            "a b::c PASSED",
            "a::{} PASSED",
            ":: x{}",
            "::",
            "\\",
            " a",
            " a[1] [2]",
            "",
            "a::b PASSED",
            "a::b[1] [2] PASSED",
            " %",
        ]
    ),
    st.builds(shown, st.just("t.py::test_x[1] PASSED"), st.integers(0, 9), st.just(9)),
)


def encoded(lines: list[str]) -> Encoded:
    form = REPORT.encode(Source("\n".join(lines)), Hint())
    assert form is not None
    assert REPORT.decode(form.legend, form.body) == "\n".join(lines)
    return form


@pytest.mark.parametrize("lines", RUNS, ids=lambda lines: lines[0][:12])
def test_a_run_of_any_runner_gets_shorter_and_comes_back(lines: list[str]) -> None:
    assert len(encoded(lines).body) < 0.85 * len("\n".join(lines))


def test_passes_are_listed_under_their_file_and_failures_stay() -> None:
    body = encoded(PYTEST + FAILURE).body.split("\n")

    assert body[:3] == [":: tests/test_0.py::{} PASSED %", " test_a_is_0[0-x]", " test_b_is_1[1-x]"]
    assert FAILED in body
    assert body[-len(FAILURE) :] == FAILURE


def test_the_cases_of_a_test_stand_behind_each_other() -> None:
    body = encoded(CASES).body.split("\n")

    assert body[0] == ":: PASSED tests/test_a.py::{}"
    assert body[1].startswith(" TestB::test_c[0-0] [1-3] [2-6] ")
    assert len(body) == 4


def test_a_name_that_stands_twice_is_written_once() -> None:
    body = encoded(UNITTEST).body.split("\n")

    assert body[:2] == [":: {} (shop.test_cart.CartTest.{}) ... ok", " test_0"]


def test_progress_that_cannot_be_told_stays() -> None:
    cut = PYTEST[:50]

    form = REPORT.encode(Source("\n".join(cut)), Hint())

    assert form is None or "%]" in form.body
    wrong = [*PYTEST[:40], PYTEST[80], *PYTEST[40:]]
    assert PYTEST[80] in encoded(wrong).body


def test_lines_that_look_like_the_form_come_back() -> None:
    encoded(
        [
            *CARGO,
            " an indented line",
            "a b::c PASSED",
            "a/{}.py::b PASSED",
            ":: a line {} of a report",
            *CARGO,
            "\\ and more",
            ":: ",
        ]
    )


@given(
    st.sampled_from(RUNS),
    st.lists(st.one_of(LINES, ODD), max_size=20),
    st.integers(0, 60),
    st.randoms(use_true_random=False),
)
def test_a_run_with_anything_between_comes_back(
    lines: list[str], others: list[str], at: int, order: random.Random
) -> None:
    order.shuffle(others)
    text = "\n".join([*lines[:at], *others, *lines[at:]])

    form = REPORT.encode(Source(text), Hint())

    if form is not None:
        assert REPORT.decode(form.legend, form.body) == text


@given(st.lists(ODD, max_size=30))
def test_odd_lines_come_back_or_are_declined(lines: list[str]) -> None:
    text = "\n".join([*lines, *CARGO])

    form = REPORT.encode(Source(text), Hint())

    if form is not None:
        assert REPORT.decode(form.legend, form.body) == text


@pytest.mark.parametrize(
    "text", ["", "no test here", "a\n" * 100, "test of a thing ... ok", "PASSED tests/a.py::b"]
)
def test_text_without_passes_to_group_is_declined(text: str) -> None:
    assert REPORT.encode(Source(text), Hint()) is None


def test_passes_at_the_end_of_a_long_text_are_noticed() -> None:
    encoded([*("building the thing\n" * 2000).split("\n"), *CARGO * 60])


def test_a_forged_form_is_refused() -> None:
    with pytest.raises(DecodeError, match="has tests"):
        REPORT.decode("; % = progress of 0 tests, ending at column 9", ":: a{} %\n b")
    with pytest.raises(DecodeError, match="too often"):
        REPORT.decode("", ":: " + "{}" * 50_000 + "\n " + "x" * 9_000)
    with pytest.raises(DecodeError, match="decodes to more"):
        REPORT.decode("", ":: " + "x" * 50_000 + "{}\n a[" + "] [" * 9_000 + "]")


@given(st.data())
def test_a_damaged_form_is_refused_or_read_but_never_breaks(data: st.DataObject) -> None:
    form = encoded(data.draw(st.sampled_from(RUNS)))
    at = data.draw(st.integers(0, len(form.body)))
    put = data.draw(st.one_of(st.text(max_size=4), st.sampled_from(["\n", "{}", "::", " %"])))

    with contextlib.suppress(DecodeError):
        REPORT.decode(form.legend, form.body[:at] + put + form.body[at + len(put) :])
