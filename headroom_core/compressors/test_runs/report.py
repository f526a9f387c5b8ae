"""Write and read the report of a test run.

    [headroom tests, 7 lines: the lines under ":: X{}Y" stand for X, the line, and Y; …]
    collected 214 items
    :: tests/test_shop.py::{} PASSED
     test_order_is_accepted
     test_price_is_rounded[1.005] [2.5] [0.1]
    ::
    tests/test_shop.py::test_stock FAILED                      [ 12%]

Failing tests, errors, captured output and summaries are lines as they were.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from headroom_core.compressors.base import MAX_DECODED_CHARS
from headroom_core.compressors.bounded import LinesOut
from headroom_core.compressors.test_runs.passes import HOLE, Pass, pass_of, progress_of
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MARK = "::"
_PROGRESS_MARK = " %"
_BETWEEN = "] ["
_MOST_CASES = 40
_LEGEND = (
    'the lines under ":: X{}Y" stand for X, the line, and Y; the cases of a test in brackets stand'
    " behind each other; other lines as they were"
)
_WITH_PROGRESS = "; % = progress of {total} tests, ending at column {width}"
_PROGRESS_SAID = re.compile(r"progress of ([0-9]{1,9}) tests, ending at column ([0-9]{1,4})")


class Progress:
    """What pytest -v prints at the end of each line, told from the lines before it."""

    def __init__(self, total: int, width: int) -> None:
        self.total = total
        self.width = width
        self._done = 0

    def after(self, text: str) -> str:
        """Return the line of the next test, which begins with `text`."""
        percent = min(100, (self._done + 1) * 100 // self.total)
        return f"{text}{' ' * max(1, self.width - len(text) - 6)}[{percent:3}%]"

    def count(self, line: str) -> None:
        """Take note of a line that was read or written."""
        self._done += progress_of(line) is not None


def write(lines: Sequence[str]) -> tuple[str, str]:
    """Return the legend and the body of the form."""
    progress = _progress(lines)
    out: list[str] = []
    inside = False
    start = 0
    for shape, run in groupby(
        [_pass(line, progress) for line in lines], key=lambda each: each.shape
    ):
        items = [each.item for each in run]
        if shape and (len(items) - 1) * (len(shape) - 3) > 8:
            out.append(f"{MARK} {shape}")
            out.extend(_listed(items))
            inside = True
        else:
            plain = lines[start : start + len(items)]
            if inside and plain[0].startswith(" "):
                out.append(MARK)
            out.extend("\\" + line if line.startswith((MARK, "\\")) else line for line in plain)
            inside = False
        start += len(items)
    said = _WITH_PROGRESS.format(total=progress.total, width=progress.width) if progress else ""
    return _LEGEND + said, "\n".join(out)


def _progress(lines: Sequence[str]) -> Progress | None:
    """The number of tests and the width of the terminal, if progress is shown to the end."""
    shown = [line for line in lines if progress_of(line) is not None]
    if not shown or not shown[-1].endswith("[100%]"):
        return None
    return Progress(len(shown), Counter(map(len, shown)).most_common(1)[0][0])


_NO_PASS = Pass("", "")


def _pass(line: str, progress: Progress | None) -> Pass:
    """Read a passing test's line, whose progress must be what our reader will say."""
    end = progress_of(line)
    if end is None or progress is None:
        found, mark = pass_of(line), ""
    else:
        text = line[: len(line) - len(end)]
        found, mark = pass_of(text) if progress.after(text) == line else None, _PROGRESS_MARK
        progress.count(line)
    # Text that reads like our own signs stays a line.
    if found is None or _BETWEEN in found.item or HOLE in line:
        return _NO_PASS
    return Pass(found.shape + mark, found.item)


def _listed(items: Sequence[str]) -> Iterator[str]:
    """One item a line, but the cases of one test behind each other."""
    for stem, run in groupby(items, key=_stem):
        cases = [item[len(stem) :] for item in run]
        if not stem:
            yield from (f" {case}" for case in cases)
            continue
        for at in range(0, len(cases), _MOST_CASES):
            yield f" {stem}{' '.join(cases[at : at + _MOST_CASES])}"


def _stem(item: str) -> str:
    """What stands before the case of a parametrised test; empty if it has none."""
    stem, bracket, _ = item.partition("[")
    return stem if bracket and item.endswith("]") else ""


def read(legend: str, body: str) -> str:
    """Return the text, or raise `DecodeError`."""
    said = _PROGRESS_SAID.search(legend)
    if said is not None and not int(said[1]):
        raise DecodeError("a test run with progress has tests")
    progress = Progress(int(said[1]), int(said[2])) if said else None
    out = LinesOut()
    shape: str | None = None
    for line in body.split("\n"):
        if line.startswith(MARK):
            shape = line[len(MARK) + 1 :] or None
            continue
        if shape is not None and line.startswith(" "):
            texts = _filled(shape, line[1:], progress)
        else:
            shape = None
            texts = iter((line[line.startswith("\\") :],))
        for text in texts:
            out.add(text)
            if progress:
                progress.count(text)
    return out.text()


def _filled(shape: str, items: str, progress: Progress | None) -> Iterator[str]:
    stem = _stem(items)
    cases = items[len(stem) + 1 : -1].split(_BETWEEN) if stem else [items]
    shown = progress is not None and shape.endswith(_PROGRESS_MARK)
    before, *after = shape.removesuffix(_PROGRESS_MARK if shown else "").split(HOLE)
    if len(items) * len(after) > MAX_DECODED_CHARS:
        raise DecodeError("the name of a test stands too often in its line")
    for case in cases:
        item = f"{stem}[{case}]" if stem else case
        text = before + "".join(item + part for part in after)
        yield progress.after(text) if progress is not None and shown else text
