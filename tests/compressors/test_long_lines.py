"""Lines that are too long to show whole."""

from __future__ import annotations

import re

import pytest

from headroom_core.compressors.base import Compressor, Hint
from headroom_core.compressors.diff import DiffCompressor
from headroom_core.compressors.log import LogCompressor
from headroom_core.compressors.long_lines import LONGEST, shortened
from headroom_core.compressors.search import SearchResults
from headroom_core.keep import KeepRules
from headroom_core.source import Source

MARK = re.compile(r"\[… (\d+) characters …\]")
FILL = [" ".join(f"{name}{at}" for at in range(600)) for name in "abc"]
LONG = f"{FILL[0]} the needle stands here {FILL[1]} error: gone {FILL[2]}"
SHORT = "x" * LONGEST


def test_short_lines_are_left_as_they_are() -> None:
    lines = [SHORT, "needle"]

    assert shortened(lines, Hint(query="needle")) is lines


def test_a_long_line_is_shown_by_its_ends_and_by_what_is_asked_for_and_wrong() -> None:
    short, cut = shortened([SHORT, LONG], Hint(query="where is the needle?"))

    assert short == SHORT
    assert len(cut) < 1_200
    assert "the needle stands here" in cut
    assert "error: gone" in cut
    pieces = MARK.split(cut)
    assert sum(map(len, pieces[::2])) + sum(map(int, pieces[1::2])) == len(LONG)
    at = 0
    for piece in pieces[::2]:
        at = LONG.index(piece, at) + len(piece)
    assert at == len(LONG)


def test_nothing_wanted_leaves_the_ends() -> None:
    (cut,) = shortened(["d" * 5_000], Hint())

    assert cut == "d" * 300 + "[… 4600 characters …]" + "d" * 100


def test_a_line_that_the_caller_keeps_stays_whole() -> None:
    lines = [LONG]

    assert shortened(lines, Hint(keep=KeepRules(patterns=("stands",))))[0] == LONG


@pytest.mark.parametrize(
    ("compressor", "lines"),
    [
        (
            LogCompressor(),
            [f"2026-01-03T10:00:{at % 60:02}Z INFO worker finished step {at}" for at in range(400)],
        ),
        (SearchResults(), [f"src/part_{at % 9}.py:{at + 1}:    step({at})" for at in range(400)]),
        (
            DiffCompressor(),
            ["diff --git a/a.js b/a.js", "--- a/a.js", "+++ b/a.js", "@@ -1,200 +1,400 @@"]
            + [f"{' +'[at % 2]}  step({at})" for at in range(400)],
        ),
    ],
    ids=["log", "search", "diff"],
)
def test_a_long_line_takes_no_room_from_the_others(
    compressor: Compressor, lines: list[str]
) -> None:
    middle = len(lines) // 2
    lines = [*lines[:middle], f"{lines[middle]} {LONG}", *lines[middle + 1 :]]

    found = compressor.view(Source("\n".join(lines)), Hint(query="where is the needle?"), 4_000)

    assert found is not None
    assert "the needle stands here" in found.body
    assert len(found.body) < 5_000
    assert "characters …]" in found.body
