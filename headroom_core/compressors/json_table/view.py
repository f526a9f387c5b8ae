"""The lossy view of JSON: what the question asks for, the tables in short, the rest in outline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.compressors.base import Hint, View
from headroom_core.compressors.json_table.by_kind import KINDS, SAID
from headroom_core.compressors.json_table.document import read_document
from headroom_core.compressors.json_table.focus import focus_of
from headroom_core.compressors.json_table.form import (
    HAS_MENTION,
    MENTIONS,
    delimiter_for,
    open_document,
)
from headroom_core.compressors.json_table.lookups import look_up
from headroom_core.compressors.json_table.named_objects import named_objects, words_of
from headroom_core.compressors.json_table.outline import view_outline
from headroom_core.compressors.json_table.tree import entries_of

if TYPE_CHECKING:
    from headroom_core.compressors.base import Unit

_EXPLAINED = (
    "[JSON in short. Tables: count of rows, columns, some rows, the first is 0; blank: the value"
    " behind the column's =, else no such key; x:a*b: cells of x stand for *; +n: n columns named"
    " below; {x}: the row's x"
)

_NAMING = frozenset("id key name number title".split())
"""Of few rows each tells itself what it is called, whatever that follows from."""


def view_of(text: str, hint: Hint, room: int, spared: frozenset[str]) -> View | None:
    """The view of a JSON text, or `None` when it is not JSON."""
    document = read_document(text)
    if document is None:
        return None
    value = open_document(text, document)
    focus = focus_of(hint)
    asked = f"{hint.query}\n{hint.arguments}"
    words = words_of(asked)
    found = look_up(document.value, asked)
    named = {each.written(words): each for each in named_objects(document.value, asked)}
    delimiter = delimiter_for(text)
    entries = entries_of(value, delimiter, spared | _NAMING)
    answers = sum(map(len, [*found, *named]))
    left = room * 7 // 8 - len(_EXPLAINED) - 1 - answers
    outline = view_outline(entries, delimiter, focus, left, answered=bool(answers))
    mentions = any("[" in line and HAS_MENTION.search(line) for line in outline.lines)
    kinds = any(map(KINDS.search, outline.lines))
    explained = f"{_EXPLAINED}{SAID if kinds else ''}{MENTIONS if mentions else ''}]"
    more = [line for line, each in named.items() if not each.is_in(outline.lines, words)]
    body = "\n".join([explained, *found, *more, *outline.lines])
    by_rows = outline.rows > outline.total
    unit: Unit = "rows" if by_rows else "items"
    return View(
        body,
        unit,
        outline.rows_shown if by_rows else outline.shown,
        outline.rows if by_rows else outline.total,
        hides="errors, rare values and what was asked for included",
        required=outline.required + answers,
    )
