"""The contract of a store, as tests: what every implementation of `Store` must pass.

    class TestMyStore(StoreContract):
        @pytest.fixture
        def open_store(self, tmp_path) -> OpenStore:
            return lambda namespace="", max_bytes=1 << 30: MyStore(tmp_path, namespace, max_bytes)

All handles that one `open_store` opens share one medium. A subclass gives fixtures and may add
tests; it cannot override one of these.
"""

# ruff: noqa: S101 - a test is made of asserts
from __future__ import annotations

import hashlib
import random
import re
import threading
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol

import pytest

from headroom_core.errors import EvictedError, NotFoundError, StoreError
from headroom_core.store.base import StoreFullError

if TYPE_CHECKING:
    from headroom_core.store.base import Store

AWKWARD_TEXTS = {
    "empty": "",
    "nul": "\0",
    "nul inside": "a\0b\0",
    "lone surrogates": "\ud800 and \udfff",
    "surrogate pair in two halves": "\ud83d\ude00",
    "the same character whole": "\U0001f600",
    "line ends": "a\r\nb\rc\n\u2028d\x85\x0b",
    "byte order mark": "\ufeffx",
    "combining and not": "e\u0301 \u00e9",
    "spaces at the ends": "  \t x \n ",
    "a note of ours": "[headroom 3fa9c1d27b04e6d5: 6 of 100 rows shown]",
    "a megabyte on one line": "0123456789abcdef" * 65_536,
}


class OpenStore(Protocol):
    """Opens a handle; all handles of one `OpenStore` share one medium."""

    def __call__(self, namespace: str = "", max_bytes: int = 1 << 30) -> Store: ...


def incompressible(size: int, seed: int = 0) -> str:
    """Return a text that takes `size` bytes, or some more, in a store that compresses."""
    return b64encode(random.Random(seed).randbytes(size)).decode()  # noqa: S311 - no secret


class StoreContract:
    """Inherit, and give the fixture `open_store`."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name in vars(cls):
            if name.startswith("test_") and hasattr(StoreContract, name):
                raise TypeError(f"`{cls.__name__}` overrides `{name}`, a test of the contract")

    @pytest.fixture
    def store(self, open_store: OpenStore) -> Store:
        return open_store()

    @pytest.mark.parametrize("text", AWKWARD_TEXTS.values(), ids=AWKWARD_TEXTS)
    def test_a_text_comes_back_character_for_character(self, store: Store, text: str) -> None:
        ref = store.put(text)

        assert store.get(ref) == text
        assert store.contains(ref)

    def test_a_ref_is_the_start_of_the_digest(self, store: Store) -> None:
        text = "caf\u00e9 \udc80"
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

        assert store.put(text) == digest[:16]

    def test_a_ref_is_read_in_either_case_and_with_spaces_around(self, store: Store) -> None:
        ref = store.put("text")

        assert store.get(f" {ref.upper()}\n") == "text"
        assert store.contains(ref.upper())

    def test_another_handle_reads_what_one_has_stored(self, open_store: OpenStore) -> None:
        ref = open_store().put("text")

        assert open_store().get(ref) == "text"

    def test_closing_loses_nothing(self, open_store: OpenStore) -> None:
        first = open_store()
        ref = first.put("text")
        first.remember("key", b"value")
        first.close()

        assert open_store().get(ref) == "text"
        assert open_store().recall("key") == b"value"

    def test_a_closed_store_says_so(self, store: Store) -> None:
        ref = store.put("text")
        store.close()
        store.close()

        with pytest.raises(StoreError, match="closed"):
            store.get(ref)
        with pytest.raises(StoreError, match="closed"):
            store.put("other")

    def test_storing_again_adds_nothing(self, open_store: OpenStore) -> None:
        store = open_store()
        ref = store.put("text")

        assert store.put("text") == ref
        assert open_store().put("text") == ref
        assert [entry.ref for entry in store.entries()] == [ref]

    @pytest.mark.parametrize("ref", ["0123456789abcdef", "", "no ref", "0123", "g" * 16, "0" * 17])
    def test_a_ref_that_was_never_stored_is_not_found(self, store: Store, ref: str) -> None:
        with pytest.raises(NotFoundError) as caught:
            store.get(ref)
        assert not isinstance(caught.value, EvictedError)
        with pytest.raises(NotFoundError):
            store.evict(ref)
        assert not store.contains(ref)

    def test_an_evicted_ref_is_told_from_one_that_never_was(self, open_store: OpenStore) -> None:
        store = open_store()
        ref = store.put("text")
        store.evict(ref)

        for handle in (store, open_store()):
            assert not handle.contains(ref)
            with pytest.raises(EvictedError, match="evicted"):
                handle.get(ref)
            with pytest.raises(EvictedError):
                handle.evict(ref)

    def test_an_evicted_text_can_be_stored_again(self, store: Store) -> None:
        ref = store.put("text")
        store.evict(ref)

        assert store.put("text") == ref
        assert store.get(ref) == "text"
        assert [entry.evicted for entry in store.entries()] == [False]

    def test_a_namespace_does_not_see_another(self, open_store: OpenStore) -> None:
        mine, other = open_store("mine"), open_store("other")
        ref = mine.put("text")
        mine.remember("key", b"mine")

        assert not other.contains(ref)
        with pytest.raises(NotFoundError, match="ever stored in this namespace"):
            other.get(ref)
        with pytest.raises(NotFoundError):
            other.evict(ref)
        assert other.recall("key") is None
        assert list(other.entries()) == []
        assert other.info().originals == 0
        assert other.remember("key", b"other") == b"other"
        assert mine.recall("key") == b"mine"

    def test_eviction_in_one_namespace_leaves_the_other_alone(self, open_store: OpenStore) -> None:
        mine, other = open_store("mine"), open_store("other")
        ref = mine.put("text")
        other.put("text")
        mine.evict(ref)

        assert other.get(ref) == "text"

    def test_the_first_value_of_a_key_stands(self, open_store: OpenStore) -> None:
        store = open_store()

        assert store.recall("key") is None
        assert store.remember("key", b"first\0") == b"first\0"
        assert store.remember("key", b"second") == b"first\0"
        assert open_store().recall("key") == b"first\0"
        assert store.remember("", b"") == b""
        assert store.recall("") == b""

    def test_a_value_is_no_original(self, store: Store) -> None:
        ref = store.put("text")
        store.evict(ref)
        store.remember(ref, b"value")

        with pytest.raises(EvictedError):
            store.get(ref)
        assert store.verify().checked == 0
        assert store.info().originals == 0

    def test_entries_tell_what_is_here_and_what_was(self, store: Store) -> None:
        refs = [store.put(text) for text in ("one", "tw\u00f6", "three")]
        store.evict(refs[0])
        entries = list(store.entries())

        assert [entry.ref for entry in entries] == [refs[1], refs[2], refs[0]]
        assert [entry.size for entry in entries] == [4, 5, 0]
        assert [entry.stored > 0 for entry in entries] == [True, True, False]
        assert [entry.evicted for entry in entries] == [False, False, True]
        assert all(0 < entry.created <= entry.used for entry in entries)

    def test_many_entries_are_all_listed_once(self, store: Store) -> None:
        refs = [store.put(f"text {number}") for number in range(600)]

        assert [entry.ref for entry in store.entries()] == refs
        assert store.verify().checked == len(refs)

    def test_storing_while_listing_is_allowed(self, store: Store) -> None:
        refs = {store.put(f"text {number}") for number in range(3)}
        seen = set[str]()
        for number, entry in enumerate(store.entries()):
            seen.add(entry.ref)
            if number < 3:
                store.put(f"more {number}")

        assert seen >= refs

    def test_info_counts_its_namespace(self, open_store: OpenStore) -> None:
        store = open_store("mine", max_bytes=1 << 24)
        store.evict(store.put("gone"))
        store.put("ab\u00e9")
        open_store("other").put("not mine")
        info = store.info()

        assert (info.originals, info.evicted, info.size) == (1, 1, 4)
        assert 0 < info.bytes_used <= info.max_bytes
        assert info.namespace == "mine"
        assert re.match(r"[a-z]+://", info.url)

    def test_verify_finds_a_sound_store_sound(self, store: Store) -> None:
        store.put("one")
        store.evict(store.put("two"))

        assert store.verify().checked == 1
        assert store.verify().corrupted == ()

    def test_the_cap_evicts_what_was_stored_first(self, open_store: OpenStore) -> None:
        store = open_store(max_bytes=1 << 20)
        refs = [store.put(incompressible(100_000, seed)) for seed in range(20)]
        held = [ref for ref in refs if store.contains(ref)]

        assert 5 <= len(held) < len(refs)
        assert held == refs[-len(held) :]
        assert store.info().bytes_used <= 1 << 20
        with pytest.raises(EvictedError):
            store.get(refs[0])

    def test_what_was_evicted_long_ago_is_forgotten(self, open_store: OpenStore) -> None:
        store = open_store(max_bytes=1 << 20)
        first, *_, last = [store.put(incompressible(2_000, seed)) for seed in range(2_000)]

        assert store.info().bytes_used <= 1 << 20
        assert store.info().evicted <= 1 << 10
        assert store.get(last)
        with pytest.raises(NotFoundError):
            store.get(first)

    def test_a_text_above_the_cap_is_refused_and_is_not_stored(self, open_store: OpenStore) -> None:
        store = open_store(max_bytes=1 << 20)
        ref = store.put("small")

        with pytest.raises(StoreFullError):
            store.put(incompressible(2 << 20))
        assert store.get(ref) == "small"
        assert store.info().originals == 1

    def test_threads_share_a_handle(self, store: Store) -> None:
        barrier = threading.Barrier(8)

        def work(worker: int) -> list[tuple[str, str]]:
            barrier.wait()
            texts = [f"{number} of {worker % 2}" * 50 for number in range(50)]
            return [(store.put(text), text) for text in texts if store.get(store.put(text)) == text]

        with ThreadPoolExecutor(8) as pool:
            stored = [pair for pairs in pool.map(work, range(8)) for pair in pairs]

        assert len(stored) == 400
        assert all(store.get(ref) == text for ref, text in stored)
        assert store.info().originals == 100

    def test_one_of_many_threads_sets_a_value(self, open_store: OpenStore) -> None:
        def work(worker: int) -> bytes:
            return open_store().remember("key", b"%d" % worker)

        with ThreadPoolExecutor(8) as pool:
            values = list(pool.map(work, range(8)))

        assert len(set(values)) == 1
        assert open_store().recall("key") == values[0]
