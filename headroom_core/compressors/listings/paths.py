"""The lossless form of a list of paths: a folder line once, then its entries by name."""

from __future__ import annotations

import re
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

from headroom_core.compressors.batches import batches_of, extend
from headroom_core.compressors.bounded import LinesOut
from headroom_core.compressors.listings.columns import (
    SAMPLE,
    Cutter,
    Layout,
    Row,
    count_columns,
    find_layout,
    read_layout,
)
from headroom_core.compressors.listings.names import TOP, Places, fits, write_names
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Sequence

PLAIN = "paths, names below their folder's line, which ends in /"
_DOWN = '"FOLDER/." is an entry itself and the folder of what follows'
_SLASH = "folders end in / in the list"
_CLIMB = ". and .. are that folder and the one above"
_TOP = "./ is the top"
_ODD = "| a line that stood as it follows"
_LAYOUT = "column widths "
_SAME = "left out since always the same: "
_SAME_ITEM = re.compile(r"column (\d{1,2}) ([^\s;,\]]+)")


class _Kept(NamedTuple):
    """The rows that the form can give back, column by column: rows take far more memory."""

    paths: list[str]
    fields: list[list[str]]
    are_rows: bytearray
    """Whether each line is one of them."""

    def add(self, rows: Sequence[Row | None]) -> None:
        """Add the rows of some lines; `None` for a line that stays as it is."""
        good = list(filter(None, rows))
        self.are_rows.extend(row is not None for row in rows)
        self.paths.extend(row.path for row in good)
        if good:
            extend(self.fields, zip(*(row.fields for row in good), strict=True))


class _Rules(NamedTuple):
    layout: Layout
    same: dict[int, str]
    dotted: bool
    slash: bool


def looks_like(lines: Sequence[str]) -> bool:
    """Whether the lines, a sample of a text, are mostly paths."""
    return _listed(lines) is not None


def write(lines: Sequence[str]) -> tuple[str, str] | None:
    """The legend and the body, or `None` when the lines are no list of paths."""
    found = _listed(lines)
    if found is None:
        return None
    kept, rules = found
    body = _body(lines, kept, rules)
    return _legend(rules, body), "\n".join(body)


def _listed(lines: Sequence[str]) -> tuple[_Kept, _Rules] | None:
    columns = count_columns(lines[:SAMPLE])
    if columns is None:
        return None
    cutter = Cutter(columns)
    sample = list(filter(None, map(cutter.cut, lines[:SAMPLE])))
    if not sample or sum(" " not in row.path for row in sample) < 0.9 * len(sample):
        return None
    likely = (line for line in lines if "./" in line)
    dotted = any(row.path.startswith("./") for row in filter(None, map(cutter.cut, likely)))
    # A line ends where its path does.
    slash = any(map(cutter.cut, (line for line in lines if line.endswith("/"))))
    layout = find_layout(sample)
    kept = _Kept([], [[] for _ in layout.codes], bytearray())
    for batch in batches_of(lines):
        kept.add(
            [_kept(cutter.cut(line), line, layout, dotted=dotted, slash=slash) for line in batch]
        )
        if 10 * (len(kept.are_rows) - len(kept.paths)) > 2 * len(lines):
            return None
    if len(kept.paths) < 3:
        return None
    return kept, _Rules(layout, _same(kept.fields), dotted, slash)


def _kept(row: Row | None, line: str, layout: Layout, *, dotted: bool, slash: bool) -> Row | None:
    """The row, when the form can give its line back."""
    if row is None or layout.join(row.fields) + row.path != line:
        return None
    path = row.path.removesuffix("/") if slash else row.path
    # Where folders end in `/`, a lone `.` could be read as the folder above.
    return row if fits(path, dotted=dotted) and not (slash and row.path == ".") else None


def _same(fields: Sequence[Sequence[str]]) -> dict[int, str]:
    """Columns, counted from 1, whose value is the same in all rows."""
    return {
        at: column[0]
        for at, column in enumerate(fields, 1)
        if column.count(column[0]) == len(column) and not {*column[0]} & {*";,]"}
    }


def _body(lines: Sequence[str], kept: _Kept, rules: _Rules) -> list[str]:
    body: list[str] = []
    names = write_names(kept.paths, slash=rules.slash)
    shown = [column for at, column in enumerate(kept.fields, 1) if at not in rules.same]
    fields = zip(*shown, strict=True) if shown else repeat(())
    for is_row, line in zip(kept.are_rows, lines, strict=True):
        if not is_row:
            body.append(f"| {line}")
            continue
        folder, name = next(names)
        if folder is not None:
            body.append(folder)
        body.append(" ".join([*next(fields), name]))
    return body


def _legend(rules: _Rules, body: Sequence[str]) -> str:
    phrases = [PLAIN]
    names = [line.rsplit(" ", 1)[-1] for line in body if not line.startswith("| ")]
    if any(name.endswith("/.") for name in names):
        phrases.append(_DOWN)
    if any(name in {".", ".."} or name.endswith("/..") for name in names):
        phrases.append(_CLIMB)
    if rules.slash:
        phrases.append(_SLASH)
    if not rules.dotted and TOP in body:
        phrases.append(_TOP)
    if any(line.startswith("| ") for line in body):
        phrases.append(_ODD)
    if rules.layout.codes:
        phrases.append(_LAYOUT + " ".join(rules.layout.codes))
    if rules.same:
        phrases.append(
            _SAME + ", ".join(f"column {at} {value}" for at, value in rules.same.items())
        )
    return "; ".join(phrases)


def read(legend: str, body: str) -> str:
    """The text of a form; `DecodeError` when it is not one."""
    rules = _rules(legend)
    columns = len(rules.layout.codes) - len(rules.same)
    places = Places(dotted=rules.dotted, slash=rules.slash)
    out = LinesOut()
    for line in body.split("\n"):
        if line.startswith("| "):
            out.add(line[2:])
        elif line.endswith("/"):
            places.enter(line)
        else:
            *given, name = line.split(" ", columns)
            if len(given) != columns:
                raise DecodeError("`listing` has a line with too few columns")
            rest = iter(given)
            fields = [
                rules.same[at] if at in rules.same else next(rest)
                for at in range(1, len(rules.layout.codes) + 1)
            ]
            out.add(rules.layout.join(fields) + places.path(name))
    return out.text()


def _rules(legend: str) -> _Rules:
    phrases = legend.split("; ")
    if phrases[0] != PLAIN:
        raise DecodeError("`listing` does not know this legend")
    layout, same = Layout(()), dict[int, str]()
    for phrase in phrases:
        if phrase.startswith(_LAYOUT):
            layout = read_layout(phrase[len(_LAYOUT) :])
        elif phrase.startswith(_SAME):
            same = {int(at): value for at, value in _SAME_ITEM.findall(phrase)}
    if not all(1 <= at <= len(layout.codes) for at in same):
        raise DecodeError("`listing` leaves out a column that is not there")
    return _Rules(layout, same, _TOP not in phrases, _SLASH in phrases)
