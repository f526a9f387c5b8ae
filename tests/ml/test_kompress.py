"""Learned compression: what must stay stays, models load from disk, and answers are frozen."""

from __future__ import annotations

import shutil
import warnings
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from headroom_core.compressors.base import Hint, View
from headroom_core.compressors.prose import ProseCompressor
from headroom_core.engine.headroom import Headroom
from headroom_core.errors import ConfigError, MissingExtraError
from headroom_core.keep import KeepRules
from headroom_core.ml import classifier
from headroom_core.ml.classifier import load_classifier
from headroom_core.ml.frozen import Frozen
from headroom_core.ml.kompress import HEAD, Kompress
from headroom_core.ml.must_keep import must_keep
from headroom_core.settings import Settings
from headroom_core.source import Source
from headroom_core.store.memory import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT = (
    "It was a rather long and quite pleasant evening, and the guests did not leave before Anna"
    " had paid 42 euros for `make tea` at the counter of the small hotel.\n\n"
    "Nothing else of any great interest to the reader was said about the lamp by the old keeper."
)


class Never:
    """A classifier that needs no word at all."""

    calls = 0

    def scores(self, words: Sequence[str]) -> list[float]:
        self.calls += 1
        return [0.0] * len(words)


def store() -> MemoryStore:
    return MemoryStore()


def condensed(query: str = "") -> str:
    view = Kompress(classifier=Never()).view(Source(TEXT), Hint(query=query), 1)
    assert view is not None
    return view.body


def test_words_that_must_stay_do_so_whatever_the_model_says() -> None:
    body = condensed("What of the lamp?")

    assert body.startswith(f"{HEAD}\n")
    for word in ("not", "Anna", "42", "`make", "tea`", "Nothing", "lamp"):
        assert word in body
    assert "pleasant" not in body
    assert "\n\n" in body


def test_lines_that_report_a_problem_or_must_stay_are_whole() -> None:
    text = f"{TEXT}\nWARNING: the lamp was left unlit for the whole of that night.\n{TEXT}"
    hint = Hint(keep=KeepRules(("pleasant evening",)))

    view = Kompress(classifier=Never()).view(Source(text + "\nand so on it went\n" * 9), hint, 1)

    assert view is not None
    assert "WARNING: the lamp was left unlit for the whole of that night." in view.body
    assert TEXT.partition("\n")[0] in view.body
    assert "and so on" not in view.body


def test_numbers_names_code_and_negations_are_told() -> None:
    words = "We met Bob. He didn't see x.y --all 3% JSON camelCase a_b — word".split()

    kept = [w for w, must in zip(words, must_keep(words, ""), strict=True) if must]

    assert kept == ["Bob.", "didn't", "x.y", "--all", "3%", "JSON", "camelCase", "a_b"]


@pytest.mark.parametrize(
    "text", ["", "x" * 100, TEXT * 1_200, "这是一个很长的句子，没有空格。" * 40, "a,b\n1,2\n" * 60]
)
def test_what_is_no_prose_or_too_large_is_left(text: str) -> None:
    model = Never()

    assert Kompress(classifier=model).view(Source(text), Hint(), 100) is None
    assert model.calls == 0


def test_nothing_is_shown_where_nothing_is_saved() -> None:
    assert Kompress(classifier=Never(), threshold=0.0).view(Source(TEXT), Hint(), 1) is None


def test_the_first_answer_stands() -> None:
    shared = store()
    model = Never()
    source, hint = Source(TEXT), Hint(query="lamp")

    first = Frozen(Kompress(classifier=model), shared, settings="m").view(source, hint, 100)
    other = Kompress(classifier=Never(), threshold=0.0)
    again = Frozen(other, shared, settings="m").view(source, hint, 100)

    assert first == again
    assert isinstance(first, View)
    assert Frozen(None, shared, settings="other").view(source, hint, 100) is None
    assert Frozen(other, shared, settings="other").view(source, hint, 100) is None


def test_the_engine_uses_it_like_any_other_view() -> None:
    text = "\n\n".join([TEXT] * 40)
    shared = store()
    frozen = Frozen(Kompress(classifier=Never()), shared, settings="m")
    call = {"id": "c", "type": "function", "function": {"name": "fetch", "arguments": "{}"}}
    messages: list[dict[str, object]] = [
        {"role": "user", "content": "And the lamp?"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c", "content": text},
    ]

    engine = Headroom(Settings(retrieval=True), store=shared, compressors=(frozen,))
    result = engine.compress(messages)

    assert HEAD in str(result.messages[2]["content"])
    assert result.edits[0].ref
    assert engine.retrieve(result.edits[0].ref).text == text


def test_where_the_model_is_absent_the_extraction_is_frozen() -> None:
    shared = store()
    text = " ".join(f"The lamp of house {each} was seen by many." for each in range(300))
    text += " A zeppelin came."
    source, hint = Source(text), Hint(query="Which zeppelin came?")

    first = Frozen(None, shared, settings="m", instead=ProseCompressor()).view(source, hint, 600)
    again = Frozen(Kompress(classifier=Never()), shared, settings="m").view(source, hint, 600)

    assert first is not None
    assert first == again
    assert "zeppelin" in first.body


def test_a_missing_package_is_named_at_construction(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(name: str) -> None:
        del name

    monkeypatch.setattr(classifier, "find_spec", nowhere)

    with pytest.raises(MissingExtraError, match=r"headroom-gateway\[ml\]"):
        Kompress()


needs_models = pytest.mark.skipif(
    find_spec("torch") is None or find_spec("transformers") is None,
    reason="needs torch and transformers",
)


@pytest.fixture(scope="module", params=["modernbert", "xlm-roberta"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A tiny model with random weights, saved to disk with its tokenizer."""
    torch, transformers, tokenizers = map(
        pytest.importorskip, ("torch", "transformers", "tokenizers")
    )
    torch.manual_seed(7)
    words = ["[PAD]", "[UNK]", *sorted(set(TEXT.split()))]
    vocabulary = {word: number for number, word in enumerate(words)}
    plain = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token="[UNK]"))
    plain.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    plain.post_processor = tokenizers.processors.TemplateProcessing(
        single="[PAD] $A [PAD]", special_tokens=[("[PAD]", 0)]
    )
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=plain, unk_token="[UNK]", pad_token="[PAD]"
    )
    sizes = {
        "vocab_size": len(vocabulary),
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 16,
        "max_position_embeddings": 600,
        "pad_token_id": 0,
        "num_labels": 2,
    }
    name = {"modernbert": "ModernBert", "xlm-roberta": "XLMRoberta"}[request.param]
    config = getattr(transformers, f"{name}Config")(**sizes)
    model = getattr(transformers, f"{name}ForTokenClassification")(config)
    path = tmp_path_factory.mktemp(request.param)
    model.save_pretrained(path)
    tokenizer.save_pretrained(path)
    return str(path)


@needs_models
def test_a_model_loads_from_its_folder_and_scores_every_word(folder: str) -> None:
    words = TEXT.split() * 30

    found = load_classifier(folder).scores(words)

    assert len(found) == len(words)
    assert all(0 <= score <= 1 for score in found)
    assert len(set(found)) > 2


@needs_models
def test_a_view_by_a_real_model_holds_its_words_in_order(folder: str) -> None:
    kompress = Kompress(folder, threshold=0.5)
    kompress.warm()

    view = kompress.view(Source(TEXT), Hint(), 100)

    if view is not None:
        left = iter(TEXT.split())
        words = view.body.removeprefix(HEAD).split()
        assert all(any(word == each for each in left) for word in words)


@needs_models
def test_onnx_says_what_pytorch_says(folder: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")  # which PyTorch needs in order to write the file
    torch, transformers = map(pytest.importorskip, ("torch", "transformers"))
    words = TEXT.split()
    by_torch = load_classifier(folder).scores(words)
    path = tmp_path_factory.mktemp("onnx") / "model"
    shutil.copytree(folder, path)
    (path / "onnx").mkdir()
    model = transformers.AutoModelForTokenClassification.from_pretrained(
        folder, attn_implementation="eager"
    ).eval()
    ids = torch.arange(2, 12).unsqueeze(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            (ids, torch.ones_like(ids)),
            str(path / "onnx" / "model.onnx"),
            input_names=["input_ids", "attention_mask"],
            output_names=["logits"],
            dynamic_shapes={
                "input_ids": {1: torch.export.Dim("length", min=2, max=512)},
                "attention_mask": {1: torch.export.Dim("length", min=2, max=512)},
            },
        )

    by_onnx = load_classifier(str(path)).scores(words)

    assert by_onnx == pytest.approx(by_torch, abs=1e-3)


@needs_models
def test_a_model_that_is_not_here_is_not_downloaded() -> None:
    with pytest.raises(ConfigError, match="allow_download"):
        load_classifier("nobody/no-such-model")
