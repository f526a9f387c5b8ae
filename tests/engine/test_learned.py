"""Models in the engine: named in the settings, loaded with it, frozen in its store, and told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from headroom_core.engine.headroom import Headroom
from headroom_core.errors import MissingExtraError
from headroom_core.ml import embedding, kompress, packages
from headroom_core.ml.embedding import EmbeddingScorer
from headroom_core.ml.kompress import HEAD, Kompress
from headroom_core.model_settings import ModelSettings
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_core.store.settings import StoreSettings
from tests.conversations import Turn, written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.conversations import Native

WORDS = (
    "evening guest sailor harbour table moon lamp garden letter winter morning river stone window"
    " quiet gentle narrow bitter early golden distant hollow steady walked carried waited listened"
    " answered wandered gathered remembered under over beside behind toward among without because"
).split()
TEXT = "\n\n".join(
    " ".join(["The", *(WORDS[n * n * 7 % 41 - k * (n + 3) % 37] for k in range(20 + n % 9))]) + "."
    for n in range(150)
)
ANSWER = "The airship was tied to the mast in 1912."


class Model:
    """A classifier that says the same of every word."""

    def __init__(self, score: float = 0.0) -> None:
        self.score = score
        self.calls = 0

    def scores(self, words: Sequence[str]) -> list[float]:
        self.calls += 1
        return [self.score] * len(words)


def by_meaning(texts: Sequence[str]) -> list[list[float]]:
    return [[float("zeppelin" in text or "airship" in text), 0.1] for text in texts]


def conversation(text: str = TEXT, question: str = "Tell me all of it.") -> list[Native]:
    return written([Turn(question, text, tool="fetch")], "openai_chat")


def loads(monkeypatch: pytest.MonkeyPatch, model: Kompress | None) -> list[Any]:
    """Let this model be what is loaded; return what was asked for."""
    asked: list[Any] = []

    def load(name: str, **options: object) -> Kompress | None:
        asked.append((name, options))
        return model

    monkeypatch.setattr(kompress, "load_kompress", load)
    return asked


def engine(store: MemoryStore | None = None, **more: Any) -> Headroom:
    models = ModelSettings(kompress="some/model", max_bytes=100_000)
    given: dict[str, Any] = {"retrieval": True, "models": models, **more}
    return Headroom(Settings(**given), store=store or MemoryStore())


def shown(result: Any) -> str:
    return str(result.messages[-1]["content"])


def test_a_model_condenses_what_no_question_chooses_from(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model()
    asked = loads(monkeypatch, Kompress(classifier=model))
    working = engine()

    result = working.compress(conversation())

    assert asked == [("some/model", {"allow_download": False, "max_bytes": 100_000})]
    assert f"\n{HEAD}\n" in shown(result)
    (edit,) = result.edits
    assert (edit.form, edit.lossless) == ("kompress", False)
    assert working.retrieve(edit.ref or "").text == TEXT
    assert working.compress(result.messages).messages == result.messages


@pytest.mark.requirement("models.frozen")
def test_workers_that_share_a_store_emit_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = MemoryStore()
    loads(monkeypatch, Kompress(classifier=Model(0.0)))
    first = engine(shared).compress(conversation())
    other = Model(0.9)
    loads(monkeypatch, Kompress(classifier=other))

    again = engine(shared).compress(conversation())
    alone = engine().compress(conversation())

    assert again.messages == first.messages
    assert alone.messages != first.messages
    assert other.calls > 0


@pytest.mark.requirement("models.frozen")
def test_a_worker_without_the_model_freezes_what_the_question_chooses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shared = MemoryStore()
    messages = conversation(f"{TEXT}\n\n{ANSWER}", "When was the airship tied up?")
    loads(monkeypatch, None)
    first = engine(shared).compress(messages)
    model = Model()
    loads(monkeypatch, Kompress(classifier=model))

    again = engine(shared).compress(messages)

    assert again.messages == first.messages
    assert ANSWER in shown(first)
    assert model.calls == 0
    assert any("headroom fetch kompress" in each for each in first.warnings)


def test_that_answers_are_frozen_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loads(monkeypatch, Kompress(classifier=Model()))
    working = engine()

    told = working.compress(conversation()).warnings
    again = working.compress(conversation()).warnings

    assert any("frozen in the store" in each for each in told)
    assert not any("frozen in the store" in each for each in again)


def test_without_retrieval_or_a_model_in_the_settings_none_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = Model()
    asked = loads(monkeypatch, Kompress(classifier=model))

    assert not engine(retrieval=False).compress(conversation()).edits
    assert len(asked) == 1
    assert not engine(models=ModelSettings()).compress(conversation()).edits
    assert len(asked) == 1
    assert model.calls == 0


def test_what_may_not_be_stored_is_not_frozen_either(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model()
    loads(monkeypatch, Kompress(classifier=model))

    working = Headroom(
        Settings(
            retrieval=True,
            models=ModelSettings(kompress="some/model"),
            store=StoreSettings(url="memory://", redact=lambda text: text.replace("sailor", "x")),
        )
    )
    result = working.compress(conversation())

    assert not result.edits
    assert model.calls == 0


@pytest.mark.requirement("models.loaded")
def test_models_are_loaded_with_the_engine_and_run_once_to_warm_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = Model()
    loads(monkeypatch, Kompress(classifier=model))
    asked: list[str] = []

    def load(name: str, *, allow_download: bool) -> EmbeddingScorer:
        asked.append(f"{name} {allow_download}")
        return EmbeddingScorer(by_meaning, name=name)

    monkeypatch.setattr(embedding, "embedding_scorer", load)
    models = ModelSettings(kompress="k", relevance="some/embedder", download=True)

    working = engine(models=models)

    assert asked == ["some/embedder True"]
    assert model.calls == 0
    working.warm()
    assert model.calls == 1
    Headroom(Settings(), store=MemoryStore()).warm()


def test_a_scorer_of_ones_own_finds_what_is_said_in_other_words() -> None:
    scorer = EmbeddingScorer(by_meaning, name="meanings", least=0.5)
    messages = conversation(f"{TEXT}\n\n{ANSWER}", "Which zeppelin came?")
    working = Headroom(Settings(retrieval=True), store=MemoryStore(), scorer=scorer)

    result = working.compress(messages)

    assert ANSWER in shown(result)
    assert "chosen by a model" in shown(result)
    assert result.edits[0].form == "ranked"
    assert not Headroom(Settings(retrieval=True), store=MemoryStore()).compress(messages).edits


@pytest.mark.requirement("law.fail_open")
@pytest.mark.parametrize(
    ("models", "extra"),
    [(ModelSettings(kompress="a/b"), "ml"), (ModelSettings(relevance="a/b"), "embeddings")],
)
def test_a_missing_extra_is_named_when_the_engine_is_made(
    monkeypatch: pytest.MonkeyPatch, models: ModelSettings, extra: str
) -> None:
    def nowhere(name: str) -> None:
        del name

    monkeypatch.setattr(packages, "find_spec", nowhere)

    with pytest.raises(MissingExtraError, match=rf"headroom-gateway\[{extra}\]"):
        engine(models=models)
