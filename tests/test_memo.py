"""The memo: bounded in bytes, and the least recently used goes first."""

from __future__ import annotations

from headroom_core.memo import ENTRY_BYTES, Memo
from tests.allocated import allocated


def test_what_was_put_is_found() -> None:
    memo: Memo[bytes, str] = Memo(10 * ENTRY_BYTES)
    memo.put(b"a", "one", 3)
    memo.put(b"a", "two", 3)

    assert memo.get(b"a") == "two"
    assert memo.get(b"b") is None
    assert len(memo) == 1


def test_the_least_recently_used_goes_first() -> None:
    memo: Memo[bytes, int] = Memo(3 * ENTRY_BYTES)
    for index, key in enumerate((b"a", b"b", b"c")):
        memo.put(key, index, 0)
    memo.get(b"a")
    memo.put(b"d", 3, 0)

    assert [memo.get(key) for key in (b"a", b"b", b"c", b"d")] == [0, None, 2, 3]


def test_the_size_of_a_replaced_value_is_freed() -> None:
    memo: Memo[bytes, str] = Memo(4 * ENTRY_BYTES)
    memo.put(b"a", "x", 0)
    for _ in range(20):
        memo.put(b"b", "large", 2 * ENTRY_BYTES)

    assert memo.get(b"a") == "x"
    assert memo.get(b"b") == "large"


def test_a_value_beyond_the_bound_is_not_remembered() -> None:
    memo: Memo[bytes, str] = Memo(2 * ENTRY_BYTES)
    memo.put(b"a", "x", 0)
    memo.put(b"b", "too large", 2 * ENTRY_BYTES)

    assert memo.get(b"b") is None
    assert memo.get(b"a") == "x"


def test_a_memo_of_no_bytes_remembers_nothing() -> None:
    memo: Memo[bytes, str] = Memo(0)
    memo.put(b"a", "x", 0)

    assert len(memo) == 0


def test_any_number_of_keys_stays_within_the_bound_and_the_latest_are_there() -> None:
    memo: Memo[int, int] = Memo(100 * ENTRY_BYTES)
    for key in range(100_000):
        memo.put(key, key, 0)

    assert len(memo) == 100
    assert memo.bytes_used == memo.max_bytes
    assert memo.get(99_900) == 99_900
    assert memo.get(99_899) is None


def test_an_entry_takes_no_more_than_is_counted() -> None:
    for entries in (200, 3_000, 5_500):  # as full as the map may be
        memo: Memo[bytes, None] = Memo(2**30)

        def fill(memo: Memo[bytes, None] = memo, entries: int = entries) -> None:
            for number in range(entries):
                memo.put(number.to_bytes(80, "big"), None, 0)

        assert entries * 200 < allocated(fill, memo._entries.clear) <= memo.bytes_used
