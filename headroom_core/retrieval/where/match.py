"""Which rows of a table meet a condition: column by column, with null where SQL has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import compress, count, repeat
from operator import eq, ge, gt, le, lt, ne
from types import NoneType
from typing import TYPE_CHECKING, assert_never, cast

import re2

from headroom_core.errors import RetrieveError
from headroom_core.retrieval.tables.table import Cell, Number, Table, is_number, number
from headroom_core.retrieval.where.grammar import (
    EXAMPLE,
    Both,
    Column,
    Compare,
    Comparison,
    Condition,
    IsNull,
    Matches,
    Not,
    Operand,
    Truth,
    Value,
    Within,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

Answer = bool | None
_Test = Callable[[Number | str, Number | str], bool]
_OPERATORS: dict[Comparison, _Test] = {
    "=": eq,
    "!=": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}
_TURNED: dict[Comparison, Comparison] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_LISTED = 60


@dataclass(frozen=True, slots=True)
class Matcher:
    """Answers conditions about one table, or about some rows of it."""

    table: Table
    among: Sequence[int] | None = None
    """The rows that are asked about; all, if not given."""

    def rows(self, condition: Condition | None) -> list[int]:
        """Return the indexes of the rows that meet a condition; all without one."""
        if condition is None:
            return list(range(self.table.size))
        return list(compress(count(), self._of(condition)))

    def column(self, column: Column) -> list[Cell]:
        """Return the values of a column. Raises for an unknown one, and lists those there are."""
        name, among = column.name, self.among
        values = self.table.values(name) if among is None else self.table.values_at(name, among)
        if values is None:
            names = ", ".join(self.table.columns[:_LISTED]) or "none"
            raise RetrieveError(
                f"`where` names a column {column.name[:80]!r} at character {column.at + 1}, which"
                f" these {self.table.size} {self.table.kind} do not have; columns: {names}"
            )
        return values

    def _of(self, condition: Condition) -> Sequence[Answer]:  # noqa: PLR0911 - one each
        match condition:
            case Compare(left, op, right):
                return self._compare(left, op, right)
            case Within(left, values):
                return self._within(left, values)
            case Matches(left, pattern, _):
                return self._matches(left, pattern)
            case IsNull(left):
                return [value is None for value in self._values(left)]
            case Truth(of):
                return [None if value is None else bool(value) for value in self._values(of)]
            case Not(inner):
                return [None if met is None else not met for met in self._of(inner)]
            case Both(left, "and", right):
                return self._and(left, right)
            case Both(left, _, right):
                return _or(self._of(left), self._of(right))
            case _:
                assert_never(condition)

    def _and(self, left: Condition, right: Condition) -> list[Answer]:
        """Ask the second condition only where the first one leaves it open."""
        answers = list(self._of(left))
        among = range(self.table.size) if self.among is None else self.among
        open_at = [at for at, met in enumerate(answers) if met is not False]
        others = Matcher(self.table, [among[at] for at in open_at])._of(right)  # noqa: SLF001 - its own class
        for at, met in zip(open_at, others, strict=True):
            answers[at] = met if met is False or answers[at] else None
        return answers

    def _values(self, operand: Operand) -> list[Cell]:
        if isinstance(operand, Value):
            return [operand.value] * (self.table.size if self.among is None else len(self.among))
        return self.column(operand)

    def _right(self, operand: Operand) -> Operand:
        """A word on the right that is no column is meant as a text: `status = open`."""
        if isinstance(operand, Column) and operand.bare and self.table.values(operand.name) is None:
            return Value(operand.name, operand.name)
        return operand

    def _compare(self, left: Operand, op: Comparison, right: Operand) -> list[Answer]:
        right = self._right(right)
        if isinstance(left, Value) and isinstance(right, Column):
            left, right, op = right, left, _TURNED.get(op, op)
        values = self._values(left)
        if isinstance(right, Value):
            return _against(values, op, right)
        others = self._values(right)
        test = _OPERATORS[op]
        return [_test(a, test, b, op) for a, b in zip(values, others, strict=True)]

    def _within(self, left: Operand, values: Sequence[Operand]) -> list[Answer]:
        found = self._compare(left, "=", values[0])
        for value in values[1:]:
            found = _or(found, self._compare(left, "=", value))
        return found

    def _matches(self, left: Operand, pattern: str) -> list[Answer]:
        search = _compiled(pattern)
        texts = [None if value is None else _text(value) for value in self._values(left)]
        known: dict[str | None, Answer] = {None: None}
        for text in texts:
            if text is not None and text not in known:
                known[text] = search(text)
        return [known[text] for text in texts]


def _against(values: Sequence[Cell], op: Comparison, literal: Value) -> list[Answer]:
    """Compare a column with one value: the common case."""
    wanted, test = literal.value, _OPERATORS[op]
    if wanted is None:
        return [None] * len(values)
    as_number = number(wanted) if isinstance(wanted, str) else wanted
    is_truth = isinstance(wanted, bool)

    def met(value: Cell) -> Answer:
        if value is None:
            return None
        if isinstance(value, str) and not is_truth:
            return _text_test(value, test, literal.spelled, as_number, op)
        if is_truth or as_number is None or not is_number(value):
            return _test(value, test, wanted, op)
        return test(value, as_number)

    kinds = set(map(type, values))
    alike: Number | str | None = None
    if as_number is None and kinds <= {str}:
        alike = literal.spelled
    elif not is_truth and kinds <= {int, Decimal}:
        alike = as_number
    if alike is not None:  # all can be compared as they are
        return list(map(test, cast("Sequence[Number | str]", values), repeat(alike)))
    if kinds <= {str, NoneType} or kinds <= {int, NoneType}:
        # What is equal is compared once. Between kinds `1`, `1.0` and `True` would be equal.
        known = {value: met(value) for value in set(values)}
        return [known[value] for value in values]
    return list(map(met, values))


def _text_test(
    value: str,
    test: _Test,
    wanted: str,
    as_number: Number | None,
    op: Comparison,
) -> Answer:
    """Compare a text; with a number only as a number, where it spells one."""
    if as_number is not None and (found := number(value)) is not None:
        return test(found, as_number)
    if as_number is not None and op not in {"=", "!="} and value[:1] not in "0123456789":
        return False
    return test(value, wanted)


def _test(a: Cell, test: _Test, b: Cell, op: Comparison) -> Answer:
    """Compare two values; those of different kinds are different, and in no order."""
    if a is None or b is None:
        return None
    if isinstance(a, bool) or isinstance(b, bool):
        a, b = _text(a).lower(), _text(b).lower()
    if (is_number(a) and is_number(b)) or (isinstance(a, str) and isinstance(b, str)):
        return test(a, b)
    if isinstance(a, (dict, list)) or isinstance(b, (dict, list)):
        return op in {"=", "!="} and (a == b) == (op == "=")
    first, second = number(_text(a)), number(_text(b))
    if first is not None and second is not None:
        return test(first, second)
    return op == "!="


def _or(left: Sequence[Answer], right: Sequence[Answer]) -> list[Answer]:
    return [
        True if a or b else None if a is None or b is None else False
        for a, b in zip(left, right, strict=True)
    ]


def _text(value: Cell) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _compiled(pattern: str) -> Callable[[str], bool]:
    """Return a search on an engine that cannot backtrack."""
    if pattern.replace(" ", "").isalnum():
        return lambda text: pattern in text
    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(_encodable(pattern), options)
    except re2.error as exc:
        raise RetrieveError(
            f"`where` has a pattern that cannot be read, {pattern[:80]!r}: {exc.args[0]!r};"
            f" look-around and back-references are not supported; {EXAMPLE}"
        ) from exc
    return lambda text: compiled.search(_encodable(text)) is not None


def _encodable(text: str) -> str:
    """The engine takes text that has a UTF-8 form only: a sign stands for what has none."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
