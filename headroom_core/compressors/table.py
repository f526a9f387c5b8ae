"""`TableCompressor`: tables that programs print, without what their rows share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core import signals
from headroom_core.compressors.base import Compressor, Encoded
from headroom_core.compressors.gutters import style_of
from headroom_core.compressors.tables import form
from headroom_core.compressors.tables.view import view_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.base import Hint, View
    from headroom_core.source import Source


class TableCompressor(Compressor):
    """CSV, TSV, Markdown and other drawn tables, and columns that are aligned with blanks."""

    name = "table"

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        # What was read to be edited keeps every line as it is.
        if hint.origin == "file_read" or _is_numbered(source):
            return None
        return form.write(source, signals.terms(hint))

    def decode(self, legend: str, body: str, context: Sequence[str] = ()) -> str:
        del context
        return form.read(legend, body)

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        return None if _is_numbered(source) else view_of(source, hint, room)


def _is_numbered(source: Source) -> bool:
    """Whether the text is a file with a gutter: aligned numbers and a tab make no table of it."""
    style = style_of(source.head)
    return style is not None and (style.sep == "→" or (style.sep == "\t" and style.width > 0))
