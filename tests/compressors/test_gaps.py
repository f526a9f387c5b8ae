"""What stands between the shown lines of a view."""

from __future__ import annotations

from headroom_core.compressors.gaps import filled, gapped

LINES = ["first", "", "|", "a line that is longer than the mark of a gap", "last", "the end"]


def test_a_gap_is_marked_with_the_number_of_its_lines() -> None:
    assert list(gapped(LINES, [0, 4])) == ["first", "[… 3 lines]", "last", "[… 1 line]"]


def test_lines_shorter_than_the_mark_of_their_gap_are_shown() -> None:
    assert filled(LINES, {0, 3}) == [0, 1, 2, 3]
    assert filled(LINES, {2, 4}) == [2, 4]
    assert filled([""] * 9, {0, 8}) == [0, 8]
