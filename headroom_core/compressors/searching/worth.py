"""What a hit is worth to the reader: definitions of the searched name first, then the query."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING

from headroom_core import signals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.base import Hint
    from headroom_core.compressors.searching.hits import Line

READ_CHARS = 400
"""How far into a line the name is looked for; a definition has it near its start."""
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]+")
_KEYWORDS = (
    r"def|class|function|func|fn|fun|type|struct|enum|union|interface|trait|impl|record|module"
    r"|namespace|macro_rules!|define|const|let|var|val|typedef|object|sub|proc"
)
_STATEMENTS = r"return|if|else|while|for|switch|case|throw|new|delete|await|yield|assert|import|not"
_SIDE = re.compile(
    r"(?:^|[/\\._-])(?:tests?|specs?|examples?|vendor|docs?|fixtures|benchmarks?)(?:[/\\._-]|$)|\.(?:md|rst|txt|adoc)$",
    re.IGNORECASE,
)
DEFINITION = 30.0


def searched_names(lines: Sequence[Line], hint: Hint) -> list[str]:
    """The identifiers of the call and the question that at least a third of the hits hold."""
    asked = dict.fromkeys(_IDENTIFIER.findall(f"{hint.command or hint.arguments} {hint.query}"))
    hits = [line.text[:READ_CHARS] for line in lines if line.mark == "hit"]
    counts = Counter(name for text in hits for name in asked if name in text)
    return [name for name in asked if 3 * counts[name] >= len(hits)]


class Definitions:
    """Recognises lines that define one of the names, in most languages."""

    def __init__(self, names: Sequence[str]) -> None:
        self._patterns = [pattern for name in names for pattern in _patterns(re.escape(name))]

    def rank(self, text: str) -> float:
        """How surely a line defines a name: 1 surely, 0 not."""
        start = text[:READ_CHARS]
        return max((rank for pattern, rank in self._patterns if pattern.search(start)), default=0.0)


def _patterns(name: str) -> list[tuple[re.Pattern[str], float]]:
    owner = r"(?:\([^()]*\)\s*)?(?:[\w.:]+[.:])?"
    typed = rf"^\s*(?!(?:{_STATEMENTS})\b)[A-Za-z_~@][\w:<>,*&\[\]\s~@.?]*[\s*&]{name}\s*\("
    return [
        (re.compile(rf"\b(?:{_KEYWORDS})\*?\s+{owner}{name}\b(?![.\w-])"), 1.0),
        (re.compile(rf"{typed}[^;=]*\{{"), 0.9),
        (re.compile(rf"^\s*(?:async |static |get |set )*{name}\s*\([^()]*\)[^;=(]*\{{\s*$"), 0.8),
        (re.compile(rf"{typed}[^;=]*[(,)]\s*$"), 0.5),
        (
            re.compile(rf"^\s*(?:export |exports\.|module\.exports\.)?{name}\s*(?::[^=]*)?=(?!=)"),
            0.4,
        ),
    ]


def worths(lines: Sequence[Line], hint: Hint) -> list[float]:
    """What each line is worth; context is worth nothing by itself."""
    definitions = Definitions(searched_names(lines, hint))
    weights = _weights(lines, hint)
    worth = [_worth(line, definitions, weights) if line.mark == "hit" else 0.0 for line in lines]
    seen: Counter[str] = Counter()
    for at in sorted(range(len(lines)), key=worth.__getitem__, reverse=True):
        # One file with many hits must not crowd out the others.
        if worth[at] < DEFINITION / 2:
            worth[at] /= 1 + seen[lines[at].path] / 8
        seen[lines[at].path] += 1
    return worth


def _worth(line: Line, definitions: Definitions, weights: dict[str, float]) -> float:
    low = f"{line.path}:{line.text[:READ_CHARS]}".lower()
    asked = sum(weight for term, weight in weights.items() if term in low)
    rank = definitions.rank(line.text)
    side = 0.6 if _SIDE.search(line.path) else 1.0
    return (1 + DEFINITION * rank) * side + asked


def _weights(lines: Sequence[Line], hint: Hint) -> dict[str, float]:
    """How rare each term of the question is among the hits."""
    hits = 0
    counts: Counter[str] = Counter()
    terms = signals.terms_of(hint.query)
    for line in lines:
        if line.mark == "hit":
            hits += 1
            text = f"{line.path}:{line.text[:READ_CHARS]}".lower()
            counts.update(term for term in terms if term in text)
    return {term: math.log(hits / counts[term]) for term in terms if term in counts}
