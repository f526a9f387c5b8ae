"""Sentences chosen by meaning: any callable, or a model of `sentence-transformers`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from headroom_core.compressors.base import Hint
from headroom_core.errors import ConfigError
from headroom_core.ml.embedding import EmbeddingScorer, embedding_scorer
from headroom_core.ml.ranked import Ranked
from headroom_core.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MEANINGS = ("zeppelin airship", "tower mast", "lamp light")
SAID = [f"Visitor {n} wrote a long and friendly letter about the garden." for n in range(80)]
SAID.insert(50, "The airship was tied to the mast in 1912.")
PROSE = " ".join(SAID)
TEXTS = [" ".join(SAID[n : n + 9]) for n in range(0, 81, 9)]
ASKS = Hint(query="Which zeppelin came?")


def by_meaning(texts: Sequence[str]) -> list[list[float]]:
    """A vector that says which of a few meanings a text has."""
    return [
        [float(any(word in text for word in meaning.split())) for meaning in MEANINGS]
        for text in texts
    ]


def scorer() -> EmbeddingScorer:
    return EmbeddingScorer(by_meaning, name="meanings")


def test_a_text_scores_by_how_near_it_is() -> None:
    texts = ["an airship", "an airship and a lamp", "a mast", "nothing"]

    assert scorer().scores("zeppelin", texts) == [1.0, 0.7071, 0.0, 0.0]
    assert EmbeddingScorer(by_meaning, name="x", least=0.8).scores("zeppelin", texts)[1] == 0.0


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        json.dumps([{"title": f"t{n}", "text": text} for n, text in enumerate(TEXTS)]),
        "\n\n".join(f"[{n + 1}] t{n}\n{text}" for n, text in enumerate(TEXTS)),
    ],
    ids=["prose", "json", "chunks"],
)
def test_a_sentence_without_a_word_of_the_question_is_found(text: str) -> None:
    ranked = Ranked(scorer())

    assert ranked.reads(Source(text), ASKS)
    view = ranked.view(Source(text), ASKS, 600)

    assert view is not None
    assert "The airship was tied to the mast in 1912." in view.body
    assert view.hides == "chosen by a model"
    assert len(view.body) < len(text) // 3


def test_what_nothing_answers_is_left() -> None:
    ranked = Ranked(scorer())

    assert ranked.view(Source(PROSE), Hint(query="Who sang?"), 600) is None
    assert ranked.view(Source("a,b\n1,2\n" * 99), ASKS, 600) is None


@pytest.mark.parametrize(
    ("text", "query", "max_bytes"),
    [
        (PROSE, "", 10**6),
        (PROSE, "Summarize it", 10**6),
        (PROSE, "zeppelin", 99),
        ("a=1\n" * 99, "a", 99),
    ],
)
def test_what_cannot_be_asked_of_a_model_is_not(text: str, query: str, max_bytes: int) -> None:
    assert not Ranked(scorer(), max_bytes=max_bytes).reads(Source(text), Hint(query=query))


def test_words_and_meanings_count_alike() -> None:
    text = f"{PROSE} A zeppelin is told of here."

    view = Ranked(scorer()).view(Source(text), ASKS, 400)

    assert view is not None
    assert "A zeppelin is told of here." in view.body
    assert "The airship was tied" in view.body


@pytest.mark.requirement("models.loaded")
def test_a_model_of_sentence_transformers_loads_from_its_folder(
    saved: Callable[[str, str], str], no_network: None
) -> None:
    pytest.importorskip("sentence_transformers")
    folder = saved("XLMRoberta", "Model")

    loaded = embedding_scorer(folder)

    same, other = loaded.scores("the lamp", ["the lamp", "42 euros for the guests"])
    assert loaded.name == folder
    assert same == 1.0
    assert other < 1.0


def test_a_scorer_that_is_not_here_is_a_wrong_setting(no_network: None) -> None:
    pytest.importorskip("sentence_transformers")

    with pytest.raises(ConfigError, match="not on this machine"):
        embedding_scorer("nobody/no-such-model")
