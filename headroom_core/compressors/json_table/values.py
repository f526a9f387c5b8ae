"""JSON values whose numbers keep their text, and whose duplicate keys are noticed."""

from __future__ import annotations

import json
from enum import Enum
from typing import TypeAlias

from headroom_core.compressors.json_table import quick


class Number:
    """A number that Python would write in another way, such as `1.50`, `1E5` or `-0`.

    No dataclass, since `msgspec` would write one as an object.
    """

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text: str = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Number) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | Number | None"


class Absent(Enum):
    """What a column holds in a row whose object lacks the key."""

    ABSENT = "~"


ABSENT = Absent.ABSENT
Value: TypeAlias = "Json | Absent"


class DuplicateKeyError(ValueError):
    """An object has the same key twice, so that no parsed value stands for it."""


def load_plain(text: str) -> Json:
    """Parse at full speed; numbers lose their text and duplicate keys are not noticed."""
    if quick.pays(text):
        try:
            return quick.load(text)
        except quick.UnsureError:
            pass
    value: Json = json.loads(text)
    return value


def load_exactly(text: str) -> Json:
    """Parse; numbers that Python would write otherwise become `Number`."""
    value: Json = _EXACT.decode(text)
    return value


def number(text: str) -> Json:
    """The value of a number's text."""
    return _whole(text) if text.lstrip("-").isdecimal() else _real(text)


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


_EXACT = json.JSONDecoder(
    parse_float=_real, parse_int=_whole, object_pairs_hook=_without_duplicates
)
