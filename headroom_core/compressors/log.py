"""Fold logs: lines that repeat a pattern become the pattern, named once, and their values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.compressors.base import MAX_DECODED_CHARS, Compressor, Encoded, Hint, View
from headroom_core.compressors.logs.ids import name_ids, restore_ids
from headroom_core.compressors.logs.reader import read
from headroom_core.compressors.logs.recognise import is_alike_throughout, is_log, may_pay
from headroom_core.compressors.logs.view import view_of
from headroom_core.compressors.logs.writer import write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.source import Source

_MOST_OF_SOURCE = 0.9
# A document has a form in which its words stay words, even where patterns would be shorter.
_JSON_STARTS = frozenset({"{", "[", "[{"})


class LogCompressor(Compressor):
    """Templates with fields for the lines of any log, whatever program wrote it."""

    name = "log"
    fits_any_text = True

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        if len(source) > MAX_DECODED_CHARS or _is_json(source) or not may_pay(source, hint):
            return None
        legend, body = write(source.lines)
        if hint.legends:
            legend, body = name_ids(legend, body)
        if len(legend) + len(body) > _MOST_OF_SOURCE * len(source):
            return None
        return Encoded(legend, body)

    def decode(self, legend: str, body: str, context: Sequence[str] = ()) -> str:
        del context
        return read(*restore_ids(legend, body))

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        if len(source) > MAX_DECODED_CHARS:
            return None
        if is_log(source, hint) or is_alike_throughout(source, hint):
            return view_of(source.lines, hint, room)
        return None


def _is_json(source: Source) -> bool:
    return source.head[0].strip() in _JSON_STARTS
