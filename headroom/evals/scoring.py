"""Judge an answer by rule: equality, shared words, a number, a list of names, or a call."""

from __future__ import annotations

import json
import re
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, assert_never

from headroom_core.formats.wire import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom.evals.items import Item

_ARTICLE = re.compile(r"\b(?:a|an|the)\b")
_EDGES = re.compile(r"^[\s\W]+|[\s.,;:!?\"'`*)\]]+$")
_NUMBER = re.compile(r"(?:(?<![^\s$(])-)?\d[\d,]*(?:\.\d+)?", re.ASCII)
_NOTHING = "unanswerable"


def score(item: Item, reply: str) -> float:
    """How right a reply is, from 0 to 1."""
    match item.score:
        case "exact":
            return float(any(_bare(reply) == _bare(right) for right in item.answers))
        case "f1":
            return max(_f1(reply, right) for right in item.answers)
        case "number":
            return float(_last_number(reply) in {_last_number(right) for right in item.answers})
        case "all":
            low = reply.lower()
            return sum(right.lower() in low for right in item.answers) / len(item.answers)
        case "call":
            return float(any(_is_call(reply, right) for right in item.answers))
        case _:
            assert_never(item.score)


def _bare(text: str) -> str:
    return _EDGES.sub("", text.strip().lower())


def _words(text: str) -> list[str]:
    """The words that count, as reading comprehension is usually scored."""
    words = _ARTICLE.sub(" ", re.sub(r"[^\w\s]", "", text.lower())).split()
    return [] if words == [_NOTHING] else words


def _f1(reply: str, right: str) -> float:
    got, wanted = _words(reply), _words(right)
    if not got or not wanted:
        return float(got == wanted)
    shared = (Counter(got) & Counter(wanted)).total()
    return 2 * shared / (len(got) + len(wanted))


def _last_number(text: str) -> Decimal | None:
    found = _NUMBER.findall(text)
    return Decimal(found[-1].replace(",", "")) if found else None


def _is_call(reply: str, right: str) -> bool:
    """Whether the reply calls a function with allowed arguments.

    `right` is JSON: the function's name, and for each argument the values that are right. An empty
    text among them means that the argument may be left out.
    """
    wanted = _object(right)
    start, end = reply.find("{"), reply.rfind("}")
    given = _object(reply[start : end + 1])
    allowed, arguments = wanted.get("arguments"), given.get("arguments")
    if given.get("name") != wanted.get("name") or not is_object(allowed):
        return False
    if not is_object(arguments) or not arguments.keys() <= allowed.keys():
        return False
    return all(
        arguments[name] in values if name in arguments else "" in values
        for name, values in allowed.items()
        if is_array(values)
    )


def _object(text: str) -> dict[str, object]:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if is_object(value) else {}


def mean(values: Sequence[float]) -> float:
    """The mean, and 0 of nothing."""
    return sum(values) / len(values) if values else 0.0
