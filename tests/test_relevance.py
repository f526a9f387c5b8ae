"""Relevance: the unit that answers a question scores highest, whatever its form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.relevance import (
    Bm25,
    Scorer,
    _terms_of,
    compounds,
    query_terms,
    spans,
    stem,
    terms_of_word,
    tokens,
)

SCORER: Scorer = Bm25()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("retries", "retrying"),
        ("retry", "retried"),
        ("connections", "connected"),
        ("failure", "failed"),
        ("failures", "failing"),
        ("queries", "query"),
        ("matches", "matching"),
        ("stopped", "stop"),
        ("created", "creating"),
        ("payment", "pay"),
        ("deployment", "deploys"),
        ("quickly", "quick"),
        ("classes", "class"),
        ("wrote", "writing"),
        ("cached", "cache"),
    ],
)
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize("word", ["red", "status", "this", "v12", "naïve", "string", "bed", "sing"])
def test_what_only_looks_inflected_keeps_its_ending(word: str) -> None:
    assert stem(word) == word


def test_a_name_counts_as_a_whole_and_as_its_pieces() -> None:
    assert terms_of_word("getUserName") == ("getusernam", "get", "user", "nam")
    assert terms_of_word("HTTP2") == ("http2", "http")


def test_text_without_spaces_is_compared_by_pairs_of_characters() -> None:
    assert terms_of_word("接続失敗") == ("接続", "続失", "失敗")
    assert terms_of_word("失") == ("失",)


def test_a_query_of_stop_words_only_uses_them() -> None:
    assert query_terms("what is the timeout") == ("timeout",)
    assert query_terms("what is it") == ("what", "is", "it")


def test_single_letters_are_no_terms_but_digits_are() -> None:
    assert query_terms("x 7 disk") == ("7", "disk")


def test_compounds_are_what_is_written_as_one() -> None:
    assert compounds("why did 10.0.3.17 fail in src/App.py?") == ("10.0.3.17", "src/app.py")


def test_tokens_and_spans_keep_their_places() -> None:
    text = "İstanbul: Retried user_id"

    assert [text[token.start : token.end] for token in tokens(text)] == [
        "İstanbul",
        "Retried",
        "user",
        "id",
    ]
    assert [text[start:end] for start, end in spans("retries of users", text)] == [
        "Retried",
        "user",
    ]


def test_the_unit_with_the_rare_term_wins() -> None:
    units = ["request ok"] * 40 + ["request refused by upstream"] + ["request ok"] * 10

    scores = SCORER.scores("Which requests were refused?", units)

    assert max(range(len(units)), key=scores.__getitem__) == 40


def test_the_whole_compound_beats_its_pieces_elsewhere() -> None:
    units = ["host 10.0.3.18 17 3", "host 10.0.3.17 up", "10 0 3 17"]

    scores = SCORER.scores("10.0.3.17", units)

    assert scores[1] == max(scores)


def test_without_a_term_nothing_matches() -> None:
    assert SCORER.scores("", ["a", "b"]) == [0.0, 0.0]
    assert SCORER.scores("…", ["a"]) == [0.0]
    assert SCORER.scores("word", []) == []


def test_a_unit_without_a_match_scores_zero() -> None:
    assert SCORER.scores("disk", ["memory", "disk", ""])[::2] == [0.0, 0.0]


@given(st.text(max_size=200), st.lists(st.text(max_size=80), max_size=20))
def test_any_text_is_scored_the_same_every_time(query: str, units: list[str]) -> None:
    scores = SCORER.scores(query, units)

    assert len(scores) == len(units)
    assert all(score >= 0 for score in scores)
    assert scores == SCORER.scores(query, units)


@given(st.text(max_size=300))
def test_tokens_stand_in_order_and_do_not_overlap(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert end <= token.start < token.end
        end = token.end


def test_of_a_long_word_only_the_start_counts_and_is_remembered() -> None:
    _terms_of.cache_clear()

    found = {terms_of_word("x" * length) for length in range(64, 300)}

    assert found == {("x" * 64,)}
    assert _terms_of.cache_info().currsize == 1
