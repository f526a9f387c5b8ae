"""What an expression of `where` is made of, once it is read.

status >= 500 and service = 'api'          rows
not (level in ('INFO', 'DEBUG')) and text ~ 'time.?out'
count by status                            figures
sum(amount), avg(amount) by user.country where paid = true
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, assert_never

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_core.retrieval.tables.table import Number

EXAMPLE = (
    "examples are \"status >= 500 and service = 'api'\", \"text ~ 'time.?out'\", 'count by status',"
    " 'sum(amount) by user where paid = true'"
)

Comparison = Literal["=", "!=", "<", "<=", ">", ">="]
FigureName = Literal["count", "min", "max", "sum", "avg", "distinct", "count distinct"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column by name; `at` is where it stands in the expression."""

    name: str
    at: int
    bare: bool = True
    """Whether it may also be meant as a word: not so when written in backticks."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value: a number, a text, a truth value or null."""

    value: Number | str | bool | None
    spelled: str


Operand = Column | Value


@dataclass(frozen=True, slots=True)
class Compare:
    """`left op right`."""

    left: Operand
    op: Comparison
    right: Operand


@dataclass(frozen=True, slots=True)
class Within:
    """`left in (…)`."""

    left: Operand
    values: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """`left ~ 'pattern'`."""

    left: Operand
    pattern: str
    at: int


@dataclass(frozen=True, slots=True)
class IsNull:
    """`left is null`."""

    left: Operand


@dataclass(frozen=True, slots=True)
class Truth:
    """A column by itself: true where it holds something that is not false, zero or empty."""

    of: Operand


@dataclass(frozen=True, slots=True)
class Not:
    """`not inner`."""

    inner: Condition


@dataclass(frozen=True, slots=True)
class Both:
    """`left and right`, or `left or right`."""

    left: Condition
    op: Literal["and", "or"]
    right: Condition


Condition = Compare | Within | Matches | IsNull | Truth | Not | Both


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure to compute; `of` is `None` for the number of rows."""

    name: FigureName
    of: Column | None = None

    def __str__(self) -> str:
        if self.of is None:
            return self.name
        if self.name == "count distinct":
            return f"count(distinct {self.of.name})"
        return f"{self.name}({self.of.name})"


@dataclass(frozen=True, slots=True)
class Question:
    """A whole expression: figures, if any are asked for, over the rows that meet a condition."""

    figures: tuple[Figure, ...] = ()
    by: tuple[Column, ...] = ()
    condition: Condition | None = None


def columns_of(asked: Question | Figure | Condition | Operand | None) -> Iterator[Column]:
    """Yield the columns that an expression names, and the words that may be columns."""
    parts: tuple[Figure | Condition | Operand | None, ...] = ()
    match asked:
        case Column():
            yield asked
        case Question(figures, by, condition):
            parts = (condition, *by, *figures)
        case Within(left, values):
            parts = (left, *values)
        case Compare(left, _, right) | Both(left, _, right):
            parts = (left, right)
        case Matches(of) | IsNull(of) | Truth(of) | Not(of) | Figure(_, of):
            parts = (of,)
        case Value() | None:
            pass
        case _:
            assert_never(asked)
    for part in parts:
        yield from columns_of(part)
