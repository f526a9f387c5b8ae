"""Token classifiers that say of each word how much it is needed: ONNX Runtime or PyTorch."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from headroom_core.errors import ConfigError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_MOST_TOKENS = 512
_WORDS_AT_ONCE = 320
_SMALL_FIRST = ("int8", "quant", "fp16", "")


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
    transformers = _needed("transformers")
    folder = _folder(model, allow_download=allow_download)
    loaded = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
    tokenizer = cast("_Tokenizer", loaded)  # see `_Object`
    onnx = _onnx_file(Path(folder))
    if onnx is not None and find_spec("onnxruntime") is not None:
        return TokenClassifier(tokenizer, _onnx_runner(onnx))
    return TokenClassifier(tokenizer, _torch_runner(folder, transformers))


class _Object(Protocol):
    """An object of a package that is optional, so that its types are not there to be checked."""

    def __getattr__(self, name: str) -> _Object: ...
    def __call__(self, *args: object, **kwargs: object) -> _Object: ...
    def __getitem__(self, key: object) -> _Object: ...
    def __iter__(self) -> Iterator[_Object]: ...
    def __enter__(self) -> object: ...
    def __exit__(self, *args: object) -> None: ...


def _needed(package: str, extra: str = "ml") -> _Object:
    if find_spec(package) is None:
        raise MissingExtraError(package, extra=extra)
    return cast("_Object", import_module(package))  # see `_Object`


def _folder(model: str, *, allow_download: bool) -> str:
    """Where the files of a model are."""
    if Path(model).is_dir():
        return model
    hub = _needed("huggingface_hub")
    try:
        return str(hub.snapshot_download(model, local_files_only=not allow_download))
    except (OSError, ValueError) as exc:
        raise ConfigError(
            f"model {model!r} is neither a folder nor on this machine; download it first, or pass"
            " `allow_download=True`"
        ) from exc


def _onnx_file(folder: Path) -> Path | None:
    """The ONNX file of a model; the smallest kind where there are several."""
    files = sorted([*folder.glob("*.onnx"), *folder.glob("onnx/*.onnx")])
    ranked = (file for kind in _SMALL_FIRST for file in files if kind in file.name)
    return next(ranked, None)


def _onnx_runner(file: Path) -> Callable[[list[int]], list[float]]:
    numpy, runtime = _needed("numpy"), _needed("onnxruntime")
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


def _torch_runner(folder: str, transformers: _Object) -> Callable[[list[int]], list[float]]:
    torch = _needed("torch", extra="ml-torch")
    model = transformers.AutoModelForTokenClassification.from_pretrained(
        folder, local_files_only=True
    ).eval()

    def run(ids: list[int]) -> list[float]:
        with torch.inference_mode():
            return _kept(model(input_ids=torch.tensor([ids])).logits[0].tolist())

    return run


def _kept(rows: object) -> list[float]:
    """How much each token is needed, from two labels, or from one number."""
    # See `_Object`: a score for each token, or a row with one for each label.
    listed = cast("list[float | list[float]]", rows)
    return [
        1 / (1 + exp(max(-60.0, min(60.0, row[0] - row[-1])))) if isinstance(row, list) else row
        for row in listed
    ]
