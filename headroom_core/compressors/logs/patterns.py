"""Say of many like lines what they are, how many, and between what their values lie."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.compressors.logs.fields import fold
from headroom_core.compressors.logs.groups import group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.logs.templates import Shape

_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?")
_FEW = 3
_MOST_SAID = 40
_MOST_ROW = 300
_MOST_CODES = 6
_OFTEN = 4
_LEAST_LETTERS = 8


@dataclass(frozen=True, slots=True)
class Pattern:
    """Lines that differ only in their values."""

    shape: Shape
    lines: list[int]
    text: str
    """The lines' common text, with the range of each value in its place; may say nothing."""

    @property
    def row(self) -> str:
        """The line of the view that stands for all lines of this pattern."""
        return f"{len(self.lines)} x {self.text}"


def patterns_of(messages: Sequence[str]) -> list[Pattern]:
    """Return the patterns of the lines, in order of appearance."""
    found: list[Pattern] = []
    for each in group(messages):
        template = fold(each.shape, messages, each.lines)
        parts = [template.literals[0]]
        for hole, literal in zip(template.holes, template.literals[1:], strict=True):
            parts.append(said_of(template.columns[hole]))
            parts.append(literal)
        letters = sum(char.isalpha() for text in template.literals for char in text)
        text = "".join(parts).strip() if letters >= _LEAST_LETTERS else ""
        found.append(
            Pattern(
                each.shape, each.lines, text if len(text) <= _MOST_ROW else f"{text[:_MOST_ROW]}…"
            )
        )
    return found


def named(pattern: Pattern, messages: Sequence[str]) -> list[str]:
    """The words in which the lines of one pattern differ, each once, numbers aside."""
    words: dict[str, None] = {}
    for column in fold(pattern.shape, messages, range(len(messages))).columns:
        words.update(dict.fromkeys(value for value in column if not any(map(str.isdigit, value))))
    return list(words)


def said_of(column: Sequence[str]) -> str:
    """Few values as they are, many by their range or their number, in braces."""
    distinct = list(dict.fromkeys(column))
    said = "|".join(distinct[:_FEW])
    if len(distinct) <= _FEW and len(said) <= _MOST_SAID:
        return f"{{{said}}}"
    if all(map(_NUMBER.fullmatch, distinct)):
        if _are_codes(column, distinct):
            return f"{{{'|'.join(distinct)}}}"
        return f"{{{min(distinct, key=float)}..{max(distinct, key=float)}}}"
    first = f"{distinct[0]} … " if len(distinct[0]) <= _MOST_SAID else ""
    return f"{{{first}{len(distinct)} different}}"


def _are_codes(column: Sequence[str], distinct: Sequence[str]) -> bool:
    """Whether numbers come again and again and leave others out, so that no range tells them."""
    if len(distinct) > _MOST_CODES or len(column) < _OFTEN * len(distinct):
        return False
    numbers = sorted(map(float, distinct))
    return numbers[-1] - numbers[0] >= len(distinct)
