"""Objects that share few keys: no table is tried for them, and none is missed."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from headroom_core.compressors.json_table.columns import count_shapes, shapes_in
from headroom_core.compressors.json_table.make_table import TooSparseError, make_table
from headroom_core.compressors.json_table.sparse import least_size

if TYPE_CHECKING:
    from headroom_core.compressors.json_table.values import Json

KEYS = st.one_of(st.sampled_from(["id", "name", "state"]), st.text("abcdefgh", min_size=1))
LEAVES = st.one_of(st.integers(), st.sampled_from(["error", "open", "https://host.example/7"]))
VALUES = st.recursive(
    LEAVES, lambda inner: st.dictionaries(KEYS, inner, max_size=3) | st.lists(inner, max_size=2)
)
ROWS = st.lists(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4), min_size=3, max_size=12)
ONE_OFF: list[dict[str, Json]] = [
    {f"first {at}": at, f"inner {at}": {f"a{at}": "some text", "b": [at]}} for at in range(8)
]
ALIKE: list[dict[str, Json]] = [{"id": at} for at in range(8)]


@pytest.mark.parametrize("few", [0, 2])
@example(rows=[*ALIKE, {"id": 8, "of": {"one": {"x": 1}, "two": {"x": 2}}}])
@example(rows=[*ALIKE, *ONE_OFF])
@example(rows=ONE_OFF)
@given(rows=ROWS)
def test_no_table_is_smaller_than_what_it_is_said_to_take_at_least(
    rows: list[dict[str, Json]], few: int
) -> None:
    counts = count_shapes(rows)
    shapes = shapes_in(counts)
    table = make_table([*rows], "|")
    if table is None or shapes is None or shapes.odd or shapes.uniform:
        return
    if few or table.is_uniform:
        assert least_size(rows, counts, few, inf) <= table.size()
        assert least_size(rows, counts, few, 40) <= max(40, table.size())


def test_objects_with_few_keys_in_common_are_told_before_a_table_is_made() -> None:
    with pytest.raises(TooSparseError):
        make_table([*ALIKE, *ONE_OFF], "|", room=lambda: 300)


def test_objects_with_no_key_in_common_make_no_table() -> None:
    assert make_table([*ONE_OFF], "|") is None
    assert make_table({f"key {at}": row for at, row in enumerate(ONE_OFF)}, "|") is None


def test_objects_with_one_key_in_common_may_make_one() -> None:
    assert make_table([*ALIKE, {"id": 9, "more": "than the others"}], "|") is not None
