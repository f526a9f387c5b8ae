"""Which lines of a source text an outline shows."""

from __future__ import annotations

import re
from itertools import accumulate, compress, islice
from typing import TYPE_CHECKING

from headroom_core.compressors.coding.nesting import joined, owners, parents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_core.compressors.coding.functions import Function
    from headroom_core.compressors.coding.syntax import Syntax

_LEAST_ROWS, _LEAST_CHARS = 3, 80
_LARGE = 40
_STATEMENT_ROWS = 3
_HEAD_ROWS = 2
_MOST_REMINDERS = 20
_GAP_CHARS, _COMMA_CHARS = 24, 2
_STRETCH_ROWS, _SHORT_ROWS = 10, 4
_WORTH_KEEPING = re.compile(r"\b(?:TODO|FIXME|XXX|HACK|SAFETY|WARNING|IMPORTANT|WHY)\b")
_TYPE = re.compile(
    r"\s*(?:(?:pub(?:\(\w+\))?|export|default|public|private|protected|internal|abstract|static|final"
    r"|sealed|data|open|unsafe|async|declare|typedef) +)*"
    r"(?:class|struct|enum|trait|impl|interface|type|module|namespace|object|protocol|extension"
    r"|record|union|defmodule|package)\b.*\w"
)
_TELLS = re.compile(r"[^\W\d_]{2}")
_ATTRIBUTES = ("@", "#[")
_TEXT_STARTS = ('"""', "'''", 'r"""', '"')


class Outline:
    """A choice of rows: what tells what is there, less where room is scarce, and what is asked."""

    def __init__(self, lines: list[str], syntax: Syntax) -> None:
        self.lines = lines
        self.functions: list[Function] = syntax.functions
        self.parents: list[int] = parents(syntax.functions)
        self.owners: list[int] = owners(syntax.functions, self.parents, len(lines))
        self.hidden: bytearray = bytearray(len(lines))
        self.required: bytearray = bytearray(len(lines))
        self._entered: set[int] = set()
        self._blank = [row for row, line in enumerate(lines) if not line.strip()]
        self._comments = list(joined(syntax.comments))
        self._comment_ending = {rows[-1]: rows[0] for rows in self._comments}
        for block in syntax.statements:
            self._shorten(range(block.start, block.end + 1), _STATEMENT_ROWS)
        for rows in self._comments:
            self._shorten(rows, _first_telling(lines, rows[:_HEAD_ROWS]) + 1 - rows.start)
        self._hide_bodies()

    def fit(self, room: int) -> None:
        """Leave out more, the less telling first, until about `room` characters stay."""
        if self.size() > room:
            for function in self.functions:
                self._hide(self._comment_above(function))
        self._fold_functions(self.size() - room)
        if self.size() > room * 5 // 4:
            self._shorten_stretches()

    def size(self) -> int:
        """About how many characters the outline has."""
        return sum(
            _GAP_CHARS if is_hidden else self._chars(rows) + len(rows)
            for rows, is_hidden in self.stretches()
        )

    def length(self, index: int) -> int:
        """How many characters a function has."""
        function = self.functions[index]
        return self._chars(range(function.start, function.end + 1))

    def count_whole(self) -> int:
        """How many functions are shown with every row."""
        gone = [0, *accumulate(self.hidden)]
        return sum(gone[f.end + 1] == gone[f.start] for f in self.functions)

    def show(self, index: int, *, required: bool = False) -> None:
        """Show a function whole, what belongs to it, and the first lines of what it stands in."""
        function = self.functions[index]
        self._reveal(range(self._top(function), function.end + 1), required=required)
        self._enter(self.parents[index], required=required)

    def show_row(self, row: int) -> None:
        """Show one row whatever the budget, and the first lines of what it stands in."""
        self._reveal(range(row, row + 1), required=True)
        self._enter(self.owners[row], required=True)

    def stretches(self) -> Iterator[tuple[range, bool]]:
        """The rows in order, as stretches that are hidden or not."""
        hidden = self._settled()
        for rows in _runs(hidden):
            yield rows, bool(hidden[rows.start])

    def _settled(self) -> bytearray:
        """Blank lines go with what is hidden beside them; a stretch that saves nothing is shown."""
        hidden = bytearray(self.hidden)
        for beside, order in ((-1, self._blank), (1, reversed(self._blank))):
            for row in order:
                if 0 <= row + beside < len(hidden) and hidden[row + beside]:
                    hidden[row] = not self.required[row]
        for rows in list(_runs(hidden)):
            if hidden[rows.start] and self._chars(rows) < _LEAST_CHARS // 2:
                hidden[rows.start : rows.stop] = bytes(len(rows))
        return hidden

    def _hide_bodies(self) -> None:
        is_open: list[bool] = []
        for index, function in enumerate(self.functions):
            parent = self.parents[index]
            is_open.append(len(function.body) >= _LARGE and (parent < 0 or is_open[parent]))
            if parent < 0 and self._is_worth_hiding(function.body):
                self._hide(function.body)
                self._show_docstring(function)
            elif parent >= 0 and is_open[parent] and self._tells(function, parent):
                self._reveal(range(function.start, function.body.start))
        hidden = compress(range(len(self.lines)), self.hidden)
        reminders = (row for row in hidden if _WORTH_KEEPING.search(self.lines[row]))
        for row in islice(reminders, _MOST_REMINDERS):
            self.hidden[row] = 0

    def _tells(self, function: Function, parent: int) -> bool:
        """Whether the first line of an inner function says something: a name, or a test's text."""
        named = bool(function.name) or not self.functions[parent].name
        return named and len(function.body) >= _LEAST_ROWS

    def _show_docstring(self, function: Function) -> None:
        """Keep the first line of the text that a body starts with."""
        body = function.body
        if self.lines[body.start].lstrip().startswith(_TEXT_STARTS):
            self._reveal(range(body.start, _first_telling(self.lines, body[:_HEAD_ROWS]) + 1))

    def _fold_functions(self, excess: int) -> None:
        """Leave out whole functions from the end on: a gap then names them."""
        for index in range(len(self.functions) - 1, -1, -1):
            if excess <= 0:
                return
            function = self.functions[index]
            if self.parents[index] < 0:
                rows = range(self._top(function), function.end + 1)
                shown = (not self.hidden[row] for row in rows)
                lines = compress(self.lines[rows.start : rows.stop], shown)
                excess -= sum(len(line) + 1 for line in lines)
                # Its own gap becomes a part of one before or after it, and its name goes there.
                excess += (
                    len(function.name)
                    + _COMMA_CHARS
                    - _GAP_CHARS * any(self.hidden[rows.start : rows.stop])
                )
                self._hide(rows)

    def _shorten_stretches(self) -> None:
        """Keep the start of long stretches that are no functions."""
        for rows in list(_runs(self.hidden)):
            if not self.hidden[rows.start] and len(rows) > _STRETCH_ROWS:
                self._hide(rows[_SHORT_ROWS:])
                for row in rows[_SHORT_ROWS:]:
                    if _TYPE.match(self.lines[row]):
                        self.hidden[row] = 0

    def _shorten(self, rows: range, keep: int) -> None:
        if self._is_worth_hiding(rows[keep:]):
            self._hide(rows[keep:])
            for row in rows[keep:]:
                if _WORTH_KEEPING.search(self.lines[row]):
                    self.hidden[row] = 0

    def _is_worth_hiding(self, rows: range) -> bool:
        return len(rows) >= _LEAST_ROWS and self._chars(rows) >= _LEAST_CHARS

    def _chars(self, rows: range) -> int:
        return sum(map(len, self.lines[rows.start : rows.stop]))

    def _hide(self, rows: range) -> None:
        self.hidden[rows.start : rows.stop] = b"\1" * len(rows)

    def _reveal(self, rows: range, *, required: bool = False) -> None:
        self.hidden[rows.start : rows.stop] = bytes(len(rows))
        if required:
            self.required[rows.start : rows.stop] = b"\1" * len(rows)

    def _top(self, function: Function) -> int:
        """The row where what belongs to a function starts: its comment, its decorators."""
        return self._comment_above(function).start

    def _comment_above(self, function: Function) -> range:
        """The comment right above a function and its decorators."""
        top = function.start
        while top > 0 and self.lines[top - 1].lstrip().startswith(_ATTRIBUTES):
            top -= 1
        return range(self._comment_ending.get(top - 1, top), top)

    def _enter(self, index: int, *, required: bool) -> None:
        """Show the first lines of a function and of all that it stands in."""
        while index >= 0 and index not in self._entered:
            self._entered.add(index)
            function = self.functions[index]
            self._reveal(range(function.start, function.body.start), required=required)
            index = self.parents[index]


def _runs(hidden: bytearray) -> Iterator[range]:
    """The rows in order, as stretches that are all hidden or all shown."""
    start = 0
    while start < len(hidden):
        stop = hidden.find(not hidden[start], start)
        stop = stop if stop >= 0 else len(hidden)
        yield range(start, stop)
        start = stop


def _first_telling(lines: list[str], rows: range) -> int:
    """The first of the rows that holds a word, or the last one."""
    return next((row for row in rows if _TELLS.search(lines[row])), rows[-1])
