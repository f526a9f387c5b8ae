"""Show of retrieved chunks where each comes from, and the sentences that answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.compressors.base import Compressor, Encoded, Hint, View
from headroom_core.compressors.passages.asked import asked
from headroom_core.compressors.passages.chunk_json import find_items, long_texts, read_items
from headroom_core.compressors.passages.chunk_text import find_chunks, read_chunks
from headroom_core.compressors.passages.likeness import reads_like_prose
from headroom_core.compressors.passages.overlaps import LEGEND, MOST_CHARS, fold, unfold
from headroom_core.compressors.prose import extract
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.passages.chunk_text import Chunk
    from headroom_core.compressors.passages.layout import Layout
    from headroom_core.compressors.passages.sentences import Span
    from headroom_core.source import Source

_MOST_OF_SOURCE = 0.97
_BRACKETS = frozenset("[{")


class RagChunks(Compressor):
    """Lists of chunks: every chunk keeps its number, source and title.

    Lossless: what an earlier chunk says in the same words is quoted by its ends.
    """

    name = "chunks"

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        # What was read to be edited stays verbatim.
        if len(source) > MOST_CHARS or hint.origin == "file_read":
            return None
        body = fold(source.text, _bodies(source, hint))
        if body is None or len(body) + len(LEGEND) > _MOST_OF_SOURCE * len(source):
            return None
        return Encoded(LEGEND, body)

    def decode(self, legend: str, body: str, context: Sequence[str] = ()) -> str:
        del context
        if legend != LEGEND:
            raise DecodeError(f"`chunks` does not know this legend: {legend!r}")
        return unfold(body)

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        if not asked(hint).own:
            return None
        layout = chunk_layout(source, hint)
        return None if layout is None else extract(layout, hint, room)

    def claims(self, source: Source, hint: Hint) -> bool:
        """A list of chunks is read for its sentences: a table or a log would hide most of them."""
        return chunk_layout(source, hint) is not None


def is_chunk_list(text: str) -> bool:
    """Whether a text is JSON with a list of chunks."""
    return text.lstrip()[:1] in _BRACKETS and bool(find_items(text))


def chunk_layout(source: Source, hint: Hint) -> Layout | None:
    """The layout of chunks, or `None` where there are none."""
    text = source.text
    if text.lstrip()[:1] in _BRACKETS and (items := find_items(text)):
        return read_items(text, items)
    chunks = _chunks(source, hint)
    return read_chunks(text, chunks) if chunks else None


def _bodies(source: Source, hint: Hint) -> list[Span]:
    """Where the texts of the chunks stand."""
    text = source.text
    if text.lstrip()[:1] in _BRACKETS and (items := find_items(text)):
        return [span for start, end in items for span in long_texts(text, start, end)]
    return [(chunk.body, chunk.end) for chunk in _chunks(source, hint)]


def _chunks(source: Source, hint: Hint) -> list[Chunk]:
    """The chunks of a text that is not JSON."""
    # A file that is read is a document with chapters, whatever stands between them.
    if hint.origin == "file_read":
        return []
    # Most texts have none, which is told much sooner than whether they read like prose.
    found = find_chunks(source.text)
    return found if found and reads_like_prose(source, hint) else []
