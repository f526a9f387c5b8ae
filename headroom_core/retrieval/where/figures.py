"""Figures about rows, computed exactly; only an average that does not end is rounded."""

from __future__ import annotations

import json
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import TYPE_CHECKING, assert_never

from headroom_core.retrieval.tables.table import Cell, Number, is_number, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.retrieval.where.grammar import Figure

MOST_DISTINCT = 1_000
_PLAIN = 10**17
# More digits than any sum of doubles can have, so that no addition rounds.
_EXACT = Context(prec=1_000, traps=[InvalidOperation])
_SHORT_DIGITS = 17


def compute(figure: Figure, values: Sequence[Cell], rows: int) -> str:
    """Return a figure as text. `values` are those of its column in the `rows` rows."""
    if figure.of is None:
        return str(rows)
    known = [value for value in values if value is not None]
    match figure.name:
        case "count":
            return str(len(known))
        case "count distinct":
            return str(len(_distinct(known)))
        case "distinct":
            different = _distinct(known)
            more = (
                f" and {len(different) - MOST_DISTINCT} more"
                if len(different) > MOST_DISTINCT
                else ""
            )
            return f"{len(different)}: {', '.join(map(show, different[:MOST_DISTINCT]))}{more}"
        case "min" | "max":
            return _extreme(known, figure.name == "max")
        case "sum" | "avg":
            return _added(known, average=figure.name == "avg")
        case _:
            assert_never(figure.name)


def _added(known: Sequence[Cell], *, average: bool) -> str:
    numbers = [found for value in known if (found := as_number(value)) is not None]
    if not numbers:
        return "null"
    total = _total(numbers)
    return _ratio(total, len(numbers)) if average else show(total)


def as_number(value: Cell) -> Number | None:
    """Return the number that a value is or, as a text, spells."""
    if isinstance(value, str):
        return number(value)
    return value if is_number(value) else None


def show(value: Cell) -> str:
    """Spell a value on one line."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value).replace("\n", "\\n")


def _total(numbers: Sequence[Number]) -> Number:
    whole = sum(value for value in numbers if isinstance(value, int))
    broken = [value for value in numbers if isinstance(value, Decimal)]
    if not broken:
        return whole
    total = Decimal(whole)
    for value in broken:
        total = _EXACT.add(total, value)
    return total


def _ratio(total: Number, count: int) -> str:
    short = Context(prec=_SHORT_DIGITS, traps=[InvalidOperation])
    quotient = short.divide(Decimal(total), Decimal(count))
    if not short.flags[Inexact]:
        quotient = quotient.normalize(short)
        return format(quotient, "f") if abs(quotient) < _PLAIN else str(quotient)
    return repr(float(_EXACT.divide(Decimal(total), Decimal(count))))


def _extreme(known: Sequence[Cell], largest: bool) -> str:  # noqa: FBT001 - which of two
    """The smallest or largest: numbers among themselves, and texts where there is no number."""
    numbers = [value for value in known if is_number(value)]
    if numbers:
        return show(max(numbers) if largest else min(numbers))
    texts = [show(value) for value in known]
    if not texts:
        return "null"
    return max(texts) if largest else min(texts)


def _distinct(known: Sequence[Cell]) -> list[Cell]:
    """The different values in the order in which they first occur; `1` and `1.0` are one."""
    found: dict[object, Cell] = {}
    for value in known:
        found.setdefault(group_key(value), value)
    return list(found.values())


def group_key(value: Cell) -> object:
    """Return what makes two values one group. A text is never equal to a number."""
    if isinstance(value, (dict, list)):
        return ("json", show(value))
    return (isinstance(value, bool), value)
