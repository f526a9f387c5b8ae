"""Sentences chosen by a scorer of the user's own, such as one that compares meanings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from headroom_core.compressors.passages.asked import asked
from headroom_core.compressors.passages.likeness import reads_like_prose
from headroom_core.compressors.passages.markup import read_markup
from headroom_core.compressors.passages.scoring import Scores, score
from headroom_core.compressors.prose import extract_scored
from headroom_core.compressors.rag import chunk_layout, is_chunk_list
from headroom_core.ml.limits import MAX_BYTES, fits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.base import Hint, View
    from headroom_core.compressors.passages.layout import Layout
    from headroom_core.relevance import Scorer
    from headroom_core.source import Source


class Ranked:
    """Prose and chunks by what a scorer finds, together with the words of the question.

    What must stay in every such view does: rare words of the question, reports of errors, the
    caller's rules. A text of more than `max_bytes` is left to the words alone.
    """

    def __init__(self, scorer: Scorer, *, max_bytes: int = MAX_BYTES) -> None:
        self._scorer = scorer
        self._max_bytes = max_bytes

    def reads(self, source: Source, hint: Hint) -> bool:
        """Whether there is a question, and a text that can be read in sentences."""
        if not fits(source.text, self._max_bytes) or not asked(hint).own:
            return False
        return reads_like_prose(source, hint) or is_chunk_list(source.text)

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        """The view of about `room` characters, or `None` when nothing answers."""
        layout = _layout(source, hint)
        if layout is None:
            return None
        wanted = asked(hint)
        near = self._scorer.scores(hint.query, [layout.text_of(each) for each in layout.units])
        scores = _both(score(layout, wanted), near)
        return extract_scored(layout, scores, wanted, hint, room, by="a model")


def _layout(source: Source, hint: Hint) -> Layout | None:
    layout = chunk_layout(source, hint)
    if layout is None and reads_like_prose(source, hint):
        layout = read_markup(source.text)
    return layout


def _both(words: Scores, near: Sequence[float]) -> Scores:
    """The scores by words and by the scorer, each as a share of its best."""
    best_word, best = max(words.units, default=0.0), max(near, default=0.0)
    units = [
        round((word / best_word if best_word else 0.0) + (each / best if best else 0.0), 6)
        for word, each in zip(words.units, near, strict=True)
    ]
    return replace(words, units=units, covered=1.0 if best > 0 else words.covered)
