"""Values of a JSON original by path: a safe subset of JSONPath.

    $.items[3].name    $['odd key']    $.items[-1]    $.items[2:5]    $.items[*].id    $..id

A plain dotted path without `$`, such as `items.3.name`, is understood as well.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from headroom_core.errors import RetrieveError
from headroom_core.retrieval.answer import Piece, Selection
from headroom_core.retrieval.json_tree import (
    Json,
    Node,
    children,
    compact_json,
    is_container,
    root,
    value,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_STEPS = 64
MOST_TRIES = 2_000
MOST_FOUND = 100_000
_EXAMPLE = "an example is '$.items[3].name'"
_STEP = re.compile(
    r"""\.\.(?P<deep>[^\s.\[\]'"*]+)"""
    r"""|\.?\[\s*(?:(?P<from>-?\d{1,9})?\s*(?P<colon>:)\s*(?P<to>-?\d{1,9})?"""
    r"""|(?P<index>-?\d{1,9})|(?P<star>\*)|'(?P<single>[^']*)'|(?P<double>"(?:[^"\\]|\\.)*+"))\s*\]"""
    r"""|\.(?P<any>\*)"""
    r"""|\.?(?P<name>[^\s.\[\]'"*]+)"""
)


@dataclass(frozen=True, slots=True)
class _Step:
    kind: Literal["key", "index", "slice", "all", "deep"]
    key: str = ""
    index: int = 0
    first: int | None = None
    last: int | None = None


def select_path(text: str, asked: str) -> Selection:
    """Return the values at a path, each with the path to it. Raises when there is none."""
    source = compact_json(text)
    if source is None:
        raise RetrieveError("`path` reads JSON, and this original is none; use `lines` or `query`")
    found = _follow(source, [root(source)], _steps(asked))
    if not found:
        raise RetrieveError(_nothing(source, asked))
    pieces = [
        Piece(_shown(source, node), number, number, node.name)
        for number, node in enumerate(found, 1)
    ]
    return Selection("items", len(pieces), pieces)


def resolve(text: str, dotted: str) -> Node | None:
    """Find the value that a dotted path such as `a.b.3.c` means; keys may hold dots themselves."""
    pieces = dotted.removeprefix("$").removeprefix(".").split(".")[:MOST_STEPS]
    tries = MOST_TRIES
    stack: list[tuple[Node, int]] = [(root(text), 0)]
    while stack and tries:
        tries -= 1
        node, used = stack.pop()
        if used == len(pieces):
            return node
        below = {str(child.path[-1]): child for child in children(text, node)}
        # The shortest key is tried first, so it goes onto the stack last.
        keys = ((end, ".".join(pieces[used:end])) for end in range(len(pieces), used, -1))
        stack.extend((below[key], end) for end, key in keys if key in below)
    return None


def _steps(asked: str) -> list[_Step]:
    rest = asked.strip().removeprefix("$")
    steps: list[_Step] = []
    at = 0
    while at < len(rest):
        match = _STEP.match(rest, at)
        if match is None or len(steps) >= MOST_STEPS:
            raise RetrieveError(
                f"`path` cannot be read from {rest[at : at + 40]!r} on; {_EXAMPLE}; to choose rows"
                " by their values use `where`"
            )
        steps.append(_step(match))
        at = match.end()
    return steps


def _step(match: re.Match[str]) -> _Step:
    if match["deep"]:
        return _Step("deep", match["deep"])
    if match["colon"]:
        first, last = match["from"], match["to"]
        return _Step("slice", first=int(first) if first else None, last=int(last) if last else None)
    if match["index"]:
        return _Step("index", index=int(match["index"]))
    if match["star"] or match["any"]:
        return _Step("all")
    if match["double"]:
        return _Step("key", _unquoted(match["double"]))
    return _Step("key", match["name"] or match["single"] or "")


def _unquoted(quoted: str) -> str:
    try:
        return str(json.loads(quoted, strict=False))
    except ValueError:
        return quoted[1:-1]


def _follow(text: str, nodes: list[Node], steps: Sequence[_Step]) -> list[Node]:
    for step in steps:
        nodes = [child for node in nodes for child in _taken(text, node, step)][:MOST_FOUND]
    return nodes


def _taken(text: str, node: Node, step: _Step) -> list[Node]:
    if step.kind == "deep":
        return _deep(text, node, step.key)
    below = children(text, node)
    is_array = text[node.start] == "["
    if step.kind == "all":
        return below
    if step.kind == "slice":
        return below[step.first : step.last] if is_array else []
    if step.kind == "index":
        in_range = is_array and -len(below) <= step.index < len(below)
        return [below[step.index]] if in_range else []
    if is_array and step.key.isdecimal() and len(step.key) < 10:
        return below[int(step.key) : int(step.key) + 1]
    return [child for child in below if child.path[-1] == step.key][-1:]


def _deep(text: str, node: Node, key: str) -> list[Node]:
    found: list[Node] = []
    stack = [node]
    while stack:
        below = children(text, stack.pop())
        found.extend(child for child in below if child.path[-1] == key)
        stack.extend(reversed([child for child in below if is_container(text, child)]))
    return sorted(found, key=lambda child: child.start)


def _shown(text: str, node: Node) -> str:
    """Spell a value: a string as it reads, anything else as it stands in the source."""
    if text[node.start] != '"':
        return node.text(text)
    found: Json = value(text, node)
    return str(found)


def _nothing(text: str, asked: str) -> str:
    """Say that nothing is there, how far the path leads, and what stands there."""
    node, steps = root(text), iter(_steps(asked))
    # Nothing was found, so the way ends before the steps do.
    while below := _taken(text, node, next(steps)):
        node = below[0]
    keys = [str(child.path[-1]) for child in children(text, node)]
    if text[node.start] == "[":
        there = f"an array of {len(keys)}"
    else:
        there = f"the keys {', '.join(keys[:30])}" if keys else "a plain value"
    return f"nothing is at `path` {asked[:200]!r}: {node.name} is {there}; {_EXAMPLE}"
