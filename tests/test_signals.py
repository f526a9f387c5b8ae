"""What must survive: problems, and what the conversation asks about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core import signals
from headroom_core.compressors.base import Hint
from headroom_core.compressors.tables.hits import hit_lines
from headroom_core.signals import (
    ERROR,
    MOST_TERMS,
    WARNING,
    WEAK,
    problems,
    rare_hits,
    severity,
    terms,
    terms_of,
)

LINES = st.lists(
    st.one_of(
        st.text(alphabet=st.characters(exclude_characters="\n"), max_size=20),
        st.sampled_from(["ERROR x", "a warning", "connection refused", "ok", "", "Exit code 2"]),
    ),
    max_size=20,
)


@pytest.mark.parametrize(
    "line",
    [
        "ERROR: disk full", "error[E0308]: mismatched types", "E0308", "FATAL out of memory",
        "java.lang.NullPointerException: x", "ModuleNotFoundError: no module", "thread panicked",
        "Traceback (most recent call last):", "FAILED tests/a.py::b", "3 failed, 2 passed",
        "exit code 1", "not ok 3 - adds", "Segmentation fault (core dumped)", "npm ERR! code",
        "Exit Code:    137", "exit status 12", "Reason: OOMKilled", "Reason: CrashLoopBackOff",
        "level=critical msg=x", "oom-killer invoked: Killed process 3",
        '1.2.3.4 - - [24/Feb] "GET / HTTP/1.1" 502 17', "< HTTP/2 503", "status=504 ms=3",
        '{"status":500}', '"statusCode": 501', "status_code=599",
    ],
)  # fmt: skip
def test_an_error_sounds_like_one(line: str) -> None:
    assert severity(line) == ERROR


@pytest.mark.parametrize("line", ["WARN low disk", "warning: unused", "DeprecationWarning: x"])
def test_a_warning_sounds_like_one(line: str) -> None:
    assert severity(line) == WARNING


@pytest.mark.parametrize(
    "line", ["connection refused", "no such file", "request timed out", "can't open", "retrying"]
)
def test_what_merely_sounds_bad_counts_less(line: str) -> None:
    assert severity(line) == WEAK


@pytest.mark.parametrize(
    "line",
    [
        "",
        "INFO ok",
        "exit code 0",
        "Exit Code:    0",
        "terrors",
        "failover",
        "warned",
        "E12",
        "forgotten",
        '1.2.3.4 - - [24/Feb] "GET / HTTP/1.1" 200 502',
        "HTTP/1.1 404",
        "status=50",
        "status: 5000",
        "laststatus 500",
    ],
)
def test_other_lines_sound_like_nothing(line: str) -> None:
    assert severity(line) == 0


def test_the_worst_word_of_a_line_counts() -> None:
    assert severity("warning: retry after error") == ERROR
    assert severity("retry with a warning") == WARNING


@given(lines=LINES, least=st.sampled_from([WEAK, WARNING, ERROR]))
def test_the_problems_of_a_text_are_those_of_its_lines(lines: list[str], least: int) -> None:
    each = {index: severity(line) for index, line in enumerate(lines)}

    assert problems(lines, least=least) == {i: bad for i, bad in each.items() if bad >= least}


WORDS = st.sampled_from(
    "error errors myError Errors KeyError err. failed-x E123 E12345 exit code: 2 status 0 not ok"
    ' HTTP/1.1 HTTP/2" 503 500 5000 status=502 statuscode: last_status=500'
    " could timed out core dumped imagepullbackoff backoff oomkilled critical_ alert".split(" ")
)


@given(words=st.lists(st.tuples(WORDS, st.sampled_from([" ", "", "_", ": "]))))
def test_errors_of_long_lines_are_found_as_in_short_ones(words: list[tuple[str, str]]) -> None:
    line = "".join(map("".join, words))
    lines = [f"{' ' * 100}{line}", f"{line}{' ' * 100}", line]

    assert set(problems(lines, least=ERROR)) == set(range(3) if severity(line) == ERROR else ())


def test_terms_are_words_and_the_parts_of_names() -> None:
    assert terms_of("Why does getUser fail in src/app_main.py?") == [
        *("getuser", "user", "fail", "src/app_main.py", "src", "app", "main"),
    ]  # fmt: skip
    assert terms_of("the of and") == []
    assert terms_of("x yy", "yy zz") == ["yy", "zz"]


def test_terms_come_from_the_question_and_then_from_the_call() -> None:
    hint = Hint(query="the deadline", arguments='{"pattern": "timeout"}')

    assert terms(hint) == ["deadline", "pattern", "timeout"]


def test_a_huge_call_gives_a_bounded_number_of_terms() -> None:
    hint = Hint(query="deadline", arguments=" ".join(f"word{i}" for i in range(100_000)))

    assert terms(hint)[0] == "deadline"
    assert len(terms(hint)) == MOST_TERMS


def test_a_rare_term_is_in_one_unit_or_in_a_twentieth_of_them() -> None:
    units = [f"row {index}" for index in range(100)]
    units[7] = "row with the Deadline and a token"
    units[50] = "another token"

    assert rare_hits(units, ["row", "token", "deadline", "absent"]) == {
        7: ["token", "deadline"],
        50: ["token"],
    }
    assert rare_hits(["a", "b"], ["a"]) == {0: ["a"]}
    assert rare_hits([], ["a"]) == {}


def test_a_letter_that_is_longer_in_lower_case_hides_no_problem() -> None:
    long = "\u0130stanbul: ERROR" + " ok" * 40

    assert problems(["fine", "\u0130stanbul: ERROR", "ok"]) == {1: ERROR}
    assert problems(["fine", long, "ok"], least=ERROR) == {1: ERROR}


def test_an_option_of_a_command_is_not_what_is_looked_for() -> None:
    arguments = "cmake -B out -DCMAKE_CXX_FLAGS='-Wall -Wextra' --log-level=debug src/my-app"

    wanted = terms(Hint(command=arguments, arguments=arguments))

    assert wanted == ["cmake", "debug", "src/my-app", "src", "app"]
    assert "wall" in terms(Hint(arguments=arguments))


@given(lines=LINES, least=st.sampled_from([WEAK, WARNING, ERROR]), most=st.integers(1, 5))
def test_the_first_problems_are_enough_where_no_more_are_asked_for(
    lines: list[str], least: int, most: int
) -> None:
    every = problems(lines, least=least)

    assert list(problems(lines, least=least, most=most).items()) == list(every.items())[:most]
    assert every == {at: how for at, line in enumerate(lines) if (how := severity(line)) >= least}


def test_terms_that_too_many_units_hold_have_no_holders(monkeypatch: pytest.MonkeyPatch) -> None:
    units = ["Anna asks", "Ben has it", "Cleo", "as anna is", "AS"]

    for at_once in (1, 2, 1000):
        monkeypatch.setattr(signals, "_AT_ONCE", at_once)
        words = signals.holders_of(units, ["anna", "as", "a", "dora"], 2)
        inside = signals.holders_of(units, ["anna", "as"], 3, inside_words=True)

        assert {term: list(at) for term, at in words.items()} == {
            "anna": [0, 3],
            "as": [3, 4],
            "a": [],
            "dora": [],
        }
        assert {term: list(at) for term, at in inside.items()} == {"anna": [0, 3]}


def test_a_name_in_capitals_is_also_found_as_it_is_spelled() -> None:
    units = [f"{index} lines and PIPELINES" for index in range(100)]
    units[7] = "+LINES = layout()"

    wanted = terms(Hint(query="What is LINES set to?"))

    assert wanted == ["set", "LINES"]
    assert rare_hits(units, wanted) == {7: ["LINES"]}
    assert hit_lines("\n".join(units), wanted, len(units)) == {7}
