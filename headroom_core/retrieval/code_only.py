"""Source text without what is no code: comments become blanks, and the insides of texts go.

Every character keeps its place, so that brackets, names and indentation can be read as they stand.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.compressors.coding.languages import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_CHARS = 2_000_000
"""No file of source is longer, and a longer text is not read."""
MOST_UNCLOSED = 20
"""So often something may begin that never ends; each time the rest of the text is read."""
CONTINUES = "\0"
"""What a line starts with that begins inside a text."""
_HEAD_LINES = 300

# What may end at the end of the text instead is never tried twice from the same place.
_FENCE = r"(?m:^[ \t]*+```[^\n]*+)"
_ESCAPE = r"\\."
_SLASHES = r"(?P<remark>(?<!:)//[^\n]*+|/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/|\Z))"
_HASH = r"(?P<remark>(?<![^\s;(])#[^\n]*+|(?m:^=begin\b).*?(?:\n=end\b|\Z))"
_DASHES = r"(?P<remark>--\[(?P<level>=*)\[.*?(?:\](?P=level)\]|\Z)|--[^\n]*+|/\*.*?(?:\*/|\Z))"
_TRIPLE = r"(?P<triple>\"{3,9}|'{3}).*?(?:(?P=triple)|\Z)"
_RAW = r"\b[bc]?r(?P<hashes>#{0,16})\".*?(?:\"(?P=hashes)|\Z)"
_RAW_CPP = r"\b(?:u8|[uUL])?R\"(?P<mark>[^()\\\s]{0,16})\(.*?(?:\)(?P=mark)\"|\Z)"
_VERBATIM = r"(?:@\$?|\$@)\"(?:[^\"]++|\"\")*+(?:\"|\Z)"
_DOUBLE = r"\"(?:[^\"\\\n]++|\\.)*+\""
_DOUBLE_LINES = r"\"(?:[^\"\\]++|\\.)*+(?:\"|\Z)"
_CHAR = r"'(?:[^'\\\n]|\\'|\\[^\n'][^'\n]{0,9})'"
_SINGLE = r"(?<![\w<&])'(?:[^'\\\n]++|\\.)*+'"
_SINGLE_LINES = r"(?<!\w)'(?:[^'\\]++|\\.)*+(?:'|\Z)"
_SINGLE_PLAIN = r"'[^']*+(?:'|\Z)"
_BACKTICKS = r"`[^`]*+(?:`|\Z)"
_REGEX = (
    r"(?:(?<=[(,=:\[!&|?{};~])|(?<=[(,=:\[!&|?{};~] )|(?<==> )|(?<=return )|(?<=case )|(?<=  ))"
    r"/(?![/*])(?:[^/\\\[\n]++|\\.|\[(?:[^\]\\\n]++|\\.)*+\])++/"
)
_HERE = (
    r"(?<!<){}(?P<quote>['\"]?)(?P<tag>[A-Z_]\w*+)(?P=quote)[^\n]*+\n"
    r"(?P<here>(?m:.*?(?:^[ \t]*+(?P=tag)\b|\Z)))"
)

_C = (_SLASHES, _RAW_CPP, _VERBATIM, _TRIPLE, _DOUBLE, _CHAR, _SINGLE)
_JAVASCRIPT = (_FENCE, *_C, r"(?P<template>`)", _REGEX)
_GO = (_SLASHES, _DOUBLE, _CHAR, _BACKTICKS)
_RUST = (_SLASHES, _RAW, _DOUBLE_LINES, _CHAR)
_PHP = (_SLASHES, r"(?<![^\s;])#(?!\[)[^\n]*+", _HERE.format("<<<"), _DOUBLE_LINES, _SINGLE_LINES)
_RUBY = (_HASH, _HERE.format("<<[-~]?"), _TRIPLE, _DOUBLE, _SINGLE, _REGEX)
_SHELL = (_HASH, _HERE.format("<<-? ?"), _DOUBLE_LINES, _SINGLE_PLAIN)
_LUA = (_DASHES, r"\[(?P<equals>=*)\[.*?(?:\](?P=equals)\]|\Z)", _DOUBLE, _SINGLE)


def _compiled(*kinds: str) -> re.Pattern[str]:
    return re.compile("|".join((_ESCAPE, *kinds)), re.DOTALL)


_OTHER = _compiled(*_JAVASCRIPT)
_NOT_CODE = {
    **dict.fromkeys(("c", "cpp", "java", "csharp", "kotlin", "swift", "scala"), _compiled(*_C)),
    **dict.fromkeys(("python", "ruby", "elixir"), _compiled(*_RUBY)),
    **dict.fromkeys(("lua", "sql"), _compiled(*_LUA)),
    "go": _compiled(*_GO),
    "rust": _compiled(*_RUST),
    "php": _compiled(*_PHP),
    "bash": _compiled(*_SHELL),
}
_INTERPRETER = re.compile(
    r"(?:#!.{0,80}?\b|<\?)(?:(?P<bash>(?:ba|z|da|k)?sh)|(?P<python>python)|(?P<ruby>ruby)|(?P<php>php)"
    r"|(?P<lua>lua))"
)
_ENDS_BLOCK = re.compile(r"\s*(?:(?P<bash>fi|esac|done|.*; (?:then|do))|(?P<ruby>end))\s*")
_IN_TEMPLATE = _compiled(*_JAVASCRIPT, r"(?P<brace>[{}])")
_TEMPLATE = re.compile(r"(?:[^`\\$]++|\\.|\$(?!\{))*+(?:`|\$\{|\Z)", re.DOTALL)
_VISIBLE = re.compile(r"[^\n]")


def code_only(lines: Sequence[str]) -> list[str]:
    """Return lines of source of the same lengths in which all that is not blank is code.

    A text is left with its first character; its language is told by the first lines.
    """
    # Behind one more line end nothing that is closed ends where the text does.
    text = "\n".join((*lines, ""))
    if len(text) > MOST_CHARS:
        return list(lines)
    out: list[str] = []
    done = 0
    for start, end, blank in _not_code(text, _NOT_CODE.get(_language(lines), _OTHER)):
        out += [text[done:start], _VISIBLE.sub(blank, text[start:end])]
        done = end
    return "".join((*out, text[done:])).split("\n")[:-1]


def _language(lines: Sequence[str]) -> str:
    """The language of lines by what they start with, else by how their blocks end."""
    if lines and (match := _INTERPRETER.match(lines[0])):
        return match.lastgroup or ""
    if (language := language_of(lines[:_HEAD_LINES])) is not None:
        return language.grammar
    ends = (_ENDS_BLOCK.fullmatch(line) for line in lines[:_HEAD_LINES])
    return next((match.lastgroup or "" for match in ends if match), "")


def _not_code(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int, str]]:
    """The stretches of a text that are no code, in order, and what stands for them."""
    nested: list[int] = []
    at = unclosed = 0
    while (match := (_IN_TEMPLATE if nested else pattern).search(text, at)) is not None:
        start, end, kind = match.start(), match.end(), match.lastgroup
        if kind == "brace":
            nested[-1] += 1 if match[0] == "{" else -1
            if nested[-1]:
                at = end
                continue
            nested.pop()
        if kind in {"brace", "template"}:
            end = _end_of_template(text, end)
        if end == len(text):
            unclosed += 1
            if unclosed > MOST_UNCLOSED:
                return
            at = start + 1
            continue
        at = end
        if kind in {"brace", "template"} and text[end - 1] == "{":
            nested.append(1)
        if kind == "remark":
            yield start, end, " "
            continue
        # What closes a hole of a template belongs to it; else the first character shows a text.
        start = match.start("here") if kind == "here" else start + (kind != "brace")
        yield start, end, CONTINUES if "\n" in text[start:end] else "_"


def _end_of_template(text: str, start: int) -> int:
    match = _TEMPLATE.match(text, start)
    return match.end() if match is not None else len(text)  # pragma: no branch
