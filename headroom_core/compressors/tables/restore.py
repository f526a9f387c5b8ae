"""The columns of a table, given back from what is written of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.compressors.base import MAX_DECODED_CHARS
from headroom_core.compressors.json_table.templates import Template, read_template, refs
from headroom_core.compressors.tables.filling import fill
from headroom_core.compressors.tables.items import EMPTY
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.tables.items import Item


class Restorer:
    """Restores columns; those that follow from others when those are known."""

    def __init__(self, items: Sequence[Item], cells: Sequence[Sequence[str]], rows: int) -> None:
        self._items = items
        self._rows = rows
        self._left = MAX_DECODED_CHARS
        shown = iter(cells)
        self._cells = [next(shown) if item.shown else () for item in items]
        self._done: dict[int, Sequence[str]] = {}
        self._sizes: dict[int, int] = {}
        self._places = {item.name: at for at, item in enumerate(items)}

    def columns(self) -> list[Sequence[str]]:
        """All columns, in order; raises `DecodeError` when the form is damaged."""
        waiting = list(range(len(self._items)))
        while waiting:
            later = [at for at in waiting if not self._restored(at)]
            if len(later) == len(waiting):
                raise DecodeError("columns of a table follow from each other in a circle")
            waiting = later
        return [self._done[at] for at in range(len(self._items))]

    def _restored(self, at: int) -> bool:
        """Restore a column, unless it waits for another one."""
        item = self._items[at]
        cells = self._cells[at]
        if item.value is None:
            column = self._whole(item, cells)
        else:
            template = _template(item.value)
            needed = [self._place(name) for name in refs(template)]
            if not all(place in self._done for place in needed):
                return False
            column = self._filled(item, template, cells)
        self._cells[at] = ()
        self._sizes[at] = sum(map(len, column))
        self._spend(self._sizes[at])
        self._done[at] = column
        return True

    def _spend(self, chars: int, *, only_look: bool = False) -> None:
        """Take from what may still be decoded."""
        if chars > self._left:
            raise DecodeError(f"a table decodes to more than {MAX_DECODED_CHARS} characters")
        self._left -= 0 if only_look else chars

    def _place(self, name: str) -> int:
        if name not in self._places:
            raise DecodeError(f"a column of a table follows from {name!r}, which is none")
        return self._places[name]

    def _filled(self, item: Item, template: Template, cells: Sequence[str]) -> list[str]:
        texts = {name: self._done[self._places[name]] for name in refs(template)}
        literal = sum(len(part) for part in template if isinstance(part, str)) * self._rows
        copied = sum(self._sizes[self._places[name]] for name in refs(template))
        self._spend(literal + copied, only_look=True)
        made = fill(template, self._rows, texts.__getitem__)
        if not item.shown:
            return made
        return [_known(cell) if cell else text for cell, text in zip(cells, made, strict=True)]

    def _whole(self, item: Item, cells: Sequence[str]) -> Sequence[str]:
        """The cells of a column that needs no other."""
        if item.above == "":
            return _from_above(cells)
        column = self._from_start(cells, item.above) if item.above else cells
        if item.around is None:
            return column
        before, after = item.around
        self._spend((len(before) + len(after)) * len(column), only_look=True)
        return [cell[1:] if cell.startswith("=") else f"{before}{cell}{after}" for cell in column]

    def _from_start(self, cells: Sequence[str], sign: str) -> list[str]:
        column: list[str] = []
        head = ""
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
        return column


def _template(text: str) -> Template:
    try:
        return read_template(text)
    except ValueError as exc:
        raise DecodeError(f"a table has a template that cannot be read: {text[:80]!r}") from exc


def _known(cell: str) -> str:
    return "" if cell == EMPTY else cell


def _from_above(cells: Sequence[str]) -> list[str]:
    column: list[str] = []
    last = ""
    for cell in cells:
        last = _known(cell) if cell else last
        column.append(last)
    return column
