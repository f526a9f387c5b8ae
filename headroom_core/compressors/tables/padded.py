"""Tables whose cells are padded with blanks: drawn with lines, or only aligned."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LEFT = ", names left"
CENTRED = ", names centred"
_WORDS = re.compile(
    r"(?P<kind>[a-z ]+?)"
    r"(?P<codes>(?: [<>^][0-9]{1,4}(?:\+[0-9]{1,3})?)+)(?P<names>, names (?:left|centred))?"
)
SAMPLE = 400
"""So many rows tell the widths of columns."""

Rule = tuple[str, str, str]
"""What a rule begins with, what stands between two columns' dashes, and what it ends with."""


class Drawing(NamedTuple):
    """The signs that a kind of table is drawn with."""

    left: str
    between: str
    right: str
    names_right: str
    top: Rule | None = None
    middle: Rule | None = None
    bottom: Rule | None = None
    dash: str = "-"
    overhang: int = 2
    """How much longer the dashes of a rule are than the column is wide."""
    stripped: bool = False
    """Whether lines end with their last sign that is no blank."""


_GRID = ("+", "+", "+")
_BARS = Drawing("| ", " | ", " |", " |")
_DASHED = Drawing("", " ", "", "", middle=("", " ", ""), overhang=0)
_WIDE_DASHED = Drawing("", "  ", "", "", middle=("", "  ", ""), overhang=0)
KINDS = {
    "markdown": _BARS._replace(middle=("|", "|", "|")),
    "spaced markdown": _BARS._replace(middle=("| ", " | ", " |"), overhang=0),
    "grid": _BARS._replace(top=_GRID, middle=_GRID, bottom=_GRID),
    "bars": _BARS,
    "tight bars": Drawing("|", "|", "|", "|"),
    "box": Drawing(
        "│ ", " │ ", " │", " │", ("┌", "┬", "┐"), ("├", "┼", "┤"), ("└", "┴", "┘"), dash="─"
    ),
    "psql": Drawing(" ", " | ", "", " ", middle=("", "+", "")),
    "aligned": Drawing("", " ", "", ""),
    "dashed": _DASHED._replace(stripped=True),
    "full dashed": _DASHED,
    "wide dashed": _WIDE_DASHED._replace(stripped=True),
    "full wide dashed": _WIDE_DASHED,
}


@dataclass(frozen=True, slots=True)
class Padded:
    """Cells padded to the widths of their columns."""

    kind: str
    codes: tuple[str, ...]
    """For each column where its cells stand and how wide it is: `<10`, `>7`, `^5`."""
    names: str = ""

    @property
    def words(self) -> str:
        return f"{self.kind} {' '.join(self.codes)}{self.names}"

    @property
    def delimiter(self) -> str:
        return "|"

    @property
    def width(self) -> int:
        """How long a line is at least."""
        return sum(sum(map(int, code[1:].split("+"))) for code in self.codes)

    def head(self, names: Sequence[str]) -> list[str]:
        drawing = KINDS[self.kind]
        sign = {LEFT: "<", CENTRED: "^"}.get(self.names)
        cells = [
            pad(name, (sign or code[0]) + code[1:])
            for name, code in zip(names, self.codes, strict=True)
        ]
        line = f"{drawing.left}{drawing.between.join(cells)}{drawing.names_right}"
        line = line.rstrip(" ") if drawing.stripped else line
        return [*self._rule(drawing.top), line, *self._rule(drawing.middle)]

    def rows(
        self, names: Sequence[str], columns: Sequence[Sequence[str]], done: int = 0
    ) -> Iterator[str]:
        del names, done
        drawing = KINDS[self.kind]
        padded = [
            column if code == "<0" else _padded(column, code)
            for column, code in zip(columns, self.codes, strict=True)
        ]
        if self.kind == "psql" and self.codes[-1][0] == "<":
            padded[-1] = columns[-1]
        rows = map(drawing.between.join, zip(*padded, strict=True))
        if drawing.stripped or (self.kind == "aligned" and self.codes[-1] == "<0"):
            return (row.rstrip(" ") for row in rows)
        return (f"{drawing.left}{row}{drawing.right}" for row in rows)

    def foot(self) -> list[str]:
        return self._rule(KINDS[self.kind].bottom)

    def _rule(self, rule: Rule | None) -> list[str]:
        if rule is None:
            return []
        drawing = KINDS[self.kind]
        dashes = [drawing.dash * (int(code[1:]) + drawing.overhang) for code in self.codes]
        return [f"{rule[0]}{rule[1].join(dashes)}{rule[2]}"]


def pad(cell: str, code: str) -> str:
    """A cell as wide as its column, and `+n` more blanks."""
    digits, plus, more = code[1:].partition("+")
    if plus:
        return pad(cell, f"{code[0]}{digits}") + " " * int(more)
    width = int(digits)
    if code[0] == "<":
        return cell.ljust(width)
    if code[0] == ">":
        return cell.rjust(width)
    return (" " * ((width - len(cell)) // 2) + cell).ljust(width)


def _padded(column: Sequence[str], code: str) -> Iterator[str]:
    """The cells of a column as wide as it is."""
    sign, width = code[0], code[1:]
    if sign == "<" and width.isdecimal():
        return map(str.ljust, column, repeat(int(width)))
    if sign == ">" and width.isdecimal():
        return map(str.rjust, column, repeat(int(width)))
    return (pad(cell, code) for cell in column)


def read_words(words: str) -> Padded | None:
    """The layout that a header's words name."""
    match = _WORDS.fullmatch(words)
    if match is None or match["kind"] not in KINDS:
        return None
    return Padded(match["kind"], tuple(match["codes"].split()), match["names"] or "")


def layouts(kind: str, names: Sequence[str], raw: Sequence[Sequence[str]]) -> Iterator[Padded]:
    """The layouts that columns, of which some are given with their blanks, may have."""
    codes = tuple(_code(column) for column in raw)
    lasts = ("<0",)
    if kind == "psql":
        lasts = (f"<{len(names[-1]) - 1}",)  # only the name is padded
    for last in dict.fromkeys((codes[-1], *lasts)):
        for style in ("", LEFT, CENTRED):
            yield Padded(kind, (*codes[:-1], last), style)
    yield Padded(kind, ("<0",) * len(codes))


def _code(raw: Sequence[str]) -> str:
    """Where the cells of a column stand in its width."""
    width, count = Counter(map(len, raw)).most_common(1)[0]
    if 2 * count < len(raw):
        return "<0"
    cells = [cell.strip(" ") for cell in raw]
    if cells == list(raw) and len(set(map(len, raw))) > 1:
        return "<0"
    return max(
        (f"{sign}{width}" for sign in "<>^"),
        key=lambda code: sum(pad(a, code) == b for a, b in zip(cells, raw, strict=True)),
    )
