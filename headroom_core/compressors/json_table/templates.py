"""Columns that follow from others: `https://host/issues/{number}`, or from the row's number.

A template is text with `{column}` for the text of another column in the same row and `{row+100}`
for arithmetic on the row's number, counted from 0. A template that is a single `{…}` stands for
that very value, any other for a string. Braces that mean themselves are doubled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, cast

from headroom_core.compressors.json_table.clocks import Clock, find_clock
from headroom_core.compressors.json_table.values import ABSENT, Number, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_FIELD = re.compile(
    r"\{\{|\}\}"
    r"|\{row(?:\*(?P<step>-?[0-9]{1,18}))?(?:\+(?P<start>-?[0-9]{1,18}))?(?::0(?P<width>[0-9]{1,2}))?\}"
    r"|\{(?P<time>[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:]{8})?)\+(?P<pace>-?[0-9]{1,9})[sd]\*row\}"
    r"|\{(?P<name>[^{}\n]+)\}|[{}]"
)
_DIGITS = re.compile(r"(\d+)", re.ASCII)
_ID = re.compile(
    r"(?:^|[^a-z])(?:id|idx|index|no|num|nr|number|row|seq|sequence|rank|pos|position|i|n|key|line"
    r"|offset|ordinal|page|step)s?$|Id$|Index$|Number$|ID$"
)
_MOST_DIGITS = 18
_WITH_TEXT = {str, int, float, Number}


@dataclass(frozen=True, slots=True)
class Ref:
    """The text of another column in the same row."""

    name: str

    def __str__(self) -> str:
        return f"{{{self.name}}}"


@dataclass(frozen=True, slots=True)
class Count:
    """Arithmetic on the row's number."""

    start: int
    step: int = 1
    width: int = 0

    def at(self, rows: Sequence[int]) -> list[str]:
        """The texts for some rows."""
        start, step, width = self.start, self.step, self.width
        if width:
            return [f"{start + step * row:0{width}d}" for row in rows]
        return [str(start + step * row) for row in rows]

    def __str__(self) -> str:
        step = f"*{self.step}" if self.step != 1 else ""
        start = f"+{self.start}" if self.start else ""
        width = f":0{self.width}" if self.width else ""
        return f"{{row{step}{start}{width}}}"


Part: TypeAlias = str | Ref | Count | Clock
Template: TypeAlias = tuple[Part, ...]
Texts: TypeAlias = "list[str | None]"


def texts_of(values: Sequence[Value], kinds: set[type] | None = None) -> Texts:
    """The text of every string and number; `None` for anything else.

    Their types are looked at unless they are told.
    """
    kinds = kinds or set(map(type, values))
    if kinds == {str}:
        return cast("Texts", list(values))  # as their types say
    if kinds == {int}:
        return list(map(str, values))
    kinds = kinds & _WITH_TEXT
    if not kinds:
        return [None] * len(values)
    if kinds == {str}:
        return [value if isinstance(value, str) else None for value in values]
    return [_text(value) for value in values]


def write_template(template: Template) -> str:
    """A template as it stands in a header."""
    return "".join(
        part.replace("{", "{{").replace("}", "}}") if isinstance(part, str) else str(part)
        for part in template
    )


def read_template(text: str) -> Template:
    """Read what `write_template` wrote; raises `ValueError` when it is damaged."""
    parts: list[Part] = []
    at = 0
    for match in _FIELD.finditer(text):
        parts.append(text[at : match.start()])
        at = match.end()
        parts.append(_field(match))
    parts.append(text[at:])
    return joined(parts)


def joined(parts: Sequence[Part]) -> Template:
    """A template without empty parts and with neighbouring literals joined."""
    out: list[Part] = []
    for part in parts:
        if isinstance(part, str) and out and isinstance(out[-1], str):
            out[-1] += part
        elif part != "":
            out.append(part)
    return tuple(out)


def counts_rows(template: Template) -> bool:
    """Whether a template depends on the row's number."""
    return any(isinstance(part, (Count, Clock)) for part in template)


def refs(template: Template) -> list[str]:
    """The names of the columns that a template needs."""
    return [part.name for part in template if isinstance(part, Ref)]


def is_single(template: Template) -> bool:
    """Whether a template stands for a value as it is, not for a text around it."""
    return len(template) == 1 and isinstance(template[0], (Ref, Count))


def fill(template: Template, rows: Sequence[int], texts: Callable[[str], Texts]) -> Texts:
    """The text of a template in these rows; `None` where a column that it needs has none."""
    pieces: list[Texts] = []
    pattern: list[str] = []
    for part in template:
        if isinstance(part, str):
            pattern.append(part.replace("%", "%%"))
        else:
            pattern.append("%s")
            pieces.append(texts(part.name) if isinstance(part, Ref) else list(part.at(rows)))
    if not pieces:
        return ["".join(pattern).replace("%%", "%")] * len(rows)
    if len(template) == 1:
        return pieces[0]
    form = "".join(pattern)
    if any(None in piece for piece in pieces):
        return [None if None in row else form % row for row in zip(*pieces, strict=True)]
    if len(pieces) == 1:
        before, after = (
            part if isinstance(part, str) else "" for part in template[:: len(template) - 1]
        )
        return [f"{before}{text}{after}" for text in pieces[0]]
    return [form % row for row in zip(*pieces, strict=True)]


def count_template(name: str, texts: Texts, *, whole: bool) -> Template | None:
    """Find arithmetic on the row number in a column: counters in text, or the ids of rows."""
    if len(texts) < 3 or None in texts[:3] or (whole and not is_id(name)):
        return None
    three = [text for text in texts[:3] if text is not None]
    if _DIGITS.search(three[0]) is None:
        return None
    clock = find_clock(*three)
    if clock is not None:
        return joined(clock)
    first, second, third = (_DIGITS.split(text) for text in three)
    if not len(first) == len(second) == len(third) <= 9:
        return None
    parts: list[Part] = []
    for index, (a, b, c) in enumerate(zip(first, second, third, strict=True)):
        if a == b == c:
            parts.append(a)
        elif index % 2 == 0 or not _steps(a, b, c):
            return None
        else:
            parts.append(Count(int(a), int(b) - int(a), len(a) if a[0] == "0" and a != "0" else 0))
    template = joined(parts)
    return template if any(isinstance(part, Count) for part in template) else None


def _steps(first: str, second: str, third: str) -> bool:
    """Whether three numbers keep one distance."""
    if max(len(first), len(second), len(third)) > _MOST_DIGITS:
        return False
    return int(third) - int(second) == int(second) - int(first)


def is_id(name: str) -> bool:
    """Whether a column sounds like ids or positions, which nobody adds up."""
    return _ID.search(name) is not None


def ref_template(text: str, others: Sequence[tuple[str, str]], *, most: int = 3) -> Template:
    """Cut the texts of other columns out of a text, the longest first."""
    parts: list[Part] = [text]
    for name, other in sorted(others, key=lambda each: -len(each[1])):
        if sum(isinstance(part, Ref) for part in parts) >= most:
            break
        for index, part in enumerate(parts):
            at = find_whole(part, other) if isinstance(part, str) else -1
            if at >= 0 and isinstance(part, str):
                parts[index : index + 1] = [part[:at], Ref(name), part[at + len(other) :]]
                break
    return joined(parts)


def find_whole(text: str, part: str) -> int:
    """Where `part` stands in `text`, not as a piece of a longer word or number."""
    at = text.find(part)
    while at >= 0:
        end = at + len(part)
        if (at == 0 or _breaks(text[at - 1], part[0])) and (
            end == len(text) or _breaks(part[-1], text[end])
        ):
            return at
        at = text.find(part, end)
    return -1


def _breaks(before: str, after: str) -> bool:
    """Whether a word, or a number, ends between two characters."""
    if before.isdigit() or after.isdigit():
        return before.isdigit() != after.isdigit()
    return not (before.isalnum() and after.isalnum())


def _field(match: re.Match[str]) -> Part:
    found = match[0]
    if found in {"{{", "}}"}:
        return found[0]
    if match["name"]:
        return Ref(match["name"])
    if match["time"]:
        return Clock(match["time"], int(match["pace"]))
    if found in {"{", "}"}:
        raise ValueError("a single brace")
    return Count(int(match["start"] or 0), int(match["step"] or 1), int(match["width"] or 0))


def _text(value: Value) -> str | None:
    if isinstance(value, str):
        return value
    if value is None or value is ABSENT or isinstance(value, (bool, dict, list)):
        return None
    return value.text if isinstance(value, Number) else repr(value)
