"""Definitions in source code, found by their shape: a line that defines, and the block below it.

Works for any language that indents its blocks or puts them in braces; Python is read by its parser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.errors import RetrieveError
from headroom_core.retrieval.answer import Piece, Selection
from headroom_core.retrieval.lines import lines_of
from headroom_core.retrieval.symbols_python import python_symbols

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_LINES = 2_000
MOST_FOUND = 100
AROUND = 200
# Line numbers of a reader, and the places in front of the hits of a search.
_GUTTER = re.compile(r"(?:[^\s:]{1,200}?[:-])?\s{0,8}\d{1,7}(?:\t|→|│| ?\| ?|: ?|-)")
_NAME = re.compile(r"[\w$~]+")
_SEPARATOR = re.compile(r"\.|::|#")
_WORD = (
    r"(?:(?:async\s+)?def|class|(?:async\s+)?function\*?|fn|func|interface|struct|enum|trait|impl|type"
    r"|module|namespace|record|object|protocol|macro_rules!|union|sub|fun|val|procedure)"
)
_DEFINES = re.compile(
    rf"^[\w\s@\[\](),.\"<>:*&=$-]{{0,80}}?\b{_WORD}\b[^\w]?|^\s*(?:export\s+)?(?:const|let|var)\s"
)
_NOT_A_DEFINITION = re.compile(
    r"\s*(?:return|if|while|for|else|elif|switch|throw|await|yield|#include|//|\*|print)\b"
)
_ASSIGNS_FUNCTION = re.compile(r"\s*[:=]\s*(?:async\s*)?(?:function\b|\(|\w+\s*=>)")
_PLAIN = re.compile(r"[\w\s:*&<>,\[\]~@.$()]*")
_TYPED = re.compile(r"\s*\((?:void\)|\)|[\w:<>]{1,40}[ *&]{1,3}\w)")
_ENDS = re.compile(r"\)[\w ]{0,30};?$")
_DECORATES = re.compile(r"\s*(?:@\w|#\[|///|\[\w+.*\]$|template\s*<)")


@dataclass(frozen=True, slots=True)
class Symbol:
    """A definition: its lines, counted from 1."""

    first: int
    last: int


def select_symbol(text: str, asked: str) -> Selection:
    """Return the source of a function or class. Raises when there is none, and lists some names."""
    lines = lines_of(text)
    name = asked.strip().removesuffix("()")
    found = _in_python(lines, name) or _of_owner(lines, find_symbol(lines, name), name)
    if not found:
        names = ", ".join(symbol_names(lines)[:40]) or "none that this can find"
        raise RetrieveError(f"no definition of `symbol` {asked[:80]!r}; there are: {names}")
    pieces = [
        Piece("\n".join(lines[each.first - 1 : each.last]), each.first, each.last) for each in found
    ]
    return Selection("functions", len(found), pieces)


def _in_python(lines: Sequence[str], name: str) -> list[Symbol]:
    """The definitions of a name in a whole file of Python; what leads to it may be left out."""
    defined = python_symbols([_without_gutter(line) for line in lines]) or []
    parts = name.split(".")
    for start in range(len(parts)):
        wanted = f".{'.'.join(parts[start:])}"
        found = [Symbol(first, last) for at, first, last in defined if f".{at}".endswith(wanted)]
        if found:
            return found[:MOST_FOUND]
    return []


def _of_owner(lines: Sequence[str], found: list[Symbol], name: str) -> list[Symbol]:
    """Those of the class that a dotted name names, where they stand inside of it."""
    *owners, _ = _SEPARATOR.split(name)
    blocks = find_symbol(lines, owners[-1]) if owners else []
    inside = [
        each
        for each in found
        if any(block.first < each.first and each.last <= block.last for block in blocks)
    ]
    return inside or found


def find_symbol(lines: Sequence[str], name: str) -> list[Symbol]:
    """Find where a name, such as `parse`, `Parser.parse` or `file::open`, is defined."""
    last = _SEPARATOR.split(name.strip().removesuffix("()"))[-1]
    if not _NAME.fullmatch(last):
        return []
    bare = [_without_gutter(line) for line in lines]
    pattern = re.compile(rf"(?<![\w$]){re.escape(last)}(?![\w$])")
    found: list[Symbol] = []
    for index, line in enumerate(bare):
        if (
            last in line
            and (match := pattern.search(line))
            and _defines(bare, index, match.start(), match.end())
        ):
            found.append(_block(bare, index))
            if len(found) == MOST_FOUND:
                break
    return found


def symbol_names(lines: Sequence[str]) -> list[str]:
    """Return the names that lines seem to define."""
    names: dict[str, None] = {}
    for line in lines:
        match = _DEFINES.match(_without_gutter(line)[:200])
        if match and (name := _NAME.match(_without_gutter(line)[match.end() :].lstrip())):
            names.setdefault(name.group())
    return list(names)


def _defines(lines: Sequence[str], index: int, start: int, end: int) -> bool:
    """Whether the name between two places of a line is defined there, and not used."""
    line = lines[index]
    before, after = line[:start][-AROUND:], line[end : end + AROUND]
    if _NOT_A_DEFINITION.match(line):
        return False
    if (match := _DEFINES.match(before)) and not before[match.end() :].strip(" (*&"):
        return True
    if _ASSIGNS_FUNCTION.match(after):
        return "(" not in before
    return _is_signature(lines, index, before, after)


def _is_signature(lines: Sequence[str], index: int, before: str, after: str) -> bool:
    """Whether this is a signature without a keyword: `int add(int a) {`, but not a call."""
    if not after.lstrip().startswith("(") or not _PLAIN.fullmatch(before):
        return False
    declares = len(before.split()) >= 2 or (before.strip() and _TYPED.match(after))
    if declares and ";" not in after.rstrip()[:-1] and _ENDS.search(after.rstrip()[-40:]):
        return True
    rest = "\n".join([after, *(line[:AROUND] for line in lines[index + 1 : index + 8])])
    opens, stops = rest.find("{"), rest.find(";")
    return opens >= 0 and (stops < 0 or opens < stops)


def _block(lines: Sequence[str], index: int) -> Symbol:
    first = index
    while first > 0 and index - first < 12 and _DECORATES.match(lines[first - 1]):
        first -= 1
    line = lines[index]
    indent = len(line) - len(line.lstrip())
    last = index
    for number in range(index + 1, min(len(lines), index + MOST_LINES)):
        current = lines[number]
        if not current.strip():
            continue
        depth = len(current) - len(current.lstrip())
        if depth > indent:
            last = number
            continue
        if current.lstrip()[:1] in {"{", "}", ")", "]"} or current.lstrip().startswith("end"):
            last = number
            if current.lstrip()[:1] == "}" or current.lstrip().startswith("end"):
                break
            continue
        break
    return Symbol(first + 1, last + 1)


def _without_gutter(line: str) -> str:
    match = _GUTTER.match(line)
    return line[match.end() :] if match else line
