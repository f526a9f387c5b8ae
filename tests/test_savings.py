"""The ledger behind every `.savings`, and the way to be left alone."""

from __future__ import annotations

import copy
import pickle
from threading import Thread

import pytest

from headroom import compress
from headroom_core.bypass import wants_bypass
from headroom_core.savings import MOST_WARNINGS, OTHER_WARNINGS, Ledger, Savings
from tests.conversations import Turn, log, written

LONG = written([Turn("What failed?", log(500, fatal_at=7))], "openai_chat")
SHORT = written([Turn("What failed?", "nothing")], "openai_chat")


def test_every_request_counts_also_one_that_was_left_alone() -> None:
    ledger = Ledger()
    long, short = compress(LONG), compress(SHORT)

    ledger.add(long)
    ledger.add(short)

    savings = ledger.savings()
    assert (savings.requests, savings.compressed) == (2, 1)
    assert savings.tokens_before == long.tokens_before + short.tokens_before
    assert savings.tokens_saved == long.tokens_saved
    assert savings.edits == sum(savings.forms.values()) == 1


def test_what_the_tool_costs_is_taken_off_the_saving() -> None:
    ledger = Ledger()
    result = compress(SHORT)

    ledger.add(result, overhead=200)
    ledger.add_retrieval(50)

    savings = ledger.savings()
    assert (savings.overhead, savings.retrievals) == (250, 1)
    assert savings.tokens_saved == -250
    assert str(savings).startswith("-250 of ")


def test_a_warning_beside_a_compression_is_no_request() -> None:
    ledger = Ledger()

    ledger.warn("the store was full", "the store was full")

    assert ledger.savings() == Savings(warnings={"the store was full": 2})


def test_nothing_saved_yet_is_no_division_by_zero() -> None:
    assert Savings().ratio == 0
    assert Ledger().savings() == Savings()


def test_a_copy_is_the_same_ledger_and_a_pickle_keeps_its_figures() -> None:
    ledger = Ledger()
    ledger.add(compress(LONG))

    assert copy.copy(ledger) is copy.deepcopy(ledger) is ledger
    restored = pickle.loads(pickle.dumps(ledger))
    assert restored.savings() == ledger.savings()
    restored.add_retrieval(1)
    assert ledger.savings().retrievals == 0


def test_threads_lose_no_request() -> None:
    ledger = Ledger()
    result = compress(SHORT)

    def work() -> None:
        for _ in range(500):
            ledger.add(result)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ledger.savings().requests == 2_000


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"headroom_bypass": True}, True),
        ({"headroom_bypass": "1"}, True),
        ({"x-headroom-bypass": "true"}, True),
        ({"headroom_bypass": False}, False),
        ({"x-headroom-bypass": " False "}, False),
        ({"x-headroom-bypass": "0"}, False),
        ({"other": True}, False),
        (None, False),
        ("headroom_bypass", False),
    ],
)
def test_a_bypass_is_asked_for_by_one_name(metadata: object, expected: bool) -> None:
    assert wants_bypass(metadata) is expected


def test_any_number_of_different_warnings_is_counted_in_bounded_room() -> None:
    ledger = Ledger()
    for number in range(1_000):
        ledger.warn(f"ref {number} names another text", "told again")

    warnings = ledger.savings().warnings
    assert len(warnings) == MOST_WARNINGS + 1
    assert warnings["told again"] == 1_000
    assert sum(warnings.values()) == 2_000
    assert warnings[OTHER_WARNINGS] == 1_000 - MOST_WARNINGS + 1
