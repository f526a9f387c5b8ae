"""The programming languages that can be outlined, and how a text's language is told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEAST_SIGNS = 2


@dataclass(frozen=True, slots=True)
class Language:
    """What differs between languages, seen from far enough."""

    grammar: str
    endings: str
    functions: str
    """The kinds of syntax nodes that have a body which an outline may leave out."""
    signs: str
    """What some lines of a text in this language start with, where no path tells."""
    comment: str = "//"
    words: str = ""
    """The words that make a call a definition, where definitions are calls."""


_JAVASCRIPT = (
    "function_declaration generator_function_declaration function_expression generator_function"
    " arrow_function method_definition"
)
_SCRIPT_SIGNS = (
    r"(?:import .*from |export (?:default|const|function|class)\b|(?:const|var|let) \w+ = "
    r"|'use strict'|(?:async )?function \w*\(|module\.exports)"
)
LANGUAGES = (
    Language(
        "python",
        "py pyi pyw",
        "function_definition",
        r"(?:def \w+\(|class \w+[:(]|from [\w.]+ import |import [\w.]+(?: as \w+)?$|@\w+)",
        comment="#",
    ),
    Language("tsx", "tsx", _JAVASCRIPT, r"(?:import .*from ['\"]react)"),
    Language(
        "typescript",
        "ts mts cts",
        _JAVASCRIPT,
        r"(?:import type |export interface \w|(?:export )?(?:type \w+(?:<.*>)? =|const \w+: ))",
    ),
    Language("javascript", "js jsx mjs cjs", _JAVASCRIPT, _SCRIPT_SIGNS),
    Language(
        "go",
        "go",
        "function_declaration method_declaration func_literal",
        r"(?:package \w+$|func [(A-Za-z]|import \($|type \w+ (?:struct|interface|func)\b)",
    ),
    Language(
        "rust",
        "rs",
        "function_item",
        r"(?:use [\w:]+(?:::|;)|(?:pub(?:\(\w+\))? )?(?:fn|mod|impl|trait|enum|struct)\b.*[{;(]$"
        r"|#!?\[\w)",
    ),
    Language(
        "java",
        "java",
        "method_declaration constructor_declaration compact_constructor_declaration"
        " static_initializer",
        r"(?:package [\w.]+;|import (?:static )?[\w.*]+;"
        r"|public (?:final |abstract )?(?:class|interface) )",
    ),
    Language(
        "cpp",
        "cc cpp cxx c++ h hh hpp hxx ipp cu",
        "function_definition",
        r"(?:#include <\w+>|namespace [\w:]+ ?\{|template ?<|class \w+.*\{|using namespace )",
    ),
    Language(
        "c",
        "c",
        "function_definition",
        r"(?:#include [<\"][\w/]+\.h|#define \w+|#if|static \w+|typedef |struct \w+ \{)",
    ),
    Language(
        "csharp",
        "cs",
        "method_declaration constructor_declaration destructor_declaration operator_declaration"
        " conversion_operator_declaration local_function_statement accessor_declaration",
        r"(?:using [\w.]+;|namespace [\w.]+)",
    ),
    Language(
        "ruby",
        "rb rake gemspec",
        "method singleton_method do_block",
        r"(?:require(?:_relative)? ['\"]|module [A-Z]|class [A-Z]\w*(?: <|$)|def \w+)",
        comment="#",
    ),
    Language(
        "php",
        "php",
        "function_definition method_declaration anonymous_function",
        r"(?:<\?php|namespace [\w\\]+;|use [\w\\]+;)",
    ),
    Language(
        "kotlin",
        "kt kts",
        "function_declaration secondary_constructor anonymous_initializer getter setter",
        r"(?:package [\w.]+$|import [\w.*]+$|(?:private |internal )?fun |data class )",
    ),
    Language(
        "swift",
        "swift",
        "function_declaration init_declaration deinit_declaration",
        r"(?:import [A-Z]\w+$|(?:public |private )?func |extension \w+|protocol \w+)",
    ),
    Language(
        "scala",
        "scala sc",
        "function_definition",
        r"(?:package [\w.]+$|import [\w.{}, ]+$|object \w+|case class )",
    ),
    Language(
        "bash",
        "sh bash zsh",
        "function_definition",
        r"(?:#!.*\b(?:ba|z|da)?sh\b|set -[eux]|\w+\(\) ?\{)",
        comment="#",
    ),
    Language(
        "sql",
        "sql",
        "create_function create_trigger",
        r"(?i:create (?:or replace )?(?:table|function|view|index)\b|insert into )",
        comment="--",
    ),
    Language(
        "lua",
        "lua",
        "function_declaration function_definition",
        r"(?:local function |local \w+ = require)",
        comment="--",
    ),
    Language(
        "elixir",
        "ex exs",
        "call",
        r"(?:defmodule |  use [A-Z]|  alias [A-Z]|  defp? )",
        comment="#",
        words="def defp defmacro defmacrop test describe",
    ),
)
_BY_ENDING = {ending: language for language in LANGUAGES for ending in language.endings.split()}
_ENDING = re.compile(r"\.(\w+|c\+\+)(?=[\s'\"|;&)>]|$)")


def language_of(head: Sequence[str], *names: str) -> Language | None:
    """The language that a path or a command names, else the one that the first lines look like."""
    for name in names:
        endings = [ending.lower() for ending in _ENDING.findall(name)]
        if endings:
            found = [_BY_ENDING[ending] for ending in endings if ending in _BY_ENDING]
            return found[0] if found else None
    counts = [sum(map(bool, map(re.compile(each.signs).match, head))) for each in LANGUAGES]
    most = max(counts)
    return LANGUAGES[counts.index(most)] if most >= _LEAST_SIGNS else None
