"""Of JUnit's XML the view shows whole what did not pass, and counts the rest."""

from __future__ import annotations

import pytest

from headroom_core.compressors.base import Hint, View
from headroom_core.compressors.test_report import TestReport
from headroom_core.keep import KeepRules
from headroom_core.source import Source

FAILED = (
    '<testcase classname="shop" name="pays"><failure message="5 &gt; 4">at line 7\n'
    "  not enough</failure></testcase>"
)
SKIPPED = '<testcase classname="shop" name="later"><skipped/></testcase>'
PASSED_WITH_OUTPUT = '<testcase name="loud"><system-out>hello</system-out></testcase>'


def passed(start: int, count: int) -> list[str]:
    return [
        f'<testcase classname="shop" name="case_{at}" time="0.001" />'
        for at in range(start, start + count)
    ]


def suite(*tests: str, between: str = "") -> str:
    inner = between.join(["", *tests, ""])
    return f'<?xml version="1.0"?><testsuite tests="{len(tests)}">{inner}</testsuite>'


def view(text: str, query: str = "", keep: str = "") -> View | None:
    rules = KeepRules(patterns=(keep,)) if keep else None
    return TestReport().view(Source(text), Hint(query=query, keep=rules), 1_000)


def test_a_passed_test_that_wrote_of_an_error_is_shown() -> None:
    loud = PASSED_WITH_OUTPUT.replace("hello", "fine\nERROR: the pool is empty")
    named = '<testcase name="error_codes" time="0.1"><system-out>fine</system-out></testcase>'
    found = view(suite(*passed(0, 9), loud, named))

    assert found is not None
    assert loud in found.body
    assert named not in found.body


def test_what_did_not_pass_is_shown_whole_and_passes_are_counted() -> None:
    found = view(suite(*passed(0, 9), FAILED, *passed(9, 1), SKIPPED, PASSED_WITH_OUTPUT))

    assert found is not None
    assert found.body == (
        '<?xml version="1.0"?><testsuite tests="13">[… 9 tests passed]'
        f"{FAILED}[… 1 test passed]{SKIPPED}[… 1 test passed]</testsuite>"
    )
    assert (found.shown, found.total, found.unit) == (2, 13, "items")


def test_lines_between_tests_stay_where_a_test_is_shown() -> None:
    found = view(suite(*passed(0, 3), FAILED, *passed(3, 3), between="\n  "))

    assert found is not None
    assert found.body.split("\n")[1:2] == ["  [… 3 tests passed]"]
    assert f"\n  {FAILED}\n  [… 3 tests passed]\n  </testsuite>" in found.body


def test_suites_do_not_run_into_each_other() -> None:
    found = view(f"<testsuites>{suite(*passed(0, 3))}{suite(*passed(3, 4))}</testsuites>")

    assert found is not None
    assert found.body.count("[… 3 tests passed]</testsuite>") == 1
    assert found.body.count("[… 4 tests passed]</testsuite>") == 1


def test_a_passed_test_that_is_asked_about_or_kept_is_shown() -> None:
    text = suite(*passed(0, 60))

    asked, kept = view(text, query="How long took case_33?"), view(text, keep="case_44")

    assert asked is not None
    assert passed(33, 1)[0] in asked.body
    assert kept is not None
    assert passed(44, 1)[0] in kept.body


@pytest.mark.parametrize(
    "text",
    [
        "<a><b/></a>",
        suite(*passed(0, 3)),
        suite(*[FAILED] * 9),
        "testcase",
    ],
)
def test_other_texts_and_runs_without_passes_have_no_such_view(text: str) -> None:
    assert view(text) is None


def test_a_test_without_an_end_holds_the_rest() -> None:
    found = view(suite(*passed(0, 5)) + '<testcase name="cut"><failure>no')

    assert found is not None
    assert found.body.endswith('</testsuite><testcase name="cut"><failure>no')
