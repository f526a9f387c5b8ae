"""Whether two texts hold the same JSON: same strings, same number text, same order of keys."""

from __future__ import annotations

import json
import re
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# The last alternative is a string that is never closed: it takes the rest, so that every character
# is looked at once.
_LEXEME = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}:,]|[^\s\[\]{}:,"]++|".*', re.DOTALL)


def same_json(one: str, other: str) -> bool:
    """Compare lexeme by lexeme: white space may differ, and how a string escapes a character."""
    return all(a == b for a, b in zip_longest(_lexemes(one), _lexemes(other)))


def _lexemes(text: str) -> Iterator[str]:
    for match in _LEXEME.finditer(text):
        lexeme = match[0]
        yield _said(lexeme) if lexeme[0] == '"' else lexeme


def _said(string: str) -> str:
    r"""What a string says, after a `"`; one that is no JSON as it is written, after a `\`."""
    if "\\" not in string and len(string) > 1 and string[-1] == '"':
        return string[:-1]
    try:
        value: object = json.loads(string, strict=False)
    except ValueError:
        return f"\\{string}"
    return f'"{value}'
