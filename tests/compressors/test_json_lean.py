"""What keeps little in memory says the same as what keeps everything."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint
from headroom_core.compressors.json_table import columns, marginals, tree
from headroom_core.compressors.json_table.columns import Column, map_rows
from headroom_core.compressors.json_table.marginals import tally
from headroom_core.compressors.json_table.rows import Pairs, Rows
from headroom_core.compressors.json_table.rows_view import _spread_of
from headroom_core.source import Source
from tests.compressors.test_smart_crusher import CRUSHER

if TYPE_CHECKING:
    from headroom_core.compressors.json_table.values import Value

HINT = Hint(query="Which of them failed?")
NUMBERS = st.lists(st.integers(-9, 9) | st.floats(-1e9, 1e9), min_size=1, max_size=30)
MAPS: dict[str, object] = {
    "same keys": {f"k{at}": {"id": at, "ok": at % 3 == 0} for at in range(90)},
    "other keys": {f"k{at}": {"id": at, **({"x": 1} if at % 2 else {})} for at in range(90)},
    "no keys": {f"k{at}": {} for at in range(90)},
    "the name of the column": {f"k{at}": {"@key": at, "b": 1} for at in range(90)},
    "numbers": {f"k{at}": at * 7 % 60 for at in range(90)},
    "words": {f"k{at}": f"red {at % 55}" for at in range(90)},
    "few words": {f"k{at}": f"red {at % 5}" for at in range(90)},
    "texts like numbers": {f"k{at}": str(at % 5) for at in range(90)},
    "truths": {f"k{at}": at % 2 == 0 for at in range(90)},
    "lists of objects": [[{"id": at, "n": each} for each in range(9)] for at in range(30)],
    "tables": [[{"id": at, "n": f"name {each}"} for each in range(30)] for at in range(9)],
}


def said(text: str) -> list[object]:
    return [CRUSHER.encode(Source(text), HINT), CRUSHER.view(Source(text), HINT, 600)]


@pytest.mark.parametrize("name", MAPS)
def test_little_memory_changes_no_form_and_no_view(name: str) -> None:
    text = json.dumps(MAPS[name], separators=(",", ":"))
    with (
        patch.object(columns, "BATCH", 10**6),
        patch.object(marginals, "BATCH", 10**6),
        patch.object(tree, "_SMALL_TABLE", 0),
        patch.object(tree, "_LEAST_RUN", 10**6),
    ):
        plain = said(text)
    with (
        patch.object(columns, "BATCH", 3),
        patch.object(marginals, "BATCH", 3),
        patch.object(tree, "_SMALL_TABLE", 10**6),
    ):
        assert said(text) == plain


def test_a_map_of_many_objects_with_the_same_keys_is_rows_from_its_columns() -> None:
    rows = map_rows({f"k{at}": {"id": at} for at in range(600)})
    assert isinstance(rows, Rows)
    assert rows[599] == {"@key": "k599", "id": 599}


def test_of_many_different_values_only_the_commonest_is_counted() -> None:
    values: list[Value] = [*map(str, range(2000)), "a", "7"]
    (column,) = tally([Column(("n",), values)], "|")
    assert column.distinct == 2001
    assert column.counts == {'"7"': 2}


def test_the_entries_of_a_map_are_lists() -> None:
    pairs = Pairs({"a": 1, "b": 2})
    assert list(pairs) == [["a", 1], ["b", 2]]
    assert pairs[1] == ["b", 2]
    assert pairs[:1] == [["a", 1]]
    assert len(pairs) == 2


@given(numbers=NUMBERS)
def test_the_spread_is_what_three_quarters_of_the_distances_are_at_most(
    numbers: list[float],
) -> None:
    in_order = sorted(numbers)
    middle = in_order[len(numbers) // 2]
    distances = sorted(abs(number - middle) for number in numbers)
    assert _spread_of(in_order, middle) == distances[len(numbers) * 3 // 4]
