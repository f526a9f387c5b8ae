"""The lossless form of `ls -l`: what most rows share is said once, dates where they change."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from headroom_core.compressors.bounded import LinesOut
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

LONG = "ls -l rows"
_SHARED = "mode, links, owner and group where left out: "
_DITTO = "date where left out: as in the row above"
_BSD = "wide gaps"
_ODD = "| a line that stood as it follows"
_KIND_WORDS = {"-": "", "l": "names with -> ", "d": "names ending in / "}
_MODE = r"[-dlcbpsD][-rwxsStTl]{9}[.+@]?"
_DATE = (
    r"[A-Z][a-z]{2} {1,2}\d{1,2} {1,2}(?:\d{4}|\d\d:\d\d)"
    r"|\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?: [+-]\d{4})?"
)
_ROW = re.compile(
    rf"({_MODE}) {{1,9}}(\d{{1,9}}) {{1,9}}(\S{{1,64}}) {{1,64}}(\S{{1,64}}) {{1,64}}"
    rf"(\d[\d.]{{0,18}}[KMGTP]?) ({_DATE}) (\S.*)",
    re.DOTALL,
)
_ENTRY = re.compile(
    rf"(?:({_MODE} \d{{1,9}} \S{{1,64}} \S{{1,64}}) )?(\d[\d.]{{0,18}}[KMGTP]?) "
    rf"(?:({_DATE}) )?(\S.*)",
    re.DOTALL,
)
_DATED = re.compile(rf"(?:{_DATE}) ")
_STRUCTURE = re.compile(r"|total \S+|[^|\d].*:")
_SAFE = re.compile(rf"{_MODE} \d+ [^\s,;\]]+ [^\s,;\]]+")


class Row(NamedTuple):
    """One entry."""

    mode: str
    links: str
    owner: str
    group: str
    size: str
    date: str
    """With single blanks."""
    name: str

    @property
    def shared(self) -> str:
        """What most rows of a kind have in common."""
        return f"{self.mode} {self.links} {self.owner} {self.group}"


class Widths(NamedTuple):
    """How wide the columns of a block are; always as wide as the widest value in it."""

    mode: int
    links: int
    owner: int
    group: int
    size: int
    wide: bool

    def join(self, row: Row) -> str:
        """The line of a row."""
        gap = "  " if self.wide else " "
        return (
            f"{row.mode:<{self.mode}} {row.links:>{self.links}} {row.owner:<{self.owner}}{gap}"
            f"{row.group:<{self.group}}{gap}{row.size:>{self.size}} {_dated(row.date)} {row.name}"
        )


def _dated(date: str) -> str:
    """The date padded as `ls` does it."""
    month, *rest = date.split(" ")
    if len(rest) == 2 and month.isalpha():
        return f"{month} {rest[0]:>2} {rest[1]:>5}"
    return date


def widths_of(rows: Iterable[Row], *, wide: bool) -> Widths:
    """The widths of a block."""
    columns = zip(*(row[:5] for row in rows), strict=True)
    mode, links, owner, group, size = (max(map(len, column)) for column in columns)
    return Widths(max(mode, 10 + wide), links, owner, group, size, wide)


def rows_of(lines: Sequence[str]) -> list[Row | None]:
    """The lines that look like entries, read; whether they can be written is not yet known."""
    return [_row(match) if (match := _ROW.fullmatch(line)) else None for line in lines]


def _row(match: re.Match[str]) -> Row:
    mode, links, owner, group, size, date, name = match.groups()
    return Row(mode, links, owner, group, size, " ".join(date.split()), name)


def looks_like(lines: Sequence[str]) -> bool:
    """Whether at least half of the lines, a sample of a text, are entries."""
    return 2 * sum(_ROW.fullmatch(line) is not None for line in lines) >= len(lines)


def write(lines: Sequence[str]) -> tuple[str, str] | None:
    """The legend and the body, or `None` when the lines are not of `ls -l`."""
    rows = rows_of(lines)
    for wide in (False, True):
        kept = _kept(lines, rows, wide=wide)
        entries = [row for row in kept if row]
        if len(entries) > 2 and 2 * len(entries) >= len(lines):
            shared = _shared(entries)
            body = list(_body(lines, kept, shared))
            return _legend(shared, body, wide=wide), "\n".join(body)
    return None


def _kept(lines: Sequence[str], rows: Sequence[Row | None], *, wide: bool) -> list[Row | None]:
    """The rows whose line comes back from the widths of their block."""
    kept: list[Row | None] = []
    for start, end in _blocks(lines):
        own = [row for row in rows[start:end] if row]
        if not own:
            kept += [None] * (end - start)
            continue
        widths = widths_of(own, wide=wide)
        fits = [
            row if row and _named(row) and widths.join(row) == line else None
            for row, line in zip(rows[start:end], lines[start:end], strict=True)
        ]
        if widths_of([row for row in fits if row] or own, wide=wide) != widths:
            fits = [None] * (end - start)
        kept += fits
    return kept


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for index, line in enumerate(lines):
        if _STRUCTURE.fullmatch(line):
            yield start, index
            start = index
    yield start, len(lines)


def _named(row: Row) -> bool:
    """Whether the kind of the entry can be told from its name."""
    return not row.name.endswith("/") and (" -> " in row.name) == (row.mode[0] == "l")


def _kind(name: str) -> str:
    if name.endswith("/"):
        return "d"
    return "l" if " -> " in name else "-"


def _name(row: Row) -> str:
    return f"{row.name}/" if row.mode[0] == "d" else row.name


def _shared(rows: Sequence[Row]) -> dict[str, str]:
    """For each kind of entry what is left out where it is so."""
    found: dict[str, str] = {}
    for kind in _KIND_WORDS:
        counts = Counter(row.shared for row in rows if _kind(_name(row)) == kind)
        usual, count = counts.most_common(1)[0] if counts else ("", 0)
        if count > 1 and _SAFE.fullmatch(usual):
            found[kind] = usual
    return found


def _body(
    lines: Sequence[str], kept: Sequence[Row | None], shared: Mapping[str, str]
) -> Iterator[str]:
    date = ""
    for line, row in zip(lines, kept, strict=True):
        if row is None:
            yield line if _STRUCTURE.fullmatch(line) else f"| {line}"
            continue
        name = _name(row)
        parts = [row.size, name]
        if row.date != date or _DATED.match(name):
            parts.insert(1, row.date)
            date = row.date
        if shared.get(_kind(name)) != row.shared:
            parts.insert(0, row.shared)
        yield " ".join(parts)


def _legend(shared: Mapping[str, str], body: Sequence[str], *, wide: bool) -> str:
    phrases = [LONG]
    if shared:
        kinds = (f"{_KIND_WORDS[kind]}{usual}" for kind, usual in shared.items())
        phrases.append(_SHARED + ", ".join(kinds))
    phrases.append(_DITTO)
    if wide:
        phrases.append(_BSD)
    if any(line.startswith("| ") for line in body):
        phrases.append(_ODD)
    return "; ".join(phrases)


def read(legend: str, body: str) -> str:
    """The text of a form; `DecodeError` when it is not one."""
    phrases = legend.split("; ")
    shared = _read_shared(phrases)
    wide = _BSD in phrases
    out = LinesOut()
    block: list[Row | str] = []
    date = ""
    for line in body.split("\n"):
        if line.startswith("| "):
            block.append(line[2:])
        elif _STRUCTURE.fullmatch(line):
            _flush(block, out, wide=wide)
            block = [line]
        else:
            row = _read_entry(line, shared, date)
            date = row.date
            block.append(row)
    _flush(block, out, wide=wide)
    return out.text()


def _flush(block: Sequence[Row | str], out: LinesOut, *, wide: bool) -> None:
    rows = [row for row in block if isinstance(row, Row)]
    widths = widths_of(rows, wide=wide) if rows else None
    for row in block:
        out.add(widths.join(row) if widths and isinstance(row, Row) else str(row))


def _read_shared(phrases: Sequence[str]) -> dict[str, str]:
    if phrases[0] != LONG:
        raise DecodeError("`listing` does not know this legend")
    found: dict[str, str] = {}
    for phrase in phrases:
        for item in phrase.removeprefix(_SHARED).split(", ") if phrase.startswith(_SHARED) else ():
            kind = next(kind for kind in "ld-" if item.startswith(_KIND_WORDS[kind]))
            found[kind] = item[len(_KIND_WORDS[kind]) :]
    return found


def _read_entry(line: str, shared: Mapping[str, str], date: str) -> Row:
    match = _ENTRY.fullmatch(line)
    if match is None:
        raise DecodeError("`listing` has a row that is none")
    given, size, own_date, name = match.groups()
    fields = (given or shared.get(_kind(name), "")).split(" ")
    if len(fields) != 4 or not (own_date or date):
        raise DecodeError("`listing` leaves out what its header does not say")
    mode, links, owner, group = fields
    return Row(mode, links, owner, group, size, own_date or date, name.removesuffix("/"))
