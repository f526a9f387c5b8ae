"""Relevance by meaning: how near the vector of a text is to that of the question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt
from operator import mul
from typing import TYPE_CHECKING, Protocol, cast

from headroom_core.errors import ConfigError
from headroom_core.ml.packages import model_folder, needed

if TYPE_CHECKING:
    from pathlib import Path

    from headroom_core.ml.packages import Foreign

Embed = Callable[[Sequence[str]], Sequence[Sequence[float]]]
"""Gives a vector for each text; all of one length."""
_LEAST_NEAR = 0.25
_DECIMALS = 4


class NamedScorer(Protocol):
    """A `Scorer` that says who it is: its answers are frozen under that name.

    Two scorers that may answer differently must not have the same name.
    """

    name: str

    def scores(self, query: str, units: Sequence[str]) -> list[float]:
        """Return one score for each unit: 0 for no match, and the higher the better."""
        ...


class EmbeddingScorer:
    """Scores by the cosine of vectors. What is farther away than `least` is no match."""

    def __init__(self, embed: Embed, *, name: str, least: float = _LEAST_NEAR) -> None:
        self.name = name
        self._embed = embed
        self._least = least

    def scores(self, query: str, units: Sequence[str]) -> list[float]:
        asked, *vectors = self._embed([query, *units])
        near = (_cosine(asked, each) for each in vectors)
        return [round(each, _DECIMALS) if each >= self._least else 0.0 for each in near]


def embedding_scorer(model: str, *, allow_download: bool = False) -> EmbeddingScorer:
    """The scorer by a model of `sentence-transformers`, loaded by its folder or its id."""
    library = needed("sentence_transformers", extra="embeddings")
    folder = model_folder(model, allow_download=allow_download)
    if folder is None:
        raise ConfigError(
            f"the model {model!r} is not on this machine; download it, or allow the download"
        )
    return EmbeddingScorer(_embedder(library, folder), name=model)


def _embedder(library: Foreign, folder: Path) -> Embed:
    model = library.SentenceTransformer(str(folder), device="cpu", local_files_only=True)

    def embed(texts: Sequence[str]) -> Sequence[Sequence[float]]:
        vectors = model.encode(list(texts), show_progress_bar=False).tolist()
        return cast("Sequence[Sequence[float]]", vectors)  # the package is not there to be checked

    return embed


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    size = sqrt(sum(map(mul, one, one)) * sum(map(mul, other, other)))
    return sum(map(mul, one, other)) / size if size else 0.0
