"""Which lines of a log are told to be alike, and what becomes a value of them."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from headroom_core.compressors.logs import groups, merging
from headroom_core.compressors.logs.fields import fold
from headroom_core.compressors.logs.groups import group
from headroom_core.compressors.logs.merging import join, merge
from headroom_core.compressors.logs.reader import read
from headroom_core.compressors.logs.templates import (
    DELIMITER_SIGNS,
    VALUE,
    ends_whole,
    pieces,
    shapes_of,
)
from headroom_core.compressors.logs.writer import write

if TYPE_CHECKING:
    import pytest

WORDS = ["alpha", "beta", "a7", "8", "", "x\0y", "größer", "值", "7值"]
SIGNS = [" ", "  ", ": ", "(", ")", "=", "\t", "\u2003", "\x01", "[", "]"]


def test_all_white_space_and_the_signs_end_a_token() -> None:
    spaces = {char for char in map(chr, range(sys.maxunicode + 1)) if re.match(r"\s", char)}

    assert set(DELIMITER_SIGNS) == spaces | set("\x01@\"'`,;(){}[]<>|=:")
    assert pieces(DELIMITER_SIGNS) == ["", DELIMITER_SIGNS, ""]


@given(
    st.lists(
        st.lists(st.sampled_from([*WORDS, *SIGNS]), max_size=60).map("".join),
        min_size=1,
        max_size=8,
    )
)
def test_each_token_with_a_digit_is_a_value_and_a_long_end_is_one_token(lines: list[str]) -> None:
    expected: list[str] = []
    for line in lines:
        split = pieces(line)
        end = [VALUE] if len(split) > 80 and VALUE in split[-1] else split[-1:]
        split[-1:] = end
        for at in range(0, len(split), 2):
            if any(digit in split[at] for digit in "0123456789"):
                split[at] = VALUE
        expected.append("".join(split))

    assert list(shapes_of(lines)) == expected


def test_the_end_of_a_long_line_is_one_value() -> None:
    start = "word " * 40

    assert list(shapes_of([f"{start}and 7 more"])) == [start + VALUE]
    assert not ends_whole(start + VALUE)
    assert list(shapes_of([f"{start}and some more"])) == [f"{start}and some more"]


def test_lines_that_differ_in_any_of_many_words_are_one_group_to_their_ends() -> None:
    lines = [f"{'so many words ' * 13}stand before {word} ends it all" for word in WORDS[:2]]
    lines += [f"{'how many words ' * 14}and here {word} ends it all" for word in WORDS[:2]]

    assert [each.lines for each in group(lines)] == [[0, 1], [2, 3]]


def test_shapes_with_other_signs_between_the_same_words_stay_apart() -> None:
    by_shape = {"a  b c one": [0], "a b  c one": [1], "a b  c two": [2], "a  b c two": [3]}

    merge(by_shape)

    assert by_shape == {f"a  b c {VALUE}": [0, 3], f"a b  c {VALUE}": [1, 2]}


def test_a_shape_that_has_no_other_with_its_signs_is_merged_with_none() -> None:
    by_shape = {"a  b c one": [0], "a b  c two": [1], "a b  c six": [2]}

    merge(by_shape)

    assert by_shape == {"a  b c one": [0], f"a b  c {VALUE}": [1, 2]}


def test_what_comes_late_joins_only_what_it_is_but_for_one_word() -> None:
    by_shape = {f"a  b c {VALUE}": [0, 1]}
    numbered = merge(by_shape)

    join(by_shape, numbered, [("a b  c one", [2]), ("a  b c one", [3]), ("d e f", [4, 5])])

    assert by_shape == {f"a  b c {VALUE}": [0, 1, 3], "d e f": [4, 5]}


def test_groups_are_of_one_shape_each_also_where_all_numbers_fall_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = [f"{word} was seen by the (old) peer" for word in ("one", "two", "three", "four")]
    lines += [f"worker {word} took a while on the host {word}" for word in ("one", "two", "three")]
    lines += [f"request of {word} was closed by the peer" for word in ("anna", "ben", "cleo")]
    lines += ["five was seen by the (old) peer", "six was seen by the old peer"]
    monkeypatch.setattr(groups, "MOST_SHAPES", 7)
    monkeypatch.setattr(merging, "_MASK", 0)

    found = group(lines)

    assert found
    for each in found:
        literals = map(re.escape, each.shape.split(VALUE))
        shape = re.compile(r"[^\s()]+".join(literals))
        assert all(shape.fullmatch(lines[at]) for at in each.lines)


def test_columns_of_more_values_than_a_batch_has_are_cut_like_short_ones() -> None:
    users = [f"u{at + 100}" for at in range(2003)]
    homes = [f"moved {user} to /home/{user}/{at % 3}.d now" for at, user in enumerate(users)]
    common = [f"moved blk_{at % 3 + 7} to disk now" for at in range(2003)]

    template = fold(f"moved {VALUE} to {VALUE} now", homes, range(len(homes)))
    names = fold(f"moved {VALUE} to disk now", common, range(len(common)))

    assert template.literals == ["moved ", " to /home/", "/", ".d now"]
    assert template.holes == [0, 0, 1]
    assert list(template.columns[0]) == users
    assert names.literals == ["moved blk_", " to disk now"]


def test_lines_that_follow_each_other_in_two_sections_keep_their_own_lines() -> None:
    lines: list[str] = []
    for minute in range(30):
        lines += [
            f"2026-01-05 10:{minute:02}:01 request {minute * 7} came in from the gateway",
            f"2026-01-05 10:{minute:02}:02 answer {minute * 3} went out to the gateway",
        ] * 12
        lines.append(f"2026-01-05 10:{minute:02}:50 nothing else to do for worker {minute}")
        lines.append(f"2026-01-05 10:{minute:02}:59 request {minute} came in from the gateway")
        lines.append(f"2026-01-05 10:{minute + 1:02}:00 answer {minute} went out to the gateway")
        lines.append(f"2026-01-05 10:{minute + 1:02}:00 nothing else to do for worker {minute}")
    text = "\n".join(lines)

    legend, body = write(lines)

    assert read(legend, body) == text
    assert "⏎" in body
