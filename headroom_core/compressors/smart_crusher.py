"""`SmartCrusher`: JSON as tables that read like tables."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from headroom_core.compressors.base import Compressor, Encoded, Hint, View
from headroom_core.compressors.json_table.document import read_document
from headroom_core.compressors.json_table.form import from_form, has_tables, to_form
from headroom_core.compressors.json_table.in_text import (
    LEGEND,
    find_blocks,
    read_blocks,
    write_blocks,
)
from headroom_core.compressors.json_table.sampled import sample_of
from headroom_core.compressors.json_table.view import view_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.source import Source


_STARTS = ("{", "[")
_NAME = re.compile(r"[\w$@-]+")
_LARGEST_FRAME = 3
_WORTHWHILE = 0.9


class SmartCrusher(Compressor):
    """Arrays and maps of like-shaped objects as tables; other JSON without its blanks."""

    name = "json"

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        # What was read to be edited keeps every line as it is.
        if hint.origin == "file_read":
            return None
        spared = _named(hint)
        if source.text[:1] in _STARTS:
            if not _may_pay(source.text, spared):
                return None
            form = to_form(source.text, spared, hint.query)
            if form is not None:
                return form
        return write_blocks(source.text, lambda text: to_form(text, spared, hint.query))

    def decode(self, legend: str, body: str, context: Sequence[str] = ()) -> str:
        del context
        if legend.startswith(LEGEND):
            return read_blocks(body, from_form)
        return from_form(legend, body)

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        text = source.text
        whole = view_of(text, hint, room, _named(hint)) if text[:1] in _STARTS else None
        return whole or _view_in_text(text, hint, room)


def _may_pay(text: str, spared: frozenset[str]) -> bool:
    """Whether long JSON may get a tenth shorter: its sample does or holds tables, or tells nothing.

    A sample of few rows saves less than all do, but where no neighbours are alike, no tables come.
    """
    sample = sample_of(text)
    if sample is None:
        return True
    form = to_form(sample, spared)
    if form is None:  # or the lines of the sample are no JSON, as those of other texts between it
        return read_document(sample) is None
    return has_tables(form) or len(form.body) + len(form.legend) < _WORTHWHILE * len(sample)


def _view_in_text(text: str, hint: Hint, room: int) -> View | None:
    """The view of the one piece of JSON that makes up most of a text, between its other lines."""
    blocks = find_blocks(text)
    if len(blocks) != 1:
        return None
    start, end = blocks[0].start, blocks[0].end
    around = len(text) - (end - start)
    if around > room // _LARGEST_FRAME:
        return None
    view = view_of(text[start:end], hint, room - around, _named(hint))
    if view is None:
        return None
    body = f"{text[:start]}{view.body}{text[end:]}"
    return replace(view, body=body, required=view.required + around)


def _named(hint: Hint) -> frozenset[str]:
    """The names that the question mentions: the columns that it may ask about."""
    return frozenset(_NAME.findall(hint.query.lower()))
