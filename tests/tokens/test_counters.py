from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.tokens import (
    ESTIMATE_MARGIN,
    deciding_counter,
    degraded_reason,
    exact,
    is_fewer,
    reporting_counter,
)
from headroom_core.tokens.exact import ExactCounter, exact_counter
from headroom_core.tokens.runs import MAX_RUN
from headroom_core.tokens.vocabulary import VOCABULARIES, on_disk

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tokens.conftest import MakeVocabulary

KNOWN = {
    "": 0,
    "hello world": 2,
    "<|endoftext|>": 7,
    "a" * 1000: 125,
    "=" * 1000: 16,
    " " * 1000: 9,
    "\n" * 1000: 63,
    "😀" * 10: 10,
}


def put(data: Path, content: bytes, name: str) -> None:
    data.mkdir(parents=True, exist_ok=True)
    (data / name).write_bytes(content)


@pytest.mark.parametrize("text", KNOWN)
def test_the_deciding_counter_knows_o200k(text: str) -> None:
    pytest.importorskip("toktok")
    counter = deciding_counter()

    assert (counter.name, counter.exact) == ("o200k", True)
    assert counter.count(text) == KNOWN[text]
    assert counter.count_many([text, "hello"]) == [KNOWN[text], 1]
    assert degraded_reason() is None


@given(text=st.text())
def test_every_text_can_be_counted(text: str) -> None:
    for counter in (deciding_counter(), reporting_counter("gpt-4")):
        assert (counter.count(text) == 0) == (text == "")


@pytest.mark.parametrize(
    ("text", "same"), [("a\ud800b", "a\ufffdb"), ("\ud83d\ude00", "😀"), ("x\udfff", "x\ufffd")]
)
def test_lone_surrogates_are_replaced_before_counting(text: str, same: str) -> None:
    counter = deciding_counter()

    assert counter.count(text) == counter.count(same)


def test_a_huge_run_of_white_space_is_counted_in_pieces() -> None:
    pytest.importorskip("toktok")
    counter = deciding_counter()

    count = counter.count(" " * (2 * MAX_RUN))

    assert count == 2 * counter.count(" " * MAX_RUN)
    assert counter.count("a b " * MAX_RUN) > MAX_RUN


def test_there_is_one_deciding_counter_for_all_threads(choose_again: None) -> None:
    with ThreadPoolExecutor(8) as threads:
        counters = [task.result() for task in [threads.submit(deciding_counter) for _ in range(32)]]

    assert len(set(map(id, counters))) == 1


@pytest.mark.parametrize(
    ("model", "name", "exact"),
    [
        (None, "o200k", True),
        ("", "o200k", True),
        ("azure/gpt-4o", "o200k", True),
        ("gpt-4-turbo", "cl100k", True),
        ("claude-opus-4-5", "o200k (approximation for claude-opus-4-5)", False),
        ("ollama/llama3", "o200k (approximation for ollama/llama3)", False),
        ("a\nb\ud800", "o200k (approximation for a?b?)", False),
        ("m" * 200, f"o200k (approximation for {'m' * 80}…)", False),
    ],
)
def test_a_reporting_counter_says_what_it_counts(model: str | None, name: str, exact: bool) -> None:
    pytest.importorskip("toktok")
    counter = reporting_counter(model)

    assert (counter.name, counter.exact) == (name, exact)
    assert counter.count_many(["hello world"]) == [counter.count("hello world")] == [2]


def test_without_toktok_a_vocabulary_on_disk_counts(
    no_toktok: None, data: Path, make_vocabulary: MakeVocabulary
) -> None:
    put(data, make_vocabulary("o200k")[1], "o200k_base.tiktoken")

    counter = deciding_counter()

    assert (counter.name, counter.exact) == ("o200k", True)
    assert counter.count("hello world") == 4
    assert counter.count("<|endoftext|>") == 13
    assert counter.count("a\ud800b") == counter.count("a\ufffdb") == 5
    assert counter.count("") == 0
    assert counter.count(" " * 1_200_000) == 300_000
    assert degraded_reason() is None


def test_without_any_vocabulary_the_estimator_decides_and_says_so(no_toktok: None) -> None:
    counter = deciding_counter()

    assert (counter.name, counter.exact) == ("estimate", False)
    assert reporting_counter("gpt-4").name == "estimate (approximation for gpt-4)"
    assert "`headroom fetch o200k`" in (degraded_reason() or "")


def test_a_vocabulary_is_of_no_use_without_tiktoken(
    no_toktok: None, data: Path, make_vocabulary: MakeVocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(data, make_vocabulary("o200k")[1], "o200k_base.tiktoken")
    monkeypatch.setitem(sys.modules, "tiktoken", None)

    assert deciding_counter().name == "estimate"


def test_a_vocabulary_that_appears_later_changes_no_count(
    no_toktok: None, data: Path, make_vocabulary: MakeVocabulary
) -> None:
    content = make_vocabulary("o200k")[1]
    first = deciding_counter()

    put(data, content, "o200k_base.tiktoken")

    assert deciding_counter() is first


def test_a_legacy_model_is_exact_only_with_its_vocabulary(
    choose_again: None, data: Path, make_vocabulary: MakeVocabulary
) -> None:
    put(data, make_vocabulary("p50k")[1], "p50k_base.tiktoken")

    assert reporting_counter("text-davinci-003").name == "p50k"
    assert reporting_counter("davinci").exact is False


@pytest.mark.parametrize("name", ["o200k", "cl100k"])
def test_toktok_and_tiktoken_count_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("toktok")
    if on_disk(VOCABULARIES[name]) is None:
        pytest.skip("the vocabulary is not on this machine")
    texts = [
        *KNOWN,
        "a\ud800b",
        " " * 1_200_000,
        "Größe 数据 данных\r\n\t x",
        "'s I'LL",
        "a\u0301/\n/",
    ]
    ours = exact_counter(name)
    monkeypatch.setattr(exact, "chosen", {})
    monkeypatch.setitem(sys.modules, "toktok", None)
    theirs = exact_counter(name)

    assert ours
    assert theirs
    assert ours is not theirs
    assert ours.count_many(texts) == theirs.count_many(texts)


def test_an_estimate_must_shrink_by_its_margin() -> None:
    assert is_fewer(99, 100, exact=True)
    assert not is_fewer(100, 100, exact=True)
    assert not is_fewer(99, 100, exact=False)
    assert is_fewer(100, 100 + ESTIMATE_MARGIN + 1, exact=False)


def test_importing_the_counters_loads_no_library_that_counts() -> None:
    code = (
        "import sys, headroom_core.tokens as t; t.reporting_counter;"
        "print(sorted({'toktok', 'tiktoken', 'urllib.request', 'numpy'} & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    )

    assert done.stdout.strip() == "[]"


def test_threads_that_come_at_once_load_a_vocabulary_once() -> None:
    counting: list[str] = []
    seen_by_the_first: list[str] = []
    is_loading, other_comes = Event(), Event()

    def raw(text: str) -> int:
        counting.append(text)
        is_loading.set()
        if text == "first":
            assert other_comes.wait(30)
            seen_by_the_first.extend(counting)
        return len(text)

    def other() -> int:
        assert is_loading.wait(30)
        other_comes.set()
        return counter.count("other")

    counter = ExactCounter("o200k", raw)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(counter.count, "first")
        second = threads.submit(other)

        assert (first.result(30), second.result(30)) == (5, 5)
    assert seen_by_the_first == counting[:1] == ["first"]
    assert counter.count("later") == 5
