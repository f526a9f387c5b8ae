"""A document to ask about, and what the prose compressor shows of a text."""

import re

from headroom_core.compressors.base import Hint, View
from headroom_core.compressors.prose import ProseCompressor
from headroom_core.keep import KeepRules
from headroom_core.source import Source

GAP = re.compile(r"\[… [^\]\n]+\]")
TOPICS = ("river", "copper", "violin", "harbour", "orchard", "glacier", "lantern", "parliament")


def paragraph(topic: str, number: int) -> str:
    return " ".join(
        f"The {topic} of district {number} was described by visitor {each} in a long letter home."
        for each in range(number, number + 6)
    )


def document(answer: str = "") -> str:
    parts = ["# Travels", "All of this was collected by hand over many patient years."]
    for number, topic in enumerate(TOPICS):
        parts += [f"## About the {topic}", paragraph(topic, number), paragraph(topic, number + 40)]
        if number == 4:
            parts.append(answer)
    return "\n\n".join(filter(None, parts))


def view(text: str, query: str, room: int = 1_500, **more: object) -> View | None:
    hint = Hint(query=query, keep=KeepRules(**more) if more else None)  # type: ignore[arg-type]  # a table of cases
    return ProseCompressor().view(Source(text), hint, room)


def shown(text: str, query: str, room: int = 1_500) -> str:
    seen = view(text, query, room)
    assert seen is not None
    return seen.body


def assert_verbatim(text: str, body: str) -> None:
    """Every piece between two gaps stands in the text, after the piece before it."""
    at = 0
    for piece in GAP.split(body):
        if piece.strip():
            found = text.find(piece.strip("\n"), at)
            assert found >= 0, piece
            at = found + len(piece.strip("\n"))
