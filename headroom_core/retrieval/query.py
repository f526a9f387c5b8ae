"""The stretches of an original that answer a question, best first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.relevance import Bm25
from headroom_core.retrieval.answer import Piece, Selection
from headroom_core.retrieval.chunks import Chunk, json_chunks, stand_alone, text_chunks
from headroom_core.retrieval.json_tree import Node, compact_json
from headroom_core.retrieval.lines import lines_of
from headroom_core.retrieval.path import resolve
from headroom_core.retrieval.symbols import find_symbol
from headroom_core.signals import severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.relevance import Scorer

MOST_QUERY_CHARS = 2_000
MOST_PIECES = 2_000
LITERAL_WEIGHT = 12.0
PROBLEM_WEIGHT = 3.0
SAME_SHAPE = 2
"""So many entries of one shape are shown before all others had their turn."""
_QUOTED = re.compile(
    r"`([^`\n]{1,300})`|\"([^\"\n]{1,300})\"|“([^”\n]{1,300})”|(?<!\w)'([^'\n]{2,300})'"
)
_ASKS_FOR_PROBLEMS = re.compile(
    r"(?i)\b(?:fail\w*|errors?|fatal|wrong|br[eo]ken?|crash\w*|exceptions?|problems?|alerts?|faults?"
    r"|warnings?|panic\w*|root cause|stack ?traces?|tracebacks?)\b"
)
_VARIABLE = re.compile(r"[0-9a-f]{8,}|\d+")


@dataclass(frozen=True, slots=True)
class _Ranked:
    chunk: Chunk
    score: float


def select_query(text: str, asked: str, scorer: Scorer | None = None) -> Selection:
    """Return the best stretches first; the beginning, and what looks bad, where nothing matches."""
    asked = asked[:MOST_QUERY_CHARS]
    scorer = scorer or Bm25()
    compact = compact_json(text)
    if compact is not None:
        chunks = json_chunks(compact)
        first = list(_named_values(compact, asked))
        return _selection("items", len(chunks), first, _ranked(chunks, asked, scorer), asked)
    lines = lines_of(text)
    chunks = text_chunks(lines)
    first = list(_named_symbols(lines, asked))
    ranked = _ranked(chunks, asked, scorer)
    if stand_alone(lines):
        ranked = _with_neighbours(ranked, lines)
    return _selection("lines", len(lines), first, ranked, asked)


def literals(asked: str) -> list[str]:
    """Return what a question quotes: it is looked for as it stands."""
    return list(dict.fromkeys("".join(groups) for groups in _QUOTED.findall(asked)))


def _selection(
    unit: str, total: int, first: Sequence[Piece], ranked: Sequence[_Ranked], asked: str
) -> Selection:
    pieces = list(first)
    pieces += [
        Piece(each.chunk.text, each.chunk.first, each.chunk.last, each.chunk.mark)
        for each in ranked[:MOST_PIECES]
    ]
    found = first or (ranked and ranked[0].score > 0)
    head = (
        "" if found else f"[nothing matches {asked[:80]!r}; what sounds bad, then the beginning:]"
    )
    return Selection("items" if unit == "items" else "lines", total, pieces, head)


def _ranked(chunks: Sequence[Chunk], asked: str, scorer: Scorer) -> list[_Ranked]:
    """Order chunks by how well they answer; those of one shape take turns with the others."""
    scores = scorer.scores(asked, [f"{chunk.under}\n{chunk.text}" for chunk in chunks])
    quoted = literals(asked)
    bad = bool(_ASKS_FOR_PROBLEMS.search(asked))
    for index, chunk in enumerate(chunks):
        scores[index] += LITERAL_WEIGHT * sum(_holds(chunk, literal) for literal in quoted)
        if bad:
            scores[index] += PROBLEM_WEIGHT * _worst(chunk.text)
    if not any(scores):
        order = sorted(range(len(chunks)), key=lambda index: -_worst(chunks[index].text))
        return [_Ranked(chunks[index], 0.0) for index in order[:MOST_PIECES]]
    order = sorted(
        (index for index, score in enumerate(scores) if score > 0),
        key=lambda index: (-scores[index], index),
    )
    ranked = [_Ranked(chunks[index], scores[index]) for index in order]
    return _taking_turns(ranked)


def _holds(chunk: Chunk, literal: str) -> float:
    if literal in chunk.text:
        return 1.0
    if literal in chunk.under:
        return 0.6
    return 0.5 if literal.lower() in f"{chunk.under}\n{chunk.text}".lower() else 0.0


def _worst(text: str) -> int:
    return max(map(severity, text.split("\n"))) if text else 0


def _taking_turns(ranked: Sequence[_Ranked]) -> list[_Ranked]:
    """Put further entries of a shape that was shown already behind the first ones of each."""
    seen: dict[str, int] = {}
    now: list[_Ranked] = []
    later: list[_Ranked] = []
    for each in ranked:
        shape = _VARIABLE.sub("0", each.chunk.text[:200])
        seen[shape] = seen.get(shape, 0) + 1
        (now if seen[shape] <= SAME_SHAPE else later).append(each)
    return now + later


def _with_neighbours(ranked: Sequence[_Ranked], lines: Sequence[str]) -> list[_Ranked]:
    """Show the best entries among the lines around them, and no line twice."""
    taken: set[int] = set()
    out: list[_Ranked] = []
    for index, each in enumerate(ranked):
        around = (1, 2) if index < 8 else (0, 0)
        first = max(1, each.chunk.first - around[0])
        last = min(len(lines), each.chunk.last + around[1])
        while first in taken:
            first += 1
        end = first
        while end <= last and end not in taken:
            end += 1
        if end > first and each.chunk.first not in taken:
            taken.update(range(first, end))
            out.append(
                _Ranked(Chunk("\n".join(lines[first - 1 : end - 1]), first, end - 1), each.score)
            )
    return out


def _named_values(text: str, asked: str) -> Iterator[Piece]:
    """The values whose paths a question spells out."""
    for literal in literals(asked):
        node: Node | None = resolve(text, literal)
        if node is not None:
            yield Piece(node.text(text), 1, 1, node.name)


def _named_symbols(lines: Sequence[str], asked: str) -> Iterator[Piece]:
    """The definitions that a question names."""
    for literal in literals(asked):
        for found in find_symbol(lines, literal)[:4]:
            yield Piece("\n".join(lines[found.first - 1 : found.last]), found.first, found.last)
