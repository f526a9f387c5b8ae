"""What must survive in any lossy view: problems, and what the conversation asks about.

Law 8 in one place, so that every view finds the same lines. Severity is read from words, since
that is what a reader greps for; a level word counts more than a word that merely sounds bad.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from headroom_core.compressors.base import Hint

WEAK, WARNING, ERROR = 1, 2, 3
MOST_TERMS = 400
_ARGUMENTS_CHARS = 8_000

_ERROR = (
    r"error|errors|err|fatal|failed|failure|failures|failing|fail|fails|exception|panic|panicked"
    r"|critical|crit|severe|emerg|emergency|alert|traceback|abort|aborted|segfault|killed|oom"
    r"|exited with|exit code [1-9]|exit status [1-9]|not ok|core dumped|undefined reference"
)
_WARNING = r"warning|warnings|warn|caution"
_WEAK = (
    r"denied|refused|timeout|timed out|unreachable|corrupt|corrupted|cannot|can't|could not"
    r"|couldn't|unable to|not found|no such|invalid|unexpected|violation|deprecated|rejected"
    r"|forbidden|unauthorized|conflict|retry|retrying|lost|leak|overflow|unknown|mismatch|skipped"
)
# `\w*` lets `NullPointerException` and `ModuleNotFoundError` count; the suffix is case-sensitive.
_PROBLEM = re.compile(
    rf"(?P<error>(?i:\b(?:{_ERROR})\b)|(?:Error|Exception|Failure|Panic)\b|\bE(?=\d{{3,4}}\b))"
    rf"|(?P<warning>(?i:\b(?:{_WARNING})\b)|Warning\b)"
    rf"|(?P<weak>(?i:\b(?:{_WEAK})\b))"
)
_LEVEL = {"error": ERROR, "warning": WARNING, "weak": WEAK}

_TERM = re.compile(r"[^\W_][\w.:/@-]*[\w]|\w{2,}")
_PIECE = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\W\d_a-zA-Z]+")
STOP_WORDS = frozenset(
    "a about above after again all also am an and any are as at be because been before being below"
    " between both but by can could did do does doing done down during each every exactly few find"
    " for from full further get give given had has have having he her here hers him his how i if in"
    " into is it its just let line lines list look make many me mean means more most much must my"
    " name need no nor not now of off on once one only or other our out over own please quote read"
    " same say says she should show shows so some such tell than that the their them then there"
    " these they this those through to too under until up use used using value very was we were"
    " what when where whether which while who whom whose why will with would you your file entry"
    " output result results code text tool call".split()
)


def severity(line: str) -> int:
    """How bad a line sounds: 0, `WEAK`, `WARNING` or `ERROR`."""
    worst = 0
    for match in _PROBLEM.finditer(line):
        worst = max(worst, _LEVEL[match.lastgroup or "weak"])
    return worst


def problems(lines: Sequence[str], *, least: int = WARNING) -> dict[int, int]:
    """The lines that sound at least so bad, by index, in one pass over the text."""
    if not lines:
        return {}
    starts = [0, *accumulate(len(line) + 1 for line in lines[:-1])]
    found: dict[int, int] = {}
    for match in _PROBLEM.finditer("\n".join(lines)):
        level = _LEVEL[match.lastgroup or "weak"]
        if level >= least:
            index = bisect_right(starts, match.start()) - 1
            found[index] = max(found.get(index, 0), level)
    return found


def terms(hint: Hint) -> list[str]:
    """What the conversation asks about: the words and names of the question and of the call.

    At most `MOST_TERMS`, the question's first: each costs a look at the whole text.
    """
    return terms_of(hint.query, hint.arguments[:_ARGUMENTS_CHARS])[:MOST_TERMS]


def terms_of(*texts: str) -> list[str]:
    """The lower-case words and names of the texts, without words that say nothing, in order."""
    found: dict[str, None] = {}
    for text in texts:
        for word in _TERM.findall(text):
            for term in (word, *_pieces(word)):
                low = term.lower()
                if len(low) >= 2 and low not in STOP_WORDS:
                    found.setdefault(low)
    return list(found)


def rare_hits(units: Sequence[str], wanted: Iterable[str]) -> dict[int, list[str]]:
    """The units that hold a rare term (one that at most 5 % of the units, or one, hold).

    Units by index, in order, each with the terms it holds.
    """
    low = [unit.lower() for unit in units]
    most = max(1, len(low) // 20)
    found: dict[int, list[str]] = {}
    for term in wanted:
        holders = [index for index, unit in enumerate(low) if term in unit]
        if len(holders) <= most:
            for index in holders:
                found.setdefault(index, []).append(term)
    return dict(sorted(found.items()))


def _pieces(word: str) -> list[str]:
    """The parts of a compound name: `get_user`, `getUser`, `a/b.py`."""
    pieces = _PIECE.findall(word)
    return [piece for piece in pieces if len(piece) >= 3] if len(pieces) > 1 else []
