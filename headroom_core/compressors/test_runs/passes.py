"""Recognise the line of a test that passed, in the reports of many test runners."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headroom_core.source import Source

HOLE = "{}"

_PROGRESS = re.compile(r" +\[ *([0-9]{1,3})%\]\Z")
_WINDOW = 8192
_LONGEST_END = 400
_ENDS = (" PASSED", " SKIPPED", " XFAIL")
_SHAPES = (
    # pytest -rA: PASSED tests/test_a.py::TestB::test_c[1]
    re.compile(r"(?P<head>(?:PASSED|XFAIL) [^ :]+::)(?P<item>\S.*)(?P<tail>)"),
    # go test -v: --- PASS: TestRead/Simple (0.00s)
    re.compile(r"(?P<head>=== (?:RUN|PAUSE|CONT)   (?:[^/\s]+/)?)(?P<item>\S+)(?P<tail>)"),
    re.compile(r"(?P<head> *--- PASS: (?:[^/\s]+/)?)(?P<item>\S+)(?P<tail> \([0-9.]+s\))"),
    # cargo test: test parser::tests::empty ... ok
    re.compile(r"(?P<head>test (?:\w+::)*)(?P<item>\S[^.]*)(?P<tail> \.\.\. (?:ok|ignored))"),
    # gradle: ParserTest > readsNumbers() PASSED
    re.compile(r"(?P<head>[\w.$]+ > )(?P<item>\S[^>]*)(?P<tail> PASSED)"),
    # mocha, jest, vitest: ✓ reads numbers
    re.compile(r"(?P<head> *[✔✓√] )(?P<item>\S.*)(?P<tail>)"),
)
_UNITTEST = re.compile(r"(?P<item>\w+) \((?P<where>[\w.]+?)(?P<again>\.\w+)?\) \.\.\. ok")
# What at least one line of a report with passes has near its start.
_SIGN = re.compile(
    r"::.* PASSED|^PASSED |^=== RUN |^ *--- PASS: |^test .* \.\.\. ok$|\) \.\.\. ok$| > .* PASSED$"
    r"|^ *[✔✓√] .*\n(?:.*\n)?(?:.*\n)? *[✔✓√✗✖×✕] ",
    re.MULTILINE,
)
# Each of them holds one of these, which are found much faster.
_SIGN_STEMS = ("PASS", "=== RUN", "... ok", "✔", "✓", "√")
# What else only a test runner prints.
_REPORT = re.compile(
    r"^=+ (?:FAILURES|ERRORS|test session starts|short test summary info) =+$"
    r"|^[.sFExX]+ +\[ *\d+%\]$|^test result: |^Tests: +\d|Tests run: \d+, Failures: "
    r"|^not ok \d+|\d% tests passed"
    r"|^(?:ok|FAIL|---) +\S+\s+[0-9.]+s$|^Ran \d+ tests? in [0-9.]+s$|^ +\d+ passing \(",
    re.MULTILINE,
)
_REPORT_STEMS = ("= ", "%]", "Test", "test", "ok ", "FAIL ", "--- ", "Ran ", " passing (")


@dataclass(frozen=True, slots=True)
class Pass:
    """A passing test's line: `head`, with `item` in place of each `{}`."""

    shape: str
    item: str


def holds_passes(source: Source) -> bool:
    """Whether the start, the middle or the end of the text holds a passing test."""
    return any(map(_has_sign, _windows(source)))


def is_report(source: Source) -> bool:
    """Whether the start, the middle or the end of the text comes from a test runner."""
    return any(_has_sign(text) or _has_report(text) for text in _windows(source))


def _has_sign(text: str) -> bool:
    return any(stem in text for stem in _SIGN_STEMS) and _SIGN.search(text) is not None


def _has_report(text: str) -> bool:
    return any(stem in text for stem in _REPORT_STEMS) and _REPORT.search(text) is not None


def _windows(source: Source) -> list[str]:
    """The whole of a short text, else its start, its middle and its end."""
    text = source.text
    if len(text) <= 3 * _WINDOW:
        return [text]
    starts = (0, len(text) // 2, len(text) - _WINDOW)
    return [text[start : start + _WINDOW] for start in starts]


def progress_of(line: str) -> str | None:
    """Return the `[ 12%]` at the end of a line of pytest -v, with the blanks before it."""
    found = (
        _PROGRESS.search(line, max(0, len(line) - _LONGEST_END)) if line.endswith("%]") else None
    )
    return found.group() if found else None


def pass_of(line: str) -> Pass | None:
    """Read a line of a test that passed, or return `None`."""
    if "::" in line and line.endswith(_ENDS):
        head, _, rest = line.partition("::")
        item, _, status = rest.rpartition(" ")
        if " " not in head and item:
            return Pass(f"{head}::{HOLE} {status}", item)
    for shape in _SHAPES:
        match = shape.fullmatch(line)
        if match:
            return Pass(f"{match['head']}{HOLE}{match['tail']}", match["item"])
    match = _UNITTEST.fullmatch(line)
    if match is None:
        return None
    twice = match["again"] == f".{match['item']}"
    where = f"{match['where']}.{HOLE}" if twice else match["where"] + (match["again"] or "")
    return Pass(f"{HOLE} ({where}) ... ok", match["item"])
