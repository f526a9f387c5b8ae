"""Runs of added or removed lines that a diff has shown before: moved code, repeated code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LEAST_LINES = 2
LEAST_CHARS = 60
PLACES = 4
"""How many earlier places of a line are tried; with more, hostile text would not be linear."""
_REFERENCE = re.compile(
    r"=([+-]) (\d{1,9}) lines as ([+-])(\d{1,9})(?: in (.+?))?"
    r"(?:, (\d{1,3}) (blank|tab)s? (more|less))?",
    re.DOTALL,
)


class _Place(NamedTuple):
    """Where a changed line stands."""

    file: str
    sign: str
    number: int


class _Indent(NamedTuple):
    """How a run is indented compared with where it stands above."""

    pad: str
    deeper: bool

    def apply(self, line: str) -> str | None:
        """The line with this indent; `None` when it has less than is taken away."""
        if not line.strip():
            return line
        if self.deeper:
            return self.pad + line
        return line[len(self.pad) :] if line.startswith(self.pad) else None

    def words(self) -> str:
        """How a reference says it."""
        if not self.pad:
            return ""
        kind = "tab" if self.pad[0] == "\t" else "blank"
        plural = "" if len(self.pad) == 1 else "s"
        return f", {len(self.pad)} {kind}{plural} {'more' if self.deeper else 'less'}"


def _indent_between(above: str, here: str) -> _Indent | None:
    """The indent that turns a line above, not blank, into the one here."""
    deeper = len(here) >= len(above)
    longer, shorter = (here, above) if deeper else (above, here)
    pad = longer[: len(longer) - len(shorter)]
    even = len(pad) < 1000 and (pad == " " * len(pad) or pad == "\t" * len(pad))
    return _Indent(pad, deeper) if even and longer.endswith(shorter) else None


class Shown:
    """The changed lines that stand above, by file, sign and line number."""

    def __init__(self) -> None:
        self._file = ""
        self._lines: dict[tuple[str, str], dict[int, str]] = {}
        self._places: dict[str, list[_Place]] = {}
        self._old = self._new = 0

    def enter(self, file: str) -> None:
        """Continue with another file; one without name is not referred to."""
        self._file = file

    def fold(self, body: Sequence[str], old: int, new: int) -> list[str]:
        """A hunk's body with references; the numbers say where it starts in its files."""
        self._old, self._new = old, new
        folded: list[str] = []
        at = 0
        while at < len(body):
            count, reference = self._best(body, at)
            folded.append(reference or body[at])
            for line in body[at : at + count]:
                self._show(line, index=True)
            at += count
        return folded

    def unfold(self, folded: Sequence[str], old: int, new: int) -> Iterator[str]:
        """The body of a hunk again."""
        self._old, self._new = old, new
        for line in folded:
            for each in self._referred(line) if line.startswith("=") else (line,):
                self._show(each, index=False)
                yield each

    def _show(self, line: str, *, index: bool) -> None:
        sign = line[:1]
        if sign not in {"+", "-"}:
            self._old += sign != "\\"
            self._new += sign != "\\"
            return
        number = self._new if sign == "+" else self._old
        self._lines.setdefault((self._file, sign), {})[number] = line[1:]
        key = line[1:].lstrip(" \t")
        if index and self._file and key:
            places = self._places.setdefault(key, [])
            places.append(_Place(self._file, sign, number))
            del places[:-PLACES]
        self._new += sign == "+"
        self._old += sign == "-"

    def _best(self, body: Sequence[str], at: int) -> tuple[int, str]:
        """The longest run from here on that stands above, and the reference to it if it pays."""
        best, where = 0, ""
        if body[at].startswith(("+", "-")):
            for place in self._places.get(body[at][1:].lstrip(" \t"), ()):
                count, indent = self._run(body, at, place)
                if indent and count >= best:  # of equal ones the nearest
                    best, where = count, self._words(body[at][0], count, place, indent)
        chars = sum(map(len, body[at : at + best]))
        return (best, where) if best >= LEAST_LINES and chars >= LEAST_CHARS else (1, "")

    def _run(self, body: Sequence[str], at: int, place: _Place) -> tuple[int, _Indent | None]:
        """How many lines from here on stand at a place, and how they are indented there."""
        lines = self._lines[place.file, place.sign]
        own = body[at][0]
        indent = _indent_between(lines[place.number], body[at][1:])
        count = 0
        while indent and at + count < len(body) and body[at + count].startswith(own):
            above = lines.get(place.number + count)
            if above is None or indent.apply(above) != body[at + count][1:]:
                break
            count += 1
        return count, indent

    def _words(self, own: str, count: int, place: _Place, indent: _Indent) -> str:
        where = "" if place.file == self._file else f" in {place.file}"
        return f"={own} {count} lines as {place.sign}{place.number}{where}{indent.words()}"

    def _referred(self, line: str) -> list[str]:
        match = _REFERENCE.fullmatch(line)
        if match is None:
            raise DecodeError("`diff` has a reference that is none")
        own, count, sign, number, file, width, kind, way = match.groups()
        lines = self._lines.get((file or self._file, sign), {})
        if int(count) > len(lines):
            raise DecodeError("`diff` refers to lines that are not above")
        indent = _Indent(("\t" if kind == "tab" else " ") * int(width or 0), way == "more")
        start = int(number)
        above = [lines.get(at) for at in range(start, start + int(count))]
        found = [None if each is None else indent.apply(each) for each in above]
        if None in found:
            raise DecodeError("`diff` refers to lines that are not above")
        return [f"{own}{each}" for each in found]
