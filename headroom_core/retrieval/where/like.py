"""`like` of SQL as a regular expression."""

from __future__ import annotations

import re


def like_pattern(text: str) -> str:
    """Return the expression for a text in which `%` is anything and `_` one character."""
    parts = (".*" if each == "%" else "." if each == "_" else re.escape(each) for each in text)
    return f"(?is)^{''.join(parts)}$"
