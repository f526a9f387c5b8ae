"""Rows of several kinds, as events are, stand in one table with a header for each kind."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint
from headroom_core.compressors.json_table import by_kind, several_kinds
from headroom_core.compressors.json_table.columns import Column
from headroom_core.compressors.json_table.form import from_form, to_form
from headroom_core.compressors.json_table.kinds import LETTERS, kinds_of
from headroom_core.compressors.json_table.make_table import make_table
from headroom_core.compressors.json_table.values import ABSENT, Json, Value
from headroom_core.compressors.smart_crusher import SmartCrusher
from headroom_core.errors import DecodeError
from headroom_core.source import Source

if TYPE_CHECKING:
    from headroom_core.compressors.base import Encoded

NAMES = ["login", "order", "failure", "upload"]


def event(rng: random.Random, kind: str) -> dict[str, Json]:
    own: dict[str, dict[str, Json]] = {
        "login": {"user": f"u{rng.randrange(999)}", "address": f"10.0.0.{rng.randrange(250)}"},
        "order": {"number": rng.randrange(9999), "amount": rng.random(), "items": rng.randrange(9)},
        "failure": {"code": rng.randrange(500, 504), "service": "store", "retry": True},
        "upload": {"file": {"name": f"{rng.randrange(99)}.png", "bytes": rng.randrange(10**6)}},
    }
    return {"id": rng.randrange(10**9), "type": kind, **own[kind]}


def events(count: int, names: list[str] = NAMES, seed: int = 1) -> list[dict[str, Json]]:
    rng = random.Random(seed)
    return [event(rng, rng.choice(names)) for _ in range(count)]


def same_back(value: Json) -> Encoded:
    text = json.dumps(value, separators=(",", ":"))
    form = to_form(text)
    assert form is not None
    assert form.exact
    assert from_form(form.legend, form.body) == text
    return form


def test_each_kind_has_a_header_and_its_rows_no_blank_for_others() -> None:
    form = same_back([*events(200)])
    lines = form.body.split("\n")

    assert lines[0] == "[200 rows, 4 kinds]"
    assert " type=failure" in lines
    assert {line[:2] for line in lines[-200:]} == {"a|", "b|", "c|", "d|"}
    assert "||" not in form.body
    assert by_kind.SAID in form.legend


def test_maps_have_kinds_too() -> None:
    form = same_back({f"event {at}": each for at, each in enumerate(events(60))})

    assert "[60 rows, 4 kinds]" in form.body


def test_texts_with_bars_are_cut_by_tabs() -> None:
    rows = [{**each, "said": f"a|b{at * at % 61}"} for at, each in enumerate(events(80))]

    assert "\na\t" in same_back([*rows]).body


def test_objects_that_hold_other_keys_tell_kinds_apart() -> None:
    rng = random.Random(4)
    rows: list[Json] = [
        {"type": name, "payload": {key: rng.randrange(9999) for key in keys}}
        for name, keys in rng.choices(
            [(name, [f"{name}{at}" for at in range(6)]) for name in "abcdef"],
            k=90,
        )
    ]

    assert same_back(rows).body.startswith("[90 rows, 6 kinds]")


def test_few_rows_that_tell_of_an_error_say_everything_themselves() -> None:
    rows = events(200, ["login", "order", "upload"])
    rows[90] = {**rows[90], "note": "FATAL: the disk is full"}
    body = same_back([*rows]).body

    assert "[200 rows, 3 kinds]" in body
    assert [json.loads(line[1:]) for line in body.split("\n") if line[0] == "!"] == [rows[90]]


def test_rows_that_tell_of_an_error_say_what_their_header_would_where_no_other_does() -> None:
    rng = random.Random(6)
    rows: list[dict[str, Json]] = [
        {"at": rng.random(), **{f"{'xy'[at % 2]}{n}": rng.randrange(9) for n in range(9)}}
        for at in range(400)
    ]
    for at in (31, 131, 231):
        rows[at]["y3"] = "ERROR"
    lines = same_back([*rows]).body.split("\n")

    assert lines[0] == "[400 rows, 2 kinds]"
    assert [json.loads(line[1:]) for line in lines if line[0] == "!"] == rows[31:232:100]


def test_a_kind_whose_rows_all_are_json_needs_no_header() -> None:
    rows = events(40, ["login"])
    table = make_table([*rows], "|")
    assert table is not None

    kinds = several_kinds._kinds(replace(table, apart={1, 2}), [[0, 3], [1, 2]], range(40))

    assert [kind.places for kind in kinds] == [[0, 3]]


def test_rows_with_the_same_keys_are_of_one_kind() -> None:
    assert "kinds]" not in same_back([*events(100, ["order"])]).body


def test_few_rows_get_no_headers_of_their_own() -> None:
    assert "kinds]" not in same_back([*events(12)]).body


def test_there_are_no_more_kinds_than_letters() -> None:
    rows: list[Json] = [
        {
            "id": at * at,
            "said": "what all of them say" * 2,
            f"first {at % 15}": at,
            f"b{at % 15}": 7,
        }
        for at in range(900)
    ]

    assert same_back(rows).body.startswith(f"[900 rows, {len(LETTERS)} kinds]")


def test_very_many_keys_are_not_told_apart() -> None:
    columns = [
        Column((f"k{at}",), [1 if row == at % 40 else ABSENT for row in range(40)])
        for at in range(500)
    ]

    inner: list[Value] = [{f"k{row % 9}": 1, f"j{row}": 2} for row in range(120)]

    assert kinds_of(columns) == []
    assert kinds_of([Column(("of",), inner)]) == []
    assert kinds_of([]) == []


def test_what_a_header_says_for_all_rows_of_a_kind_counts() -> None:
    often: list[Value] = ["login" if at % 2 else "order" for at in range(60)]
    never_alike: list[Value] = [f"text {at}" for at in range(60)]
    own = [[at if at % 2 == odd else ABSENT for at in range(60)] for odd in (0, 0, 1, 1)]
    columns = [Column((f"own {at}",), [*each]) for at, each in enumerate(own)]

    assert kinds_of([*columns, Column(("text",), never_alike)], 100) == []
    assert len(kinds_of([*columns, Column(("type",), often)], 100)) == 2


@given(
    st.lists(
        st.fixed_dictionaries(
            {"id": st.integers()},
            optional={key: st.integers() | st.text(max_size=9) | st.none() for key in "abcdefgh"},
        ),
        min_size=20,
        max_size=60,
    ),
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=40),
)
def test_any_rows_come_back(rows: list[Json], names: list[str]) -> None:
    text = json.dumps([*events(40, names), *rows, *events(40, names)])
    form = to_form(text)
    # There are texts that the form keeps for itself.
    assert form is None or from_form(form.legend, form.body) == text


@given(st.lists(st.lists(st.booleans(), min_size=24, max_size=24), min_size=2, max_size=9))
def test_every_row_is_of_one_kind(having: list[list[bool]]) -> None:
    columns = [
        Column((f"k{at}",), [1 if has else ABSENT for has in each])
        for at, each in enumerate(having)
    ]
    kinds = kinds_of(columns)

    assert not kinds or sorted(at for kind in kinds for at in kind) == list(range(24))
    assert all(first < then for kind in kinds for first, then in pairwise(kind))


SOUND = "[3 rows, 2 kinds]\na: [2 rows: x|y]\nb: [1 rows: z]\na|1|2\nb|3\na|4|5"


def test_the_form_reads_as_it_is_described() -> None:
    assert from_form("JSON compact", SOUND) == '[{"x":1,"y":2},{"z":3},{"x":4,"y":5}]'
    odd = SOUND.replace("3 rows, 2", "4 rows, 2") + '\n!{"w":6}'
    assert from_form("JSON compact", odd).endswith(',{"w":6}]')


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[3 rows, 2", "[4 rows, 2"),  # a row is gone
        ("[3 rows, 2", "[3 rows, 3"),  # a header is gone
        ("[3 rows, 2", "[3 rows, 1"),  # a header too many
        ("\nb|3", "\nc|3"),  # a row of no kind
        ("\nb|3", "\nb3"),
        ("\nb|3", "\nb\t3"),
        ("\nb|3", "\n"),
        ("\nb|3", "\na|3"),  # a cell is gone
        ("\nb|3", "\na|3|3"),  # more rows than a kind has
        ("b: [1 rows", "b: [2 rows"),  # fewer rows than a kind has
        ("b: [", "c: ["),
        ("b: [1 rows: z]", "b: [1 rows: z"),
        ("\na|4|5", "\n!{"),
    ],
)
def test_a_damaged_table_is_told(old: str, new: str) -> None:
    assert old in SOUND
    with pytest.raises(DecodeError):
        from_form("JSON compact", SOUND.replace(old, new))


def view_of(rows: list[dict[str, Json]], room: int = 3_000) -> str:
    view = SmartCrusher().view(Source(json.dumps(rows, indent=1)), Hint(), room)
    assert view is not None
    return view.body


def test_a_view_says_what_is_the_same_in_all_rows_of_a_kind() -> None:
    body = view_of([*events(2_000)], 400)

    assert by_kind.SAID in body
    assert all(f"\n type={name}" in body for name in NAMES)


def test_rows_of_a_kind_that_is_an_error_are_in_sight() -> None:
    rows = events(2_000, ["login", "order", "upload"])
    for at in range(7, 2_000, 20):
        rows[at] = {"id": at, "level": "ERROR", "task": "sync", "disk": "full", "retry": at % 2}
    body = view_of([*rows])

    assert "[100 rows: " in body
    assert "\n level=ERROR" in body
    assert [line for line in body.split("\n") if line.startswith("d|")] == ["d|7", "d|1987"]
