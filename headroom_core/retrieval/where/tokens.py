"""The words of an expression, with their places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from headroom_core.errors import RetrieveError
from headroom_core.retrieval.where.grammar import EXAMPLE

MOST_CHARS = 4_000
Kind = Literal["number", "string", "double", "name", "quoted", "op", "end"]
_KINDS: tuple[Kind, ...] = ("number", "string", "double", "quoted", "op", "name")
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,3})?(?![\w.:-]))"""
    r"""|(?P<string>'(?:[^'\\]|\\.|'')*+')"""
    r"""|(?P<double>"(?:[^"\\]|\\.)*+")"""
    r"""|(?P<quoted>`[^`]+`)"""
    r"""|(?P<op>!~|=~|<=|>=|<>|!=|==|&&|\|\||[=<>~(),*!])"""
    r"""|(?P<name>[^\s'"`=<>~(),*!&|]+))"""
)
_ESCAPE = re.compile(r"\\(['\"\\])|''")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of an expression."""

    kind: Kind
    text: str
    at: int

    @property
    def word(self) -> str:
        """The word in lower case where it may be a key word, else nothing."""
        return self.text.lower() if self.kind in {"name", "op"} else ""

    @property
    def string(self) -> str:
        """The text between the quotes."""
        return _ESCAPE.sub(lambda found: found[1] or "'", self.text[1:-1])


def read_tokens(text: str) -> list[Token]:
    """Split an expression into words; the last one is its end."""
    if len(text) > MOST_CHARS:
        raise RetrieveError(f"`where` is longer than {MOST_CHARS} characters")
    tokens: list[Token] = []
    at = 0
    text = text.rstrip().removesuffix(";").rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise fault(text, at + len(text[at:]) - len(text[at:].lstrip()), "cannot be read")
        tokens.extend(
            Token(kind, found, match.start(kind))
            for kind in _KINDS
            if (found := match[kind]) is not None
        )
        at = match.end()
    return [*tokens, Token("end", "", len(text))]


def fault(text: str, at: int, what: str) -> RetrieveError:
    """Return the error for a place in an expression."""
    rest = text[at : at + 40]
    where = f"at character {at + 1}, {rest!r}" if rest else "at its end"
    return RetrieveError(f"`where` {where}: {what}; {EXAMPLE}")
