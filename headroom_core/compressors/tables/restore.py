"""The columns of a table, given back from what is written of them, some rows at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.compressors.base import MAX_DECODED_CHARS
from headroom_core.compressors.json_table.templates import Template, read_template, refs
from headroom_core.compressors.tables.filling import fill
from headroom_core.compressors.tables.items import EMPTY
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from headroom_core.compressors.tables.items import Item


class Restorer:
    """Restores columns, some rows at a time; those that follow from others when those are known.

    Raises `DecodeError` when the form is damaged.
    """

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items
        self._left = MAX_DECODED_CHARS
        self._places = {item.name: at for at, item in enumerate(items)}
        self._templates = [None if item.value is None else _template(item.value) for item in items]
        self._order = self._in_order()
        self._above = [""] * len(items)
        """The last cell of the rows before, or what it began with."""

    def _in_order(self) -> list[int]:
        """The columns, each after those that it follows from."""
        needed = [[self._place(name) for name in refs(each or ())] for each in self._templates]
        order: dict[int, None] = {}
        waiting = list(range(len(self._items)))
        while waiting:
            for at in waiting:
                if all(place in order for place in needed[at]):
                    order[at] = None
            later = [at for at in waiting if at not in order]
            if len(later) == len(waiting):
                raise DecodeError("columns of a table follow from each other in a circle")
            waiting = later
        return list(order)

    def columns(self, cells: Iterable[Sequence[str]], rows: int) -> list[Sequence[str]]:
        """All columns of the next rows, in order, from the cells of those that are shown."""
        shown = iter(cells)
        given = [next(shown) if item.shown else () for item in self._items]
        done: dict[int, Sequence[str]] = {}
        for at in self._order:
            template = self._templates[at]
            if template is None:
                done[at] = self._whole(at, given[at])
            else:
                texts = {name: done[self._places[name]] for name in refs(template)}
                done[at] = self._filled(self._items[at], template, texts, given[at], rows)
            self._spend(sum(map(len, done[at])))
        return [done[at] for at in range(len(self._items))]

    def _spend(self, chars: int, *, only_look: bool = False) -> None:
        """Take from what may still be decoded."""
        if chars > self._left:
            raise DecodeError(f"a table decodes to more than {MAX_DECODED_CHARS} characters")
        self._left -= 0 if only_look else chars

    def _place(self, name: str) -> int:
        if name not in self._places:
            raise DecodeError(f"a column of a table follows from {name!r}, which is none")
        return self._places[name]

    def _filled(
        self,
        item: Item,
        template: Template,
        texts: Mapping[str, Sequence[str]],
        cells: Sequence[str],
        rows: int,
    ) -> list[str]:
        literal = sum(len(part) for part in template if isinstance(part, str)) * rows
        copied = sum(len(text) for column in texts.values() for text in column)
        self._spend(literal + copied, only_look=True)
        made = fill(template, rows, texts.__getitem__)
        if not item.shown:
            return list(made)
        return [_known(cell) if cell else text for cell, text in zip(cells, made, strict=True)]

    def _whole(self, at: int, cells: Sequence[str]) -> Sequence[str]:
        """The cells of a column that needs no other."""
        item = self._items[at]
        if item.above == "":
            return self._from_above(at, cells)
        column = self._from_start(at, cells, item.above) if item.above else cells
        if item.around is None:
            return column
        before, after = item.around
        self._spend((len(before) + len(after)) * len(column), only_look=True)
        return [cell[1:] if cell.startswith("=") else f"{before}{cell}{after}" for cell in column]

    def _from_above(self, at: int, cells: Sequence[str]) -> list[str]:
        column: list[str] = []
        last = self._above[at]
        for cell in cells:
            last = _known(cell) if cell else last
            column.append(last)
        self._above[at] = last
        return column

    def _from_start(self, at: int, cells: Sequence[str], sign: str) -> list[str]:
        column: list[str] = []
        head = self._above[at]
        size = 0
        for cell in cells:
            cut = cell.rfind(sign)
            if cut >= 0:
                head = cell[: cut + 1]
                column.append(cell)
            else:
                size += len(head)
                self._spend(size, only_look=True)
                column.append(head + cell)
        self._above[at] = head
        return column


def _template(text: str) -> Template:
    try:
        return read_template(text)
    except ValueError as exc:
        raise DecodeError(f"a table has a template that cannot be read: {text[:80]!r}") from exc


def _known(cell: str) -> str:
    return "" if cell == EMPTY else cell
