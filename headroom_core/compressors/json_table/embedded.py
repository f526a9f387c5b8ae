r"""Strings that hold JSON, opened: `"{\"a\":1}"` becomes `{"$json":{"a":1}}`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.compressors.json_table.document import read_document
from headroom_core.compressors.json_table.rows import solid
from headroom_core.compressors.json_table.style import COMPACT, style_of
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from headroom_core.compressors.json_table.values import Json

MARK = "$json"
_LEAST = 40


def open_strings(value: Json) -> Json:
    """The value with every string that holds standard JSON opened."""
    if isinstance(value, dict):
        return {key: open_strings(each) for key, each in value.items()}
    if isinstance(value, list):
        return [open_strings(each) for each in value]
    if isinstance(value, str) and len(value) >= _LEAST and value[0] in "{[":
        return _opened(value)
    return value


def close_strings(value: Json) -> Json:
    """Undo `open_strings`."""
    if isinstance(value, list):
        return [close_strings(each) if isinstance(each, (dict, list)) else each for each in value]
    if not isinstance(value, dict):
        return value
    closed: dict[str, Json] = {
        key: close_strings(each) if isinstance(each, (dict, list)) else each
        for key, each in value.items()
    }
    if len(closed) == 1:
        key, inner = next(iter(closed.items()))
        if key.startswith(MARK):
            return _closed(key, inner)
    return closed


def _opened(text: str) -> Json:
    """A string's JSON under a key that says how it is laid out."""
    core = text.removesuffix("\n")
    document = read_document(core)
    if document is None or not document.exact or document.between is not None:
        return text
    words = [] if document.style == COMPACT else document.style.words().split()
    if len(core) < len(text):
        words.append("newline")
    return {"_".join([MARK, *words]): open_strings(solid(document.value))}


def _closed(key: str, value: Json) -> str:
    words = key.split("_")[1:]
    end = "\n" if words[-1:] == ["newline"] else ""
    style = style_of(" ".join(words[:-1] if end else words) or "compact")
    if style is None:
        raise DecodeError("a string that holds JSON does not say how it was laid out")
    return style.write(value) + end
