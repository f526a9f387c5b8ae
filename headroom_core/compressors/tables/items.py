"""The columns as a table's header names them, each with what its cells leave out.

    name            the cells are as they were
    name=CA         a blank cell stands for `CA`
    name={a}-{b}    a blank cell stands for what follows from the columns `a` and `b`
    name:x*y        every cell stands between `x` and `y`
    name^           a blank cell stands for the cell above
    name^-          a cell without `-` begins like the cell above, up to its last `-`
    name+2          two columns without cells follow, named in lines of their own

Where a blank has a meaning, `~` is a cell that is empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from headroom_core.errors import DecodeError

BREAKS = "-/.:"
EMPTY = "~"
GAP = "*"
"""Stands where a header begins with columns that have no cells."""
_IN_NAME = re.compile(r"[\\\]=:^+*]")
_IN_VALUE = re.compile(r"[\\\]]")
_IN_PREFIX = re.compile(r"[\\\]*]")
_ESCAPED = re.compile(r"\\(.)")
_GAPS = re.compile(r"\*\+([0-9]{1,4})")
_ITEM = re.compile(
    r"(?P<name>(?:[^\\=:^+*]|\\.)*+)(?:\+(?P<silent>[0-9]{1,4}))?"
    r"(?:\^(?P<above>[-/.:]?))?"
    r"(?:=(?P<value>(?:[^\\]|\\.)*+)"
    r"|:(?P<prefix>(?:[^\\*]|\\.)*+)\*(?P<suffix>(?:[^\\*]|\\.)*+))?"
)


@dataclass(slots=True)
class Item:
    """A column and what its cells leave out."""

    name: str
    value: str | None = None
    """What a blank stands for, as a template; without cells, what every row holds."""
    around: tuple[str, str] | None = None
    above: str | None = None
    """`""` when a blank stands for the cell above; else up to which sign it begins like it."""
    silent: int = 0
    shown: bool = True
    is_gap: bool = False

    def write(self, delimiter: str) -> str:
        """The column as it stands in a header, or in a line of its own when there is none."""
        if self.is_gap:
            return f"{GAP}+{self.silent}"
        text = _escape(_IN_NAME, self.name, delimiter)
        if self.silent:
            text += f"+{self.silent}"
        if self.above is not None:
            text += f"^{self.above}"
        if self.value is not None:
            text += f"={_escape(_IN_VALUE, self.value, delimiter)}"
        if self.around is not None:
            before, after = (_escape(_IN_PREFIX, part, delimiter) for part in self.around)
            text += f":{before}*{after}"
        return text


def read_item(text: str, *, shown: bool = True) -> Item:
    """Read a column; raises `DecodeError` when it is none."""
    gap = _GAPS.fullmatch(text)
    if gap is not None:
        return Item("", silent=int(gap[1]), shown=False, is_gap=True)
    match = _ITEM.fullmatch(text)
    if match is None:
        raise DecodeError(f"a table has a column that cannot be read: {text[:80]!r}")
    prefix, suffix, value = match["prefix"], match["suffix"], match["value"]
    return Item(
        _plain(match["name"]),
        value=None if value is None else _plain(value),
        around=None if prefix is None else (_plain(prefix), _plain(suffix)),
        above=match["above"],
        silent=int(match["silent"] or 0),
        shown=shown,
    )


def split_items(text: str, delimiter: str) -> list[str]:
    """Cut the columns of a header apart at the delimiters that are not escaped."""
    pattern = re.compile(rf"(?:(?!{re.escape(delimiter)})[^\\]|\\.)*+")
    items: list[str] = []
    at = 0
    while True:
        match = pattern.match(text, at)
        end = match.end() if match else at
        items.append(text[at:end])
        if not text.startswith(delimiter, end):
            break
        at = end + len(delimiter)
    if end < len(text):
        raise DecodeError("the header of a table ends in the middle of a column")
    return items


def _escape(pattern: re.Pattern[str], text: str, delimiter: str) -> str:
    text = pattern.sub(r"\\\g<0>", text)
    return text.replace(delimiter, f"\\{delimiter}") if delimiter else text


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)
