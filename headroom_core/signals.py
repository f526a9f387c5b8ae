"""What must survive in any lossy view: problems, and what the conversation asks about.

Law 8 in one place, so that every view finds the same lines. Severity is read from words, since
that is what a reader greps for; a level word counts more than a word that merely sounds bad.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from headroom_core.compressors.base import Hint

WEAK, WARNING, ERROR = 1, 2, 3
MOST_TERMS = 400
_SHORT_TERM = 3
_AT_ONCE = 1000
"""So many lines are written in lower case at once."""
_ARGUMENTS_CHARS = 8_000
_LONG_LINE = 100
_BEFORE, _BEHIND = 10, 50
"""So far around one of its stems a problem goes, with words before it that may be of another."""

_ERROR = (
    r"error|errors|err|fatal|failed|failure|failures|failing|fail|fails|exception|panic|panicked"
    r"|critical|crit|severe|emerg|emergency|alert|traceback|abort|aborted|segfault|killed|oom"
    r"|oomkilled|(?:crashloop|imagepull)backoff|exited with|exit (?:code|status):? {0,9}[1-9]\d*"
    r"|not ok|core dumped|undefined reference"
)
# A server that failed says so by the number of its answer.
_ANSWERS = (r"http/[0-9.]{1,3}\"? 5[0-9]{2}\b", r"status(?:_?code)?\"?[=:] ?\"?5[0-9]{2}\b")
_WARNING = r"warning|warnings|warn|caution"
_WEAK = (
    r"denied|refused|timeout|timed out|unreachable|corrupt|corrupted|cannot|can't|could not"
    r"|couldn't|unable to|not found|no such|invalid|unexpected|violation|deprecated|rejected"
    r"|forbidden|unauthorized|conflict|retry|retrying|lost|leak|overflow|unknown|mismatch|skipped"
)
# `\w*` lets `NullPointerException` and `ModuleNotFoundError` count; the suffix is case-sensitive.
_PROBLEM = re.compile(
    rf"(?P<error>(?i:\b(?:{_ERROR})\b|{'|'.join(_ANSWERS)})|(?:Error|Exception|Failure|Panic)\b|\bE(?=\d{{3,4}}\b))"
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
# What else may be an error, each found fast by what it begins with.
_CODES = tuple(map(re.compile, (r"e(?=[0-9]{3})(?<=\be)", *_ANSWERS)))
_LEVEL = {"error": ERROR, "warning": WARNING, "weak": WEAK}

# What an option says is how a program works, and not what is looked for; its value may be.
_OPTION = re.compile(r"(?<![\w/.=-])--?[A-Za-z][\w-]*=?")
_CAPITALS = re.compile(r"(?<!\w)[A-Z][A-Z\d_]+(?!\w)")
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
    for index, line in _holding(lines, stems):
        is_long = least == ERROR and len(line) >= _LONG_LINE
        level = _severity_of_long(line) if is_long else severity(line)
        if level >= least:
            found[index] = level
            if len(found) == most:
                break
    return found


def _severity_of_long(line: str) -> int:
    """`ERROR` for a long line that says one, found where a stem stands in it, else 0."""
    low = line.lower()
    if len(low) != len(line):
        return severity(line)
    starts = [match.start() for code in _CODES for match in code.finditer(low)]
    for stem in _ERROR_STEMS:
        at = low.find(stem)
        while at >= 0:
            starts.append(at)
            at = low.find(stem, at + 1)
    return ERROR if any(_is_error(line, at) for at in starts) else 0


def _is_error(line: str, at: int) -> bool:
    """Whether the word is an error in which a stem begins."""
    found = _PROBLEM.finditer(line, max(0, at - _BEFORE), at + _BEHIND)
    return any(match.lastgroup == "error" for match in found if match.start() <= at)


def _holding(lines: Sequence[str], stems: Iterable[str]) -> Iterator[tuple[int, str]]:
    """The lines in which one of the stems stands, by index: a quick look before a slow one."""
    wanted = tuple(stems)
    for start in range(0, len(lines), _AT_ONCE):
        some = lines[start : start + _AT_ONCE]
        yield from ((start + at, some[at]) for at in _holding_some(some, wanted))


def _holding_some(lines: Sequence[str], stems: Iterable[str]) -> list[int]:
    low = "\n".join(lines).lower()
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    if len(low) != starts[-1] - 1:  # a letter that is longer in lower case
        return list(range(len(lines)))
    found: set[int] = set()
    for stem in stems:
        at = low.find(stem)
        while at >= 0:
            index = bisect_right(starts, at) - 1
            found.add(index)
            at = low.find(stem, starts[index + 1])
    for code in _CODES:
        found.update(bisect_right(starts, match.start()) - 1 for match in code.finditer(low))
    return sorted(found)


def terms(hint: Hint) -> list[str]:
    """What the conversation asks about: the words and names of the question and of the call.

    A name that the question writes in capitals is there as it is spelled too: `LINES` may be the
    only one in a text full of lines. At most `MOST_TERMS`, the question's first: each costs a look
    at the whole text.
    """
    arguments = hint.arguments[:_ARGUMENTS_CHARS]
    if hint.command:
        arguments = _OPTION.sub(" ", arguments)
    asked = [*terms_of(hint.query), *_CAPITALS.findall(hint.query)]
    return list(dict.fromkeys([*asked, *terms_of(arguments)]))[:MOST_TERMS]


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
    found: dict[int, list[str]] = {}
    most = max(1, len(units) // 20)
    for term, holders in holders_of(units, wanted, most).items():
        for index in holders:
            found.setdefault(index, []).append(term)
    return dict(sorted(found.items()))


def holders_of(
    units: Sequence[str], wanted: Iterable[str], most: int, *, inside_words: bool = False
) -> dict[str, Sequence[int]]:
    """The units that hold each of the terms, but for terms that more than `most` units hold.

    A short term must be a word of its own, unless it counts also `inside_words`; one in capitals
    always, and spelled so.
    """
    left = {term: (array("q"), standing_alone(term, inside_words=inside_words)) for term in wanted}
    for start in range(0, len(units), _AT_ONCE):
        written = units[start : start + _AT_ONCE]
        low = [unit.lower() for unit in written]
        for term, (holders, alone) in list(left.items()):
            read = written if term.isupper() else low
            some = (at for at, unit in enumerate(read, start) if term in unit)
            if alone is not None:
                some = (at for at in some if alone.search(read[at - start]))
            holders.extend(some)
            if len(holders) > most:
                del left[term]
    return {term: holders for term, (holders, _) in left.items()}


def standing_alone(term: str, *, inside_words: bool = False) -> re.Pattern[str] | None:
    """What finds a short term where it is a word: `ls` stands in many, and means itself only."""
    if term.isupper() or (len(term) <= _SHORT_TERM and not inside_words):
        return re.compile(rf"(?<!\w){re.escape(term)}(?!\w)")
    return None


def _pieces(word: str) -> list[str]:
    """The parts of a compound name: `get_user`, `getUser`, `a/b.py`."""
    pieces = _PIECE.findall(word)
    return [piece for piece in pieces if len(piece) >= 3] if len(pieces) > 1 else []
