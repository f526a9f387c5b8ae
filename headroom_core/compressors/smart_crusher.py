"""`SmartCrusher`: JSON as tables that read like tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.compressors.base import Compressor, Encoded, Hint, View
from headroom_core.compressors.json_table.form import from_form, to_form
from headroom_core.compressors.json_table.view import view_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.source import Source


_NAME = re.compile(r"[\w$@-]+")


class SmartCrusher(Compressor):
    """Arrays and maps of like-shaped objects as tables; other JSON without its blanks."""

    name = "json"

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        if source.text[:1] not in {"{", "["}:
            return None
        return to_form(source.text, _named(hint))

    def decode(self, legend: str, body: str, context: Sequence[str] = ()) -> str:
        del context
        return from_form(legend, body)

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        if source.text[:1] not in {"{", "["}:
            return None
        return view_of(source.text, hint, room, _named(hint))


def _named(hint: Hint) -> frozenset[str]:
    """The names that the question mentions: the columns that it may ask about."""
    return frozenset(_NAME.findall(hint.query.lower()))
