"""`Kompress`: prose without the words that a model finds needless. Opt-in, and always a view."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core import signals
from headroom_core.compressors.base import Compressor, Hint, View
from headroom_core.compressors.passages.likeness import reads_like_prose
from headroom_core.ml.classifier import load_classifier
from headroom_core.ml.must_keep import must_keep

if TYPE_CHECKING:
    from headroom_core.ml.classifier import WordClassifier
    from headroom_core.source import Source

DEFAULT_MODEL = "chopratejas/kompress-v2-base"
HEAD = "[condensed: words that say little are left out, all others stand in their order]"
_MAX_BYTES = 256 * 1024
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
        max_bytes: int = _MAX_BYTES,
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
        """Leave out words. `room` is for views that choose: a model's words are what they are."""
        del room
        text = source.text
        words = [match.span() for match in _WORD.finditer(text[: self._max_bytes + 1])]
        large = len(text) > self._max_bytes or len(text.encode(errors="replace")) > self._max_bytes
        if large or not words or not reads_like_prose(source, hint):
            return None
        if len(text) > _LONGEST_WORD * len(words):  # a script without spaces between words
            return None
        return self._condensed(text, words, hint)

    def _condensed(self, text: str, words: list[tuple[int, int]], hint: Hint) -> View | None:
        written = [text[start:end] for start, end in words]
        scores = self._classifier.scores(written)
        musts = must_keep(written, hint.query)
        pieces: list[str] = []
        whole = _whole_lines(text, hint)
        after = shown = line = 0
        for (start, end), score, must in zip(words, scores, musts, strict=True):
            blank = text[after:start]
            line += blank.count("\n")
            if must or line in whole or score >= self.threshold:
                pieces.append(blank + text[start:end])
                shown += 1
            elif "\n" in blank:
                pieces.append(blank)  # lines and paragraphs stay apart
            after = end
        body = f"{HEAD}\n{''.join(pieces)}"
        if len(body) > _MOST_OF_SOURCE * len(text):
            return None
        hides = f"{len(words) - shown} of {len(words)} words left out by a model"
        lines = text.count("\n") + 1
        return View(body, "lines", lines, lines, hides)


def _whole_lines(text: str, hint: Hint) -> set[int]:
    """The lines that stay as they are: problems, and what the caller's rules match."""
    lines = text.split("\n")
    whole = set(signals.problems(lines))
    if hint.keep is not None:
        whole.update(number for number, line in enumerate(lines) if hint.keep.matches(line))
    return whole
