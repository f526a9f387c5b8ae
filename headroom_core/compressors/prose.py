"""Show of running text the sentences that answer the question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.compressors.base import Compressor, Hint, View
from headroom_core.compressors.passages.asked import asked
from headroom_core.compressors.passages.choose import choose, named_sections
from headroom_core.compressors.passages.likeness import reads_like_prose
from headroom_core.compressors.passages.markup import read_markup
from headroom_core.compressors.passages.scoring import score
from headroom_core.compressors.passages.writing import write

if TYPE_CHECKING:
    from headroom_core.compressors.passages.asked import Asked
    from headroom_core.compressors.passages.layout import Layout
    from headroom_core.compressors.passages.scoring import Scores
    from headroom_core.source import Source

_MOST_OF_SOURCE = 0.9


class ProseCompressor(Compressor):
    """Query-aware extraction: whole sentences in order, and what every gap held.

    No question, or none that the text has to do with: no view.
    """

    name = "prose"

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        if not asked(hint).own or not reads_like_prose(source, hint):
            return None
        layout = read_markup(source.text)
        return extract(layout, hint, room)


def extract(layout: Layout, hint: Hint, room: int) -> View | None:
    """The view of a layout, or `None` when nothing in it answers."""
    wanted = asked(hint)
    return extract_scored(layout, score(layout, wanted), wanted, hint, room)


def extract_scored(  # noqa: PLR0913 - what is known of the text, of the question and of the room
    layout: Layout,
    scores: Scores,
    wanted: Asked,
    hint: Hint,
    room: int,
    *,
    by: str = "the question",
) -> View | None:
    """The view of a layout whose units have scores."""
    if not scores.answers and not named_sections(layout, wanted):
        return None
    chosen = choose(layout, scores, wanted, hint, room)
    body = write(layout, chosen.units, of_file=hint.origin == "file_read")
    if len(body) > _MOST_OF_SOURCE * len(layout.text):
        return None
    total = len(layout.units)
    required = min(chosen.required, len(body))
    return View(
        body, "sentences", len(chosen.units), total, f"chosen by {by}", required, stands=True
    )
