"""What a question quotes to the letter is found in the unit that holds it."""

from headroom_core.compressors.passages.layout import Layout, Unit
from headroom_core.compressors.passages.quoted import quoted_units

TEXT = "# 42\nalpha -> 7\nbeta -> 8\ngamma -> 9\n"


def layout(*spans: tuple[int, int]) -> Layout:
    return Layout(TEXT, [Unit(start, end, "sentence", 0, 0, ()) for start, end in spans])


LINES = layout((5, 15), (16, 25), (26, 36))


def test_a_quoted_phrase_of_signs_is_found_in_its_unit() -> None:
    assert quoted_units(LINES, ["-> 8"]) == {1}


def test_a_phrase_that_stands_before_or_between_the_units_is_in_none() -> None:
    assert quoted_units(LINES, ["42", "\nbeta"]) == set()


def test_a_phrase_that_many_units_hold_singles_none_out() -> None:
    assert quoted_units(LINES, ["->"]) == set()


def test_a_single_sign_is_not_looked_for() -> None:
    assert quoted_units(LINES, ["8"]) == set()
