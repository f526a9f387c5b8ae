"""Runs of added or removed lines that a diff has shown before: moved code, repeated code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LEAST_LINES = 3
LEAST_CHARS = 60
PLACES = 4
"""How many earlier places of a line are tried; with more, hostile text would not be linear."""
_REFERENCE = re.compile(r"=([+-]) (\d{1,9}) lines as ([+-])(\d{1,9})(?: in (.+))?", re.DOTALL)


class Shown:
    """The changed lines that stand above, by file, sign and line number."""

    def __init__(self) -> None:
        self._file = ""
        self._lines: dict[tuple[str, str], dict[int, str]] = {}
        self._places: dict[str, list[tuple[str, str, int]]] = {}
        self._old = self._new = 0

    def enter(self, file: str) -> None:
        """Continue with another file; one without name is not referred to."""
        self._file = file

    def fold(self, body: Sequence[str], old: int, new: int) -> list[str]:
        """A hunk's body with references; the arguments say where it starts in its files."""
        self._old, self._new = old, new
        folded: list[str] = []
        at = 0
        while at < len(body):
            count, place = self._best(body, at)
            if count:
                folded.append(self._reference(body[at][0], count, place))
            else:
                folded.append(body[at])
                count = 1
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
        if index and self._file and len(line) > 1:
            places = self._places.setdefault(line[1:], [])
            places.append((self._file, sign, number))
            del places[:-PLACES]
        self._new += sign == "+"
        self._old += sign == "-"

    def _best(self, body: Sequence[str], at: int) -> tuple[int, tuple[str, str, int]]:
        """The longest run from here on that stands above, if it is worth a reference."""
        best, where = 0, ("", "", 0)
        for place in self._places.get(body[at][1:], ()) if body[at][:1] in "+-" else ():
            count = self._run(body, at, place)
            if count > best:
                best, where = count, place
        chars = sum(map(len, body[at : at + best]))
        return (best, where) if best >= LEAST_LINES and chars >= LEAST_CHARS else (0, where)

    def _run(self, body: Sequence[str], at: int, place: tuple[str, str, int]) -> int:
        file, sign, number = place
        lines = self._lines[file, sign]
        count = 0
        own = body[at][0]
        while at + count < len(body) and body[at + count][:1] == own:
            if lines.get(number + count) != body[at + count][1:]:
                break
            count += 1
        return count

    def _reference(self, own: str, count: int, place: tuple[str, str, int]) -> str:
        file, sign, number = place
        where = "" if file == self._file else f" in {file}"
        return f"={own} {count} lines as {sign}{number}{where}"

    def _referred(self, line: str) -> list[str]:
        match = _REFERENCE.fullmatch(line)
        if match is None:
            raise DecodeError("`diff` has a reference that is none")
        own, count, sign, number, file = match.groups()
        lines = self._lines.get((file or self._file, sign), {})
        start = int(number)
        if int(count) > len(lines):
            raise DecodeError("`diff` refers to lines that are not above")
        try:
            return [own + lines[at] for at in range(start, start + int(count))]
        except KeyError as exc:
            raise DecodeError("`diff` refers to lines that are not above") from exc
