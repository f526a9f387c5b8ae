"""The lossy view of JSON."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint, View
from headroom_core.compressors.smart_crusher import SmartCrusher
from headroom_core.keep import KeepRules
from headroom_core.source import Source

CRUSHER = SmartCrusher()


def view(value: object, query: str = "", room: int = 4000, keep: KeepRules | None = None) -> View:
    found = CRUSHER.view(Source(json.dumps(value)), Hint(query=query, keep=keep), room)
    assert found is not None
    return found


def records(count: int = 400) -> list[dict[str, object]]:
    draw = random.Random(7)
    return [
        {
            "id": n,
            "level": draw.choice(["INFO", "INFO", "DEBUG"]),
            "host": f"ip-{draw.randrange(10**6)}",
            "ms": draw.randrange(50, 90),
            "text": f"served {draw.randrange(10**6)}",
        }
        for n in range(count)
    ]


@pytest.mark.parametrize("text", ["", "no json", "{no json}", "[1,"])
def test_other_texts_have_no_view(text: str) -> None:
    assert CRUSHER.view(Source(text), Hint(), 1000) is None


def test_a_view_says_how_to_read_it_and_stays_within_the_room() -> None:
    found = view(records())

    assert found.body.startswith("[JSON in short. ")
    assert found.unit == "rows"
    assert found.total == 400
    assert 0 < found.shown < 30
    assert len(found.body) < 4000
    assert ";" not in found.hides


def test_every_error_row_is_shown_and_repeats_twice() -> None:
    rows = records()
    rows[67] |= {"level": "FATAL", "text": "pool exhausted"}
    for n in range(100, 200):
        rows[n] |= {"text": f"ERROR: timeout after {n} ms"}

    found = view(rows, room=2500)

    assert "FATAL" in found.body
    assert "pool exhausted" in found.body
    assert "timeout after 100 ms" in found.body
    assert "timeout after 199 ms" in found.body
    assert "timeout after 150 ms" not in found.body
    assert found.required > 0


def test_rare_values_and_outliers_are_shown() -> None:
    rows = records()
    rows[31]["level"] = "AUDIT"
    rows[77]["ms"] = 95_000

    found = view(rows)

    assert "AUDIT|" in found.body
    assert "|95000|" in found.body


def test_rows_that_the_question_names_are_shown_with_the_gaps_around_them() -> None:
    rows = records()
    rows[123]["host"] = "db-primary-7"

    found = view(rows, query="what happened on `db-primary-7`?")

    assert "db-primary-7" in found.body
    assert " rows, " in found.body
    assert "[… " in found.body


def test_kept_rows_are_shown() -> None:
    rows = records()
    rows[200]["text"] = "ticket ABC-123"

    assert "ticket ABC-123" in view(rows, keep=KeepRules((r"ABC-\d+",))).body
    assert (
        "ticket ABC-123"
        in view(
            {"a": {"b": "ticket ABC-123" + "x" * 300, "c": ["y" * 99] * 90}},
            room=300,
            keep=KeepRules((r"ABC-\d+",)),
        ).body
    )


def marginal(found: View, column: str) -> str:
    lines = [line for line in found.body.split("\n") if line.startswith(f" {column}: ")]
    assert len(lines) == 1
    return lines[0].removeprefix(f" {column}: ")


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_figures_answer_questions_about_all_rows(seed: int) -> None:
    draw = random.Random(seed)
    rows = [
        {
            "kind": draw.choice(["red", "green", "blue"]),
            "price": draw.randrange(1, 10**6) / 100,
            "count": draw.randrange(10**6),
            "word": f"w{draw.randrange(60, 10**6)}",
        }
        for _ in range(120)
    ]
    if seed % 2:
        rows[5] = dict(reversed(rows[5].items()))

    found = view(rows)

    for word in ("red", "green", "blue"):
        number = sum(row["kind"] == word for row in rows)
        assert f"{word} x{number}" in marginal(found, "kind")
    for column in ("price", "count"):
        values = [Decimal(repr(row[column])) for row in rows]
        said = marginal(found, column)
        total = f"{sum(values):f}"
        total = total.rstrip("0").rstrip(".") if "." in total else total
        assert f"sum {total}, {len(set(values))} distinct" in said
        low, high = said.split(",")[0].split(" to ")
        assert (Decimal(low), Decimal(high)) == (min(values), max(values))
    assert marginal(found, "word").startswith(f"{len({row['word'] for row in rows})} distinct")


def test_figures_name_missing_keys_words_among_numbers_and_equal_shares() -> None:
    rows: list[dict[str, object]] = [
        {
            "n": n * n,
            "few": n % 4,
            "mixed": "none" if n % 10 == 3 else n * 3,
            "day": f"d{n % 20}",
            "ref_id": n * n * 1000,
            "big": 10.0**60 if n == 4 else n,
            "long": f"{n} " * 60,
            "blank": [] if n % 2 else {},
            "lists": [n, n + 1],
            "same": 1,
            "words": "none" if n % 3 else f"w{n}",
        }
        for n in range(60)
    ]
    del rows[9]["few"]
    rows[11]["mixed"] = [1]

    found = view(rows, room=9000)

    assert "(no such key)" in marginal(found, "few")
    assert ", none x6, [1]" in marginal(found, "mixed")
    assert marginal(found, "day").startswith("each x3: d0, d1")
    assert "sum" not in marginal(found, "ref_id")
    assert marginal(found, "big").startswith("60 numbers")
    assert "up to 180 characters" in marginal(found, "long")
    assert marginal(found, "lists") == "60 distinct"
    assert "most none x40" in marginal(found, "words")
    assert "same" not in [line.strip().split(":")[0] for line in found.body.split("\n")]


def test_children_are_counted_and_shown_where_they_matter() -> None:
    rows: list[dict[str, Any]] = [
        {
            "id": n,
            "lines": [
                {"sku": f"s{n}-{k}", "note": f"note {k} of the line, in words", "ok": k % 2}
                for k in range(12)
            ],
        }
        for n in range(40)
    ]
    rows[20]["lines"][5]["note"] = "ERROR: broken"

    found = view(rows, query="`s20-7`")

    assert "lines: 480 items in 40 rows" in found.body
    assert "lines.ok: 0 to 1, median 0.5, sum 240" in found.body
    assert "ERROR: broken" in found.body
    assert "s20-7" in found.body
    assert " rows](" in found.body


def test_long_cells_are_shortened_around_what_matters() -> None:
    prose = "plain words go on and on. " * 80
    rows = [{"id": n * n, "body": f"{n} {prose}"} for n in range(30)]
    rows[4]["body"] = f"start {prose} the lantern is blue {prose} ERROR: it broke {prose} lantern"

    found = view(rows, query="which `lantern`?")

    assert "the lantern is blue" in found.body
    assert "characters]" in found.body
    assert len(found.body) < 9000


def test_paths_of_the_question_are_looked_up() -> None:
    value = {
        "items": records(200),
        "time": {"1.0.0": "monday", "1.0.1": "tuesday"},
        "long": "x" * 900,
        "many": [["y" * 50] * 9, 2],
        "rest": {f"key{n}": f"value {n * n}" for n in range(99)},
    }
    query = (
        "see `items.7.id`, time.1.0.1, $.items[8].id, `long`, `many`, `nothing.here`, `items.x`"
        " and `items.7.id.z`"
    )

    lines = view(value, query=query).body.split("\n")

    assert "items.7.id = 7" in lines
    assert 'time.1.0.1 = "tuesday"' in lines
    assert "items[8].id = 8" in lines
    assert any(line.startswith("long = ") and line.endswith("[… 900 characters]") for line in lines)
    assert any(
        line.startswith("many = ") and line.endswith("characters of JSON]") for line in lines
    )
    assert not any(line.startswith(("nothing", "items.x", "items.7.id.z")) for line in lines)


def test_objects_without_tables_are_outlined() -> None:
    deep: object = ["x" * 60, 1, {"y": "z" * 90}]
    for key in "abcdefghij":
        deep = {key: deep}
    value = {
        "name": "billing",
        "status": "degraded",
        "spec": {
            f"section {n}": {f"option{k}": f"value {n * k} in some words" for k in range(7)}
            | {"n": n}
            for n in range(3)
        }
        | {"flag": True},
        "errors": [],
        "failed": 0,
        "exception": None,
        "deep: key": deep,
        "numbers": list(range(40)),
        "log": [
            "all fine here " * 9,
            {"message": "connection refused: Traceback follows " * 3},
            "and fine " * 9,
        ],
        "scattered": [[1, "a" * 40], {"k": "b" * 40}, "c" * 40, 4],
    }

    found = view(value, query="what about option5?", room=900)

    assert found.unit == "items"
    assert 'name: "billing"' in found.body
    assert "Traceback" in found.body
    assert "[40 items] 0 to 39, median 19.5, sum 780" in found.body
    assert " keys}" in found.body
    assert "entries: " in found.body
    assert "1 entry: " in found.body


def test_small_tables_within_an_outline_are_shown_whole_or_left_out() -> None:
    value: dict[str, Any] = {
        f"part{n}": {
            "list": [{"a": k, "b": "word " * 4, "c": f"x{k * k}"} for k in range(12)],
            "n": n,
            "s": "y" * n,
        }
        for n in range(1, 12)
    }
    value["part3"]["list"][6]["c"] = "panic: no memory"
    value["other"] = {"list": "text " * 40, "z": 1}

    found = view([value, 1, "x", value], room=900)

    assert "panic: no memory" in found.body
    assert "rows: " in found.body


def test_many_columns_without_cells_are_named_not_shown() -> None:
    more = {f"column{k}": f"the same long text in every row, {k}" for k in range(40)}
    rows = [{"id": n * n, **more, "status": "error: quota exceeded"} for n in range(30)]

    found = view(rows, room=1800)

    assert "columns without cells: column" in found.body
    assert "status=error: quota exceeded" in found.body


def test_a_table_that_is_no_longer_than_its_view_is_shown_whole() -> None:
    rows = [{"name": f"n{n * n}", "state": "quite like the others", "n": n % 3} for n in range(30)]

    found = view(rows, room=9000)

    assert found.shown == found.total == 30
    assert '"just words"' in view(["just words"]).body


def test_rows_that_are_no_objects_do_not_spoil_the_figures() -> None:
    rows: list[object] = [*records()]
    rows[7] = "no object"

    assert "INFO x" in marginal(view(rows), "level")


def test_windows_around_hits_are_merged_and_reach_to_the_end() -> None:
    prose = "plain words go on and on. " * 40

    found = view({"a": f"{prose} the lantern_blue", "b": [prose] * 9}, query="the lantern_blue")

    assert "the lantern_blue" in found.body


def test_views_are_deterministic() -> None:
    assert view(records(), query="ip") == view(records(), query="ip")


def test_tables_without_anything_telling_give_way_when_there_is_no_room() -> None:
    value = {
        "a": {"x": "y" * 99, "z": 1},
        "b": [{"k": f"word {n * n % 97} and more", "n": n * 7 % 61} for n in range(60)],
        "c": {"x": "y" * 99, "z": 2},
    }

    found = view(value, room=420)

    assert "60 rows" not in found.body
    assert "entry: b" in found.body


def test_json_in_other_text_is_viewed_between_the_lines_around_it() -> None:
    text = f"Found these:\n{json.dumps(records())}\nDone."

    found = CRUSHER.view(Source(text), Hint(), 3000)

    assert found is not None
    assert found.body.startswith("Found these:\n[JSON in short. ")
    assert found.body.endswith("\nDone.")
    assert found.total == 400


def test_json_that_is_a_small_or_a_broken_part_of_a_text_has_no_view() -> None:
    inner = json.dumps(records())
    deep = '{"a":' * 150 + '"b"' + "}" * 150

    for text in (f"{'text ' * 999}\n{inner}", f"{inner}\nand\n{inner}", f"see\n{deep}"):
        assert CRUSHER.view(Source(text), Hint(), 3000) is None


def test_what_is_shown_of_an_object_is_shown_with_its_name() -> None:
    value = {
        "first": {"a": "x" * 150, "b": {"c": "y" * 150}},
        "second": {"name": "billing", "d": {"e": {"needle": "z" * 150}, "f": "u" * 150}},
        "third": {"g": "v" * 150, "h": {"i": "w" * 150}},
    }

    lines = [line.strip() for line in view(value, query="the needle?", room=350).body.split("\n")]

    assert 'name: "billing"' in lines
    assert any(line.startswith("needle: ") for line in lines)
    assert not any(line.startswith(("a: ", "f: ", "g: ")) for line in lines)
