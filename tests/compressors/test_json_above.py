"""Cells that are as the one above stand as blanks where rows come in groups."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint
from headroom_core.compressors.json_table.form import from_form, to_form
from headroom_core.compressors.smart_crusher import SmartCrusher
from headroom_core.errors import DecodeError
from headroom_core.source import Source

if TYPE_CHECKING:
    from headroom_core.compressors.base import Encoded
    from headroom_core.compressors.json_table.values import Json

PLACES = ["Lima", "Oslo", "Kyiv", "Bonn"]
CELLS = st.sampled_from(["Lima", "Oslo", "", "~", "^", "7", "a|b", "=x", "!", "null", "a\nb"])


def grouped(rows: int, size: int = 9) -> list[dict[str, Json]]:
    return [
        {
            "place": f"{PLACES[at // size % 4]} {at // size}",
            "year": 1990 + at % size,
            "v": at * at % 89,
        }
        for at in range(rows)
    ]


def same_back(
    value: Json, spared: frozenset[str] = frozenset(), question: str = ""
) -> tuple[Encoded, list[str]]:
    text = json.dumps(value, separators=(",", ":"))
    form = to_form(text, spared, question)
    assert form is not None
    assert from_form(form.legend, form.body) == text
    return form, form.body.split("\n")


def test_a_text_that_comes_again_below_itself_is_left_out() -> None:
    form, lines = same_back([*grouped(54)])

    assert lines[0] == "[54 rows: place^|year|v]"
    assert "; x^: blank cells of x are as above" in form.legend
    assert lines[1:4] == ["Lima 0|1990|0", "|1991|1", "|1992|4"]
    assert [at for at, line in enumerate(lines[1:]) if line[0] != "|"] == [
        *(0, 9, 18, 20, 27, 36, 40, 45)  # where a group begins, and now and then within one
    ]


def test_what_stands_around_all_cells_goes_as_well() -> None:
    rows = [{**row, "place": f"/srv/build/{row['place']}/main.py"} for row in grouped(54)]

    assert same_back([*rows])[1][0] == "[54 rows: place^:/srv/build/*/main.py|year|v]"


def test_absent_values_come_again_too() -> None:
    rows = [
        {key: each for key, each in row.items() if key != "place" or at // 9 % 2}
        for at, row in enumerate(grouped(54))
    ]

    assert "place^" in same_back([*rows])[1][0]


def test_numbers_stand_in_every_row() -> None:
    rows: list[Json] = [{"of": 700_000 + at // 9, "year": at} for at in range(54)]

    assert "^" not in same_back([*rows])[1][0]


def test_the_keys_of_a_map_stand_in_every_row() -> None:
    value: Json = {f"key {at}": {"v": at * at % 89, "w": at} for at in range(30)}

    assert "^" not in same_back(value)[1][0]


def test_few_rows_and_rows_in_no_order_are_written_out() -> None:
    shuffled = sorted(grouped(54), key=lambda row: str(row["v"]))

    assert "^" not in same_back([*({**row, "place": "x" * 60} for row in grouped(5, 2))])[1][0]
    assert "^" not in same_back([*shuffled])[1][0]


def test_what_is_asked_about_stands_in_every_row() -> None:
    assert "^" not in same_back([*grouped(54)], frozenset({"place"}))[1][0]


def test_below_a_row_that_is_json_a_row_says_all() -> None:
    rows = grouped(54)
    rows[12] = {"place": "Oslo 1", "why": "the station was moved to the other side of the river"}
    _, lines = same_back([*rows])

    assert lines[1 + 12].startswith("!{")
    assert lines[1 + 13].startswith("Oslo 1|")


def test_a_row_that_tells_of_an_error_leaves_the_others_right() -> None:
    rows = [{**row, "host": "db-7"} for row in grouped(200)]
    rows[90] = {**rows[90], "place": "FATAL: no such station"}
    _, lines = same_back([*rows])

    assert lines[2 + 89].startswith("|")
    assert lines[2 + 90].startswith("FATAL: no such station|")
    assert lines[2 + 91].startswith("Kyiv 10|")


def test_a_row_that_tells_of_an_error_says_everything_itself() -> None:
    rows = [{**row, "state": "works"} for row in grouped(200)]
    rows[92] = {**rows[92], "state": "FATAL"}
    _, lines = same_back([*rows])

    assert lines[1 + 91].startswith("|")
    assert lines[1 + 92].startswith("Kyiv 10|")


def test_a_view_leaves_out_nothing_that_is_above_since_it_may_not_be_shown() -> None:
    view = SmartCrusher().view(Source(json.dumps(grouped(900), indent=1)), Hint(), 900)

    assert view is not None
    assert "place^" not in view.body


@given(st.lists(st.tuples(CELLS, CELLS, st.integers(1, 9)), min_size=2, max_size=9))
def test_any_groups_come_back(groups: list[tuple[str, str, int]]) -> None:
    rows: list[Json] = [
        {"kind of the thing": one, "of": f"the {other} of all", "at": at}
        for one, other, times in groups
        for at in range(times)
    ]
    same_back([*rows, *grouped(20)])
    text = json.dumps(rows)
    form = to_form(text)
    assert form is None or from_form(form.legend, form.body) == text


@pytest.mark.parametrize(
    "body",
    [
        "[2 rows: a^|b]\n|1\nx|2",  # nothing is above
        "[2 rows: a^=x|b]\nx|1\n|2",  # a blank cannot have two meanings
        "[2 rows: a^|b]\nx|1\n2",
    ],
)
def test_a_damaged_table_is_told(body: str) -> None:
    with pytest.raises(DecodeError):
        from_form("JSON compact", body)
