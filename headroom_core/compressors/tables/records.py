r"""Tables that are written row by row: `\G` of mysql and `\x` of psql.

*************************** 1. row ***************************       -[ RECORD 1 ]-----
  id: 7                                                              id   | 7
name: anna                                                           name | anna
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from headroom_core.compressors.packed import BATCH, Packed, extend
from headroom_core.compressors.tables.grid import Grid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_STARS = "*" * 27
_MYSQL = re.compile(r"\*{27} 1\. row \*{27}")
_PSQL = re.compile(r"-\[ RECORD 1 \](-*\+?-*)")
STARTS = (_STARS, "-[ RECORD 1 ]")
_WORDS = re.compile(r"(?P<kind>mysql records|psql records (?P<at>\d{1,4}) (?P<more>\d{1,4}))")
_LEAST_ROWS = 3
_DELIMITER = "|"


@dataclass(frozen=True, slots=True)
class Records:
    """Rows of one line a column, below a line with the number of the row."""

    psql: bool = False
    at: int = 0
    """Where the rule of `psql` has its crossing."""
    more: int = 0
    """How many dashes follow it."""

    @property
    def words(self) -> str:
        return f"psql records {self.at} {self.more}" if self.psql else "mysql records"

    @property
    def delimiter(self) -> str:
        return _DELIMITER

    def head(self, names: Sequence[str]) -> list[str]:
        del names
        return []

    def foot(self) -> list[str]:
        return []

    def rows(
        self, names: Sequence[str], columns: Sequence[Sequence[str]], done: int = 0
    ) -> Iterator[str]:
        labels = self.labels(names)
        return (
            "\n".join([self.rule(number), *map("".join, zip(labels, row, strict=True))])
            for number, row in enumerate(zip(*columns, strict=True), done + 1)
        )

    def labels(self, names: Sequence[str]) -> list[str]:
        """What stands before the cells of a row."""
        width = max(map(len, names))
        return [f"{name:<{width}} | " if self.psql else f"{name:>{width}}: " for name in names]

    def rule(self, number: int) -> str:
        if not self.psql:
            return f"{_STARS} {number}. row {_STARS}"
        tag = f"-[ RECORD {number} ]"
        rule = "-" * self.at + "+" + "-" * self.more
        return tag + rule[len(tag) :]


def read_words(words: str) -> Records | None:
    """The layout that a header's words name."""
    match = _WORDS.fullmatch(words)
    if match is None:
        return None
    return (
        Records(psql=True, at=int(match["at"]), more=int(match["more"]))
        if match["at"]
        else Records()
    )


def find(lines: Sequence[str]) -> tuple[int, int, Grid] | None:
    """The table of records that begins with the first line of a text."""
    layout = _layout(lines)
    if layout is None:
        return None
    second = layout.rule(2)
    height = next((at for at, line in enumerate(lines) if line == second), 1)
    names = [
        line.partition(" | " if layout.psql else ": ")[0].strip(" ") for line in lines[1:height]
    ]
    if not names:
        return None
    labels = layout.labels(names)
    columns = [Packed() for _ in names]
    rows = 0
    while batch := list(islice(_rows(lines, rows, layout, labels), BATCH)):
        extend(columns, zip(*batch, strict=True))
        rows += len(batch)
    if rows < _LEAST_ROWS:
        return None
    return 0, rows * height, Grid(layout, names, columns, {}, 0, height)


def _rows(
    lines: Sequence[str], done: int, layout: Records, labels: Sequence[str]
) -> Iterator[list[str]]:
    """The cells of the rows that follow those that are done."""
    height = len(labels) + 1
    while (row := _row(lines, done * height, layout.rule(done + 1), labels)) is not None:
        yield row
        done += 1


def _row(lines: Sequence[str], at: int, rule: str, labels: Sequence[str]) -> list[str] | None:
    """The cells of the row whose rule stands at a line."""
    own = lines[at + 1 : at + 1 + len(labels)]
    if lines[at : at + 1] != [rule] or len(own) < len(labels):
        return None
    if not all(map(str.startswith, own, labels)):
        return None
    cells = [line[len(label) :] for line, label in zip(own, labels, strict=True)]
    return None if any(_DELIMITER in cell for cell in cells) else cells


def _layout(lines: Sequence[str]) -> Records | None:
    first = lines[0]
    if _MYSQL.fullmatch(first):
        return Records()
    if not _PSQL.fullmatch(first) or len(lines) < 2:
        return None
    at = max(len(first.rpartition("+")[0]), lines[1].find(" | ") + 1)
    return Records(psql=True, at=at, more=len(first) - at - 1)
