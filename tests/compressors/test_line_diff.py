from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors.line_diff import Match, matches

LINES = st.lists(
    st.sampled_from(["a", "b", "c", "", "}", "unique 1", "unique 2", "x"]), max_size=30
)


def test_equal_texts_match_as_one() -> None:
    assert matches(["a", "b"], ["a", "b"]) == [Match(0, 0, 2)]


def test_an_inserted_line_splits_the_match() -> None:
    assert matches(["a", "b", "c"], ["a", "new", "b", "c"]) == [Match(0, 0, 1), Match(1, 2, 2)]


def test_lines_between_two_changes_are_found_by_unique_lines() -> None:
    old = ["1", "same", "}", "2"]
    new = ["one", "same", "}", "two"]

    assert matches(old, new) == [Match(1, 1, 2)]


def test_a_part_of_a_text_matches_in_one_piece() -> None:
    old = ["", "a", "b", "", "c", "d", "", "e", "f", ""]

    assert matches(old, ["", "c", "d", ""]) == [Match(3, 0, 4)]


def test_a_moved_line_is_taken_out_and_put_in() -> None:
    old = ["start", "m", "a", "b", "c", "end"]
    new = ["start", "a", "b", "c", "m", "end"]

    assert matches(old, new) == [Match(0, 0, 1), Match(2, 1, 3), Match(5, 5, 1)]


@settings(max_examples=100)
@given(old=LINES, new=LINES)
def test_matches_are_equal_lines_in_order(old: list[str], new: list[str]) -> None:
    at_old = at_new = 0
    for match in matches(old, new):
        assert match.old >= at_old
        assert match.new >= at_new
        assert old[match.old : match.old_end] == new[match.new : match.new_end]
        at_old, at_new = match.old_end, match.new_end


def test_texts_without_anchors_are_compared_in_linear_work() -> None:
    size = 100_000
    old, new = ["x"] * size + ["end"], ["y", *["x"] * size, "z", "end"]

    assert matches(old, new) == [Match(size, size + 2, 1)]


def test_texts_in_reverse_order_are_compared_quickly() -> None:
    lines = [str(number) for number in range(50_000)]

    assert len(matches(lines, lines[::-1])) == 1
