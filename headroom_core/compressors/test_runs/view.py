"""Show of a test run what failed, and count what passed.

    collected 214 items
    [… 197 lines: 120 passed in tests/test_shop.py, 77 passed in tests/test_cart.py]
    tests/test_shop.py::test_stock FAILED                      [ 12%]
    …

Failures, errors, captured output and summaries stay. Where they take more than their room, what
was shown already is not shown again, and of long listings of source only the end stays. What a
compiler says of many places is said once.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from headroom_core import signals
from headroom_core.compressors.base import View
from headroom_core.compressors.logs.diagnostics import diagnostics_of
from headroom_core.compressors.test_runs.failures import alike
from headroom_core.compressors.test_runs.passes import HOLE, pass_of, progress_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.base import Hint

_STATUS = re.compile(
    r"PASSED|SKIPPED|XFAIL|=== (?:RUN|PAUSE|CONT)|--- PASS:|\.\.\. (?:ok|ignored)|\([0-9.]+s\)"
    r"|[✔✓√]"
)
# jest: a whole file
_FILE = re.compile(r" ?PASS +\S+(?: \([0-9.]+ m?s\))?")
_DOTS = re.compile(r"[.sxX]{3,}(?: *\[ *[0-9]{1,3}%\])?")
_TICK = re.compile(r" *[✔✓√] ")
_BROKEN = re.compile(r" *(?:[0-9]+\) |[✖✗×✕] )")
# What explains a failure in a listing, and where it is.
_POINT = re.compile(r"E  |>  |\S+:[0-9]+: |--- FAIL|FAILED |ERROR |FAIL:? ")
_LISTING = re.compile(r"    |$")
_NEAR = 3
_REPEATED = 4
_MOST_PLACES = 30
_MOST_LINE = 1500
_START, _END = 600, 200
_ROWS_SHARE = 4


def view_of(lines: Sequence[str], hint: Hint, room: int) -> View:
    """Show all but what passed; then, to fit, all but what is shown already or leads up to it."""
    passed = _passed(lines)
    required = _required(lines, passed, hint)
    hidden = {*passed, *_headings(lines, passed)} - required
    hidden.update(_blanks_between(lines, hidden))
    rows: list[str] = []
    if _size(lines, hidden) > room:
        found = diagnostics_of(lines)
        hidden.update(found.repeated - required)
        rows = [f"[{row}]" for row in found.rows(room // _ROWS_SHARE)]
    for more in (_alike, _shown_above, _leading_up):
        if _size(lines, hidden) > room:
            hidden.update(set(more(lines, hidden)) - required)
    shown = _rest(lines, hidden)
    body = "\n".join([*rows, *_body(lines, shown, passed)])
    needed = sum(min(len(lines[at]), _MOST_LINE) + 1 for at in required)
    return View(
        body,
        "lines",
        len(shown),
        len(lines),
        "every failure shown, passes counted",
        needed,
        # A view that leaves out next to nothing is of some other output with a few tests in it.
        stands=4 * len(body) <= 3 * sum(len(line) + 1 for line in lines),
    )


def _size(lines: Sequence[str], hidden: set[int]) -> int:
    return sum(min(len(lines[at]), _MOST_LINE) + 1 for at in _rest(lines, hidden))


def _rest(lines: Sequence[str], hidden: set[int]) -> list[int]:
    return [at for at in range(len(lines)) if at not in hidden]


def _passed(lines: Sequence[str]) -> dict[int, str]:
    """The lines of tests that passed, each with where the test is."""
    passed: dict[int, str] = {}
    for at, line in enumerate(lines):
        end = progress_of(line)
        found = pass_of(line[: len(line) - len(end)] if end else line)
        if found is not None:
            place = _STATUS.sub("", found.shape.replace(HOLE, "")).strip(" :>/().")
            passed[at] = place.removeprefix("test ")
        elif _DOTS.fullmatch(line) or _FILE.fullmatch(line):
            passed[at] = ""
    return passed


def _headings(lines: Sequence[str], passed: dict[int, str]) -> Iterator[int]:
    """The headings of a tree of tests that have no failing test below them."""
    above: list[int] = []
    depths = [len(line) - len(line.lstrip()) for line in lines]
    ticks = [at for at in passed if _TICK.match(lines[at])]
    for at in _tree(lines, ticks[0], ticks[-1]) if ticks else ():
        if at in passed or not lines[at].strip():
            continue
        while above and depths[above[-1]] >= depths[at]:
            yield above.pop()
        if _BROKEN.match(lines[at]):
            above.clear()
        elif at + 1 < len(lines) and 0 < depths[at] < depths[at + 1]:
            above.append(at)
    yield from above


def _tree(lines: Sequence[str], first: int, last: int) -> range:
    """The lines around the first and the last passing test, up to a blank one."""
    while first and lines[first - 1].strip():
        first -= 1
    while last + 1 < len(lines) and lines[last + 1].strip():
        last += 1
    return range(first, last + 1)


def _required(lines: Sequence[str], passed: dict[int, str], hint: Hint) -> set[int]:
    """Every distinct problem, and what was asked for."""
    first: dict[str, int] = {}
    for at in signals.problems(lines):
        if at not in passed:
            first.setdefault(lines[at], at)
    required = set(first.values())
    required.update(signals.rare_hits(lines, signals.terms(hint)))
    if hint.keep is not None:
        required.update(at for at, line in enumerate(lines) if hint.keep.matches(line))
    return required


def _blanks_between(lines: Sequence[str], hidden: set[int]) -> list[int]:
    """Blank lines that would stand alone between two marks of what is left out."""
    blank = [at for at, line in enumerate(lines) if not line.strip()]
    return [at for at in blank if at - 1 in hidden and at + 1 in hidden]


def _alike(lines: Sequence[str], hidden: set[int]) -> Iterator[int]:
    """What failures of one test with many parameters repeat."""
    yield from (at for at in alike(lines) if at not in hidden)


def _shown_above(lines: Sequence[str], hidden: set[int]) -> Iterator[int]:
    """Runs of lines that all stand further up too."""
    seen: set[str] = set()
    run: list[int] = []
    for at in _rest(lines, hidden):
        if lines[at] in seen and not _POINT.match(lines[at]):
            run.append(at)
            continue
        seen.add(lines[at])
        if len(run) >= _REPEATED:
            yield from run
        run = []


def _leading_up(lines: Sequence[str], hidden: set[int]) -> Iterator[int]:
    """The source above the line that failed, but for the lines next to it and the first one."""
    run: list[int] = []
    for at in _rest(lines, hidden):
        if _LISTING.match(lines[at]):
            run.append(at)
            continue
        if lines[at].startswith(">"):
            yield from run[2:-_NEAR]
        run = []


def _body(lines: Sequence[str], shown: Sequence[int], passed: dict[int, str]) -> Iterator[str]:
    after = 0
    for at in (*shown, len(lines)):
        if at > after:
            yield _gap(range(after, at), passed)
        if at < len(lines):
            line = lines[at]
            cut = len(line) - _START - _END
            yield (
                line
                if len(line) <= _MOST_LINE
                else (f"{line[:_START]}[… {cut} characters …]{line[-_END:]}")
            )
        after = at + 1


def _gap(left: range, passed: dict[int, str]) -> str:
    """Say how many lines are left out, and where the tests in them are."""
    places = Counter(passed[at] for at in left if passed.get(at))
    said = [f"{count} passed in {place}" for place, count in places.most_common(_MOST_PLACES)]
    if len(places) > _MOST_PLACES:
        said.append(f"and {sum(places.values())} in all")
    if not said and any(at in passed for at in left):
        said = ["passed"]
    return (
        f"[… {len(left)} line{'s' if len(left) > 1 else ''}{': ' if said else ''}{', '.join(said)}]"
    )
