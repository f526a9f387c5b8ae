"""Figures and groups are those that SQLite gives, and exact."""

from __future__ import annotations

import csv
import io
import json
import random
import sqlite3

import pytest

from tests.retrieval.test_where import CONDITIONS, ask


def _generated(seed: int) -> list[dict[str, object]]:
    chance = random.Random(seed)
    return [
        {
            "id": n,
            "kind": chance.choice(["red", "green", "blue", "o'range"]),
            "amount": round(chance.uniform(-1000, 1000), chance.choice([0, 1, 2, 3])),
            "units": chance.choice([None, *range(-5, 20)]),
            "big": chance.randrange(10**12),
        }
        for n in range(chance.randrange(1, 120))
    ]


def _as_csv(rows: list[dict[str, object]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.requirement("ccr.figures")
@pytest.mark.parametrize("seed", range(50))
def test_figures_equal_those_of_sqlite(seed: int) -> None:
    rows = _generated(seed)
    base = sqlite3.connect(":memory:")
    base.execute("create table t (id integer, kind text, amount real, units integer, big integer)")
    base.executemany("insert into t values (:id, :kind, :amount, :units, :big)", rows)
    condition = CONDITIONS[seed % len(CONDITIONS)]
    text = json.dumps(rows) if seed % 2 else _as_csv(rows)

    for figure in (
        "count(*)",
        "count(units)",
        "count(distinct kind)",
        "sum(amount)",
        "avg(amount)",
        "min(amount)",
        "max(amount)",
        "sum(units)",
        "avg(units)",
        "sum(big)",
        "min(kind)",
        "max(kind)",
    ):
        (expected,) = base.execute(f"select {figure} from t where {condition}").fetchone()
        shown = ask(text, f"{figure} where {condition}").text.split("\n")[1].split(" = ")[1]
        _assert_same(shown, expected)
    expected_groups = base.execute(
        f"select kind, count(*), sum(amount), max(units) from t where {condition} group by kind"
    ).fetchall()
    lines = ask(text, f"count, sum(amount), max(units) by kind where {condition}").text.split("\n")[
        2:
    ]
    groups = {line.split(" | ")[0]: line.split(" | ")[1:] for line in lines}
    assert set(groups) == {kind for kind, *_ in expected_groups}
    for kind, *figures in expected_groups:
        for shown, expected in zip(groups[kind], figures, strict=True):
            _assert_same(shown, expected)
    expected_rows = [n for (n,) in base.execute(f"select id from t where {condition} order by id")]
    found = ask(text, condition)
    assert [n - 1 for first, last in found.shown for n in range(first, last + 1)] == expected_rows
    base.close()


def _assert_same(shown: str, expected: object) -> None:
    if isinstance(expected, float):
        assert float(shown) == pytest.approx(expected, rel=1e-12, abs=1e-9)
    else:
        assert shown == ("null" if expected is None else str(expected))


def test_more_values_than_can_be_listed_are_counted() -> None:
    text = json.dumps([{"n": n} for n in range(1_200)])

    assert ask(text, "distinct n").text.endswith("999 and 200 more")


def test_an_average_that_ends_is_plain() -> None:
    text = json.dumps([{"n": 10**20}, {"n": 10**20}])

    assert ask(text, "avg(n)").text.endswith(" = 1E+20")


def test_true_and_one_are_different_groups_and_one_and_one_point_zero_are_not() -> None:
    text = '[{"n": 1}, {"n": 1.0}, {"n": true}, {"n": {"a": 1.5}}, {"n": "1\\n"}]'

    assert ask(text, "count by n").text.split("\n")[2:] == [
        "1 | 2",
        "true | 1",
        '{"a": "1.5"} | 1',
        "1\\n | 1",
    ]
