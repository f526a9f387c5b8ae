"""Columns that follow from others, or from the number of the row, by a template."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress, repeat
from operator import eq
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table.cells import is_safe, is_text
from headroom_core.compressors.json_table.templates import (
    Template,
    Texts,
    count_template,
    fill,
    is_single,
    ref_template,
    refs,
    write_template,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from headroom_core.compressors.json_table.drafts import Draft, Table


LEAST_CHARS = 24
"""To say how a shorter column follows, or what its cells have in common, saves no token."""
_MOST_SINGLE = 3
_MENTION = 8
_LEAST_COUNTED = len("{row}") + _MENTION
_COUNTED = ({int}, {str})
_PROBE = 40
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Following:
    """How a column follows from others, and in which rows it does."""

    template: Template
    hits: list[bool]


def follows(draft: Draft, table: Table) -> Following | None:
    """Find a template that gives (nearly) all values of a column."""
    rows = len(draft.cells)
    if rows <= _PROBE and 2 * draft.absent > rows:
        return None  # no template holds in half of the rows
    if str in draft.kinds and draft.chars >= LEAST_CHARS:
        tried: set[Template] = set()
        for template in _guesses(draft, table):
            found = None if template in tried else _following(draft, template, table)
            if found is not None:
                return found
            tried.add(template)
    may_count = draft.chars > _LEAST_COUNTED and draft.kinds in _COUNTED
    if may_count and table.counts_rows:
        counted = count_template(draft.name, draft.texts, whole=draft.kinds == {int})
        if counted is not None:
            return _following(draft, counted, table)
    return None


def _guesses(draft: Draft, table: Table) -> Iterator[Template]:
    """Templates that fit the first, or the middle, text of a column."""
    rows = len(draft.texts)
    for row in dict.fromkeys((_first_text(draft.texts), rows // 2)):
        text = draft.texts[row]
        if text is None:
            continue
        weight = draft.weight
        others = [
            (name, found)
            for name, found, other in table.texts_at(row)
            if found in text and other < weight
        ]
        if not others:
            continue
        guesses = [ref_template(text, others)]
        guesses += [ref_template(text, [each]) for each in others[:_MOST_SINGLE]]
        yield from (template for template in guesses if refs(template))


def _following(draft: Draft, template: Template, table: Table) -> Following | None:
    """A template with the rows in which it holds, if those are many and worth its mention."""
    text = write_template(template)
    if text[0] in '"[' or not is_text(text, "\t"):
        return None
    probe = _hits(draft, template, table, slice(0, _PROBE))
    if sum(probe) * 2 < len(probe):
        return None
    hits = probe
    for start in range(len(probe), len(draft.texts), _BATCH):
        hits += _hits(draft, template, table, slice(start, start + _BATCH))
    saved = len("".join(compress(draft.cells, hits)))
    if sum(hits) * 3 < len(hits) or saved <= len(text) + _MENTION:
        return None
    return Following(template, hits)


def _hits(draft: Draft, template: Template, table: Table, rows: slice) -> list[bool]:
    """In which of some rows a template gives the very value."""
    texts = draft.texts[rows]
    numbers = table.numbers[rows] or range(len(texts))
    made = fill(template, numbers, lambda name: table.texts(name)[rows])
    kinds: Iterable[type] = repeat(str)
    alike: set[type] = {str}
    if is_single(template):
        names = refs(template)
        kinds = map(type, table.values(names[0])[rows]) if names else repeat(int)
        alike = table.kinds(names[0]) if names else {int}
    if draft.kinds == alike and len(alike) == 1 and None not in texts:
        return list(map(eq, made, texts))
    return [
        text is not None and text == other and type(value) is kind
        for text, other, value, kind in zip(
            made, texts, draft.column.values[rows], kinds, strict=False
        )
    ]


def fits_header(template: Template, delimiter: str) -> bool:
    """Whether a template can stand in a header between other columns."""
    text = write_template(template)
    return (text.startswith("{") and is_text(text, delimiter)) or is_safe(text, delimiter)


def _first_text(texts: Texts) -> int:
    return next((index for index, text in enumerate(texts) if text is not None), 0)
