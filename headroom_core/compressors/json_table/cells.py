"""Values as the cells of a table, and back.

A string stands as it is unless it could be taken for something else; then it is written as JSON.
All other values are JSON. `~` is a key that the object lacks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table.values import (
    ABSENT,
    Value,
    load_exactly,
    load_plain,
    number,
)
from headroom_core.compressors.json_table.writing import dump, quote, scalar

if TYPE_CHECKING:
    from collections.abc import Sequence

NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_WORDS: dict[str, Value] = {"true": True, "false": False, "null": None, "~": ABSENT}
_CONSTANT = rf"(?:{NUMBER}|true|false|null|NaN|-?Infinity|~)$"
_UNSAFE = rf'^(?:$|[\s"\[{{(=!]|{_CONSTANT})|\s$|[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]'
_UNSAFE_IN = {
    "|": re.compile(rf"{_UNSAFE}|\|", re.MULTILINE),
    "\t": re.compile(_UNSAFE, re.MULTILINE),
    ",": re.compile(rf"{_UNSAFE}|[,()]", re.MULTILINE),
}
_BREAKS = r"[\x00-\x1f\x7f\ud800-\udfff]|^\s|\s$"
_BREAKS_IN = {
    "|": re.compile(rf"{_BREAKS}|\|"),
    "\t": re.compile(_BREAKS),
    ",": re.compile(rf"{_BREAKS}|[,()]"),
}
_NEVER_IN = {
    "|": re.compile(r"[\x00-\x1f\x7f\ud800-\udfff|]"),
    "\t": re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]"),
    ",": re.compile(r"[\x00-\x1f\x7f\ud800-\udfff,()]"),
}
_NEVER_FIRST = frozenset({"", '"', "[", "{", "=", "!"})
_MAY_BEGIN_CONSTANTS = frozenset("-0123456789tfnNI~")
_IS_CONSTANT = re.compile(rf"^{_CONSTANT}", re.MULTILINE)
_SPECIAL = re.compile(rf'^(?:["\[{{]|{_CONSTANT})', re.MULTILINE)
_NUMBER = re.compile(NUMBER)
_NOT_FINITE = re.compile("n[af]")
_WHOLE = re.compile(r"(?:0|-?[1-9][0-9]{0,200})(?:\n(?:0|-?[1-9][0-9]{0,200}))*")


def is_safe(text: str, delimiter: str) -> bool:
    """Whether a string can stand in a cell as it is."""
    return "\n" not in text and _UNSAFE_IN[delimiter].search(text) is None


def is_text(text: str, delimiter: str) -> bool:
    """Whether a string can stand in a column that holds only strings."""
    return bool(text) and text[0] not in "=!" and _BREAKS_IN[delimiter].search(text) is None


def all_are_words(texts: Sequence[str], delimiter: str) -> bool:
    """Whether every string is harmless even where any could be taken for something else."""
    return _first_chars(texts, delimiter) is not None


def _all_are_safe(texts: Sequence[str], delimiter: str) -> bool:
    """Whether every string can stand in a cell as it is: `is_safe` for many, in less time."""
    first = _first_chars(texts, delimiter)
    if first is None or "(" in first:
        return False
    return first.isdisjoint(_MAY_BEGIN_CONSTANTS) or not _IS_CONSTANT.search("\n".join(texts))


def _first_chars(texts: Sequence[str], delimiter: str) -> set[str] | None:
    """What texts begin with, or `None` where one may not stand in a column of texts."""
    first = {text[:1] for text in texts}
    ends = first | {text[-1:] for text in texts}
    if not first.isdisjoint(_NEVER_FIRST) or any(map(str.isspace, ends)):
        return None
    return None if _NEVER_IN[delimiter].search("".join(texts)) else first


def to_cells(values: Sequence[Value], delimiter: str) -> list[str]:
    """The cells of a column's values."""
    kinds = set(map(type, values))
    if kinds == {int}:
        return list(map(str, values))
    if kinds == {str}:
        texts: list[str] = [text for text in values if isinstance(text, str)]
        if _all_are_safe(texts, delimiter):
            return texts
    if kinds == {float}:
        cells = list(map(repr, values))
        if not _NOT_FINITE.search("\n".join(cells)):
            return cells
    if kinds == {bool}:
        return ["true" if value else "false" for value in values]
    if kinds == {list}:
        # Short lists such as tags come again and again, and their `repr` is quick.
        known: dict[str, str] = {}
        reprs = list(map(repr, values))
        for text, value in zip(reprs, values, strict=True):
            if text not in known:
                known[text] = to_cell(value, delimiter)
        return [known[text] for text in reprs]
    return [to_cell(value, delimiter) for value in values]


def to_cell(value: Value, delimiter: str) -> str:
    """The cell of a value."""
    if isinstance(value, str):
        return value if is_safe(value, delimiter) else quote(value)
    if value is ABSENT:
        return "~"
    return dump(value) if isinstance(value, (dict, list)) else scalar(value)


def from_cells(cells: Sequence[str]) -> list[Value]:
    """The values of a column's cells."""
    joined = "\n".join(cells)
    if _SPECIAL.search(joined) is None:
        return list(cells)
    if _WHOLE.fullmatch(joined):
        return list(map(int, cells))
    found = None if "{" in joined else _read_at_once(cells)
    return [from_cell(text) for text in cells] if found is None else found


def _read_at_once(cells: Sequence[str]) -> list[Value] | None:
    """The values of cells that all are JSON as we write it, which is read much faster together."""
    text = f"[{','.join(cells)}]"
    try:
        value = load_plain(text)
    except ValueError:
        return None
    known = isinstance(value, list) and len(value) == len(cells) and dump(value) == text
    return list(value) if known and isinstance(value, list) else None


def from_cell(text: str) -> Value:
    """The value of a cell; raises `ValueError` when it is damaged."""
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text):
        return number(text)
    if text[:1] in {'"', "[", "{"} or text in {"NaN", "Infinity", "-Infinity"}:
        return load_exactly(text)
    return text
