"""Outlines of source code: signatures and declarations stay, bodies become ranges of lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.compressors.base import Compressor, View
from headroom_core.compressors.coding.languages import language_of
from headroom_core.compressors.coding.outline import Outline
from headroom_core.compressors.coding.syntax import MAX_CHARS, is_installed, parse
from headroom_core.compressors.coding.wanted import show_wanted
from headroom_core.compressors.coding.writing import write
from headroom_core.compressors.gutters import bare
from headroom_core.errors import MissingExtraError

if TYPE_CHECKING:
    from headroom_core.compressors.base import Hint
    from headroom_core.compressors.gutters import Bare
    from headroom_core.source import Source

_LEAST_CHARS = 1_500
_MOST_SHARE = 0.7
_READER = re.compile(
    r"\s*(?:cd [^;&|\n]*(?:&&|;)\s*)?(?:cat|sed|head|tail|nl|bat|batcat|less|more|awk|git show)\b"
)
_LARGE_FILE = 10
"""How many times the room a file takes that is outlined although nothing in it is asked for: who
reads a file in order to edit it needs its lines."""


class CodeCompressor(Compressor):
    """The outline of a source text, for whoever looks for a way through it.

    Imports, types, signatures, decorators, constants and the first lines of comments stay as they
    are and in their order. A body gives way to a comment that names its lines, unless the
    conversation asks for it. What agents edit is never outlined: neither a short file nor one that
    this conversation has changed.
    """

    name = "code"
    owns_shape = True

    def unavailable(self) -> str | None:
        """What is missing for outlines and how to get it, or `None`."""
        if is_installed():
            return None
        return str(MissingExtraError("tree-sitter-language-pack", extra="code"))

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        if not max(room, _LEAST_CHARS) < len(source) <= MAX_CHARS or hint.edited:
            return None
        here = bare(source.lines, source.head)
        language = language_of(here.lines[: len(source.head)], hint.path, hint.command)
        if language is None or not is_installed() or not _prints_a_file(hint):
            return None
        outline = Outline(here.lines, parse(_code_only(here), language))
        if not outline.functions:
            return None
        outline.fit(room)
        is_named = show_wanted(outline, hint, room)
        if hint.origin == "file_read" and not is_named and len(source) < _LARGE_FILE * room:
            return None
        body, required = write(here, outline, language.comment)
        if len(body) > _MOST_SHARE * len(source):
            return None
        return View(
            body=body,
            unit="functions",
            shown=outline.count_whole(),
            total=len(outline.functions),
            hides="the other bodies named by their lines",
            required=required,
        )


def _prints_a_file(hint: Hint) -> bool:
    """Whether a text can be a file: of what a command prints, only what a reader of files does."""
    return bool(hint.path) or not hint.command or _READER.match(hint.command) is not None


def _code_only(here: Bare) -> list[str]:
    """The lines of the file itself, in their places: a tool's own lines would not parse."""
    if not here.runs:
        return here.lines
    lines = [""] * len(here.lines)
    for run in here.runs:
        lines[run.start : run.end] = here.lines[run.start : run.end]
    return lines
