"""The stretches of an original that answer a question, best first."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from headroom_core.compressors.passages.asked import own_terms
from headroom_core.relevance import Bm25
from headroom_core.retrieval.answer import Piece, Selection
from headroom_core.retrieval.chunks import (
    JSON_CHARS,
    Chunk,
    json_chunks,
    place,
    stand_alone,
    text_chunks,
)
from headroom_core.retrieval.headings import headings
from headroom_core.retrieval.json_tree import Node, compact_json
from headroom_core.retrieval.lines import lines_of
from headroom_core.retrieval.path import resolve
from headroom_core.retrieval.symbols import Source
from headroom_core.signals import severity

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from headroom_core.relevance import Scorer

MOST_QUERY_CHARS = 2_000
MOST_PIECES = 2_000
LITERAL_WEIGHT = 12.0
PROBLEM_WEIGHT = 3.0
AS_GOOD = 0.5
"""What scores this share of the best may be meant where the first or the last one is asked for."""
AGAIN = 0.85
"""What a further entry of the same shape is worth, compared with the one before it."""
AGAIN_PROBLEM = 0.6
"""The same where problems are asked for: each kind of them before the second of any."""
MOST_NAMED = 12
LEAST_NAME = 4
MOST_SECTIONS = 3
LEAST_SENTENCE = 4
NEIGHBOURS = (1, 2)
NEIGHBOURED = 8
"""So many of the best entries of a log are shown with the lines around them."""
_QUOTED = re.compile(
    r"`([^`\n]{1,300})`|\"([^\"\n]{1,300})\"|“([^”\n]{1,300})”|(?<!\w)'([^'\n]{2,300})'"
)
_ASKS_FOR_PROBLEMS = re.compile(
    r"(?i)\b(?:fail\w*|errors?|fatal|wrong|break\w*|broke\w*|crash\w*|exceptions?|problems?|alerts?"
    r"|faults?|warn\w*|panic\w*|root cause|stack ?traces?|tracebacks?)\b"
)
_ASKS_FOR_CHANGES = re.compile(r"(?i)\b(?:add(?:ed|s)?|new|remov\w+|chang\w+|delet\w+)\b")
_ASKS_FOR_FIRST = re.compile(r"(?i)\b(?:first|earliest|initial\w*|start(?:s|ed)?|beg[aiu]n\w*)\b")
_ASKS_FOR_LAST = re.compile(r"(?i)\b(?:last|latest|final\w*|finish\w*|end(?:s|ed)?|eventual\w*)\b")
_LONG_NUMBER = re.compile(r"\d{2,}")
_WORDS = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class _Ranked:
    chunk: Chunk
    score: float


def select_query(text: str, asked: str, scorer: Scorer | None = None) -> Selection:
    """Return the best stretches first.

    Where nothing matches, and after what matches a sentence that names nothing: what sounds bad,
    then the beginning of each part, then the rest.
    """
    asked = asked[:MOST_QUERY_CHARS]
    scorer = scorer or Bm25()
    compact = compact_json(text)
    if compact is not None:
        chunks = json_chunks(compact)
        named = _named_values(compact, asked)
        total, unit, found = len(chunks), "items", _ranked(chunks, asked, scorer)
    else:
        lines = lines_of(text)
        named = _named_symbols(lines, asked) or _named_sections(lines, asked)
        total, unit, found = len(lines), "lines", _ranked(text_chunks(lines), asked, scorer)
        found = _once(named, found, lines)
    pieces = [*named, *(_piece(each.chunk) for each in found[:MOST_PIECES])]
    head = whole_head = ""
    if not named and not (found and found[0].score > 0):
        head = _said(asked, "nothing matches", "what sounds bad, then the beginning of each part")
        whole_head = _said(asked, "nothing matches", "all of it")
    elif not named and _names_nothing(asked):
        whole_head = _said(asked, "nothing is named in", "all of it")
    return Selection("items" if unit == "items" else "lines", total, pieces, head, whole_head)


def literals(asked: str) -> list[str]:
    """Return what a question quotes: it is looked for as it stands."""
    return list(dict.fromkeys("".join(groups) for groups in _QUOTED.findall(asked)))


def _said(asked: str, missing: str, instead: str) -> str:
    shown = " ".join(asked[:80].split())
    return f"[{missing} {shown!r}; {instead}:]"


def _names_nothing(asked: str) -> bool:
    """Whether a question is about a text as a whole. A word or two are looked for, whatever."""
    return len(asked.split()) >= LEAST_SENTENCE and not own_terms(asked)


def _piece(chunk: Chunk) -> Piece:
    mark = chunk.mark or place(chunk.first, chunk.last, chunk.under, chunk.text)
    return Piece(chunk.text, chunk.first, chunk.last, mark)


def _ranked(chunks: Sequence[Chunk], asked: str, scorer: Scorer) -> list[_Ranked]:
    """Order chunks by how well they answer; those of one shape take turns with the others."""
    scores = scorer.scores(asked, [f"{chunk.around}\n{chunk.text}" for chunk in chunks])
    quoted = literals(asked)
    bad = bool(_ASKS_FOR_PROBLEMS.search(asked))
    changes = bool(_ASKS_FOR_CHANGES.search(asked))
    names_nothing = _names_nothing(asked)
    worst = _worst_of(chunks) if bad or names_nothing or not any(scores) else []
    for index, chunk in enumerate(chunks):
        scores[index] += LITERAL_WEIGHT * sum(_holds(chunk, literal) for literal in quoted)
        if bad:
            scores[index] += PROBLEM_WEIGHT * worst[index]
        if changes and scores[index]:
            scores[index] += _changed(chunk.text)
    order = sorted(range(len(chunks)), key=lambda index: (-scores[index], index))
    ranked = [_Ranked(chunks[index], scores[index]) for index in order if scores[index] > 0]
    found = _ends_first(_taking_turns(ranked, AGAIN_PROBLEM if bad else AGAIN), ranked, asked)
    if names_nothing or not found:
        first = _firsts(chunks)
        rest = [index for index in range(len(chunks)) if scores[index] <= 0]
        rest.sort(key=lambda index: (-worst[index], index not in first))
        found += [_Ranked(chunks[index], 0.0) for index in rest[:MOST_PIECES]]
    return found


def _firsts(chunks: Sequence[Chunk]) -> set[int]:
    """The chunks with which what stands under a heading begins."""
    return {at for at, chunk in enumerate(chunks) if not at or chunk.under != chunks[at - 1].under}


def _holds(chunk: Chunk, literal: str) -> float:
    """How well a chunk holds what was quoted; a heading is as good as the text below it."""
    if literal in chunk.text:
        return 1.0
    if literal in chunk.under:
        return 0.9
    if literal in chunk.above:
        return 0.6
    return 0.5 if literal.lower() in f"{chunk.around}\n{chunk.text}".lower() else 0.0


def _worst_of(chunks: Sequence[Chunk]) -> list[int]:
    """How bad each chunk sounds; those that differ in long numbers only are read once."""
    known: dict[str, int] = {}
    found: list[int] = []
    for chunk in chunks:
        shape = _LONG_NUMBER.sub("0", chunk.text)
        worst = known.get(shape)
        if worst is None:
            worst = known[shape] = max(map(severity, chunk.text.split("\n")))
        found.append(worst)
    return found


def _changed(text: str) -> float:
    """The share of lines that a diff adds or removes."""
    lines = text.split("\n")
    return sum(line[:1] in {"+", "-"} for line in lines) / len(lines)


def _taking_turns(ranked: Sequence[_Ranked], again: float) -> list[_Ranked]:
    """Lower the score of each further entry of a shape that was there before."""
    seen: dict[str, int] = {}
    lowered: list[_Ranked] = []
    for each in ranked:
        shape = " ".join(_WORDS.findall(each.chunk.text[:300]))
        times = seen.get(shape, 0)
        seen[shape] = times + 1
        lowered.append(_Ranked(each.chunk, each.score * again ** min(times, 12)))
    return sorted(lowered, key=lambda each: -each.score)


def _ends_first(found: list[_Ranked], ranked: Sequence[_Ranked], asked: str) -> list[_Ranked]:
    """Put behind the best answer the first good one, or the last one, where that is asked for."""
    good = [each.chunk for each in ranked if each.score >= AS_GOOD * ranked[0].score]
    ends = [
        end(good, key=lambda chunk: chunk.first)
        for end, asks in ((min, _ASKS_FOR_FIRST), (max, _ASKS_FOR_LAST))
        if good and asks.search(asked)
    ]
    return found[:1] + sorted(found[1:], key=lambda each: each.chunk not in ends)


def _once(named: Sequence[Piece], ranked: Sequence[_Ranked], lines: Sequence[str]) -> list[_Ranked]:
    """Show no line twice, and the best entries of a log among the lines around them."""
    taken = {number for piece in named for number in range(piece.first, piece.last + 1)}
    alone = stand_alone(lines)
    out: list[_Ranked] = []
    for index, each in enumerate(ranked):
        chunk = each.chunk
        if not taken.isdisjoint(range(chunk.first, chunk.last + 1)):
            if all(number in taken for number in range(chunk.first, chunk.last + 1)):
                continue
            chunk = _rest(chunk, taken, lines)
        elif alone and index < NEIGHBOURED:
            chunk = _with_neighbours(chunk, taken, lines)
        taken.update(range(chunk.first, chunk.last + 1))
        out.append(_Ranked(chunk, each.score))
    return out


def _rest(chunk: Chunk, taken: Collection[int], lines: Sequence[str]) -> Chunk:
    """The first run of lines of a chunk that was not shown yet."""
    first = next(n for n in range(chunk.first, chunk.last + 1) if n not in taken)
    last = first
    while last < chunk.last and last + 1 not in taken:
        last += 1
    return replace(chunk, text="\n".join(lines[first - 1 : last]), first=first, last=last)


def _with_neighbours(chunk: Chunk, taken: Collection[int], lines: Sequence[str]) -> Chunk:
    first, last = chunk.first, chunk.last
    while first > max(1, chunk.first - NEIGHBOURS[0]) and first - 1 not in taken:
        first -= 1
    while last < min(len(lines), chunk.last + NEIGHBOURS[1]) and last + 1 not in taken:
        last += 1
    return replace(chunk, text="\n".join(lines[first - 1 : last]), first=first, last=last)


def _named_values(text: str, asked: str) -> list[Piece]:
    """The values whose paths a question spells out, in one piece or in several."""
    found: dict[Node, None] = {}
    quoted = literals(asked)
    for literal in quoted:
        if (node := resolve(text, literal)) is not None:
            found.setdefault(node)
            for other in quoted:
                if (inner := resolve(text, f"{literal}.{other}")) is not None:
                    found.setdefault(inner)
    small = [node for node in found if node.end - node.start <= JSON_CHARS]
    return [Piece(node.text(text), 1, 1, node.name) for node in small[:20]]


def _named_symbols(lines: Sequence[str], asked: str) -> list[Piece]:
    """The definitions that a question names."""
    source = Source(lines)
    named = [found for literal in literals(asked) for found in source.find(literal)[:MOST_NAMED]]
    under = headings(lines) if named else []
    taken: set[int] = set()
    pieces: list[Piece] = []
    for found in named:
        if found.first not in taken:
            taken.update(range(found.first, found.last + 1))
            text = "\n".join(lines[found.first - 1 : found.last])
            mark = place(found.first, found.last, under[found.first - 1], text)
            pieces.append(Piece(text, found.first, found.last, mark))
    return sorted(pieces, key=lambda piece: len(piece.text))


def _named_sections(lines: Sequence[str], asked: str) -> list[Piece]:
    """The few sections that a question names and asks nothing else of, such as a file of a diff.

    They are shown from their beginning, since nothing says which of their lines are wanted.
    """
    quoted = [each for each in literals(asked) if len(each) >= LEAST_NAME]
    if not quoted:
        return []
    named = [_naming(words, quoted) for words in headings(lines)]
    pieces: list[Piece] = []
    for words, run in groupby(range(len(lines)), key=named.__getitem__):
        first, *rest = run
        last = rest[-1] if rest else first
        if words:
            text = "\n".join(lines[first : last + 1])
            pieces.append(Piece(text, first + 1, last + 1, f"lines {first + 1}-{last + 1}"))
    return pieces if len(pieces) <= MOST_SECTIONS else []


def _naming(headings_above: str, quoted: Sequence[str]) -> str:
    """The outermost of the headings above a line that name all that was quoted, or nothing."""
    names = headings_above.split(" > ")
    above = (" > ".join(names[:end]) for end in range(1, len(names) + 1))
    return next((words for words in above if all(each in words for each in quoted)), "")
