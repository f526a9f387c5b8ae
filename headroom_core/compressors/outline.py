"""`ConfigOutline`: of a configuration file the tree, and in full what was asked for."""

from __future__ import annotations

import re
from array import array
from itertools import chain, compress
from typing import TYPE_CHECKING

from headroom_core import signals
from headroom_core.compressors.base import Compressor, View
from headroom_core.compressors.families import KEY, spread
from headroom_core.compressors.gaps import GAP_CHARS, distinct, filled, gapped
from headroom_core.compressors.line_tree import LineTree
from headroom_core.compressors.odd_settings import names_above, odd_settings
from headroom_core.compressors.tables.hits import hit_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from headroom_core.compressors.base import Hint
    from headroom_core.source import Source

_SUFFIX = re.compile(
    r"(?:\.(?:ya?ml|toml|ini|cfg|conf|cnf|properties|env|lock|sum|mod|xml|pom|json5?|jsonc|cmake"
    r"|ac|am|gradle|tf|tfvars|hcl|proto|pbtxt|textproto|plist|service|editorconfig|npmrc)"
    r"|(?:^|/)(?:Makefile|Dockerfile|CMakeLists\.txt|Cargo\.lock|\.env[\w.]*|\.\w+rc))$"
)
_CONFIG = re.compile(
    r"""\s*(?:["']?[\w.$/@-]+["']?\s*[:=](?:\s.*)?|- .*|\[.*\]|</?[\w.:-].*|[{}\[\]]+,?"""
    r"""|.{1,80}\{|["'][^"']*["'],?|[#;].*)"""
)
# Lines that say when they were written are a log, also where each starts like an item of a list.
_STAMP = re.compile(r"\b[0-9]{4}[-./][0-9]{2}[-./][0-9]{2}\b|\b[0-9]{2}:[0-9]{2}:[0-9]{2}\b")
_MOST_STAMPED = 0.5
# What a program prints may look like settings too, but says the same of many things.
_LEAST_KEYS = 0.5
_LEAST_DISTINCT = 0.5
_PAGE = re.compile(r"<!doctype html|<html[\s>]", re.IGNORECASE)
_PAGE_LINES = 10
_LEAST_CONFIG = 0.85
_LEAST_LINES = 30
_MOST_CHARS = 8_000_000
_MOST_PATHS = 20
_PATH = re.compile(r"[\w$@/*-]+(?:\.[\w$@/*-]+)+")
_TAG = re.compile(r"<([A-Za-z_][\w.:-]*)/?>")
_MOST_TAGS = 20
_MOST_TAG_LINES = 12
_HIDES = "lower levels left out"
_SMALL = 10
_MOST_ITEMS = 40  # the lines of a list have no names by which a question could choose among them
_FEW_HITS = 30
_NAMES = re.compile(
    r"""\s*(?:- )?["']?(?:name|id|version|kind|image|uses|type|title|path)\b["']?\s*[:=]"""
)


class ConfigOutline(Compressor):
    """The upper levels of YAML, TOML, INI, XML and the like, every line as it stands."""

    name = "outline"

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        if len(source) > _MOST_CHARS or not _is_config(source, hint):
            return None
        if len(source.lines) < _LEAST_LINES:
            return None
        lines = source.lines
        tree = LineTree(lines)
        required = _required(source, tree, hint)
        needed = sum(len(line) + 1 for line in gapped(lines, filled(lines, required)))
        worth = chain(_odd(lines, tree), _worth(lines, tree))
        more = _more(lines, required, worth, room - needed)
        shown = filled(lines, required.union(more))
        body = "\n".join(gapped(lines, shown))
        required_chars = min(needed, len(body)) if required else 0
        return View(body, "lines", len(shown), len(lines), _HIDES, required_chars)


def _is_config(source: Source, hint: Hint) -> bool:
    if any(map(_PAGE.search, source.head[:_PAGE_LINES])):
        return False
    if _SUFFIX.search(hint.path):
        return True
    filled = [line for line in source.head if line.strip()]
    stamped = sum(_STAMP.search(line, 0, 400) is not None for line in filled)
    if stamped > _MOST_STAMPED * len(filled) or _repeats_keys(filled):
        return False
    said = [line for line in filled if not line.startswith("#")]
    like = sum(_CONFIG.fullmatch(line[:400]) is not None for line in said)
    return like >= _LEAST_CONFIG * len(said) > 0


def _repeats_keys(lines: Sequence[str]) -> bool:
    """Whether the same few words start most lines, and no heading of a section is among them."""
    keys = [key[1] for line in lines if (key := KEY.match(line))]
    if len(keys) < _LEAST_KEYS * len(lines) or any(line.startswith("[") for line in lines):
        return False
    return len(set(keys)) < _LEAST_DISTINCT * len(keys)


def _required(source: Source, tree: LineTree, hint: Hint) -> set[int]:
    """The lines that stand in the view whatever the budget, and the lines that they stand below."""
    lines = source.lines
    asked = {*_by_path(tree, hint.query), *_by_tag(lines, hint.query)}
    hits = hit_lines(source.text, signals.terms(hint), len(lines))
    for at in asked or (hits if len(hits) <= _FEW_HITS else ()):
        asked = asked | set(_around(tree, at))
    hits |= asked
    hits.update(signals.problems(lines))
    if hint.keep is not None:
        hits.update(at for at, line in enumerate(lines) if hint.keep.matches(line))
    for at in list(hits):
        node = tree.at(at)
        if node is not None:
            hits.update(tree.ancestors(node))
    return hits


def _by_path(tree: LineTree, query: str) -> Iterator[int]:
    """The lines that paths in the question lead to."""
    for path in _PATH.findall(query)[:_MOST_PATHS]:
        node = tree.nearest(path)
        if node is not None:
            yield tree.lines[node]


def _by_tag(lines: Sequence[str], query: str) -> Iterator[int]:
    """The elements that the question names as `<name>`, short ones up to their end."""
    for name in dict.fromkeys(_TAG.findall(query)):
        opens = re.compile(rf"<{re.escape(name)}[\s/>]")
        found = [at for at, line in enumerate(lines) if opens.search(line)]
        for at in found[:_MOST_TAGS]:
            end = next(
                (
                    stop
                    for stop in range(at, min(len(lines), at + _MOST_TAG_LINES))
                    if f"</{name}>" in lines[stop]
                ),
                at,
            )
            yield from range(at, end + 1)


def _around(tree: LineTree, line: int) -> Iterator[int]:
    """What belongs to a line: the leaves below it, or beside it, where these are few."""
    node = tree.at(line)
    if node is None:
        return
    if tree.is_leaf(node) and tree.parents[node]:
        node = tree.parents[node]
    leaves = [each for each in tree.children(node) if tree.is_leaf(each)]
    if len(leaves) <= (_SMALL if any(tree.keyed[each] for each in leaves) else _MOST_ITEMS):
        yield from (tree.lines[each] for each in leaves)


def _odd(lines: Sequence[str], tree: LineTree) -> Iterator[int]:
    """The settings like hardly any other, each behind what tells whose it is."""
    for at in odd_settings(lines):
        yield from tree.ancestors(tree.at(at) or 0)
        yield from names_above(lines, at)
        yield at


def _worth(lines: Sequence[str], tree: LineTree) -> Iterator[int]:
    """Lines by worth: level by level, those that hold others and those with names first."""
    yield from (0, len(lines) - 1)
    levels = [array("i") for _ in range(2 * max(tree.depths) + 4)]
    for node in compress(range(len(tree)), tree.keyed):
        line = tree.lines[node]
        first = not tree.is_leaf(node) or _NAMES.match(lines[line]) is not None
        levels[2 * tree.depths[node] + (0 if first else 3)].append(line)
    for level in levels:
        yield from spread(lines, level)


def _more(lines: Sequence[str], shown: set[int], worth: Iterable[int], room: int) -> Iterator[int]:
    """Lines by worth, while there is room for them and for the marks of gaps."""
    for at in distinct(worth):
        if at not in shown:
            room -= len(lines[at]) + GAP_CHARS
            if room < 0:
                return
            yield at
