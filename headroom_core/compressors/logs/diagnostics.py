"""Read the messages of compilers and linters: what is wrong, where, and which lines explain it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from headroom_core import signals
from headroom_core.compressors.logs.patterns import said_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# gcc, clang, javac, go, mypy, ruff, tsc, pyright, maven, kotlinc: `a.c:3:7: error: text`,
# `a.ts(3,7): error TS1: text`, `  a.py:3:7 - error: text`, `[ERROR] A.java:[3,7] text`
_AT_START = re.compile(
    r"\s{0,8}(?P<level>\[(?:ERROR|WARNING)\] |[ew]: (?:file://)?)?"
    r"(?P<at>(?![0-9]+[:(])[^\s:()'\"]{1,200}"
    r"(?::[0-9]+(?::[0-9]+)?|\([0-9]+(?:,[0-9]+)?\)|:\[[0-9]+,[0-9]+\]))"
    r":? ?(?:- )?(?P<said>\S.*)"
)
_KIND = re.compile(
    r"(?:fatal |internal )?(?:error|warning|note|info)\b|[A-Z]{1,6}[0-9]{2,5}\b", re.IGNORECASE
)
_NOTE = re.compile(r"(?:note|info)\b", re.IGNORECASE)
# go prints no kind; a place with a line and a column in a source file is enough.
_IN_SOURCE = re.compile(r".*\.[A-Za-z]\w{0,9}:[0-9]+:[0-9]+\Z")
# eslint, ruff: `  3:7  error  text  rule`, `  3:7 F401 text`, under a line with the file
_BELOW_FILE = re.compile(
    r"\s+(?P<at>[0-9]+:[0-9]+)\s+(?P<said>(?:error|warning|[A-Z]{1,6}[0-9]{2,5})\s+\S.*)"
)
_PLACE = re.compile(r"(.*?:?)([0-9]+(?::[0-9]+)?|\([0-9,]+\)|\[[0-9,]+\])\Z")
# rustc, ruff: ` --> src/lib.rs:3:7`, under the message
_BELOW_TEXT = re.compile(r"\s*--> (?P<at>\S+:[0-9]+:[0-9]+)")
_MESSAGE = re.compile(r"(?:error|warning)(?:\[\w+\])?: \S|[A-Z]{1,6}[0-9]{2,5} \S")
# javac says in a line of its own which symbol it cannot find.
_WHICH = re.compile(r"\s+symbol: +(\S.*)")
# Code with its line number, and what stands below it; or any line that is indented.
_CODE = re.compile(r"\s*[0-9]* *(?:[|╭╰│]|[-+] )|\.\.\.\Z|(?:help|note): ")
_INDENTED = re.compile(r"\s+\S|\^")
# What differs between messages of one kind: names in quotes, paths, and numbers.
_NAMED = re.compile(
    r"(?<=[\s\[(])/[^\s\])]+|‘[^’]*’|`[^`]*`|\"[^\"]*\"|(?<!\w)'[^']*'|(?<![\w.])[0-9]+\b"
)
_MOST_LINE = 1000
_MANY = 2
_MOST_ERRORS, _MOST_OTHERS = 8, 3
_MOST_PLACES = 600
_MOST_NAMES = 400
_NEAR = 4


@dataclass(slots=True)
class Diagnostic:
    """One message, with every place that it is said of."""

    said: str
    lines: list[int] = field(default_factory=list[int])
    places: list[str] = field(default_factory=list[str])
    names: str = ""
    """In which names the messages of one kind differ, when there are many."""

    @property
    def row(self) -> str:
        """The line of the view that says all places, each file once; of very many, how many."""
        files = [
            (file, [each[1] for each in places])
            for file, places in groupby(
                (_PLACE.findall(place)[0] for place in self.places), lambda each: each[0]
            )
        ]
        said = " ".join(file + ",".join(places) for file, places in files)
        names = f"; the names: {self.names}" if self.names else ""
        return self._row(names, said if len(said) <= _MOST_PLACES else self._ends)

    @property
    def short_row(self) -> str:
        """The line of the view that says the first and the last place only, and no names."""
        return self._row("", self._ends)

    @property
    def _ends(self) -> str:
        return f"{self.places[0]} … {self.places[-1]}"

    def _row(self, names: str, places: str) -> str:
        return f"{len(self.places)} x {self.said.strip()}{names} @ {places}"


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """What compilers and linters said in a text."""

    counted: list[Diagnostic]
    """The messages that are said of more places than a view shows anyway."""
    details: dict[int, range]
    """For each line with a message, the lines below it that explain it."""
    wrong: set[int]
    """The lines with a message that says that something is wrong, and is no note."""

    @property
    def explains(self) -> set[int]:
        """The lines that explain a message: they may speak of errors and are none."""
        return {at for details in self.details.values() for at in details}

    @property
    def repeated(self) -> set[int]:
        """All lines of counted messages but the first of each, and what explains it."""
        more = [at for each in self.counted for at in each.lines[1:]]
        return {*more, *(at for message in more for at in self.details[message])}

    def rows(self, room: int) -> Iterator[str]:
        """A row for each counted message, with all its places while there is room for them."""
        order = sorted(self.counted, key=lambda each: -signals.severity(each.said))
        whole: set[int] = set()
        for each in order:
            room -= len(each.row)
            if room >= 0:
                whole.add(id(each))
        yield from (each.row if id(each) in whole else each.short_row for each in self.counted)


def diagnostics_of(lines: Sequence[str]) -> Diagnostics:
    """Read every line once."""
    found: dict[str, Diagnostic] = {}
    details: dict[int, range] = {}
    wrong: set[int] = set()
    for at, place, said in _read(lines):
        each = found.setdefault(said, Diagnostic(said))
        each.lines.append(at)
        each.places.append(place)
        details[at] = range(at + 1, at + 1)
        if not _NOTE.match(said):
            wrong.add(at)
    starts = [*sorted(details), len(lines)]
    for at, after in pairwise(starts):
        details[at] = range(at + 1, _end(lines, at, after))
    return Diagnostics(list(_counted(found.values())), details, wrong)


def is_finding(text: str) -> bool:
    """Whether the text of a hit, `3: error: text` or `7: F401 text`, is what a tool found wrong."""
    column = re.match(r"[0-9]+:", text)
    return column is not None or _KIND.match(text.lstrip()) is not None


def _read(lines: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """Each message: its line, the place, and what is said."""
    file = text = ""
    text_at = 0
    for at, line in enumerate(lines):
        if len(line) > _MOST_LINE:
            continue
        if _MESSAGE.match(line):
            text, text_at = line, at
        elif (below := _BELOW_TEXT.match(line)) and text:
            if at - text_at < _NEAR:
                yield text_at, below["at"], text
            text = ""  # a second arrow belongs to a note
        elif (start := _AT_START.match(line)) and _is_message(start):
            yield at, start["at"], _whole(start, lines, at)
        elif ruled := _BELOW_FILE.match(line):
            yield at, f"{file}:{ruled['at']}", " ".join(ruled["said"].split())
        elif line and not line[0].isspace():
            file = line.strip().removesuffix(":")


def _is_message(start: re.Match[str]) -> bool:
    kind = start["level"] or _KIND.match(start["said"])
    return bool(kind) or _IN_SOURCE.match(start["at"]) is not None


def _whole(start: re.Match[str], lines: Sequence[str], at: int) -> str:
    """What is said, with its level and the symbol that it is said of."""
    said = (start["level"] or "").replace("file://", "") + start["said"]
    if said.endswith("cannot find symbol"):
        near = map(_WHICH.match, lines[at + 1 : at + _NEAR])
        said += next((f": {which[1]}" for which in near if which), "")
    return said


def _end(lines: Sequence[str], at: int, after: int) -> int:
    """Where the lines end that explain the message at a line."""
    end = at + 1
    while end < after:
        line = lines[end]
        if not line.strip():
            line = lines[end + 1] if end + 1 < after else ""  # code may go on after a blank line
            if not _CODE.match(line):
                break
        elif not (_INDENTED.match(line) or _CODE.match(line)):
            break
        end += 1
    return end


def _counted(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Those said of many places; messages that differ in many names are one."""
    kinds: dict[str, list[Diagnostic]] = {}
    for each in found:
        kinds.setdefault(_NAMED.sub("\0", each.said), []).append(each)
    for kind, variants in kinds.items():
        is_error = signals.severity(kind) >= signals.ERROR
        if len(variants) > (_MOST_ERRORS if is_error else _MOST_OTHERS):
            yield _joined(kind, variants)
        else:
            yield from (each for each in variants if len(each.places) > _MANY)


def _joined(kind: str, variants: Sequence[Diagnostic]) -> Diagnostic:
    """One message for all, with what differs in braces."""
    columns = list(zip(*(_NAMED.findall(each.said) for each in variants), strict=True))
    literals = kind.split("\0")
    said = literals[0] + "".join(
        said_of(column) + literal for column, literal in zip(columns, literals[1:], strict=True)
    )
    names = ", ".join(dict.fromkeys(max(columns, key=lambda column: len(set(column)))))
    where = sorted(
        (at, place) for each in variants for at, place in zip(each.lines, each.places, strict=True)
    )
    return Diagnostic(
        said,
        [at for at, _ in where],
        [place for _, place in where],
        names if len(names) <= _MOST_NAMES else f"{names[:_MOST_NAMES]}…",
    )
