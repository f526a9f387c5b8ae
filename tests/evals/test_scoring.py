from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from headroom.evals.items import Item
from headroom.evals.records import Outcome
from headroom.evals.report import interval, model_table, rows
from headroom.evals.scoring import score

if TYPE_CHECKING:
    from headroom.evals.items import Score

RIGHT_CALL = json.dumps({"name": "add", "arguments": {"a": [1], "b": [2, ""]}})


def item(how: Score, *answers: str) -> Item:
    return Item(
        category="c", name="n", tool="t", arguments="{}", text="", question="q", answers=answers,
        score=how,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("how", "answers", "reply", "expected"),
    [
        ("exact", ("B",), " b. ", 1.0),
        ("exact", ("src/a.py",), "`src/a.py`", 1.0),
        ("exact", ("B",), "A or B", 0.0),
        ("f1", ("the Eiffel Tower",), "Eiffel Tower!", 1.0),
        ("f1", ("one two", "three"), "one four", 0.5),
        ("f1", ("",), "unanswerable", 1.0),
        ("f1", ("",), "a guess", 0.0),
        ("f1", ("one",), "two", 0.0),
        ("number", ("1234",), "first 5, then $1,234.00.", 1.0),
        ("number", ("7",), "17", 0.0),
        ("number", ("15606967",), "15,606,968", 0.0),
        ("number", ("-7",), "it is -7", 1.0),
        ("number", ("7",), "order c-7", 1.0),
        ("number", ("7",), "seven", 0.0),
        ("all", ("one", "two"), "One and three", 0.5),
        ("call", (RIGHT_CALL,), '```{"name": "add", "arguments": {"a": 1}}```', 1.0),
        ("call", (RIGHT_CALL,), '{"name": "add", "arguments": {"a": 1, "b": 3}}', 0.0),
        ("call", (RIGHT_CALL,), '{"name": "add", "arguments": {"a": 1, "c": 3}}', 0.0),
        ("call", (RIGHT_CALL,), '{"name": "add", "arguments": {"b": 2}}', 0.0),
        ("call", (RIGHT_CALL,), '{"name": "sub", "arguments": {"a": 1}}', 0.0),
        ("call", (RIGHT_CALL,), '{"name": "add", "arguments": [1]}', 0.0),
        ("call", (RIGHT_CALL,), "add(1)", 0.0),
        ("call", (RIGHT_CALL,), "{1}", 0.0),
    ],
)
def test_an_answer_is_judged_by_rule(
    how: Score, answers: tuple[str, ...], reply: str, expected: float
) -> None:
    assert score(item(how, *answers), reply) == pytest.approx(expected)


def outcomes(*deltas: float, wrong: str = "") -> list[Outcome]:
    return [
        Outcome(
            category="c", name=str(at), baseline=0.5, ours=0.5 + delta, before=100, after=25,
            cost_baseline=1.0, cost_ours=0.25, wrong=wrong,
        )
        for at, delta in enumerate(deltas)
    ]  # fmt: skip


def test_the_interval_holds_the_mean_and_comes_again() -> None:
    deltas = [0.0, 0.1, -0.1, 0.5, -0.3, 0.2] * 5

    low, high = interval(deltas, "0/c")

    assert low < sum(deltas) / len(deltas) < high
    assert interval(deltas, "0/c") == (low, high)


def test_equal_answers_pass_and_worse_ones_fail() -> None:
    (same,) = rows(outcomes(0.0, 0.0, 0.0), seed=0)
    (worse,) = rows(outcomes(*[0.0] * 20, -0.5, -0.5), seed=0)

    assert same.passes
    assert worse.delta < 0
    assert worse.low < -0.02
    assert not worse.passes


def test_a_failed_item_fails_its_row_even_where_the_answers_are_equal() -> None:
    (row,) = rows(outcomes(0.0, wrong="baseline: down"), seed=0)

    assert (row.failed, row.first_wrong, row.passes) == (1, "baseline: down", False)


def test_the_table_shows_every_figure() -> None:
    shown = model_table(rows(outcomes(0.0, 0.0), seed=0))

    assert "95 % interval" in shown
    for figure in ("c ", " 2 ", "0.500", "+0.000 to +0.000", "75%", "$2.0000", "$0.5000", "ok"):
        assert figure in shown


def test_what_is_unknown_is_not_made_up() -> None:
    (row,) = rows([Outcome(category="c", name="n", ours=0.0)], seed=0)

    assert (row.cost_ours, row.saved) == (None, 0.0)
    assert "?" in model_table([row])
    assert "FAILS" in model_table([row])
