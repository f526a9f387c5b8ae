"""Search results (`grep`, `rg`, `git grep`, `ag`): grouped by file, or the hits that matter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.compressors.base import Compressor, Encoded, View
from headroom_core.compressors.logs.diagnostics import is_finding
from headroom_core.compressors.searching import form, view
from headroom_core.compressors.searching.hits import looks_like, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.base import Hint
    from headroom_core.compressors.searching.hits import Line
    from headroom_core.source import Source

_SEARCHER = re.compile(r"\b(?:grep|rg|ag|ack)\b")
_MOST_FINDINGS = 0.6


class SearchResults(Compressor):
    """`path:12:text` becomes a heading `path` and `12:text`; context lines keep their place."""

    name = "search"

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        del hint
        found = read(source.lines) if looks_like(source.head) else None
        if found is None:
            return None
        legend, body = form.write(found)
        return Encoded(legend, body) if len(legend) + len(body) < len(source) else None

    def decode(self, legend: str, body: str, context: Sequence[str] = ()) -> str:
        del context
        return form.read(legend, body)

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        found = read(source.lines) if looks_like(source.head) else None
        if found is None or (not _searched(hint) and _are_findings(found.lines)):
            return None
        return view.make(found, len(source.lines), hint, room)


def _searched(hint: Hint) -> bool:
    return hint.origin == "search" or _SEARCHER.search(hint.command) is not None


def _are_findings(lines: Sequence[Line]) -> bool:
    """Whether a compiler or linter wrote most of it: which messages there are then says more."""
    hits = [line.text for line in lines if line.mark == "hit"]
    return sum(map(is_finding, hits)) >= _MOST_FINDINGS * len(hits)
