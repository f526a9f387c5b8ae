from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.tokens.estimate import Estimator
from headroom_core.tokens.exact import exact_counter

ROWS = [
    {"id": n * 7919, "name": f"worker {n}", "status": "failed", "ok": n % 3 == 0} for n in range(90)
]
LOOK_ALIKES = {
    "json": json.dumps(ROWS, indent=2),
    "compact": json.dumps(ROWS, separators=(",", ":")),
    "log": "".join(
        f"2024-05-{n % 28 + 1:02} 12:{n % 60:02}:07,{n * 37 % 1000:03} INFO [worker-{n % 9}]"
        f" com.acme.Pool: connection {n * 31} released after {n * 13 % 500} ms\n"
        for n in range(200)
    ),
    "code": "def total(rows: list[Row]) -> int:\n    return sum(row.size for row in rows)\n\n" * 30,
    "prose": "The quick answer is that every request passes the gateway before it is billed. " * 40,
    "german": "Die Überprüfung der geänderten Größen läuft während der Nacht über den Server. "
    * 40,
    "russian": "Программа завершилась с ошибкой подключения. Проверьте настройки сети. " * 40,
    "chinese": "今天上午，气象局发布暴雨预警，预计未来六小时内部分地区将出现强降雨。" * 40,
    "box": "│ name     │ age │\n├──────────┼─────┤\n│ anna     │ 31  │\n" * 30,
}


@pytest.mark.parametrize("kind", LOOK_ALIKES)
def test_the_estimate_is_near_the_count(kind: str) -> None:
    counter = exact_counter("o200k")
    if counter is None:
        pytest.skip("no exact counter on this machine")
    text = LOOK_ALIKES[kind]

    count = counter.count(text)

    assert abs(Estimator().count(text) - count) < 0.35 * count


@given(text=st.text())
def test_every_text_has_an_estimate_and_only_the_empty_one_has_no_tokens(text: str) -> None:
    count = Estimator().count(text)

    assert count >= 0
    assert (count == 0) == (text == "")


@given(text=st.text(st.sampled_from("aB9 \n._é中жб😀┌\u0301\u0663\u00a0\ud800"), max_size=80))
def test_every_mixture_of_scripts_is_priced(text: str) -> None:
    assert Estimator().count(text + "x") >= 1


@pytest.mark.parametrize("unit", ["a", "A", " ", " \n", "=", "1", "中", "a1", "_ ", "😀", "é"])
def test_a_longer_run_never_costs_less(unit: str) -> None:
    counts = [Estimator().count(unit * length) for length in (1, 10, 100, 10_000)]

    assert counts == sorted(counts)
    assert counts[-1] > 100


def test_many_texts_are_estimated_in_their_order() -> None:
    estimator = Estimator()

    assert estimator.count_many(["", "two words"]) == [0, estimator.count("two words")]
    assert not estimator.exact
    assert estimator.name == "estimate"
