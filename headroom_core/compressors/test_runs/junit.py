"""The lossy view of JUnit's XML: tests that failed or were skipped whole, the others counted.

<testsuite tests="9" failures="1">[… 7 tests passed]<testcase name="pays"><failure>…
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core import signals
from headroom_core.compressors.base import View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_core.compressors.base import Hint

_TEST = re.compile(r"<testcase\b(?:[^<>\"]|\"[^\"]{0,20000}\")*>")
_END = "</testcase>"
_NOT_PASSED = ("<failure", "<error", "<skipped", "<rerunFailure", "<flakyFailure")
_LEAST_TESTS = 4
_HIDES = "tests that did not pass or wrote of errors whole, passes counted"


def view_of(text: str, hint: Hint) -> View | None:
    """The view, or `None` where hardly a test stands in the text."""
    if text[:1] != "<" or "<testcase" not in text:
        return None
    tests = list(_tests(text))
    if len(tests) < _LEAST_TESTS:
        return None
    said = [text[start:end] for start, end in tests]
    shown = {at for at, test in enumerate(said) if _is_telling(test)}
    shown.update(signals.rare_hits(said, signals.terms(hint)))
    if hint.keep is not None:
        shown.update(at for at, test in enumerate(said) if hint.keep.matches(test))
    if len(shown) == len(tests):
        return None
    body = "".join(_pieces(text, tests, shown))
    return View(body, "items", len(shown), len(tests), _HIDES, len(body))


def _is_telling(test: str) -> bool:
    """Whether a test did not pass, or has written of an error."""
    written = test.partition(">")[2].split("\n")
    failed = any(tag in test for tag in _NOT_PASSED)
    return failed or bool(signals.problems(written, least=signals.ERROR, most=1))


def _tests(text: str) -> Iterator[tuple[int, int]]:
    """Where each test begins and ends; one without an end holds the rest of the text."""
    at = 0
    while (match := _TEST.search(text, at)) is not None:
        at = match.end()
        if text[at - 2] != "/":
            end = text.find(_END, at)
            at = len(text) if end < 0 else end + len(_END)
        yield match.start(), at


def _pieces(text: str, tests: list[tuple[int, int]], shown: set[int]) -> Iterator[str]:
    """The text with a mark for each run of tests that are left out."""
    after = hidden = 0
    for at, (start, end) in enumerate(tests):
        between = text[after:start]
        if hidden and (at in shown or between.strip()):
            yield _mark(hidden)
            hidden = 0
        if not hidden:
            yield between
        if at in shown:
            yield text[start:end]
        else:
            hidden += 1
        after = end
    if hidden:
        yield _mark(hidden)
    yield text[after:]


def _mark(count: int) -> str:
    return f"[… {count} test{'s' if count > 1 else ''} passed]"
