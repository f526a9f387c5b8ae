"""Tables in tables: children in their row, maps by a column of keys, objects by dotted columns."""

from __future__ import annotations

import json

from tests.compressors.test_smart_crusher import records, same_back


def test_children_stand_in_their_row_under_one_header() -> None:
    rows = [
        {
            "id": n * 3,
            "lines": [{"sku": f"s{k}", "qty": k * 7, "unit": "kg"} for k in range(n % 3)],
            "none": [],
            "mixed": [1, {"a": 2}],
        }
        for n in range(9)
    ]

    encoded = same_back(json.dumps(rows))

    assert "|lines+2(sku=s0,qty+1=0)\n lines.unit=kg" in encoded.body
    assert "\n24|(,)(s1,7)" in encoded.body


def test_children_may_have_children_texts_with_brackets_and_rows_in_another_order() -> None:
    rows: list[object] = [
        {
            "id": n,
            "kids": [
                {
                    "name": f"k({n},{k})",
                    "toys": [{"t": "a"}, {"t": f"b{n}"}],
                    "note": [n, "x"],
                    "o": {},
                }
                for k in range(3)
            ]
            + [{"toys": [], "name": "last"}] * (n == 4),
            "same": [{"x": 1, "y": 2}] * 2,
        }
        for n in range(9)
    ]

    encoded = same_back(json.dumps(rows))

    assert '("k(0,0)",' in encoded.body
    assert '(!{"toys":[],"name":"last"})' in encoded.body
    assert "same(+2)" in encoded.body
    assert "()()" in encoded.body


def test_maps_become_tables_with_a_column_of_keys() -> None:
    value = {
        "users": {f"user {n}": {"age": n % 5, "city": "Rome"} for n in range(9)},
        "sizes": {f"size-{n}": n * n % 23 for n in range(40)},
        "lists": {f"list-{n}": [{"a": n, "b": k} for k in range(3)] for n in range(5)},
        "days": [
            {"id": n, "by day": {f"d{k}": {"open": k * 5, "at": 9} for k in range(4)}}
            for n in range(6)
        ],
    }

    encoded = same_back(json.dumps(value))

    assert "[9 rows: @key:user *|age+1" in encoded.body
    assert "by day(@key,open+1" in encoded.body
    assert "(d0,)(d1,5)" in encoded.body
    assert encoded.body.startswith("{users:\n[9 rows:")


def test_nested_objects_become_dotted_columns() -> None:
    rows: list[dict[str, object]] = [
        {
            "id": n * n,
            "void": [] if n % 2 else {},
            "user": {"login": f"u{n % 4}", "plan": {"seats": n % 3}},
            "last": None if n % 2 else {"by": "x", "n": n},
            "empty": {} if n % 3 else {"z": n},
        }
        for n in range(12)
    ]

    encoded = same_back(json.dumps(rows))

    assert "user.login|user.plan.seats" in encoded.body
    assert "|last|last.by|" in encoded.body.replace("last=null", "last")


def test_rows_of_another_order_or_kind_stand_as_json() -> None:
    rows: list[object] = [{"a": n * n, "b": "text", "c": n % 3} for n in range(20)]
    rows[3] = {"c": 1, "a": 2, "b": "x"}
    rows[7] = "no object"

    encoded = same_back(json.dumps(rows))

    assert '\n!{"c":1,"a":2,"b":"x"}\n' in encoded.body
    assert '\n!"no object"\n' in encoded.body


def test_few_objects_that_share_few_keys_stay_in_their_cells() -> None:
    sizes: list[dict[str, object]] = [
        {"width": 1, "height": 2, "unit": "cm"},
        {"grams": 4, "net": True},
        {"width": 6, "inches": 7},
    ]
    rows = [{"id": n * 37, "category": "measured", "size": size} for n, size in enumerate(sizes)]

    encoded = same_back(json.dumps({"rows": rows, "note": "x" * 99}, indent=2))

    assert '\n37|{"grams":4,"net":true}\n' in encoded.body


def test_two_rows_are_a_table_only_where_they_are_long() -> None:
    short = [{"id": "92", "name": "checkout"}, {"id": "7", "name": "billing"}]
    long = [{**each, "description": "why it is there, in a few words"} for each in short]
    around = {"note": "x" * 99, "more": records()}

    encoded = same_back(json.dumps({"short": short, "long": long, **around}))

    assert (
        '{short:[{id:"92",name:"checkout"},{id:"7",name:"billing"}],long:\n[2 rows: '
        in encoded.body
    )


def test_tables_inside_of_objects_are_the_same_whatever_the_layout() -> None:
    rows = [
        {"id": n * n, "unlike": {f"k{n * n % 97}": n}, "text": "x" * (n % 9)} for n in range(60)
    ]
    values: list[dict[str, object]] = [
        {"took": 3, "hits": {"total": {"value": 60, "relation": "eq"}, "hits": rows}},
        {"first": rows[:30], "second": rows[30:]},
        {"none": 1, "text": json.dumps(rows)[:99], "rows": rows, "end": []},
    ]

    for value in values:
        compact = same_back(json.dumps(value, separators=(",", ":")))

        assert compact.body == same_back(json.dumps(value, indent=2)).body
