"""Which rows and figures the view of JSON shows."""

from __future__ import annotations

import json

import pytest

from headroom_core.compressors.base import Hint, View
from headroom_core.compressors.smart_crusher import SmartCrusher
from headroom_core.source import Source


def view(value: object, query: str = "", room: int = 4000) -> View:
    found = SmartCrusher().view(Source(json.dumps(value)), Hint(query=query), room)
    assert found is not None
    return found


def servers(count: int = 60) -> dict[str, object]:
    """Servers with disks, the 41st of which has a disk like no other."""
    return {
        "servers": [
            {
                "owner": f"team-{at * 7919 % 9973}",
                "region": "eu" if at % 3 else "us",
                "disks": [
                    {
                        "serial": f"{at * 104729 % 999983:x}-{disk}",
                        "type": "tape" if (at, disk) == (41, 1) else "flash",
                        "used": at * 31 % 97,
                    }
                    for disk in range(2)
                ],
            }
            for at in range(count)
        ]
    }


def test_the_table_that_a_text_is_made_of_is_shown_even_where_it_takes_more_than_the_room() -> None:
    found = view(servers(), room=700)

    assert "60 rows" in found.body
    assert found.shown >= 2


def test_the_row_with_a_rare_value_in_its_child_rows_is_shown() -> None:
    found = view(servers())

    (line,) = [line for line in found.body.split("\n") if "tape" in line and "flash x" not in line]
    assert line.startswith(f"{41 * 7919 % 9973}|")


def test_many_rare_values_of_child_rows_are_none() -> None:
    value = {"a": [{"n": at * 7919 % 9973, "b": [{"c": at // 2 % 12}] * 2} for at in range(96)]}

    assert view(value).shown < 12


def test_child_rows_with_other_keys_are_said_not_to_be_counted() -> None:
    value = [
        {"file": f"{at * 7919 % 997}.py", "notes": [{"line": at, "text": f"remark {at * 31 % 89}"}]}
        for at in range(80)
    ]
    value[30]["notes"] = [{"text": "other", "line": 10**6}]

    body = view(value).body

    assert "notes: 80 items in 80 rows, 1 with other keys, not counted here:" in body
    assert "notes.line: 0 to 79," in body


def test_rows_are_shown_with_their_names_also_where_those_follow_from_the_number_of_the_row() -> (
    None
):
    value = [
        {"id": at + 1, "name": f"user-{at + 1}", "state": "lost" if at == 57 else "here"}
        for at in range(200)
    ]

    assert "\n58|user-58|lost\n" in view(value).body


def test_the_rows_with_the_extremes_of_a_column_that_is_asked_about_are_shown() -> None:
    value = [{"place": f"p{at * 37 % 401}", "height": 100 + at * 53 % 97} for at in range(400)]
    value[33]["height"], value[61]["height"] = 90, 205

    asked = view(value, "Which place has the lowest height?").body.split("\n")

    assert f"{value[33]['place']}|90" in asked
    assert f"{value[61]['place']}|205" in asked
    assert f"{value[33]['place']}|90" not in view(value).body.split("\n")


def test_what_follows_from_another_column_is_not_counted_because_a_row_tells_of_an_error() -> None:
    value = [
        {
            "user": f"u{at * at % 7}",
            "page": f"https://pages.example.org/u{at * at % 7}/index",
            "text": "broken: fatal error" if at == 40 else f"all is well {at * 7919 % 9973}",
        }
        for at in range(100)
    ]

    body = view(value).body

    assert "\n user: u" in body
    assert "\n page: http" not in body
    assert '"page":"https://pages.example.org/u4/index"' in body  # the row itself says it


def test_where_many_values_are_rare_the_figures_name_them_and_no_row_is_shown_for_them() -> None:
    value = [
        {"branch": f"fix-{at // 24}" if at % 24 == 0 else "main", "sum": at * 7919 % 9973}
        for at in range(240)
    ]

    found = view(value)

    assert "branch: main x230, fix-0, fix-1, " in found.body
    assert found.shown < 12


def test_where_the_figures_cannot_name_many_rare_values_the_first_row_of_each_is_shown() -> None:
    value = [
        {"branch": f"{at // 24}{'-long' * 20}" if at % 24 == 0 else "main", "sum": at * 7919 % 9973}
        for at in range(240)
    ]

    found = view(value)

    assert sum("-long" in line for line in found.body.split("\n")) == 10


def test_numbers_in_texts_are_compared_as_numbers() -> None:
    value = [
        {"price": f"{at * 7919 % 997 / 100:.2f}", "sku": f"s{at * 31 % 997}"} for at in range(300)
    ]
    value[211]["price"] = "4000.50"

    body = view(value, room=3000).body

    assert " price: 300 distinct, 0 to 4000.5, median " in body
    assert f"\n4000.50|{value[211]['sku']}\n" in body


def test_whole_numbers_in_texts_are_not_added_up() -> None:
    codes = [at * 7919 % 99991 for at in range(300)]
    value = [{"code": str(code), "n": f"x{at * 31 % 997}"} for at, code in enumerate(codes)]

    assert f" code: 300 distinct, 0 to {max(codes)}\n" in view(value, room=3000).body


def test_lists_of_equally_long_lists_are_tables_and_those_with_outliers_come_first() -> None:
    calm, odd = (
        [[1_700_000_000 + at * 60, f"{20 + at * 37 % 50 / 10}"] for at in range(90)]
        for _ in range(2)
    )
    odd[41][1] = "987.25"

    body = view({"calm": calm, "odd": odd}, room=700).body

    assert ' odd: \n[90 rows: "[0]"|"[1]"' in body
    assert "\n1700002460|987.25\n" in body
    assert "1 entry: calm]" in body


@pytest.mark.parametrize("item", [[1], [1, 2, 3], 7, [], [1, [2]]])
def test_lists_of_lists_of_other_lengths_are_none(item: object) -> None:
    value = {"a": [[at, at * 31 % 97] for at in range(90)] + [item], "b": "x" * 99}

    assert '"[0]"' not in view(value, room=700).body


def test_values_that_all_differ_are_not_rare_because_most_rows_have_none() -> None:
    value = [
        {"n": at * 7919 % 9973, **({"took": at * 31 % 997} if at % 20 == 3 else {})}
        for at in range(300)
    ]

    assert view(value, room=3000).shown < 12


def test_a_key_that_hardly_any_row_has_is_rare() -> None:
    value = [
        {"n": at * 7919 % 9973, **({"note": f"see {at}"} if at in {77, 155} else {})}
        for at in range(300)
    ]

    body = view(value, room=3000).body

    assert "see 77" in body
    assert "see 155" in body


def test_rare_rows_are_shown_and_no_figure_is_wrong_beside_an_item_that_is_no_object() -> None:
    rows: list[object] = [
        {"id": at * at, "state": "lost" if at == 70 else "ok", "n": 9_000 if at == 331 else at % 7}
        for at in range(400)
    ]
    own = [{"id": at, "state": "ok", "n": 1, f"of {at}": 1, f"on {at}": 2} for at in range(9)]
    rows[10:370:40] = own
    rows[200] = "no object"
    body = view(rows, room=1_500).body

    assert "\n4900|lost|0\n" in body
    assert "\n109561||9000\n" in body
    assert [json.loads(line[1:]) for line in body.split("\n") if line[:2] == "!{"] == own
    assert " 18 keys of one or two rows each, which are shown" in body
    assert " rows that are no objects, and not counted here: 1" in body
