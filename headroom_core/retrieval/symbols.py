"""Definitions in source code, found by their shape: a line that defines, and the block below it.

Works for any language that indents its blocks or puts them in braces, on code alone: what texts
and comments hold is no definition and ends no block. Python is read by its parser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from headroom_core.errors import RetrieveError
from headroom_core.retrieval.answer import Piece, Selection
from headroom_core.retrieval.blocks import Blocks
from headroom_core.retrieval.code_only import code_only
from headroom_core.retrieval.lines import lines_of
from headroom_core.retrieval.symbols_python import python_symbols

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_FOUND = 100
AROUND = 200
# Line numbers of a reader, and the places in front of the hits of a search.
_GUTTER = re.compile(r"([^\s:]{1,200}?[:-])?\s{0,8}\d{1,7}(?:\t|→|│| ?\| ?|: ?|-)")
_NAME = re.compile(r"operator\s*[^\s\w]{1,3}|[\w$~]+(?:-\w+)*[?!=]?")
_SEPARATOR = re.compile(r"\.|::|#")
_WORD = (
    r"(?:(?:async\s+)?def|class|(?:async\s+)?function\b\*?|fn|func|interface|struct|enum|trait"
    r"|impl|type|module|namespace|record|object|protocol|extension|macro_rules!|union|sub|fun|val"
    r"|procedure|defp|defmodule|#\s*define)"
)
_DEFINES = re.compile(
    rf"^[\w\s@\[\](),.\"<>:*&=$-]{{0,80}}?(?<!\w){_WORD}(?!\w)"
    r"|^\s*(?:export\s+)?(?:const|let|var)(?=\s)"
)
# What may stand between such a word and the name: a receiver, parameters of a type, an owner.
_QUALIFIES = (
    r"[\s*&]*(?:(?:class|struct|interface|[A-Z][A-Z\d_]+)(?:\([^()]*\))?\s+)*"
    r"(?:\([^()]*\)\s*)?(?:<[^()]*>\s*)?(?:[^()=]{1,80} for )?(?:[\w$<>?]+(?:\.|::?))*~?"
)
_LEADS = re.compile(_QUALIFIES)
_LISTED = re.compile(rf"{_QUALIFIES}([\w$~]+)")
_NOT_A_DEFINITION = re.compile(
    r"\s*(?:(?:return|if|while|for|foreach|else|elif|elsif|unless|until|when|switch|case|throw"
    r"|await|yield|new|delete|echo|raise|assert|print|#\s*(?:include|if|elif))\b|//|\*[\s/])"
)
_ASSIGNS_FUNCTION = re.compile(
    r"\s*[:=]\s*(?:async\s*)?(?:function\b|\w+\s*=>)|\s+(?:struct|interface)\s*\{"
)
_ASSIGNS_PARAMETERS = re.compile(r"\s*[:=]\s*(?:async\s*)?(?:<[^(){};]*>)?\(")
_ARROW = re.compile(r"[^;(){}=]*=>")
_PLAIN = re.compile(r"[\w\s:*&<>,\[\]~@.$()?#]*")
_CALLED_ON = re.compile(r"\s*[\w$]+\.")
_PARAMETERS = re.compile(r"\]?\s*(?:<[^(){};]*>)?\s*\(")
_TYPED = re.compile(r"\s*\((?:void\)|\)|\[|[\w:<>]{1,40}[ *&]{1,3}\w)")
_DECLARED = re.compile(r"[ \w]{0,30}(?:= ?\w{1,7} ?)?;?\s*(?:\n|$)|\s*=>")
_OPENS = re.compile(
    r"(?:[^;{}()=\n]++|\((?:[^;{}()]++|\([^;{}()]*+\))*+\)|(?<=[,:>])\n"
    r"|\n\s*+(?=[{:,>-]|(?:where|throws|noexcept)\b))*+(?:\{|=\s*(?:default|delete)\b)"
)
_ROUND = re.compile(r"[()]")
_NOWHERE = "?"
_MOST_ON_LINE = 5
_HEAD_LINES = 50
_MOST_AHEAD = 40
_MOST_SIGNATURES = 2_000
"""So often the lines below a name are read for what follows its parameters."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A definition: its lines, counted from 1, and what stands before its name."""

    first: int
    last: int
    before: str = ""


def select_symbol(text: str, asked: str) -> Selection:
    """Return the source of a function or class. Raises when there is none, and lists some names."""
    lines = lines_of(text)
    name = asked.strip().removesuffix("()")
    source = Source(lines)
    found = source.in_python(name) or source.find_owned(name)
    if not found:
        names = ", ".join(source.names()[:40]) or "none that this can find"
        raise RetrieveError(f"no definition of `symbol` {asked[:80]!r}; there are: {names}")
    pieces = [
        Piece("\n".join(lines[each.first - 1 : each.last]), each.first, each.last) for each in found
    ]
    return Selection("functions", len(found), pieces)


class Source:
    """Lines of source, in which definitions are looked for by their names."""

    def __init__(self, lines: Sequence[str]) -> None:
        gutters = [_GUTTER.match(line) for line in lines]
        # Between the hits of a search lines are missing, and what they open or close.
        hits = sum(bool(gutter and gutter[1]) for gutter in gutters[:_HEAD_LINES])
        self._is_whole = hits * 2 < len(gutters[:_HEAD_LINES])
        self._bare = [
            line[gutter.end() :] if gutter else line
            for line, gutter in zip(lines, gutters, strict=True)
        ]

    @cached_property
    def _code(self) -> list[str]:
        return code_only(self._bare) if self._is_whole else self._bare

    def in_python(self, name: str) -> list[Symbol]:
        """Find a name in a whole file of Python; what leads to it may be left out."""
        defined = python_symbols(self._bare) or []
        parts = name.split(".")
        for start in range(len(parts)):
            wanted = f".{'.'.join(parts[start:])}"
            found = [Symbol(a, b) for at, a, b in defined if f".{at}".endswith(wanted)]
            if found:
                return found[:MOST_FOUND]
        return []

    def find_owned(self, name: str) -> list[Symbol]:
        """Find a name, and of those only what belongs to the class that a dotted name names."""
        found = self.find(name)
        *owners, _ = _SEPARATOR.split(name)
        owner = owners[-1].strip("(*&) ") if owners else ""
        if not owner or len(found) <= 1:
            return found
        blocks = self.find(owner)
        inside = [
            each
            for each in found
            if any(block.first < each.first and each.last <= block.last for block in blocks)
        ]
        qualified = [each for each in found if owner in _NAME.findall(each.before)]
        return inside or qualified or found

    def find(self, name: str) -> list[Symbol]:
        """Find where a name, such as `parse`, `Parser.parse` or `file::open`, is defined."""
        last = _SEPARATOR.split(name.strip().removesuffix("()"))[-1]
        if not _NAME.fullmatch(last):
            return []
        word = re.compile(rf"(?<![\w$]){re.escape(last)}(?![\w$])")
        named = [index for index, line in enumerate(self._bare) if last in line]
        if not named:
            return []
        # What is told from code alone is better, but a part of a file may look like no code at all.
        return self._defined(self._code, named, word) or self._defined(self._bare, named, word)

    def _defined(
        self, code: Sequence[str], named: Sequence[int], word: re.Pattern[str]
    ) -> list[Symbol]:
        blocks = Blocks(code)
        left = _MOST_SIGNATURES
        found: list[Symbol] = []
        for index in named:
            for match in islice(word.finditer(code[index]), _MOST_ON_LINE):
                start, end = match.span()
                left -= 1
                if not _defines(code, index, start, end, _MOST_AHEAD if left > 0 else 0):
                    continue
                first = blocks.first(index, start, self._bare)
                last = blocks.last(index, end)
                found.append(Symbol(first + 1, last + 1, code[index][:start][-AROUND:]))
                break
            if len(found) == MOST_FOUND:
                break
        return found

    def names(self) -> list[str]:
        """Return the names that lines seem to define."""
        names: dict[str, None] = {}
        for line in self._code:
            match = _DEFINES.match(line[:AROUND])
            if match and (name := _LISTED.match(line[:AROUND], match.end())):
                names.setdefault(name[1])
        return list(names)


def _defines(lines: Sequence[str], index: int, start: int, end: int, ahead: int) -> bool:
    """Whether the name between two places of a line is defined there, and not used."""
    line = lines[index]
    before, after = line[:start][-AROUND:], line[end : end + AROUND]
    not_defines = _NOT_A_DEFINITION.match(line)
    if (not_defines and not_defines.end() <= start) or after.startswith(("::", ".")):
        return False
    if (match := _DEFINES.match(before)) and _LEADS.fullmatch(before, match.end()):
        return True
    if _ASSIGNS_FUNCTION.match(after):
        return "(" not in before
    below = (each[:AROUND] for each in lines[index + 1 : index + 1 + ahead])
    if opening := _ASSIGNS_PARAMETERS.match(after):
        behind = _behind("\n".join([after, *below]), opening.end())
        return "(" not in before and bool(_ARROW.match(behind))
    may_be = not after.strip() or _PARAMETERS.match(after)
    is_plain = _PLAIN.fullmatch(before) and not _CALLED_ON.fullmatch(before)
    return bool(may_be and is_plain) and _is_signature(before, "\n".join([after, *below]))


def _is_signature(before: str, after: str) -> bool:
    """Whether this is a signature without a keyword: `int add(int a) {`, but not a call."""
    opening = _PARAMETERS.match(after)
    behind = _behind(after, opening.end()) if opening else _NOWHERE
    if _OPENS.match(behind):
        return True
    declares = len(before.split()) >= 2 or (before.strip() and _TYPED.match(after))
    return bool(declares and _DECLARED.match(behind))


def _behind(text: str, start: int) -> str:
    """What follows the bracket that was opened before a place, if it is closed."""
    depth = 1
    for match in _ROUND.finditer(text, start):
        depth += 1 if match[0] == "(" else -1
        if not depth:
            return text[match.end() :]
    return _NOWHERE
