"""JSON that is no table, or not here: what stays as it is, and numbers as they were written."""

from __future__ import annotations

import json

import pytest

from tests.compressors.test_smart_crusher import encode, same_back


def test_numbers_keep_their_text() -> None:
    numbers = [
        "1.0",
        "1.50",
        "1E5",
        "-0",
        "-0.0",
        "1e400",
        "0.1",
        "12345678901234567890",
        "9" * 400,
    ]
    rows = ",".join(f'{{"number of it":{number},"text of it":"same"}}' for number in numbers)

    encoded = same_back(f"[{rows}]")

    assert "\n1.50\n1E5\n-0\n-0.0\n1e400\n" in encoded.body


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain text",
        "[",
        "{not json}",
        '{"a":1,"a":2}' + " " * 50,
        '[{"a":{"b":1,"b":2},"c":' + "3 " * 1 + "}]",
        "[" * 5000 + "]" * 5000,
        '{"a":' * 150 + "1" + "}" * 150,
        json.dumps([{"@key": n, "b": 2} for n in range(20)]),
        json.dumps({"a": {"$table": 0}, "b": "long text" * 9}, indent=2),
        json.dumps({"a": "{$table:0}", "b": "long text" * 9}, indent=2),
        json.dumps({"$json": {"a": 1}, "b": "long text" * 9}, indent=2),
        r'[{"\u0040key":1},{"\u0040key":2},{"\u0040key":3}]',
    ],
    ids=lambda text: text[:20],
)
def test_what_is_not_for_this_form_is_left_alone(text: str) -> None:
    assert encode(text) is None


def test_lists_without_likeness_stay_json() -> None:
    value: dict[str, object] = {
        "few": [{"a": 1}],
        "scalars": [1, 2, 3, "x"],
        "half": [{"a": 1}, 2, 3],
        "empty": [{}, {}, {}],
        "apart": [{f"k{n}": 1} for n in range(30)],
        "short map": {"a": 1, "b": 2},
        "mixed map": {f"m{n}": n if n % 2 else "x" for n in range(12)},
        "orders": [{"a": 1, "b": 2}, {"b": 1, "a": 2}] * 3,
    }

    encoded = same_back(json.dumps(value, indent=2))

    assert "[6 rows" not in encoded.body
    assert "few:[{a:1}]" in encoded.body


def test_too_many_shapes_or_columns_are_no_table() -> None:
    shapes = [{f"k{n}": 1, "common": 2} for n in range(300)]
    wide: list[dict[str, object]] = [{f"{n}": n if n % 2 else None for n in range(500)}] * 2
    wider = [{f"{n + 300 * k}": n if n % 2 else None for n in range(300)} for k in range(2)]

    for value in (shapes, wide, wider):
        assert " rows: " not in same_back(json.dumps(value, indent=2)).body


def test_objects_nested_in_cells_stay_json_below_some_depth() -> None:
    deep: dict[str, object] = {"end": [1, 2], "n": 1}
    for _ in range(9):
        deep = {"in": deep, "n": 1}
    rows = [{"id": n * n, "deep": deep | {"n": n % 3}, "x": n % 2} for n in range(9)]

    encoded = same_back(json.dumps(rows, indent=2))

    assert ' deep.in.in.in.in.in.in={"in":' in encoded.body


def test_a_column_may_be_another_one_and_hold_braces() -> None:
    rows = [
        {
            "number": n * n,
            "same number": f"{n * n}",
            "copy": n * n,
            "url": f"https://x.example/issues/{n * n}",
            "labels": f"https://x.example/issues/{n * n}/labels{{/name}}",
            "serial": f"x{10**20 + n}",
            "key": f"long-{n * n}",
            "again": f"long-{n * n}",
        }
        for n in range(9)
    ]

    encoded = same_back(json.dumps(rows))

    assert " labels={url}/labels{{/name}}\n" in encoded.body
    assert " again={key}" in encoded.body


def test_tables_that_do_not_pay_are_not_tried_at_every_depth() -> None:
    value: object = [{"a": 1, "b": 2}] * 5
    for n in range(8):
        value = [
            {"text": f"{n} unlike " * 90, "more": value},
            {"text": f"un{n}like " * 90, "more": n},
        ]

    encoded = same_back(json.dumps(value, indent=2))

    assert "rows: " not in encoded.body


def test_paths_of_many_parts_are_named_too() -> None:
    base = "/srv" + "/some/deep/place" * 9
    value = {f"file{n}": f"{base}/{n}" for n in range(6)} | {"n": 1}

    assert same_back(json.dumps(value)).body.startswith("$A=/srv/some/deep/place")


def test_numbers_without_an_end_and_truth_values_come_back() -> None:
    rows = [
        {"load": float("nan") if n == 3 else n / 8, "level": n / 4, "up": n * n % 5 < 2}
        for n in range(30)
    ]

    encoded = same_back(json.dumps(rows))

    assert "\nNaN|0.75|" in encoded.body


def test_nested_objects_of_two_orders_stay_json() -> None:
    rows = [{"n": n * n, "o": {"a": n, "b": 1} if n % 2 else {"b": 1, "a": n}} for n in range(12)]

    assert '|{"b":1,"a":2}' in same_back(json.dumps(rows)).body
