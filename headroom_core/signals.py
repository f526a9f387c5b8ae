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
_SHORT_TERM = 3
_ARGUMENTS_CHARS = 8_000

_ERROR = (
    r"error|errors|err|fatal|failed|failure|failures|failing|fail|fails|exception|panic|panicked"
    r"|critical|crit|severe|emerg|emergency|alert|traceback|abort|aborted|segfault|killed|oom"
    r"|oomkilled|(?:crashloop|imagepull)backoff|exited with|exit (?:code|status):? {0,9}[1-9]\d*"
    r"|not ok|core dumped|undefined reference"
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
# Every word of the first two kinds, and of the third, holds one of these.
_ERROR_STEMS = (
    *("err", "fatal", "fail", "exception", "panic", "crit", "severe", "emerg", "alert"),
    *("traceback", "abort", "segfault", "killed", "oom", "exited with", "exit code", "exit status"),
    *("not ok", "core dumped", "undefined reference", "backoff"),
)
_STEMS = (*_ERROR_STEMS, "warn", "caution")
_WEAK_STEMS = tuple(_WEAK.split("|"))
_CODE = re.compile(r"e(?=[0-9]{3})(?<=\be)")
_LEVEL = {"error": ERROR, "warning": WARNING, "weak": WEAK}

# What an option says is how a program works, and not what is looked for; its value may be.
_OPTION = re.compile(r"(?<![\w/.=-])--?[A-Za-z][\w-]*=?")
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
        if worst == ERROR:
            break
    return worst


def first_problem(text: str) -> int | None:
    """Where the first word stands that is an error or a warning."""
    found = (match.start() for match in _PROBLEM.finditer(text) if match.lastgroup != "weak")
    return next(found, None)


def problems(
    lines: Sequence[str], *, least: int = WARNING, most: int | None = None
) -> dict[int, int]:
    """The lines that sound at least so bad, or the first of them, by index, in order."""
    stems = {ERROR: _ERROR_STEMS, WARNING: _STEMS}.get(least, _STEMS + _WEAK_STEMS)
    found: dict[int, int] = {}
    for index in _holding(lines, stems):
        level = severity(lines[index])
        if level >= least:
            found[index] = level
            if len(found) == most:
                break
    return found


def _holding(lines: Sequence[str], stems: Iterable[str]) -> list[int]:
    """The lines in which one of the stems stands: a quick look before a slow one."""
    low = "\n".join(lines).lower()
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    if len(low) != max(0, starts[-1] - 1):  # a letter that is longer in lower case
        return list(range(len(lines)))
    found: set[int] = set()
    for stem in stems:
        at = low.find(stem)
        while at >= 0:
            index = bisect_right(starts, at) - 1
            found.add(index)
            at = low.find(stem, starts[index + 1])
    found.update(bisect_right(starts, match.start()) - 1 for match in _CODE.finditer(low))
    return sorted(found)


def terms(hint: Hint) -> list[str]:
    """What the conversation asks about: the words and names of the question and of the call.

    At most `MOST_TERMS`, the question's first: each costs a look at the whole text.
    """
    arguments = hint.arguments[:_ARGUMENTS_CHARS]
    if hint.command:
        arguments = _OPTION.sub(" ", arguments)
    return terms_of(hint.query, arguments)[:MOST_TERMS]


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
        if len(term) <= _SHORT_TERM:  # `ls` stands in many words, and means itself only
            alone = re.compile(rf"(?<!\w){re.escape(term)}(?!\w)")
            holders = [index for index in holders if alone.search(low[index])]
        if len(holders) <= most:
            for index in holders:
                found.setdefault(index, []).append(term)
    return dict(sorted(found.items()))


def _pieces(word: str) -> list[str]:
    """The parts of a compound name: `get_user`, `getUser`, `a/b.py`."""
    pieces = _PIECE.findall(word)
    return [piece for piece in pieces if len(piece) >= 3] if len(pieces) > 1 else []
