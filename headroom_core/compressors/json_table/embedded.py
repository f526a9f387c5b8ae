r"""Strings that hold JSON, opened: `"{\"a\":1}"` becomes `{"$json":{"a":1}}`."""

from __future__ import annotations

from operator import is_not
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table.document import read_document
from headroom_core.compressors.json_table.rows import solid
from headroom_core.compressors.json_table.style import COMPACT, style_of
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from headroom_core.compressors.json_table.values import Json

MARK = "$json"
_LEAST = 40
_STARTS = frozenset("{[")
_NESTED = (dict, list)


def open_strings(value: Json) -> Json:
    """The value with every string that holds standard JSON opened; what holds none, as it is."""
    if isinstance(value, dict):
        changed = {
            key: new
            for key, each in value.items()
            if (each[:1] in _STARTS if isinstance(each, str) else isinstance(each, _NESTED))
            and (new := open_strings(each)) is not each
        }
        return {**value, **changed} if changed else value
    if isinstance(value, list):
        opened = list(map(open_strings, value))
        return opened if any(map(is_not, opened, value)) else value
    if isinstance(value, str) and len(value) >= _LEAST and value[0] in _STARTS:
        return _opened(value)
    return value


def close_strings(value: Json) -> Json:
    """Undo `open_strings`."""
    if isinstance(value, list):
        items = [close_strings(each) if isinstance(each, _NESTED) else each for each in value]
        return items if any(map(is_not, items, value)) else value
    if not isinstance(value, dict):
        return value
    changed = {
        key: new
        for key, each in value.items()
        if isinstance(each, _NESTED) and (new := close_strings(each)) is not each
    }
    closed = {**value, **changed} if changed else value
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
