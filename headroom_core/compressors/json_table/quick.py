"""JSON read and written by `msgspec`: what `json` gives, in a fraction of the time.

Where the two might differ, or it is not installed, nothing is given, and `json` does the work.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from typing import TYPE_CHECKING, cast

from headroom_core.compressors.batches import line_batches

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

    from headroom_core.compressors.json_table.values import Json, Value

FROM = 20_000
"""From so many characters on a text is worth the import."""
COMPACT = -1
"""The indent of what stands on one line without blanks; with blanks, it is 0."""

# Floats below 0.0001 and from 1e16 on: these alone are written in another way.
_ODD = re.compile(r"e(?<=[0-9]e)-?[0-9]+(?:[,\]}\n]|$)")
_TINY = "0.0000"


class UnsureError(ValueError):
    """The text is not JSON, or `json` might read it in another way."""


def pays(text: str) -> bool:
    """Whether a text is worth the import, which may have been paid already."""
    return len(text) >= FROM or "msgspec" in sys.modules


def load(text: str) -> Json:
    """The value of a text; raises `UnsureError`. Duplicate keys are not noticed."""
    return _loaded([text])[0]


def load_lines(text: str) -> list[Json]:
    """The values of a text each line of which is a document; raises `UnsureError`."""
    return [value for lines in line_batches(text) for value in _loaded(lines)]


def members(text: str) -> list[str] | dict[str, str] | None:
    """The texts of the values in an array or map; `None` without `msgspec`, or if it is neither."""
    msgspec = _msgspec()
    if msgspec is None:
        return None
    raw = msgspec.Raw
    kind: object = list[raw] if text[0] == "[" else dict[str, raw]  # type: ignore[valid-type]
    try:
        found: object = msgspec.json.decode(text, type=kind)
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return None
    if isinstance(found, dict):
        named = cast("dict[str, bytes]", found)
        return {key: bytes(each).decode() for key, each in named.items()}
    items = cast("list[bytes]", found)
    items.reverse()  # so that each is let go when its text is there
    return [bytes(items.pop()).decode() for _ in range(len(items))]


def is_finite(text: str) -> bool:
    """Whether surely all numbers of a text are finite."""
    return "NaN" not in text and "Infinity" not in text


def dump(value: Json | list[Value], indent: int = COMPACT) -> str | None:
    """The text of a value, whose numbers must be finite: all others would become `null`."""
    msgspec = _msgspec()
    text = None if msgspec is None else _dumped(msgspec.json.encode, value)
    if msgspec is None or text is None or indent == COMPACT:
        return text
    laid_out: str = msgspec.json.format(text, indent=indent)
    return laid_out


def dump_lines(values: Sequence[Value], indent: int = COMPACT) -> str | None:
    """The texts of values, each on a line of its own."""
    msgspec = _msgspec()
    text = None if msgspec is None else _dumped(msgspec.json.Encoder().encode_lines, values)
    if msgspec is None or text is None:
        return None
    lines = text[:-1]
    if indent == COMPACT:
        return lines
    return "\n".join([msgspec.json.format(line, indent=indent) for line in lines.split("\n")])


def _loaded(texts: list[str]) -> list[Json]:
    msgspec = _msgspec()
    if msgspec is None:
        raise UnsureError
    read = msgspec.json.Decoder().decode
    try:
        # A text that is not of ASCII would keep the bytes it is read from.
        return [read(text if text.isascii() else text.encode()) for text in texts]
    except (ValueError, RecursionError, msgspec.MsgspecError) as exc:
        raise UnsureError from exc


def _dumped(write: Callable[[object], bytes], value: object) -> str | None:
    try:
        text = write(value).decode()
    except (TypeError, ValueError, OverflowError, RecursionError):
        return None  # a number that keeps its text, or half of a surrogate pair
    return None if _TINY in text or _ODD.search(text) else text


@cache
def _msgspec() -> ModuleType | None:
    try:
        # It takes a moment to import, and there are interpreters that it has no wheel for.
        import msgspec  # noqa: PLC0415 - see above
    except ImportError:
        return None
    return msgspec
