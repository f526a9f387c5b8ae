"""Give an original back: all of it, or the part that answers a question."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from headroom_core.errors import RetrieveError
from headroom_core.retrieval.answer import Retrieved, RetrievedUnit
from headroom_core.retrieval.cursor import Place, read_cursor
from headroom_core.retrieval.lines import select_lines, whole
from headroom_core.retrieval.page import fits, page
from headroom_core.retrieval.path import select_path
from headroom_core.retrieval.query import select_query
from headroom_core.retrieval.symbols import select_symbol
from headroom_core.retrieval.where.select import select_where

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_core.retrieval.answer import Selection
    from headroom_core.store.base import Store

__all__ = ["LEAST_TOKENS", "Retrieved", "RetrievedUnit", "Selectors", "retrieve"]


class Selectors(TypedDict, total=False):
    """The keyword arguments of `retrieve`, for those who pass them on."""

    lines: str | None
    query: str | None
    where: str | None
    path: str | None
    symbol: str | None
    max_tokens: int | None
    cursor: str | None


LEAST_TOKENS = 100
"""Less room than this does not hold an answer and the way to go on."""

_SELECT: dict[str, Callable[[str, str], Selection]] = {
    "lines": select_lines,
    "query": select_query,
    "where": select_where,
    "path": select_path,
    "symbol": select_symbol,
}


def retrieve(  # noqa: PLR0913 - each is one way to ask
    store: Store,
    ref: str,
    *,
    lines: str | None = None,
    query: str | None = None,
    where: str | None = None,
    path: str | None = None,
    symbol: str | None = None,
    max_tokens: int | None = None,
    cursor: str | None = None,
) -> Retrieved:
    """Return the original behind `ref`; without a selector all of it, byte for byte.

    At most one of `lines`, `query`, `where`, `path` and `symbol` chooses a part. An answer has at
    most `max_tokens`; what did not fit comes with the `cursor` that the answer ends with. Raises
    `NotFoundError`, `EvictedError` or `CorruptedError` when there is no such original, and
    `RetrieveError` when a selector is wrong.
    """
    asked = _asked(lines=lines, query=query, where=where, path=path, symbol=symbol)
    start = Place()
    if cursor is not None:
        start, asked = _going_on(_text("cursor", cursor), asked)
    _check(asked, max_tokens)
    text = store.get(_text("ref", ref))
    if not asked:
        return _all_of(text, start, max_tokens)
    ((name, value),) = asked.items()
    selection = _SELECT[name](text, value)
    if selection.whole_head and start == Place():
        everything = f"{selection.whole_head}\n{text}"
        if max_tokens is None or fits(everything, max_tokens):
            total = whole(text).total
            return Retrieved(text=everything, shown=((1, total),), total=total, exact=False)
    return page(selection, asked, start=start, max_tokens=max_tokens)


def _all_of(text: str, start: Place, max_tokens: int | None) -> Retrieved:
    selection = whole(text)
    if start == Place():
        everything = Retrieved(text=text, shown=((1, selection.total),), total=selection.total)
        if max_tokens is None or fits(text, max_tokens):
            return everything
    return page(selection, {}, start=start, max_tokens=max_tokens)


def _going_on(cursor: str, asked: dict[str, str]) -> tuple[Place, dict[str, str]]:
    """The place that a cursor names, and the question that it goes on with."""
    start, before = read_cursor(cursor)
    question: dict[str, str] = {}
    for name, value in before.items():
        if value is None and name not in asked:
            raise RetrieveError(f"this `cursor` goes with its long `{name}`; pass both")
        question[name] = asked[name] if value is None else value
    if asked and asked != question:
        raise RetrieveError("`cursor` belongs to another question; pass it without a selector")
    return start, question


def _asked(**selectors: object) -> dict[str, str]:
    given = {name: value for name, value in selectors.items() if value is not None}
    if len(given) > 1:
        names = " and ".join(f"`{name}`" for name in given)
        raise RetrieveError(f"{names} cannot be combined; pass one of them")
    return {name: _text(name, value).strip() for name, value in given.items()}


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise RetrieveError(f"`{name}` must be a string, got {value!r:.80}")
    return value


def _check(asked: dict[str, str], max_tokens: int | None) -> None:
    for name, value in asked.items():
        if not value:
            raise RetrieveError(f"`{name}` is empty; leave it out to get the whole original")
    if max_tokens is None:
        return
    if type(max_tokens) is not int or max_tokens < LEAST_TOKENS:
        raise RetrieveError(
            f"`max_tokens` must be a whole number of at least {LEAST_TOKENS},"
            f" got {max_tokens!r:.80}"
        )
