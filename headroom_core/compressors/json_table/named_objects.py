"""Objects that a question names by a value in them: "the id of the entry whose title is …".

In a table such a row may be long, and then only an excerpt of it is shown. Here the object stands
with all of its short values, under the path that leads to it:

    examples.CreateNatGateway.0 = {"input": {2 keys}, "id": "ec2-create-nat-gateway-1"}
    41.items.0 = {"id": "I945", "product": "slate mirror"} in {"order":"W427","state":"open"}
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from headroom_core.compressors.json_table.rows import Rows
from headroom_core.compressors.json_table.writing import dump
from headroom_core.signals import STOP_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.json_table.values import Json

    _Node: TypeAlias = "tuple[tuple[str, ...], Json | Rows, dict[str, Json]]"

_LEAST, _MOST = 4, 200
"""A text that names an object has so many characters."""
_MOST_HOLDERS = 2
"""What more objects hold is a category, and names none of them."""
_MOST_OBJECTS = 3
_MOST_NODES = 300_000
_MOST_ASKED = 4_000
_SHORT, _SHORT_IF_ASKED = 160, 400
_LEAD = 60
_NUMBER = re.compile(r"(?<![\w.])-?\d[\d.]*\d(?!\w)")
_WORD = re.compile(r"\w+")


class Named(NamedTuple):
    """An object that is named: where it is, and what is in it."""

    path: tuple[str, ...]
    fields: dict[str, Json]
    record: dict[str, Json]
    """What the element of a list around it says of itself: an item without it is anybody's."""

    def written(self, words: frozenset[str]) -> str:
        """The line that shows it."""
        parts = [f"{dump(key)}: {_shown(key, value, words)}" for key, value in self.fields.items()]
        around = f" in {dump(self.record)}" if self.record else ""
        return f"{'.'.join(self.path)}{' = ' if self.path else ''}{{{', '.join(parts)}}}{around}"

    def is_in(self, lines: Sequence[str], words: frozenset[str]) -> bool:
        """Whether one of the lines shows its short values anyway, with what heads their columns."""
        heads = "\n".join(line for line in lines if line.startswith(("[", " ")))
        short = [value for key, value in self.fields.items() if _is_short(key, value, words)]
        texts = [text for text in map(_bare, short) if f"={text}" not in heads]
        return any(all(text in line for text in texts) for line in lines)


def named_objects(value: Json | Rows, question: str) -> list[Named]:
    """The few objects that hold a value which the question holds too, and hardly any other has."""
    asked = question[:_MOST_ASKED].lower()
    holders: dict[str, dict[int, Named]] = {}
    for named, text in _mentioned(value, asked):
        holders.setdefault(text, {})[id(named.fields)] = named
    found: dict[int, Named] = {}
    for text in sorted(holders, key=lambda each: (-len(each), each)):
        if len(holders[text]) <= _MOST_HOLDERS:
            found.update(holders[text])
    return list(found.values())[:_MOST_OBJECTS]


def words_of(question: str) -> frozenset[str]:
    """The words by which a question may ask for a key."""
    return frozenset(_WORD.findall(question[:_MOST_ASKED].lower()))


def _mentioned(value: Json | Rows, asked: str) -> Iterator[tuple[Named, str]]:
    """Each value that stands in the question, with the object that holds it."""
    question = _Question(asked)
    for path, node, record in islice(_nodes(value), _MOST_NODES):
        if isinstance(node, dict):
            for each in node.values():
                if not isinstance(each, (dict, list)) and (text := question.text_of(each)):
                    yield Named(path, node, record), text


def _nodes(value: Json | Rows) -> Iterator[_Node]:
    """A value, and all objects and arrays in it, each before what is in it, and last ones first."""
    root: _Node = ((), value, {})
    waiting: list[Iterator[_Node]] = [iter([root])]
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
        else:
            yield node
            waiting.append(_inner(node))


def _inner(node: _Node) -> Iterator[_Node]:
    """The objects and arrays in one, the last one first."""
    path, value, record = node
    if isinstance(value, dict):
        own = _scalars(value) if path[-1:] and path[-1].isdecimal() else record
        for key, each in reversed(value.items()):
            if isinstance(each, (dict, list)):
                yield (*path, key), each, own
    elif isinstance(value, (list, Rows)):
        for at, each in zip(range(len(value) - 1, -1, -1), reversed(value), strict=True):
            if isinstance(each, (dict, list)):
                yield (*path, str(at)), each, record


def _scalars(fields: dict[str, Json]) -> dict[str, Json]:
    """The short values of an object that hold no others."""
    return {
        key: value
        for key, value in fields.items()
        if not isinstance(value, (dict, list)) and _is_short(key, value, frozenset())
    }


class _Question:
    """What stands in a question."""

    def __init__(self, asked: str) -> None:
        self._asked = asked
        self._numbers = frozenset(_NUMBER.findall(asked))
        self._known: dict[str, bool] = {}

    def text_of(self, value: Json) -> str:
        """The text of a value that stands in the question; empty where it does not."""
        if not isinstance(value, str):
            text = dump(value) if self._numbers else ""
            return text if text in self._numbers else ""
        text = value.lower()
        if not _LEAST <= len(text) <= _MOST or text not in self._asked:
            return ""
        if text not in self._known:
            self._known[text] = self._holds(text)
        return text if self._known[text] else ""

    def _holds(self, text: str) -> bool:
        """Whether a text stands there as words of its own, and is no everyday word."""
        at = -1 if text in STOP_WORDS else self._asked.find(text)
        while at >= 0:
            end = at + len(text)
            if not (_is_word(self._asked[at - 1 : at]) or _is_word(self._asked[end : end + 1])):
                return True
            at = self._asked.find(text, at + 1)
        return False


def _is_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


def _is_short(key: str, value: Json, words: frozenset[str]) -> bool:
    most = _SHORT_IF_ASKED if key.lower() in words else _SHORT
    return len(dump(value)) <= most


def _shown(key: str, value: Json, words: frozenset[str]) -> str:
    """A value; one that is long by its beginning, or by how much is in it."""
    if _is_short(key, value, words):
        return dump(value)
    if isinstance(value, dict):
        return f"{{{len(value)} keys}}"
    if isinstance(value, list):
        return f"[{len(value)} items]"
    text = dump(value)
    return f"{text[:_LEAD]}[… of {len(text)} characters]"


def _bare(value: Json) -> str:
    """A value as it may stand in a cell, without quotes around it."""
    text = dump(value)
    return text[1:-1] if isinstance(value, str) else text
