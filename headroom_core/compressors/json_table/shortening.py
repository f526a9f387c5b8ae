"""Columns whose texts stand without what all of them begin and end with, or name another column."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table.affixes import affixes
from headroom_core.compressors.json_table.cells import all_are_words, is_text
from headroom_core.compressors.json_table.columns import KEY
from headroom_core.compressors.json_table.following import LEAST_CHARS, follows
from headroom_core.compressors.json_table.mentions import (
    MARK,
    may_mention,
    mentioning,
)
from headroom_core.compressors.json_table.values import Absent

if TYPE_CHECKING:
    from headroom_core.compressors.json_table.drafts import Draft, Table
    from headroom_core.compressors.json_table.templates import Texts

_LEAST_TEXTS = 3
_TEXT_KINDS = {str, Absent, type(None)}


def without_affixes(draft: Draft, table: Table) -> tuple[str, list[str]] | None:
    """The header and cells of a column of texts that begin or end alike, or mention others."""
    delimiter = table.delimiter
    if draft.chars < LEAST_CHARS or len(draft.cells) - draft.absent < _LEAST_TEXTS:
        return None
    if str not in draft.kinds or not draft.kinds <= _TEXT_KINDS:
        return None
    column = _mentioning(draft, table)
    mark = MARK if column is not draft.texts else ""
    texts = [text for text in column if text is not None]
    if len(texts) < _LEAST_TEXTS:
        return None
    prefix, suffix = affixes(texts, numbered=draft.column.path != (KEY,))
    if prefix.startswith(MARK) and not mark:
        prefix = ""
    start, end = len(prefix), len(suffix)
    escaped = '"' in map(itemgetter(0), draft.cells)
    if not start and not end and not mark and not escaped:
        return None
    plain = len(texts) == len(column) and table.spared.isdisjoint(texts)
    cells = _middles(texts, prefix, suffix, delimiter) if plain else None
    if cells is None:
        cells = [
            f"={cell}" if text in table.spared else _middle(text, cell, prefix, suffix, delimiter)
            for text, cell in zip(column, draft.cells, strict=True)
        ]
    old = draft.chars - draft.absent
    if old - len("".join(cells)) < 2 * (start + end) + 8:
        return None
    return f":{mark}{prefix}*{suffix}", cells


def _mentioning(draft: Draft, table: Table) -> Texts:
    """The texts of a column, with the names of others in place of their words where those pay."""
    texts = draft.texts
    if not may_mention(texts):
        return texts
    for other in table.words:
        found, count = mentioning(texts, other.name, other.texts, table.spared)
        if count > 1 and follows(other, table) is None:
            texts = found
    return texts


def _middles(texts: list[str], prefix: str, suffix: str, delimiter: str) -> list[str] | None:
    """What stands between prefix and suffix, if all texts have both and something harmless."""
    start, end = len(prefix), len(suffix)
    middles = [text[start : len(text) - end] for text in texts]
    # Texts that are shorter than both would come out longer.
    around = f"{suffix}{prefix}".join(middles)
    if f"{prefix}{around}{suffix}" != "".join(texts):
        return None
    return middles if all_are_words(middles, delimiter) else None


def _middle(text: str | None, cell: str, prefix: str, suffix: str, delimiter: str) -> str:
    """What stands between prefix and suffix, or the whole cell behind `=`."""
    middle = "" if text is None else text[len(prefix) : len(text) - len(suffix)]
    if (
        text is not None
        and text.startswith(prefix)
        and text.endswith(suffix)
        and len(text) > len(prefix) + len(suffix)
        and is_text(middle, delimiter)
        and middle[0] not in '"[{'
    ):
        return middle
    return "" if cell == "~" else f"={cell}"
