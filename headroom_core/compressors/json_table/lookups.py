"""Paths that a question names, such as `items.3.name`, looked up in the value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table.rows import Rows, solid
from headroom_core.compressors.json_table.writing import dump

if TYPE_CHECKING:
    from headroom_core.compressors.json_table.values import Json

_PATH = re.compile(r"`([^`\n]{1,300})`|([\w$@/-]+(?:[.\[][\w$@/+:-]+\]?)+)")
_INDEX = re.compile(r"\[(\d+)\]")
_MOST_PATHS = 20
_MOST_STEPS = 2000
_MOST_CHARS = 400
_LEAST_TEXT, _MOST_TEXT = 4, 200


def look_up(value: Json | Rows, question: str) -> list[str]:
    """A line for every path of the question that leads to something in the value."""
    found: list[str] = []
    for path in _paths(question):
        node = _walk(value, _steps_of(path), [_MOST_STEPS])
        if node:
            found.append(f"{path} = {_shown(node[0])}")
    return list(dict.fromkeys(found))


def texts_at(value: Json | Rows, question: str) -> list[str]:
    """The short texts that the paths of a question lead to."""
    found = [_walk(value, _steps_of(path), [_MOST_STEPS]) for path in _paths(question)]
    texts = [node[0] for node in found if node and isinstance(node[0], str)]
    return [text for text in texts if _LEAST_TEXT <= len(text) <= _MOST_TEXT]


def _paths(question: str) -> list[str]:
    matches = list(_PATH.finditer(question))[:_MOST_PATHS]
    written = [(match[1] or match[2]).strip().removeprefix("$.") for match in matches]
    return [path.rstrip(".,;:?!") for path in written]


def _steps_of(path: str) -> str:
    return _INDEX.sub(r".\1", path).lstrip(".")


def _walk(value: Json | Rows, path: str, steps: list[int]) -> list[Json]:
    """What a path leads to, in a list of one; keys may themselves hold dots."""
    steps[0] -= 1
    if not path:
        return [solid(value)]
    if steps[0] < 0 or not isinstance(value, (dict, list, Rows)):
        return []
    if isinstance(value, (list, Rows)):
        index, _, rest = path.partition(".")
        if index.isdecimal() and len(index) < 9 and int(index) < len(value):
            return _walk(value[int(index)], rest, steps)
        return []
    end = len(path)
    while end > 0:
        key = path[:end]
        if key in value:
            found = _walk(value[key], path[end + 1 :], steps)
            if found:
                return found
        end = path.rfind(".", 0, end)
    return []


def _shown(value: Json) -> str:
    text = dump(value)
    if len(text) <= _MOST_CHARS:
        return text
    if isinstance(value, str):
        return f"{text[:_MOST_CHARS]}[… {len(value)} characters]"
    return f"{text[:_MOST_CHARS]}[… {len(text)} characters of JSON]"
