"""JSON values whose numbers keep their text, and whose duplicate keys are noticed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from typing import TypeAlias

MAX_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Number:
    """A number that Python would write in another way, such as `1.50`, `1E5` or `-0`."""

    text: str


Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | Number | None"


class Absent(Enum):
    """What a column holds in a row whose object lacks the key."""

    ABSENT = "~"


ABSENT = Absent.ABSENT
Value: TypeAlias = "Json | Absent"
_CONTAINERS = frozenset({dict, list})


class DuplicateKeyError(ValueError):
    """An object has the same key twice, so that no parsed value stands for it."""


def load_plain(text: str) -> Json:
    """Parse at full speed; numbers lose their text and duplicate keys are not noticed."""
    value: Json = json.loads(text)
    return value


def load_exactly(text: str) -> Json:
    """Parse; numbers that Python would write otherwise become `Number`."""
    value: Json = json.loads(
        text, parse_float=_real, parse_int=_whole, object_pairs_hook=_without_duplicates
    )
    return value


def number(text: str) -> Json:
    """The value of a number's text."""
    return _whole(text) if text.lstrip("-").isdecimal() else _real(text)


def is_shallow(value: Json) -> bool:
    """Whether nothing is nested deeper than `MAX_DEPTH`, found without recursion."""
    level = [value] if type(value) in _CONTAINERS else []
    for _ in range(MAX_DEPTH):
        objects = (node.values() for node in level if isinstance(node, dict))
        arrays = (node for node in level if isinstance(node, list))
        items = chain(chain.from_iterable(objects), chain.from_iterable(arrays))
        level = [each for each in items if type(each) in _CONTAINERS]
        if not level:
            return True
    return False


def _real(text: str) -> float | Number:
    value = float(text)
    return value if repr(value) == text else Number(text)


def _whole(text: str) -> int | Number:
    # Python refuses to read very long integers, and writes `-0` as `0`.
    if text == "-0" or len(text) > 300:
        return Number(text)
    return int(text)


def _without_duplicates(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise DuplicateKeyError
    return value
