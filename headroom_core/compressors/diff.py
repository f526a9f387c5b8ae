"""Diffs (`git diff`, `git show`, `git log -p`, `diff -u`): folded, or narrowed to the question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.compressors.base import Compressor, Encoded, View
from headroom_core.compressors.diffs import form, view
from headroom_core.compressors.diffs.messages import is_log

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.base import Hint
    from headroom_core.source import Source

_SIGNS = ("diff --", "@@ -", "--- ", "Index: ")


class DiffCompressor(Compressor):
    """A unified diff with its headers on one line each; `+` and `-` lines stay as they are."""

    name = "diff"
    owns_shape = True

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        del hint
        found = form.write(source.lines) if _looks_like_diff(source) else None
        if found is None:
            return None
        legend, body = found
        return Encoded(legend, body) if len(legend) + len(body) + 40 < len(source) else None

    def decode(self, legend: str, body: str, context: Sequence[str] = ()) -> str:
        del context
        return form.read(legend, body)

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        return view.make(source.lines, hint, room) if _looks_like_diff(source) else None


def _looks_like_diff(source: Source) -> bool:
    """Whether a diff starts among the first lines, or a log of commits does."""
    return is_log(source.head) or any(line.startswith(_SIGNS) for line in source.head)
