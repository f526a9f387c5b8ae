"""Write a selection as an answer of at most so many tokens, with the cursor to what is left."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from headroom_core.errors import RetrieveError
from headroom_core.retrieval.answer import Piece, Retrieved
from headroom_core.retrieval.cursor import Place, write_cursor
from headroom_core.tokens import deciding_counter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.retrieval.answer import Pieces, Selection
    from headroom_core.tokens import TokenCounter

MARK_TOKENS = 16
"""What a line that says a place takes, at most about."""
LEAST_CUT = 48
"""A piece is cut only where so many tokens of it can be shown."""
CHARS_PER_TOKEN = 12
"""No prefix longer than this many characters for each token is worth counting."""


@dataclass(slots=True)
class _Page:
    """An answer that grows piece by piece while there is room."""

    room: int | None
    counter: TokenCounter
    bare: bool
    pieces: list[Piece] = field(default_factory=list[Piece])
    next: Place | None = None

    def fill(self, pieces: Pieces, start: Place) -> None:
        """Take pieces until one does not fit; `next` is then the place to go on from."""
        last = 0
        for index in range(start.piece, len(pieces)):
            each = pieces[index]
            offset = start.offset if index == start.piece else 0
            piece = _part(each, offset, len(each.text))
            if self.room is None:
                self.pieces.append(piece)
                continue
            cost = self.counter.count(piece.text) + 1 if self._may_fit(piece) else self.room + 1
            cost += 0 if self.bare or (piece.first == last + 1 and not piece.mark) else MARK_TOKENS
            if cost > self.room:
                self.next = Place(index, offset)
                self._cut(each, index, offset)
                return
            self.room -= cost
            self.pieces.append(piece)
            last = piece.last

    def _may_fit(self, piece: Piece) -> bool:
        return self.room is None or len(piece.text) <= self.room * CHARS_PER_TOKEN

    def _cut(self, piece: Piece, index: int, offset: int) -> None:
        """Show the beginning of a piece that does not fit, up to a line's end where possible."""
        room = (self.room or 0) - MARK_TOKENS
        if self.pieces and room < LEAST_CUT:
            return
        end = offset + _prefix(piece.text[offset:], max(1, room), self.counter)
        line_end = piece.text.rfind("\n", offset, end)
        if line_end > offset:
            self.pieces.append(_part(piece, offset, line_end))
            self.next = Place(index, line_end + 1)
        elif not self.pieces:
            self.pieces.append(_part(piece, offset, end))
            self.next = Place(index, end)


def page(
    selection: Selection,
    asked: dict[str, str],
    *,
    start: Place,
    max_tokens: int | None,
) -> Retrieved:
    """Return the answer from a place on. With `max_tokens` it never has more than that."""
    if start.piece and start.piece >= len(selection.pieces):
        raise RetrieveError("nothing is left after this `cursor`; ask without it to start again")
    counter = deciding_counter()
    room = max_tokens
    selectors: dict[str, str | None] = dict(asked)
    if max_tokens is not None:
        share = max_tokens // 4
        selection = replace(selection, head=_cut_head(selection.head, share, counter))
        if any(counter.count(value) > share for value in asked.values()):
            selectors = dict.fromkeys(asked)
    while True:
        answer = _answer(selection, selectors, start, room, counter)
        tokens = 0 if max_tokens is None else counter.count(answer.text)
        if max_tokens is None or tokens <= max_tokens or not room:
            return answer
        # Joined text can count a little differently from its pieces: ask for less.
        room = max(0, (room or 0) - (tokens - max_tokens) - MARK_TOKENS)


def fits(text: str, max_tokens: int) -> bool:
    """Whether a text has at most so many tokens. Does not count what is surely too long."""
    return (
        len(text) <= max_tokens * CHARS_PER_TOKEN and deciding_counter().count(text) <= max_tokens
    )


def _answer(
    selection: Selection,
    selectors: dict[str, str | None],
    start: Place,
    max_tokens: int | None,
    counter: TokenCounter,
) -> Retrieved:
    # What the last line may take is set aside; its cursor repeats what was asked.
    aside = counter.count(selection.head + _rest(selection, start, selectors)) + MARK_TOKENS
    room = None if max_tokens is None else max(0, max_tokens - aside)
    filling = _Page(room, counter, selection.bare)
    filling.fill(selection.pieces, start)
    cursor = None if filling.next is None else write_cursor(filling.next, selectors)
    lines = [selection.head] if selection.head else []
    lines += _written(filling.pieces, selection)
    if filling.next is not None:
        lines.append(_rest(selection, filling.next, selectors))
    return Retrieved(
        text="\n".join(lines),
        unit=selection.unit,
        shown=tuple(_ranges(filling.pieces)),
        total=selection.total,
        cursor=cursor,
        exact=False,
    )


def _rest(selection: Selection, place: Place, selectors: dict[str, str | None]) -> str:
    left = len(selection.pieces) - place.piece
    parts = "part" if left == 1 else "parts"
    cursor = json.dumps(write_cursor(place, selectors), ensure_ascii=False)
    same = "".join(f"the same {name} and " for name, value in selectors.items() if value is None)
    return f"[{left} more {parts}; to go on: {same}cursor={cursor}]"


def _cut_head(head: str, tokens: int, counter: TokenCounter) -> str:
    """The first line of an answer, also when the names of the columns alone would fill it."""
    if not head or (len(head) <= tokens * CHARS_PER_TOKEN and counter.count(head) <= tokens):
        return head
    return f"{head[: _prefix(head, tokens, counter)]}…"


def _part(piece: Piece, start: int, end: int) -> Piece:
    """Return a stretch of a piece, with its own place in the original."""
    text = piece.text
    if start == 0 and end == len(text):
        return piece
    first, last = piece.first, piece.last
    if last - first == text.count("\n"):
        first += text.count("\n", 0, start)
        last = first + text.count("\n", start, end)
    is_lines = last - first < piece.last - piece.first
    starts = start == 0 or text[start - 1] == "\n"
    ends = end == len(text) or text[end] == "\n"
    part = Piece(text[start:end], first, last)
    said = piece.mark.removeprefix(_place(piece))
    if is_lines and starts and ends:
        return replace(part, mark=piece.mark and f"{_place(part)}{said}")
    here = _place(part) if said != piece.mark or not piece.mark else ""
    return replace(part, mark=f"{here}{said}, characters {start + 1}-{end} of {len(text)}")


def _place(piece: Piece, unit: str = "line", last: int = 0) -> str:
    last = last or piece.last
    return f"{unit} {piece.first}" if last == piece.first else f"{unit}s {piece.first}-{last}"


def _written(pieces: Sequence[Piece], selection: Selection) -> Iterator[str]:
    """Write the pieces, each run of neighbours under one line that says its place."""
    unit = selection.unit.removesuffix("s")
    index = 0
    while index < len(pieces):
        piece = pieces[index]
        end = index + 1
        while (
            not piece.mark
            and end < len(pieces)
            and not pieces[end].mark
            and pieces[end].first == pieces[end - 1].last + 1
        ):
            end += 1
        if piece.mark or not selection.bare:
            place = piece.mark or _place(piece, unit, pieces[end - 1].last)
            total = f" of {selection.total}" if index == 0 and not piece.mark else ""
            yield f"[{place}{total}]"
        yield from (each.text for each in pieces[index:end])
        index = end


def _ranges(pieces: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    """Join neighbours into ranges."""
    first = last = 0
    for piece in pieces:
        if not piece.first:
            continue
        if first and piece.first == last + 1:
            last = piece.last
            continue
        if first:
            yield first, last
        first, last = piece.first, piece.last
    if first:
        yield first, last


def _prefix(text: str, tokens: int, counter: TokenCounter) -> int:
    """Return how many characters of `text` take at most so many tokens; at least one."""
    low, high = 1, min(len(text), tokens * CHARS_PER_TOKEN)
    while low < high:
        middle = (low + high + 1) // 2
        if counter.count(text[:middle]) <= tokens:
            low = middle
        else:
            high = middle - 1
    return low
