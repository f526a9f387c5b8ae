"""Packed texts read like a list of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.compressors import packed
from headroom_core.compressors.packed import Packed

TEXTS = st.lists(st.text(st.sampled_from("ab\n"), max_size=3), max_size=12)
PLACES = st.none() | st.integers(-14, 14)


@pytest.fixture(autouse=True, params=[1, 3, 1000])
def batch(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "BATCH", request.param)


@given(first=TEXTS, more=TEXTS)
def test_packed_texts_are_those_that_were_put_in(first: list[str], more: list[str]) -> None:
    texts = Packed(first)
    texts.extend(iter(more))

    assert list(texts) == first + more
    assert len(texts) == len(first) + len(more)
    assert [texts[at] for at in range(-len(texts), len(texts))] == 2 * (first + more)
    for text in ("", "a", "\n"):
        assert texts.count(text) == (first + more).count(text)
        assert (text in texts) == (text in first + more)


@given(texts=TEXTS, start=PLACES, stop=PLACES, step=st.none() | st.sampled_from([-2, -1, 1, 2, 5]))
def test_slices_are_those_of_a_list(
    texts: list[str], start: int | None, stop: int | None, step: int | None
) -> None:
    places = slice(start, stop, step)

    assert Packed(texts)[places] == texts[places]


def test_a_place_behind_the_end_is_an_error() -> None:
    with pytest.raises(IndexError):
        Packed(["a"])[1]


def test_columns_grow_side_by_side() -> None:
    columns = [Packed(), Packed(["x"])]

    packed.extend(columns, zip(("a", "1"), ("b", "2"), strict=True))

    assert list(map(list, columns)) == [["a", "b"], ["x", "1", "2"]]
