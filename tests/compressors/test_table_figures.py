"""Figures about the cells of a column add up exactly, however its numbers are written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint
from headroom_core.compressors.packed import Packed
from headroom_core.compressors.table import TableCompressor
from headroom_core.compressors.tables.marginals import figures
from headroom_core.source import Source

NUMBER = st.from_regex(r"[-+]?(0|[1-9][0-9]{0,4})(\.[0-9]{1,2})?", fullmatch=True)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["3", "1", "", "2"], "n: 3 distinct, 1 empty, min 1, median 2, max 3, sum 6"),
        (["1.50", "2.50", "+0.25"], "n: 3 distinct, min 0.25, median 1.50, max 2.50, sum 4.25"),
        (["1", "2.5"], "n: 2 distinct, min 1, median 1.75, max 2.5, sum 3.5"),
        (["-0", "-0"], "n: 1 distinct, min -0, median -0, max -0, sum 0"),
        (["0", "7"], "n: 2 distinct, min 0, median 3.5, max 7, sum 7"),
        (['"8"', '"9"'], "n: 2 distinct, min 8, median 8.5, max 9, sum 17"),
        (["2026-01-02", "2026-01-01"], "n: 2 distinct, 2026-01-01 to 2026-01-02"),
        (["a", ""], "n: 1 distinct, 1 empty"),
    ],
)
def test_figures_are_said_as_the_cells_are_written(cells: list[str], said: str) -> None:
    assert figures("n", cells).short == said


@given(cells=st.lists(NUMBER, min_size=1, max_size=20))
def test_numbers_are_compared_and_added_as_decimals(cells: list[str]) -> None:
    numbers = list(map(Decimal, cells))

    found = figures("n", Packed(cells))

    said = {each.split(" ")[0]: Decimal(each.split(" ")[1]) for each in found.details}
    assert (said["min"], said["max"]) == (min(numbers), max(numbers))
    assert said["sum"] == sum(numbers)
    assert found.extremes == (numbers.index(max(numbers)), numbers.index(min(numbers)))


def test_where_many_values_of_a_category_are_rare_none_of_them_is_odd() -> None:
    rows = [f"{at},{f'rare{at}' if at % 40 == 20 else 'city'}" for at in range(400)]

    found = TableCompressor().view(Source("\n".join(["id,city", *rows])), Hint(), 400)

    assert found is not None
    assert not any(line in found.body.split("\n") for line in rows[20::40])


def test_words_of_one_name_have_no_figures_of_their_own() -> None:
    rows = [
        f"web-{at:<8} {'Running' if at != 33 else 'Failed':<9} <none>           <none>"
        for at in range(80)
    ]
    names = "NAME         STATUS    NOMINATED NODE   READINESS GATES"

    found = TableCompressor().view(Source("\n".join([names, *rows])), Hint(), 900)

    assert found is not None
    assert "[NOMINATED NODE: 1 distinct: <none> x80]" in found.body
    assert "[NODE: " not in found.body
    assert "[GATES: " not in found.body
