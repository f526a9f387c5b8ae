"""`Kompress`: prose without the words that a model finds needless. Opt-in, and always a view."""

from __future__ import annotations

import re
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from headroom_core import signals
from headroom_core.compressors.base import Compressor, Hint, View
from headroom_core.compressors.passages.likeness import reads_like_prose
from headroom_core.ml.classifier import load_classifier
from headroom_core.ml.limits import MAX_BYTES, fits
from headroom_core.ml.must_keep import must_keep
from headroom_core.ml.packages import model_folder, needed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.passages.sentences import Span
    from headroom_core.ml.classifier import WordClassifier
    from headroom_core.source import Source

DEFAULT_MODEL = "chopratejas/kompress-v2-base"
HEAD = "[condensed: words that say little are left out, all others stand in their order]"
_LEAST_KEPT = 0.4
"""Of a text so much stays whatever the room: with fewer words it could not be read."""
_LONGEST_WORD = 24
_WORD = re.compile(r"\S+")
_MOST_OF_SOURCE = 0.95


class Kompress(Compressor):
    """Leaves out words that a token classifier scores low.

    The model is loaded when this is made, never while a request waits. Numbers, names, code,
    negations and the words of the question stay whatever the model says.
    """

    name = "kompress"

    def __init__(
        self,
        model: str = DEFAULT_MODEL,
        *,
        threshold: float = 0.5,
        max_bytes: int = MAX_BYTES,
        allow_download: bool = False,
        classifier: WordClassifier | None = None,
    ) -> None:
        self.model = model
        self.threshold = threshold
        self._max_bytes = max_bytes
        self._classifier = classifier or load_classifier(model, allow_download=allow_download)

    def warm(self) -> None:
        """Run the model once, so that the first request does not wait for what it sets up."""
        self._classifier.scores(["warm", "up"])

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        """Leave out words that say little; the more the less room there is, down to a share."""
        if not reads_words(source, hint, self._max_bytes):
            return None
        text = source.text
        words = [match.span() for match in _WORD.finditer(text)]
        written = [text[start:end] for start, end in words]
        whole = _whole_lines(text, hint)
        lines = accumulate(text.count("\n", a, b) for a, b in _between(words))
        musts = [
            must or line in whole
            for must, line in zip(must_keep(written, hint.query), lines, strict=True)
        ]
        scores = self._classifier.scores(written)
        wanted = [score if score >= self.threshold else 0.0 for score in scores]
        shown = _chosen(written, wanted, musts, max(room, int(_LEAST_KEPT * len(text))))
        return _condensed(text, words, shown)


def load_kompress(model: str, *, allow_download: bool, max_bytes: int) -> Kompress | None:
    """Load a model; `None` where it has to be downloaded first and that is not allowed."""
    needed("transformers")
    folder = model_folder(model, allow_download=allow_download)
    if folder is None:
        return None
    return Kompress(str(folder), allow_download=allow_download, max_bytes=max_bytes)


def reads_words(source: Source, hint: Hint, max_bytes: int) -> bool:
    """Whether a text is prose in words, and of a size for a model."""
    text = source.text
    if not text or not fits(text, max_bytes) or not reads_like_prose(source, hint):
        return False
    # A script without spaces has no words to leave out.
    return len(text) <= _LONGEST_WORD * len(text.split())


def _between(words: Sequence[Span]) -> Iterator[Span]:
    """What stands before each word, from the start of the word before it."""
    return pairwise((0, *(start for start, _ in words)))


def _chosen(
    words: Sequence[str], wanted: Sequence[float], musts: Sequence[bool], room: int
) -> list[bool]:
    """Which words stay: what must, and by how much they are wanted as far as there is room."""
    shown = list(musts)
    left = room - sum(len(word) + 1 for word, must in zip(words, musts, strict=True) if must)
    free = [at for at, must in enumerate(musts) if not must and wanted[at] > 0]
    for at in sorted(free, key=lambda at: (-wanted[at], at)):
        left -= len(words[at]) + 1
        if left < 0:
            break
        shown[at] = True
    return shown


def _condensed(text: str, words: Sequence[Span], shown: Sequence[bool]) -> View | None:
    """The shown words as they stand, with the line ends of what is left out between them."""
    pieces: list[str] = []
    after = 0
    for (start, end), stays in zip(words, shown, strict=True):
        blank = text[after:start]
        if stays:
            pieces.append(blank + text[start:end])
        elif "\n" in blank:
            pieces.append(blank)  # lines and paragraphs stay apart
        after = end
    body = f"{HEAD}\n{''.join(pieces)}"
    if len(body) > _MOST_OF_SOURCE * len(text):
        return None
    hides = f"{shown.count(False)} of {len(words)} words left out by a model"
    lines = text.count("\n") + 1
    return View(body, "lines", lines, lines, hides)


def _whole_lines(text: str, hint: Hint) -> set[int]:
    """The lines that stay as they are: problems, and what the caller's rules match."""
    lines = text.split("\n")
    whole = set(signals.problems(lines))
    if hint.keep is not None:
        whole.update(number for number, line in enumerate(lines) if hint.keep.matches(line))
    return whole
