"""Values as the cells of a table, and back.

A string stands as it is unless it could be taken for something else; then it is written as JSON.
All other values are JSON. `~` is a key that the object lacks.
"""

from __future__ import annotations

import re
from operator import itemgetter
from typing import TYPE_CHECKING, cast

from headroom_core.compressors.json_table import quick
from headroom_core.compressors.json_table.rows import shared
from headroom_core.compressors.json_table.values import (
    ABSENT,
    Absent,
    Value,
    load_exactly,
    load_plain,
    number,
)
from headroom_core.compressors.json_table.writing import dump, is_dump, quote, scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+")
_WORDS: dict[str, Value] = {"true": True, "false": False, "null": None, "~": ABSENT}
_NAMED = frozenset({str, type(None), Absent})
_CONSTANT = re.compile(rf"(?:{_NUMBER.pattern}|true|false|null|NaN|-?Infinity|~)")
_MAY_BEGIN_CONSTANTS = frozenset("-0123456789tfnNI~")
_MAY_BEGIN_JSON = _MAY_BEGIN_CONSTANTS | frozenset('"[{')
# Of texts in lines: what most begin with already tells that they are something else.
_IS_CONSTANT = re.compile(rf"\n(?=[-0-9tfnNI~]){_CONSTANT.pattern}\n")
_NEVER_FIRST = frozenset('"[{=!')
_CONTROLS = bytes([*range(32), 127])
_NEVER_IN = {"|": _CONTROLS + b"|", "\t": _CONTROLS, ",": _CONTROLS + b",()"}
_SPECIAL = re.compile(rf'\n(?=[-0-9tfnNI~"\[{{])(?:["\[{{]|{_CONSTANT.pattern}\n)')
_CONSTANTS = frozenset({int, float, bool, type(None), Absent})
_NOT_FINITE = re.compile(r"\b(?:nan|inf)\b")
_NESTED = frozenset({dict, list})
_LISTS = frozenset({list, int, bool, type(None), Absent})
# Words and plain names, which are safe everywhere unless they are constants: a look at most texts.
_PLAIN = re.compile(
    r"(?!(?:true|false|null|NaN|Infinity)\Z)[A-Za-z][\w ./:@#$%&+-]*(?<=[\w./:@#$%&+-])", re.ASCII
)
_FEWEST = 8
_FEW = 20
_SOME = 100
_MANY = 500


def is_safe(text: str, delimiter: str) -> bool:
    """Whether a string can stand in a cell as it is."""
    if not text or text[0] in _NEVER_FIRST or text[0] == "(":
        return False
    if text[0] in _MAY_BEGIN_CONSTANTS and _CONSTANT.fullmatch(text):
        return False
    return not (text[0].isspace() or text[-1].isspace()) and _is_unbroken(text, delimiter)


def is_text(text: str, delimiter: str) -> bool:
    """Whether a string can stand in a column that holds only strings."""
    if not text or text[0] in "=!" or text[0].isspace() or text[-1].isspace():
        return False
    return _is_unbroken(text, delimiter)


def all_are_words(texts: Sequence[str], delimiter: str) -> bool:
    """Whether every string is harmless even where any could be taken for something else."""
    return _first_chars(texts, delimiter) is not None


def _is_unbroken(text: str, delimiter: str) -> bool:
    """Whether a string holds no delimiter, no control character and no half of a pair."""
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return False
    return len(data.translate(None, _NEVER_IN[delimiter])) == len(data)


def _first_chars(texts: Sequence[str], delimiter: str) -> set[str] | None:
    """What texts begin with, or `None` where one may not stand in a column of texts."""
    if not all(texts):
        return None
    first = set(map(itemgetter(0), texts))
    ends = first.union(map(itemgetter(-1), texts))
    if not first.isdisjoint(_NEVER_FIRST) or any(map(str.isspace, ends)):
        return None
    return first if _is_unbroken("".join(texts), delimiter) else None


def to_cells(values: Sequence[Value], delimiter: str, kinds: set[type] | None = None) -> list[str]:
    """The cells of a column's values, whose types are looked at unless they are told."""
    if len(values) < _FEWEST:
        return [to_cell(value, delimiter) for value in values]
    kinds = kinds or set(map(type, values))
    if kinds == {str}:
        return _text_cells(cast("list[str]", list(values)), delimiter)  # as their types say
    if str in kinds and len(values) >= _FEW:
        return _mixed_cells(values, kinds, delimiter)
    if kinds <= _CONSTANTS:
        cells = _constant_cells(values, kinds)
        if cells is not None:
            return cells
    if list not in kinds or not kinds <= _LISTS:
        nested = str not in kinds and not kinds.isdisjoint(_NESTED)
        cells = _at_once(values, map(repr, values)) if nested and len(values) >= _SOME else None
        return cells or [to_cell(value, delimiter) for value in values]
    # Short lists such as tags come again and again, and their `repr` is quick.
    reprs = list(map(repr, values))
    known = dict(zip(reprs, values, strict=True))
    cells = _at_once(list(known.values()), known) if len(known) >= _SOME else None
    if cells is None:
        cells = [to_cell(value, delimiter) for value in known.values()]
    written = dict(zip(known, cells, strict=True))
    return [written[text] for text in reprs]


def _at_once(values: Sequence[Value], reprs: Iterable[str]) -> list[str] | None:
    """The cells of anything but strings, or `None` where unsure."""
    every = "\n".join(reprs)
    if ("nan" in every or "inf" in every) and _NOT_FINITE.search(every):
        return None
    text = quick.dump_lines(values)
    return None if text is None else ["~" if line == '"~"' else line for line in text.split("\n")]


def _text_cells(texts: list[str], delimiter: str) -> list[str]:
    """The cells of strings: `to_cell` for many, in less time."""
    first = _first_chars(texts, delimiter)
    if first is None or "(" in first:
        return [text if is_safe(text, delimiter) else quote(text) for text in texts]
    if first.isdisjoint(_MAY_BEGIN_CONSTANTS) or not _IS_CONSTANT.search(_in_lines(texts)):
        return texts
    constants = set(filter(_CONSTANT.fullmatch, texts))
    return [quote(text) if text in constants else text for text in texts]


def _in_lines(texts: Sequence[str]) -> str:
    """Texts with a line break before and behind each."""
    return "\n".join(["", *texts, ""])


def _mixed_cells(values: Sequence[Value], kinds: set[type], delimiter: str) -> list[str]:
    """The cells of strings and other values, each kind for itself."""
    texts = [each for each in values if isinstance(each, str)]
    cells = _text_cells(texts, delimiter)
    if cells is texts and kinds <= _NAMED:
        return [
            each if isinstance(each, str) else "~" if each is ABSENT else "null" for each in values
        ]
    strings = iter(cells)
    others = iter(to_cells([each for each in values if not isinstance(each, str)], delimiter))
    return [next(strings) if isinstance(each, str) else next(others) for each in values]


def _constant_cells(values: Sequence[Value], kinds: set[type]) -> list[str] | None:
    """The cells of numbers and words, or `None` where they cannot be written at once."""
    text = quick.dump(list(values)) if len(values) >= _MANY else None
    # What is neither finite nor absent has become `null` too.
    if text is not None and text.count("null") == values.count(None):
        return shared(text[1:-1].replace('"~"', "~").split(","))
    if float in kinds:
        return None
    return [
        ("true" if each else "false")
        if isinstance(each, bool)
        else ("~" if each is ABSENT else "null" if each is None else str(each))
        for each in values
    ]


def to_cell(value: Value, delimiter: str) -> str:
    """The cell of a value."""
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) or is_safe(value, delimiter) else quote(value)
    if value is ABSENT:
        return "~"
    return dump(value) if isinstance(value, (dict, list)) else scalar(value)


def from_cells(cells: Sequence[str]) -> list[Value]:
    """The values of a column's cells."""
    if len(cells) < _FEWEST:
        return list(map(from_cell, cells))
    found = _read_at_once(cells) if cells and cells[0][:1] in _MAY_BEGIN_JSON else None
    if found is None and _SPECIAL.search(_in_lines(cells)) is None:
        return list(cells)
    return [from_cell(text) for text in cells] if found is None else found


def _read_at_once(cells: Sequence[str]) -> list[Value] | None:
    """The values of cells that all are JSON as we write it, which is read much faster together."""
    text = f"[{','.join(cells)}]"
    try:
        value = load_plain(text)
    except ValueError:
        return None
    if not isinstance(value, list) or len(value) != len(cells) or not is_dump(text, value):
        return None
    return list(value)


def from_cell(text: str) -> Value:
    """The value of a cell; raises `ValueError` when it is damaged."""
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text):
        return number(text)
    if text[:1] == '"':
        return load_plain(text)
    if text[:1] in {"[", "{"} or text in {"NaN", "Infinity", "-Infinity"}:
        return load_exactly(text)
    return text
