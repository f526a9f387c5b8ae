"""Token classifiers that say of each word how much it is needed: ONNX Runtime or PyTorch."""

from __future__ import annotations

from importlib.util import find_spec
from math import exp
from typing import TYPE_CHECKING, Protocol, cast

from headroom_core.errors import ConfigError
from headroom_core.ml.packages import model_folder, needed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from headroom_core.ml.packages import Foreign

_MOST_TOKENS = 512
_WORDS_AT_ONCE = 320
_SMALL_FIRST = ("int8", "quant", "fp16", "")
BASE_TOKENIZER = "answerdotai/ModernBERT-base"
"""Whose tokenizer serves a model that comes without one."""
TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "vocab.txt",
    "sentencepiece.bpe.model",
    "special_tokens_map.json",
)


class WordClassifier(Protocol):
    """Says of each word how much it is needed, from 0 to 1."""

    def scores(self, words: Sequence[str]) -> list[float]:
        """Return one score for each word."""
        ...


class _Encoding(Protocol):
    """What a tokenizer makes of words."""

    def word_ids(self, batch_index: int = 0) -> list[int | None]: ...
    def __getitem__(self, name: str) -> Sequence[int]: ...


class _Tokenizer(Protocol):
    def __call__(
        self, words: list[str], *, is_split_into_words: bool, truncation: bool, max_length: int
    ) -> _Encoding: ...


class TokenClassifier:
    """A model of two labels, drop and keep, run over windows of the text.

    `run` takes the ids of the tokens and returns the score of each.
    """

    def __init__(self, tokenizer: _Tokenizer, run: Callable[[list[int]], list[float]]) -> None:
        self._tokenizer = tokenizer
        self._run = run

    def scores(self, words: Sequence[str]) -> list[float]:
        found = [1.0] * len(words)
        at = 0
        while at < len(words):
            at += self._window(list(words[at : at + _WORDS_AT_ONCE]), at, found)
        return found

    def _window(self, words: list[str], at: int, found: list[float]) -> int:
        """Score the words of a window; return how many of them it took. A word has its best score.

        Words that make no token keep the score 1.
        """
        encoding = self._tokenizer(
            words, is_split_into_words=True, truncation=True, max_length=_MOST_TOKENS
        )
        ids = list(encoding["input_ids"])
        best: dict[int, float] = {}
        for word, score in zip(encoding.word_ids(), self._run(ids), strict=True):
            if word is not None:
                best[word] = max(best.get(word, 0.0), score)
        for word, score in best.items():
            found[at + word] = score
        full = len(ids) >= _MOST_TOKENS
        return max(1, max(best, default=0)) if full else len(words)


def load_classifier(model: str, *, allow_download: bool = False) -> WordClassifier:
    """Load a model by its folder or its id, with ONNX Runtime where it has an ONNX file.

    Without `allow_download`, only what is on this machine is used.
    """
    transformers = needed("transformers")
    folder = model_folder(model, allow_download=allow_download)
    if folder is None:
        raise ConfigError(
            f"the model {model!r} is not on this machine; run `headroom fetch kompress`, or allow"
            " the download"
        )
    tokenizer = _tokenizer(folder, transformers, allow_download=allow_download)
    onnx = _onnx_file(folder)
    if onnx is not None and find_spec("onnxruntime") is not None:
        return TokenClassifier(tokenizer, _onnx_runner(onnx))
    return TokenClassifier(tokenizer, _torch_runner(folder, transformers))


def has_tokenizer(folder: Path) -> bool:
    """Whether the folder of a model holds a tokenizer too."""
    return any((folder / name).is_file() for name in TOKENIZER_FILES)


def _tokenizer(folder: Path, transformers: Foreign, *, allow_download: bool) -> _Tokenizer:
    """The tokenizer of a model: its own, else that of the model that it was made from."""
    if not has_tokenizer(folder):
        base = model_folder(BASE_TOKENIZER, allow_download=allow_download)
        if base is None:
            raise ConfigError(
                f"{str(folder)!r} holds no tokenizer and {BASE_TOKENIZER!r} is not on this machine;"
                " run `headroom fetch kompress`"
            )
        folder = base
    loaded = _loaded(transformers.AutoTokenizer, folder)
    return cast("_Tokenizer", loaded)  # see `Foreign`


def _loaded(kind: Foreign, folder: Path, **options: object) -> Foreign:
    try:
        return kind.from_pretrained(str(folder), local_files_only=True, **options)
    except (OSError, ValueError, KeyError) as exc:
        raise ConfigError(f"{str(folder)!r} holds no model that can be loaded: {exc}") from exc


def _onnx_file(folder: Path) -> Path | None:
    """The ONNX file of a model; the smallest kind where there are several."""
    files = sorted([*folder.glob("*.onnx"), *folder.glob("onnx/*.onnx")])
    ranked = (file for kind in _SMALL_FIRST for file in files if kind in file.name)
    return next(ranked, None)


def _onnx_runner(file: Path) -> Callable[[list[int]], list[float]]:
    numpy, runtime = needed("numpy"), needed("onnxruntime")
    session = runtime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    names = [str(each.name) for each in session.get_inputs()]

    def run(ids: list[int]) -> list[float]:
        array = numpy.array([ids], dtype="int64")
        feeds = {
            "input_ids": array,
            "attention_mask": numpy.ones_like(array),
            "token_type_ids": numpy.zeros_like(array),
        }
        outputs = session.run(None, {name: feeds[name] for name in names})
        return _kept(outputs[0][0].tolist())

    return run


def _torch_runner(folder: Path, transformers: Foreign) -> Callable[[list[int]], list[float]]:
    torch = needed("torch", extra="ml-torch")
    model, told = _loaded(
        transformers.AutoModelForTokenClassification, folder, output_loading_info=True
    )
    if made_up := cast("Iterable[str]", told["missing_keys"]):  # see `Foreign`
        raise ConfigError(
            f"{str(folder)!r} holds no token classifier: it has no weights for"
            f" {', '.join(sorted(made_up))}"
        )
    model.eval()

    def run(ids: list[int]) -> list[float]:
        with torch.inference_mode():
            return _kept(model(input_ids=torch.tensor([ids])).logits[0].tolist())

    return run


def _kept(rows: object) -> list[float]:
    """How much each token is needed, from two labels, or from one number."""
    # See `Foreign`: a score for each token, or a row with one for each label.
    listed = cast("list[float | list[float]]", rows)
    return [
        1 / (1 + exp(max(-60.0, min(60.0, row[0] - row[-1])))) if isinstance(row, list) else row
        for row in listed
    ]
