"""Columns of JSON tables that name other columns, or stand without what all their texts share."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors.json_table.document import read_document
from headroom_core.compressors.json_table.form import from_form, to_form
from headroom_core.compressors.json_table.mentions import mentioning
from headroom_core.compressors.json_table.rows import solid
from tests.compressors.test_json_quick import never
from tests.compressors.test_smart_crusher import (
    CRUSHER,
    LAYOUTS,
    dumps,
    encode,
    same_back,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

IDS = [f"{n * n * 7919 % 10**6:06}-{n * n * 104729 % 10**8:08}" for n in range(40)]


def test_an_id_inside_a_text_is_named_instead() -> None:
    rows = [
        {"id": each, "text": f"request {each} took {n * n % 97} ms", "note": f"see {each}"}
        for n, each in enumerate(IDS)
    ]

    encoded = same_back(json.dumps(rows))

    assert "|text+1:{}request {id} took * ms\n note=see {id}]" in encoded.body
    assert "; x:{}: {y} in x is the row's y" in encoded.legend


def test_a_text_that_names_no_id_stands_as_it_is_beside_those_that_do() -> None:
    rows: list[dict[str, object]] = [
        {"id": each, "text": f"job {each} of {n * n % 97}" if n % 3 else f"nothing to do at {n}"}
        for n, each in enumerate(IDS)
    ]
    rows[7]["text"] = None
    del rows[8]["text"]
    rows[9]["text"] = "17"
    rows[10]["text"] = f"{IDS[10]}, {IDS[10]} and x{IDS[10]}"
    rows[11]["text"] = f"not another x{IDS[11]}"

    encoded = same_back(json.dumps(rows))

    assert "|text:{}*]" in encoded.body
    assert f"\n{IDS[1]}|job {{id}} of 1\n" in encoded.body
    assert f"\n{IDS[3]}|nothing to do at 3\n" in encoded.body


@pytest.mark.parametrize("brace", ["{", "}", "{id}"])
def test_texts_with_braces_mention_nothing(brace: str) -> None:
    rows = [{"id": each, "text": f"job {each} {n * n % 7}"} for n, each in enumerate(IDS)]
    rows[5]["text"] = f"job {brace}"

    assert ":{}" not in same_back(json.dumps(rows)).body


def test_a_prefix_of_braces_is_no_mark_of_mentions() -> None:
    rows = [{"n": n * n, "text": f"{{}}/things/of/a/kind/{n * n % 31}"} for n in range(40)]

    assert ":{}" not in same_back(json.dumps(rows)).body


def test_what_the_question_names_is_not_replaced_by_its_name() -> None:
    rows = [{"id": each, "text": f"job {each} {n * n % 7}"} for n, each in enumerate(IDS)]

    encoded = same_back(json.dumps(rows), "What is `7.id`?")

    assert f"job {IDS[7]}" in encoded.body


@pytest.mark.parametrize(
    ("texts", "header"),
    [
        (
            [f"2026-05-04T{n * 7 % 24:02}:{n * 11 % 60:02}:09Z" for n in range(40)],
            "2026-05-04T*:09Z",
        ),
        ([f"2026-05-04 {n * 7 % 24:02}:{n * 11 % 60:02}:{n}" for n in range(40)], "2026-05-04 *"),
        ([f"2026-{1 + n % 12:02}-11T01:{n * 11 % 60:02}:{n:02}.5Z" for n in range(40)], "2026-*Z"),
        ([f"10.0.{n * 7 % 256}.{n * 91 % 256}" for n in range(40)], "10.0.*"),
        ([f"192.0.2.{n * 91 % 256}:80{n:02}" for n in range(40)], "192.0.2.*"),
        ([f"node-{n * 7 % 31}.eu.example.com" for n in range(40)], "node-*.eu.example.com"),
        ([f"req_{n * n * 7919 % 10**6}" for n in range(40)], "req_*"),
    ],
)
def test_parts_of_times_addresses_and_numbered_names_stand_once(
    texts: list[str], header: str
) -> None:
    rows = [{"size": n * n % 97, "x": text} for n, text in enumerate(texts)]

    assert f"|x:{header}]" in same_back(json.dumps(rows)).body


@pytest.mark.parametrize(
    "texts",
    [
        [f"v10.{n * 7 % 31}" for n in range(40)],
        [f"pre-{'abcdefgh'[n % 8]}-{'abc'[n % 3]}" for n in range(40)],
        [f"{n * 7 % 31}a.py" for n in range(40)],
        [f"{n * 7 % 31}aZ" for n in range(40)],
    ],
)
def test_other_words_are_not_cut(texts: list[str]) -> None:
    rows = [{"size": n * n % 97, "x": text} for n, text in enumerate(texts)]

    assert "|x]" in same_back(json.dumps(rows)).body


def test_a_row_that_tells_of_an_error_says_what_others_leave_to_the_header() -> None:
    rows = [
        {"at": f"2026-05-04T10:{n * 7 % 60:02}:{n * 11 % 60:02}Z", "level": "INFO", "n": n * n}
        for n in range(100)
    ]
    rows[67] |= {"level": "FATAL", "n": 5}

    encoded = same_back(json.dumps(rows))

    assert "[100 rows: at+1:2026-05-04T10:*Z|n" in encoded.body
    assert f'\n!{{"at":"{rows[67]["at"]}","level":"FATAL","n":5}}\n' in encoded.body


TEXTS = st.sampled_from(["job {} is done", "{} or {}", "{}", "none", "x{} {}", "{{}} {}", "a b"])


@settings(max_examples=60, deadline=None)
@given(
    ids=st.lists(st.sampled_from(IDS), min_size=6, max_size=12),
    forms=st.lists(TEXTS, min_size=6, max_size=12),
    more=st.lists(TEXTS, min_size=6, max_size=12),
)
def test_texts_that_mention_ids_come_back_to_the_byte(
    ids: list[str], forms: list[str], more: list[str]
) -> None:
    rows = [
        {"id": each, "text": one.format(each, each), "more": other.format(each, each)}
        for each, one, other in zip(ids, forms, more, strict=False)
    ]
    text = json.dumps({"rows": rows * 4, "nested": [{"n": n, "of": rows} for n in range(3)]})

    encoded = encode(text)

    assert encoded is None or CRUSHER.decode(encoded.legend, encoded.body) == text


TINY_PARTS: dict[str, object] = {
    "keys": {f"key_{n}": n for n in range(60_000)},
    "objects": {"all": [{"a": n % 9} for n in range(120_000)]},
    "arrays": [list[object]()] * 400_000,
}


@pytest.mark.parametrize("value", TINY_PARTS.values(), ids=TINY_PARTS)
def test_large_json_of_tiny_parts_would_weigh_many_times_its_text_and_is_left_alone(
    value: object,
) -> None:
    text = json.dumps(value)

    assert len(text) > 10**6
    assert read_document(text) is None
    assert encode(text) is None


def test_large_arrays_of_tiny_objects_of_one_shape_are_read() -> None:
    text = json.dumps([{"a": n % 9, "ok": n % 7 == 0} for n in range(60_000)])

    encoded = encode(text)

    assert len(text) > 10**6
    assert encoded is not None
    assert CRUSHER.decode(encoded.legend, encoded.body) == text


def test_large_arrays_are_read_alike_without_msgspec() -> None:
    text = "\n".join(json.dumps({"a": n % 9, "ok": n % 7 == 0}) for n in range(60_000))
    read = read_document(text)

    with never():
        plain = read_document(text)

    assert read is not None
    assert plain is not None
    assert solid(plain.value) == solid(read.value)


def test_large_arrays_of_tiny_objects_that_hardly_share_keys_are_left_alone() -> None:
    text = json.dumps([{f"key{n % 60}": n} for n in range(90_000)], separators=(",", ":"))

    assert len(text) > 10**6
    assert read_document(text) is None


def test_large_json_of_ordinary_records_is_read() -> None:
    text = json.dumps(
        [
            {"id": n * n, "name": f"customer {n}", "plan": "free", "mail": f"{n}@example.org"}
            for n in range(16_000)
        ]
    )

    assert len(text) > 10**6
    assert read_document(text) is not None


@pytest.mark.parametrize("library", [nullcontext, never])
def test_long_maps_and_objects_of_many_shapes_come_back_to_the_byte(
    library: Callable[[], AbstractContextManager[None]],
) -> None:
    maps = {f"k{n}": {"size": n * n % 97, "state": "ready"} for n in range(2_500)}
    rest = json.loads('[{}, {"a": []}, [7], 100000.0]')
    many, few = ([{f"k{n % kinds}": n, "rest": rest} for n in range(60)] for kinds in (12, 3))

    with library():
        for layout in (LAYOUTS[0], LAYOUTS[2]):
            same_back(dumps({"maps": maps}, layout))
            same_back(dumps({"maps": maps, "many": many, "few": few}, layout))


def test_a_name_inside_of_a_longer_number_is_not_mentioned() -> None:
    texts: list[str | None] = ["see 1234567", "see 91234567"]

    assert mentioning(texts, "id", ["1234567", "1234567"], frozenset()) == (
        ["see {id}", texts[1]],
        1,
    )


def test_a_long_list_is_weighed_by_a_part_of_it() -> None:
    rows = [{"id": n * n, "state": "up" if n % 7 else "down", "kind": "disk"} for n in range(2_500)]

    assert "[2500 rows: " in same_back(json.dumps(rows)).body


def _with_rare_keys(rare: int) -> list[dict[str, int]]:
    return [{"id": row, **({f"k{row}": 1} if row < rare else {})} for row in range(2500)]


def test_many_rows_whose_keys_are_mostly_absent_are_no_table() -> None:
    sparse = json.dumps(_with_rare_keys(1000), separators=(",", ":"))

    form = to_form(sparse)

    assert form is not None
    assert "rows:" not in form.body
    assert from_form(form.legend, form.body) == sparse


def test_many_rows_of_which_few_have_keys_of_their_own_are_a_table() -> None:
    dense = json.dumps(_with_rare_keys(2), separators=(",", ":"))

    form = to_form(dense)

    assert form is not None
    assert form.body.startswith("[2500 rows:")
    assert from_form(form.legend, form.body) == dense


def test_many_lists_in_cells_are_written_as_one_by_one() -> None:
    rows: list[dict[str, object]] = [
        {"id": n, "at": [n * n % 997, n * 7 % 991], "done": n % 3 == 0} for n in range(150)
    ]
    del rows[7]["at"]
    rows[8]["at"] = None
    plain = same_back(json.dumps(rows))
    rows[9]["at"] = [float("nan"), 1]
    not_finite = same_back(json.dumps(rows))
    rows[9]["at"] = [1.25, 1]
    exact = same_back(json.dumps(rows).replace("1.25", "1.250"))

    assert "\n[0,0]|true\n[1,7]|\n" in plain.body
    assert "[NaN,1]" in not_finite.body
    assert "[1.250,1]" in exact.body


def test_many_objects_and_other_values_in_cells_are_written_as_one_by_one() -> None:
    kinds: list[object] = [1, 2.5, None, True, [1, "x"], {"a": 1, "b": [2]}, {"b": 2, "a": 1}]
    rows: list[dict[str, object]] = [{"id": n * n, "v": kinds[n % 7]} for n in range(200)]
    del rows[7]["v"]
    plain = same_back(json.dumps(rows))
    rows[9]["v"] = {"a": float("inf"), "b": None}
    not_finite = same_back(json.dumps(rows))

    assert '\n16|[1,"x"]\n25|{"a":1,"b":[2]}\n36|{"b":2,"a":1}\n49|\n64|2.5\n' in plain.body
    assert '\n81|{"a":Infinity,"b":null}\n' in not_finite.body


def test_two_texts_have_nothing_taken_from_them() -> None:
    notes = ["https://host.example/a", None, "https://host.example/b", None]
    rows = [{"id": each, "note": note} for each, note in zip(IDS, notes, strict=False)]

    body = same_back(json.dumps({"rows": rows, "text": "x" * 99}, indent=2)).body

    assert f"\n{IDS[0]}|https://host.example/a\n{IDS[1]}|null\n" in body


def test_child_rows_of_which_many_stand_in_another_order_are_no_child_table() -> None:
    rows = [{"id": n * n, "kids": [{"a": n, "b": n % 7}, {"b": n % 5, "a": n}]} for n in range(20)]

    assert '|[{"a":1,"b":1},{"b":1,"a":1}]' in same_back(json.dumps(rows)).body


def test_numbers_and_texts_of_one_column_are_named_by_their_texts() -> None:
    sizes = [1.5, "2.5 m", None, 31.25, float("inf")]
    rows = [
        {"id": each, "size": sizes[n % 5], "url": f"https://host.example/{each}/{sizes[n % 5]}"}
        for n, each in enumerate(IDS)
    ]

    assert "|size|url=https://host.example/{id}/{size}]" in same_back(json.dumps(rows)).body
