"""Objects with keys that hardly any other has stand as JSON among the rows of a table."""

from __future__ import annotations

import json
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint
from headroom_core.compressors.json_table.form import from_form, to_form
from headroom_core.compressors.json_table.make_table import make_table
from headroom_core.compressors.json_table.rare import MOST_RARE, rare_shapes
from headroom_core.compressors.smart_crusher import SmartCrusher
from headroom_core.source import Source

if TYPE_CHECKING:
    from headroom_core.compressors.base import Encoded, View
    from headroom_core.compressors.json_table.values import Json

COMMON = ("id", "state", "name")
COUNTS = st.dictionaries(
    st.lists(st.sampled_from("abcdefghij"), unique=True, max_size=6).map(tuple),
    st.integers(1, 60),
    max_size=12,
)


def regular(count: int) -> list[dict[str, Json]]:
    return [
        {"id": 7 * at % 1000, "state": "ready" if at % 3 else "off", "name": f"unit {at * at % 89}"}
        for at in range(count)
    ]


def with_odd(count: int, odd: int) -> list[dict[str, Json]]:
    """Rows among which some have keys of their own, evenly spread."""
    rows = regular(count)
    for at in range(odd):
        place = at * count // odd + 3
        rows[place] = {**rows[place], f"reason {at}": "it went elsewhere", f"code {at}": at}
    return rows


def form_of(rows: list[dict[str, Json]]) -> Encoded:
    text = json.dumps(rows, separators=(",", ":"))
    form = to_form(text)
    assert form is not None
    assert from_form(form.legend, form.body) == text
    return form


def view_of(rows: list[dict[str, Json]], room: int = 4_000) -> View:
    view = SmartCrusher().view(Source(json.dumps(rows, indent=1)), Hint(), room)
    assert view is not None
    return view


@pytest.mark.parametrize(("count", "odd"), [(60, 1), (500, 9), (4_000, 500)])
def test_few_objects_of_their_own_cost_no_more_than_their_text(count: int, odd: int) -> None:
    rows = with_odd(count, odd)
    apart = [row for row in rows if len(row) > len(COMMON)]

    body = form_of(rows).body

    assert [json.loads(line[1:]) for line in body.split("\n") if line[:1] == "!"] == apart
    assert len(body) <= len(form_of(regular(count)).body) + sum(len(json.dumps(r)) for r in apart)


def test_keys_that_many_objects_have_are_columns() -> None:
    rows: list[dict[str, Json]] = [
        {**row, "more": at} if at % 4 == 0 else row for at, row in enumerate(regular(400))
    ]

    assert "\n!" not in form_of(rows).body


def test_lists_in_cells_leave_what_is_of_its_own_as_json() -> None:
    rows: list[dict[str, Json]] = [
        {"id": at, "parts": [*with_odd(30, 1 if at == 4 else 0)]} for at in range(9)
    ]

    assert "(!{" in form_of(rows).body


def test_a_row_that_tells_of_an_error_says_everything_among_odd_rows_too() -> None:
    rows = with_odd(200, 2)
    rows[77] = {**rows[77], "state": "FATAL: out of memory"}
    rows = [{**row, "host": "db-4"} for row in rows]

    told = [line for line in form_of(rows).body.split("\n") if "FATAL" in line]

    assert [json.loads(line[1:]) for line in told] == [rows[77]]


@given(COUNTS)
def test_rare_are_few_and_have_keys_of_their_own(counts: dict[tuple[str, ...], int]) -> None:
    rare = rare_shapes(counts)
    rows = Counter(counts).total()
    left = set(chain.from_iterable(counts.keys() - rare))

    assert sum(counts[keys] for keys in rare) <= rows * MOST_RARE
    assert not rare or set(chain.from_iterable(rare)) - left


def test_odd_rows_are_in_sight_without_a_figure_for_each_of_their_keys() -> None:
    rows = with_odd(2_000, 40)

    view = view_of(rows)

    shown = [json.loads(line[1:]) for line in view.body.split("\n") if line[:1] == "!"]
    assert shown == [row for row in rows if len(row) > len(COMMON)]
    assert " 80 keys of one or two rows each, which are shown" in view.body
    assert "(no such key)" not in view.body


def test_more_keys_than_a_table_may_have_are_told_of() -> None:
    rows = with_odd(2_000, 290)

    view = view_of(rows)

    assert " 290 rows with keys that are not counted here" in view.body
    assert " state: ready x1333, off x667" in view.body
    assert '"reason 0":"it went elsewhere"' in view.body


def test_a_table_knows_the_columns_of_all_its_rows() -> None:
    few = make_table([*with_odd(100, 2)], "|")
    many = make_table([*with_odd(2_000, 290)], "|")

    assert few is not None
    assert {column.path[0] for column in few.all_columns()} > {*COMMON, "reason 0", "code 1"}
    assert many is not None
    assert {column.path[0] for column in many.all_columns()} == {*COMMON}
