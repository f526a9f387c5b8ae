"""`TableCompressor`: tables that programs print, without what their rows share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core import signals
from headroom_core.compressors.base import Compressor, Encoded
from headroom_core.compressors.gutters import style_of
from headroom_core.compressors.tables import delimited, form
from headroom_core.compressors.tables.view import view_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.base import Hint, View
    from headroom_core.source import Source

_ENTRY = re.compile(
    r"\W?(?:[0-9]{4}[-/.][0-9]{2}[-/.][0-9]{2}[T ]|[A-Z][a-z]{2} [ 0-9][0-9] )[0-9]{2}:[0-9]{2}:"
    r".{0,60}\b(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL)\b"
)


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
        if _is_numbered(source) or _is_log(source):
            return None
        return view_of(source, hint, room)


def _is_numbered(source: Source) -> bool:
    """Whether the text is a file with a gutter: aligned numbers and a tab make no table of it."""
    style = style_of(source.head)
    return style is not None and (style.sep == "→" or (style.sep == "\t" and style.width > 0))


def _is_log(source: Source) -> bool:
    """Whether most lines are entries of a log: its columns may be aligned, its tracebacks not."""
    head = [line for line in source.head if line]
    entries = sum(_ENTRY.match(line) is not None for line in head)
    return 2 * entries >= len(head) > 0 and delimited.kind_of(source.head) is None
