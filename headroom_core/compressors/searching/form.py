"""The lossless form of a search result: one heading a file, then its lines without the path."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from headroom_core.compressors.bounded import LinesOut
from headroom_core.compressors.searching.headings import (
    MARKED,
    Headings,
    root_of,
    write_headings,
)
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.searching.hits import Line, Results

_NUMBERS = {
    "flat": "search results by file, hits as LINE text",
    "heading": "search results by file as --heading printed them, hits as LINE text",
    "bare": "search results by file, hits indented by one space",
}
_CONTEXT = "context indented by one space, counting on from the hit by it"
_GAPS = "-- between blocks"
_GAPS_FILES = "-- between blocks, left out between files"
_FOLDERS = "a line ending in / is the folder of the bare names below it"
_ODD = "| a line that stood as it follows"
_MARKED_NAME = "> a file name"
_ROOT = "all paths start with "
_NUMBERED = re.compile(r"([1-9]\d{0,8})([ -])")


class _Rules(NamedTuple):
    style: str
    root: str
    implied_gaps: bool


def write(found: Results) -> tuple[str, str]:
    """The legend and the body of the form."""
    paths = _path_changes(found.lines)
    root = root_of(paths)
    implied = found.style == "flat" and _gaps_between_files(found.lines)
    body = list(_body(found, [path[len(root) :] for path in paths], implied=implied))
    phrases = [_NUMBERS[found.style]]
    starts = {line[:2] for line in body}
    if found.style != "bare" and any(line.startswith(" ") or not line for line in body):
        phrases.append(_CONTEXT)
    if implied or "--" in body:
        phrases.append(_GAPS_FILES if implied else _GAPS)
    if any(
        line.endswith("/")
        and not line.startswith(("| ", " ", MARKED))
        and not _NUMBERED.match(line)
        for line in body
    ):
        phrases.append(_FOLDERS)
    phrases += [
        phrase for phrase, start in ((_ODD, "| "), (_MARKED_NAME, MARKED)) if start in starts
    ]
    if root:
        phrases.append(_ROOT + root)
    return "; ".join(phrases), "\n".join(body)


def _path_changes(lines: Sequence[Line]) -> list[str]:
    changes: list[str] = []
    for line in lines:
        if line.path and line.path != (changes[-1] if changes else ""):
            changes.append(line.path)
    return changes


def _gaps_between_files(lines: Sequence[Line]) -> bool:
    """Whether there is a `--` before every change of file, and at least one."""
    path, before, changes = "", "", 0
    for line in lines:
        if line.mark in {"hit", "context"} and line.path != path:
            if path and before != "gap":
                return False
            changes += bool(path)
            path = line.path
        before = line.mark
    return changes > 0


def _body(found: Results, paths: list[str], *, implied: bool) -> Iterator[str]:
    headings = iter(write_headings(paths))
    path = ""
    gap = False
    stretch: list[Line] = []
    for line in found.lines:
        in_file = line.mark in {"hit", "context"}
        if stretch and (not in_file or line.path != path):
            yield from _stretch(stretch, found.style)
            stretch = []
        if gap and not (implied and path and in_file and line.path != path):
            yield "--"
        gap = line.mark == "gap"
        if in_file:
            if line.path != path:
                path = line.path
                yield from next(headings)
            stretch.append(line)
        elif line.mark == "odd":
            yield f"| {line.text}"
    yield from _stretch(stretch, found.style)
    if gap:
        yield "--"


def _stretch(lines: Sequence[Line], style: str) -> Iterator[str]:
    """Lines of one file with nothing between; context goes without number where it can."""
    if style == "bare":
        yield from (f" {line.text}" for line in lines)
        return
    start = lines[0].number if lines else 0
    runs_on = all(line.number == start + at for at, line in enumerate(lines))
    leave_out = runs_on and any(line.mark == "hit" for line in lines)
    for line in lines:
        if line.mark == "hit":
            yield f"{line.number} {line.text}"
        elif leave_out:
            yield f" {line.text}" if line.text else ""
        else:
            yield f"{line.number}-{line.text}"


def read(legend: str, body: str) -> str:
    """The text of a form; `DecodeError` when it is not one."""
    rules = _rules(legend)
    out = LinesOut()
    writer = _Writer(rules, out)
    headings = Headings()
    for line in body.split("\n"):
        number = None if rules.style == "bare" else _NUMBERED.match(line)
        if number:
            mark = "hit" if number[2] == " " else "context"
            writer.add(mark, int(number[1]), line[number.end() :])
        elif not line or line[0] == " ":
            writer.add("context", 0, line[1:])
        elif line == "--":
            writer.gap()
        elif line.startswith("| "):
            writer.odd(line[2:])
        elif (path := headings.read(line)) is not None:
            writer.file(rules.root + path)
    writer.flush()
    return out.text()


def _rules(legend: str) -> _Rules:
    head, _, rest = legend.partition("; ")
    style = next((style for style, phrase in _NUMBERS.items() if phrase == head), None)
    if style is None:
        raise DecodeError("`search` does not know this legend")
    _, found, root = rest.rpartition(_ROOT)
    return _Rules(style, root if found else "", _GAPS_FILES in rest)


class _Writer:
    """Writes the lines of the search again, one file after the other."""

    def __init__(self, rules: _Rules, out: LinesOut) -> None:
        self._rules = rules
        self._out = out
        self._path = ""
        self._stretch: list[tuple[str, int, str]] = []

    def add(self, mark: str, number: int, text: str) -> None:
        if not self._path:
            raise DecodeError("`search` has a hit before the first file")
        self._stretch.append((mark, number, text))

    def gap(self) -> None:
        self.flush()
        self._out.add("--")

    def odd(self, line: str) -> None:
        self.flush()
        self._out.add(line)

    def file(self, path: str) -> None:
        self.flush()
        if self._rules.style == "heading":
            if self._path:
                self._out.add("")
            self._out.add(path)
        elif self._path and self._rules.implied_gaps:
            self._out.add("--")
        self._path = path

    def flush(self) -> None:
        """Write the collected lines, numbers counted out from those that stand there."""
        first = next((at for at, line in enumerate(self._stretch) if line[1]), None)
        if self._stretch and first is None and self._rules.style != "bare":
            raise DecodeError("`search` has context lines without a hit")
        number = self._stretch[first][1] - first - 1 if first is not None else 0
        for mark, own, text in self._stretch:
            number = own or number + 1
            self._out.add(self._line(mark, number, text))
        self._stretch = []

    def _line(self, mark: str, number: int, text: str) -> str:
        sign = ":" if mark == "hit" else "-"
        match self._rules.style:
            case "flat":
                return f"{self._path}{sign}{number}{sign}{text}"
            case "heading":
                return f"{number}{sign}{text}"
            case _:
                return f"{self._path}:{text}"
