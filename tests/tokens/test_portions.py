from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.tokens import exact, portions
from headroom_core.tokens.exact import exact_counter
from headroom_core.tokens.portions import PORTION
from headroom_core.tokens.vocabulary import VOCABULARIES

PIECES = ["a", "Ab", "don't", "'s", "7", "1234", " ", "\n", "\r\n", "\t", "é", "中", "\u0301", "…"]
TEXT = st.lists(st.sampled_from([*PIECES, *'",:;|<>=()[]{}/.-_@#']), max_size=60).map("".join)


def test_a_long_text_is_counted_in_portions_that_are_the_text() -> None:
    text = "name,id,value\n" * PORTION

    found = list(portions.portions(text))

    assert "".join(found) == text
    assert all(PORTION <= len(each) < PORTION + 20 for each in found[:-1])


def test_a_short_text_is_one_portion_and_so_is_one_without_a_place_to_cut() -> None:
    assert list(portions.portions("a,b")) == ["a,b"]
    assert list(portions.portions("中" * 3 * PORTION)) == ["中" * 3 * PORTION]


@pytest.mark.parametrize("name", VOCABULARIES)
@given(text=TEXT)
def test_the_counts_of_the_portions_add_up(name: str, text: str) -> None:
    counter = exact_counter(name)
    if counter is None:
        pytest.skip("the vocabulary is not on this machine")
    whole = counter.count(text)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(portions, "PORTION", 1)
        patch.setattr(exact, "PORTION", 1)

        assert counter.count(text) == whole
        found = list(portions.portions(text))
        assert all(one[-1].isalnum() and not other[0].isalnum() for one, other in pairwise(found))
