"""Learned compression: what must stay stays, and models load from disk, in two runtimes."""

from __future__ import annotations

import shutil
import warnings
from itertools import accumulate
from typing import TYPE_CHECKING

import pytest

from headroom_core.compressors.base import Hint
from headroom_core.errors import ConfigError, MissingExtraError
from headroom_core.keep import KeepRules
from headroom_core.ml import classifier, packages
from headroom_core.ml.classifier import TokenClassifier, load_classifier
from headroom_core.ml.kompress import HEAD, Kompress, load_kompress
from headroom_core.ml.must_keep import must_keep
from headroom_core.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

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


class Encoding:
    """What a tokenizer makes of words: one token before them, and some of each."""

    def __init__(self, words: list[int]) -> None:
        self._words = words

    def word_ids(self, batch_index: int = 0) -> list[int | None]:
        return [None, *self._words]

    def __getitem__(self, name: str) -> list[int]:
        return [0, *self._words]


class Rising:
    """A classifier that needs each word more than the one before it, and all of them."""

    def scores(self, words: Sequence[str]) -> list[float]:
        return [0.6 + 0.3 * number / len(words) for number in range(len(words))]


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


def test_the_limit_is_in_bytes() -> None:
    text = "żółć gęślą jaźń i wiele innych słów o tej samej porze. " * 9
    size = len(text.encode())

    fits = Kompress(classifier=Never(), max_bytes=size).view(Source(text), Hint(), 1)
    over = Kompress(classifier=Never(), max_bytes=size - 1).view(Source(text), Hint(), 1)

    assert fits is not None
    assert over is None


def test_nothing_is_shown_where_nothing_is_saved() -> None:
    whole = Kompress(classifier=Rising()).view(Source(TEXT), Hint(), 9_000)

    assert whole is None


def test_with_less_room_more_words_go_but_never_too_many() -> None:
    text = "\n\n".join(["all of these many plain words were once said by someone else"] * 40)

    sizes = [
        len(view.body) if view is not None else len(text)
        for room in (len(text) * 2, len(text) * 3 // 4, len(text) // 2, len(text) // 9, 1)
        if (view := Kompress(classifier=Rising()).view(Source(text), Hint(), room)) or room
    ]

    assert sizes == list(accumulate(sizes, min))
    assert sizes[0] == len(text)
    assert sizes[2] <= len(text) // 2 + len(HEAD) + 100
    assert len(text) * 0.35 < sizes[3] == sizes[4] < len(text) * 0.5


def test_a_long_text_is_read_in_windows() -> None:
    def tokenizer(
        words: list[str], *, is_split_into_words: bool, truncation: bool, max_length: int
    ) -> Encoding:
        assert is_split_into_words
        assert truncation
        ids = [number for number, _ in enumerate(words) for _ in range(3)][: max_length - 1]
        return Encoding(ids)

    found = TokenClassifier(tokenizer, lambda ids: [0.25 for _ in ids]).scores(["w"] * 1_000)

    assert found == [0.25] * 1_000


def test_a_missing_package_is_named_at_construction(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(name: str) -> None:
        del name

    monkeypatch.setattr(packages, "find_spec", nowhere)

    with pytest.raises(MissingExtraError, match=r"headroom-gateway\[ml\]"):
        Kompress()


@pytest.mark.requirement("models.loaded")
def test_a_model_loads_from_its_folder_without_any_network(folder: str, no_network: None) -> None:
    words = TEXT.split() * 30

    found = load_classifier(folder).scores(words)

    assert len(found) == len(words)
    assert all(0 <= score <= 1 for score in found)
    assert len(set(found)) > 2


def test_a_view_by_a_real_model_holds_its_words_in_order(folder: str) -> None:
    kompress = load_kompress(folder, allow_download=False, max_bytes=9_000)
    assert kompress is not None
    kompress.warm()

    view = kompress.view(Source(TEXT), Hint(), 100)

    assert view is not None
    left = iter(TEXT.split())
    words = view.body.removeprefix(HEAD).split()
    assert all(any(word == each for each in left) for word in words)


def with_onnx(folder: str, to: Path) -> Path:
    """A copy of a model's folder with an ONNX file in it."""
    pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")  # which PyTorch needs in order to write the file
    torch, transformers = map(pytest.importorskip, ("torch", "transformers"))
    path = to / "model"
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
    return path


def test_onnx_says_what_pytorch_says(folder: str, tmp_path: Path) -> None:
    words = TEXT.split()
    by_torch = load_classifier(folder).scores(words)
    path = with_onnx(folder, tmp_path)
    (path / "model.safetensors").unlink()

    by_onnx = load_classifier(str(path)).scores(words)

    assert by_onnx == pytest.approx(by_torch, abs=1e-3)


def test_a_model_of_one_number_for_each_token_is_read_too() -> None:
    assert classifier._kept([0.25, 0.75]) == [0.25, 0.75]
    assert classifier._kept([[-99.0, 99.0], [0.0, 0.0]]) == pytest.approx([1.0, 0.5])


@pytest.mark.requirement("models.loaded")
def test_a_model_that_is_not_here_is_not_downloaded(saved: object, no_network: None) -> None:
    with pytest.raises(ConfigError, match="headroom fetch kompress"):
        load_classifier("nobody/no-such-model")

    assert load_kompress("nobody/no-such-model", allow_download=False, max_bytes=9) is None


def test_a_folder_that_is_no_model_is_a_wrong_setting(
    saved: Callable[[str, str], str], tmp_path: Path
) -> None:
    headless = saved("ModernBert", "Model")
    empty = tmp_path / "empty"
    shutil.copytree(headless, empty)
    (empty / "model.safetensors").unlink()
    bare = tmp_path / "bare"
    bare.mkdir()

    with pytest.raises(ConfigError, match="no token classifier"):
        load_classifier(headless)
    with pytest.raises(ConfigError, match="no model that can be loaded"):
        load_classifier(str(empty))
    with pytest.raises(ConfigError, match="holds no tokenizer"):
        load_classifier(str(bare))
    with pytest.raises(ConfigError, match="there is no model in the folder"):
        load_classifier(str(tmp_path / "nowhere"))


def test_a_model_without_a_tokenizer_takes_that_of_its_base(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = tmp_path / "bare"
    shutil.copytree(folder, bare)
    for name in classifier.TOKENIZER_FILES:
        (bare / name).unlink(missing_ok=True)
    monkeypatch.setattr(classifier, "BASE_TOKENIZER", folder)

    words = TEXT.split()

    assert load_classifier(str(bare)).scores(words) == load_classifier(folder).scores(words)
