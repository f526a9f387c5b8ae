"""Read an expression of `where`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.retrieval.tables.table import number
from headroom_core.retrieval.where.grammar import (
    Both,
    Column,
    Compare,
    Comparison,
    Condition,
    Figure,
    FigureName,
    IsNull,
    Matches,
    Not,
    Operand,
    Question,
    Truth,
    Value,
    Within,
)
from headroom_core.retrieval.where.like import like_pattern
from headroom_core.retrieval.where.tokens import Token, fault, read_tokens

if TYPE_CHECKING:
    from headroom_core.errors import RetrieveError

MOST_DEPTH = 40
_FIGURES: dict[str, FigureName] = {
    "count": "count",
    "min": "min",
    "max": "max",
    "sum": "sum",
    "avg": "avg",
    "mean": "avg",
    "distinct": "distinct",
}
_COMPARISONS: dict[str, Comparison] = {
    "=": "=",
    "==": "=",
    "!=": "!=",
    "<>": "!=",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
}
_VALUES: dict[str, bool | None] = {"true": True, "false": False, "null": None, "none": None}


def parse(text: str) -> Question:
    """Read an expression; the error of a wrong one says where it is wrong."""
    return _Parser(text).question()


class _Parser:
    """Recursive descent with a bound on its depth."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = read_tokens(text)
        self._next = 0
        self._depth = 0

    def question(self) -> Question:
        figures = self._figures()
        by: tuple[Column, ...] = ()
        condition: Condition | None = None
        if figures:
            # `by` and `where` in either order, each at most once.
            for _ in range(2):
                if not by and (self._take("by") or self._take_both("group", "by")):
                    by = self._columns()
                elif condition is None and self._take("where"):
                    condition = self._either()
        else:
            self._take("where")
            condition = self._either()
        if self._token.kind != "end":
            raise self._wrong("an operator, `and`, `or` or the end is missing here")
        return Question(figures, by, condition)

    def _figures(self) -> tuple[Figure, ...]:
        figures: list[Figure] = []
        while (name := _FIGURES.get(self._token.word)) and self._is_figure(name):
            self._next += 1
            figures.append(self._figure(name))
            if not self._take(","):
                break
        return tuple(figures)

    def _is_figure(self, name: FigureName) -> bool:
        """Whether the word is not a column of that name, as in `count > 5`."""
        after = self._tokens[self._next + 1]
        follows = {"(", ",", "by", "group", "where"}
        return (
            after.word in follows
            or after.kind == "end"
            or (name == "distinct" and after.kind == "name")
        )

    def _figure(self, name: FigureName) -> Figure:
        if name == "count" and self._token.word != "(":
            return Figure("count")
        if name == "distinct" and self._token.word != "(":
            return Figure("distinct", self._column())
        self._expect("(")
        if name == "count" and (self._take("*") or self._token.word == ")"):
            self._expect(")")
            return Figure("count")
        if name == "count" and self._take("distinct"):
            name = "count distinct"
        figure = Figure(name, self._column())
        self._expect(")")
        return figure

    def _columns(self) -> tuple[Column, ...]:
        columns = [self._column()]
        while self._take(","):
            columns.append(self._column())
        return tuple(columns)

    def _either(self) -> Condition:
        left = self._all()
        while self._take("or") or self._take("||"):
            left = Both(left, "or", self._all())
        return left

    def _all(self) -> Condition:
        left = self._one()
        while self._take("and") or self._take("&&"):
            left = Both(left, "and", self._one())
        return left

    def _one(self) -> Condition:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise self._wrong(f"more than {MOST_DEPTH} levels of parentheses and `not`")
        if self._take("not") or self._take("!"):
            condition: Condition = Not(self._one())
        elif self._take("("):
            condition = self._either()
            self._expect(")")
        else:
            condition = self._comparison()
        self._depth -= 1
        return condition

    def _comparison(self) -> Condition:
        left = self._operand(left=True)
        if (op := _COMPARISONS.get(self._token.word)) is not None:
            self._next += 1
            return Compare(left, op, self._operand())
        if self._take("is"):
            negative = self._take("not")
            if not (self._take("null") or self._take("none")):
                raise self._wrong("`null` is missing after `is`")
            return Not(IsNull(left)) if negative else IsNull(left)
        negative = self._take("not")
        found = self._membership(left)
        if found is None and negative:
            raise self._wrong("`in`, `like` or `~` is missing after `not`")
        if found is None:
            return Truth(left)
        return Not(found) if negative else found

    def _membership(self, left: Operand) -> Condition | None:
        if self._take("in"):
            return Within(left, self._list())
        at = self._token.at
        if self._take("!~"):
            return Not(Matches(left, self._string(), at))
        if self._take("~") or self._take("=~") or self._take("matches"):
            return Matches(left, self._string(), at)
        if self._take("like"):
            return Matches(left, like_pattern(self._string()), at)
        if self._take("contains"):
            return Matches(left, like_pattern(f"%{self._string()}%"), at)
        return None

    def _list(self) -> tuple[Operand, ...]:
        self._expect("(")
        values = [self._operand()]
        while self._take(","):
            values.append(self._operand())
        self._expect(")")
        return tuple(values)

    def _operand(self, *, left: bool = False) -> Operand:
        token = self._token
        self._next += 1
        match token.kind:
            case "number":
                return Value(number(token.text), token.text)
            case "string":
                return Value(token.string, token.string)
            case "double":
                # SQL names columns so, people write texts so: on the left it is a column.
                text = token.string
                return Column(text, token.at) if left else Value(text, text)
            case "name" if token.word in _VALUES and not left:
                return Value(_VALUES[token.word], token.word)
            case "name" | "quoted":
                return self._named(token)
            case _:
                self._next -= 1
                raise self._wrong("a column or a value is missing here")

    def _column(self) -> Column:
        token = self._token
        if token.kind not in {"name", "quoted", "double"}:
            raise self._wrong("the name of a column is missing here")
        self._next += 1
        return self._named(token)

    def _named(self, token: Token) -> Column:
        if token.kind == "name":
            return Column(token.text, token.at)
        return Column(token.text[1:-1], token.at, bare=False)

    def _string(self) -> str:
        token = self._token
        if token.kind not in {"string", "double"}:
            raise self._wrong("a text in quotes is missing here")
        self._next += 1
        # In a pattern a backslash is the pattern's own.
        return token.text[1:-1].replace("''", "'")

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _take(self, word: str) -> bool:
        if self._token.word != word:
            return False
        self._next += 1
        return True

    def _take_both(self, first: str, second: str) -> bool:
        if self._token.word != first:
            return False
        self._next += 1
        self._expect(second)
        return True

    def _expect(self, word: str) -> None:
        if not self._take(word):
            raise self._wrong(f"`{word}` is missing here")

    def _wrong(self, what: str) -> RetrieveError:
        return fault(self._text, self._token.at, what)
