"""Whether two texts hold the same JSON: same strings, same number text, same order of keys."""

from __future__ import annotations

import json
import re
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEXEME = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}:,]|[^\s\[\]{}:,"]+|"', re.DOTALL)


def same_json(one: str, other: str) -> bool:
    """Compare lexeme by lexeme: white space may differ, and how a string escapes a character."""
    return all(a == b for a, b in zip_longest(_lexemes(one), _lexemes(other)))


def _lexemes(text: str) -> Iterator[str]:
    for match in _LEXEME.finditer(text):
        lexeme = match[0]
        if "\\" in lexeme and lexeme[0] == '"':
            try:
                value: object = json.loads(lexeme, strict=False)
            except ValueError:
                yield lexeme
            else:
                yield f'"{value}'  # without the closing quote it equals no string as written
        else:
            yield lexeme[:-1] if len(lexeme) > 1 and lexeme[0] == '"' else lexeme
