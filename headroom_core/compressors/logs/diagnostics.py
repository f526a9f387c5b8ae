"""Read the messages of compilers and linters: what is wrong, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# gcc, clang, javac, go, mypy, ruff, tsc: `a.c:3:7: error: text`, `a.ts(3,7): error TS1: text`
_AT_START = re.compile(
    r"(?P<at>[^\s:()'\"]{1,200}(?::[0-9]+(?::[0-9]+)?|\([0-9]+(?:,[0-9]+)?\))):? ?(?P<said>\S.*)"
)
_KIND = re.compile(r"(?:fatal )?error|warning|note|info|[A-Z]{1,4}[0-9]{2,5}\b", re.IGNORECASE)
# eslint: `  3:7  error  text  rule`, under a line with the file
_BELOW_FILE = re.compile(r"\s+(?P<at>[0-9]+:[0-9]+)\s+(?P<said>(?:error|warning)\s+\S.*)")
# rustc: ` --> src/lib.rs:3:7`, under the message
_PLACE = re.compile(r"(.*?:?)([0-9]+(?::[0-9]+)?|\([0-9,]+\))\Z")
_BELOW_TEXT = re.compile(r"\s*--> (?P<at>\S+:[0-9]+:[0-9]+)")
_MESSAGE = re.compile(r"(?:error|warning)(?:\[\w+\])?: \S")
_MOST_LINE = 1000
_MANY = 2


@dataclass(slots=True)
class Diagnostic:
    """One message, with every place that it is said of."""

    said: str
    lines: list[int] = field(default_factory=list[int])
    places: list[str] = field(default_factory=list[str])

    @property
    def row(self) -> str:
        """The line of the view that says all places, each file once."""
        files = groupby((_PLACE.findall(place)[0] for place in self.places), lambda each: each[0])
        said = " ".join(file + ",".join(each[1] for each in places) for file, places in files)
        return f"{len(self.places)} x {self.said.strip()} @ {said}"


def diagnostics_of(lines: Sequence[str]) -> list[Diagnostic]:
    """Return the messages that are said of more places than a view shows anyway."""
    found: dict[str, Diagnostic] = {}
    file = text = ""
    text_at = 0
    for at, line in enumerate(lines):
        if len(line) > _MOST_LINE:
            continue
        if _MESSAGE.match(line):
            text, text_at = line, at
        elif (below := _BELOW_TEXT.match(line)) and text:
            _add(found, text, text_at, below["at"])
            text = ""  # a second arrow belongs to a note
        elif (start := _AT_START.match(line)) and _KIND.match(start["said"]):
            _add(found, start["said"], at, start["at"])
        elif ruled := _BELOW_FILE.match(line):
            _add(found, " ".join(ruled["said"].split()), at, f"{file}:{ruled['at']}")
        elif line and not line[0].isspace():
            file = line.strip()
    return [each for each in found.values() if len(each.places) > _MANY]


def _add(found: dict[str, Diagnostic], said: str, at: int, place: str) -> None:
    each = found.setdefault(said, Diagnostic(said))
    each.lines.append(at)
    each.places.append(place)
