"""Splicing: what was changed is changed, and every other byte is the one that came."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.formats.wire import is_array, is_object
from headroom_core.json_splice import DEEPEST, splice

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn, SearchStrategy

BLANKS = st.text(" \t\n\r", max_size=3)
TEXTS = st.text(max_size=8)
NUMBERS = ["0", "-0", "1E5", "0.10", "1e-7", "12345678901234567890", "-3.0e+02"]
LEAVES = st.sampled_from([*NUMBERS, "true", "null", r'"\ud83d"', r'"\/\u0041"', '""', '"é"'])
VALUES: SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXTS, below, max_size=3),
    max_leaves=8,
)


def dumped(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"))
    return text


@dataclass
class Leaf:
    """A value without members, as it is written, and what it becomes."""

    text: str
    new: str | None = None

    def raw(self, *, edited: bool) -> str:
        return dumped(self.new) if edited and self.new is not None else self.text

    def patched(self, parsed: object) -> object:
        return parsed if self.new is None else self.new

    @property
    def is_told_apart(self) -> bool:
        """Whether one can see what the value was made of: no number says where it stood."""
        return is_sign(self)


@dataclass
class Array:
    """An array, as it is written, with new elements in front of some or at the end."""

    items: list[Node]
    blank: str
    more: dict[int, list[object]] = field(default_factory=dict[int, "list[object]"])

    def raw(self, *, edited: bool) -> str:
        more = self.more if edited else {}
        written: list[str] = []
        for index, item in enumerate(self.items):
            new = "".join(f"{dumped(each)}," for each in more.get(index, []))
            written.append(new + item.raw(edited=edited))
        last = ",".join(map(dumped, more.get(len(self.items), [])))
        if not written:
            return f"[{self.blank}{last}]"
        text = f",{self.blank}".join(written)
        return f"[{self.blank}{text}{',' if last else ''}{last}{self.blank}]"

    def patched(self, parsed: object) -> object:
        assert is_array(parsed)
        items = [item.patched(old) for item, old in zip(self.items, parsed, strict=True)]
        if all(a is b for a, b in zip(items, parsed, strict=True)) and not self.more:
            return parsed
        out: list[object] = []
        for index, item in enumerate([*items, None]):
            out += self.more.get(index, [])
            out += [item] if index < len(items) else []
        return out

    @property
    def is_told_apart(self) -> bool:
        return any(is_sign(item) for item in self.items)


@dataclass
class Object:
    """An object, as it is written, with new keys at the end."""

    items: list[tuple[str, Node]]
    blank: str
    more: dict[str, object] = field(default_factory=dict[str, object])

    def raw(self, *, edited: bool) -> str:
        more = self.more if edited else {}
        written = [
            f"{json.dumps(key)}{self.blank}:{self.blank}{item.raw(edited=edited)}"
            for key, item in self.items
        ]
        last = ",".join(f"{dumped(key)}:{dumped(value)}" for key, value in more.items())
        if not written:
            return "{" + self.blank + last + "}"
        text = f"{self.blank},{self.blank}".join(written)
        if last:
            return "{" + self.blank + text + "," + last + self.blank + "}"
        return "{" + self.blank + text + self.blank + "}"

    def patched(self, parsed: object) -> object:
        assert is_object(parsed)
        items = {key: item.patched(parsed[key]) for key, item in self.items}
        if all(items[key] is parsed[key] for key in parsed) and not self.more:
            return parsed
        return {**items, **self.more}

    @property
    def is_told_apart(self) -> bool:
        return any(is_sign(item) for _, item in self.items)


Node = Leaf | Array | Object


def is_sign(node: Node) -> bool:
    """Whether a member that was not changed shows which container it is in."""
    return isinstance(node, Leaf) and node.new is None and node.text == r'"\/\u0041"'


@st.composite
def nodes(draw: DrawFn, depth: int = 3) -> Node:
    kind = draw(st.sampled_from(["leaf", "array", "object"] if depth else ["leaf"]))
    if kind == "leaf":
        return Leaf(draw(LEAVES), draw(st.none() | TEXTS.map(lambda text: f"new {text}")))
    blank = draw(BLANKS)
    if kind == "array":
        items = draw(st.lists(nodes(depth - 1), max_size=4))
        array = Array(items, blank)
        if all(item.is_told_apart for item in items):
            places = st.integers(0, len(items))
            new = st.lists(VALUES, min_size=1, max_size=2)
            array.more = draw(st.dictionaries(places, new, max_size=2))
        return array
    members = draw(st.dictionaries(TEXTS, nodes(depth - 1), max_size=4))
    added = draw(st.dictionaries(TEXTS, VALUES, max_size=2))
    more = {key: value for key, value in added.items() if key not in members}
    return Object(list(members.items()), blank, more)


@given(node=nodes(), around=st.tuples(st.sampled_from(["", "\ufeff"]), BLANKS, BLANKS))
@pytest.mark.requirement("splice.bytes")
def test_only_the_changed_places_differ(node: Node, around: tuple[str, str, str]) -> None:
    bom, front, back = around
    raw = (bom + front + node.raw(edited=False) + back).encode()
    before: object = json.loads(raw)

    spliced = splice(raw, before, node.patched(before))

    assert spliced == (bom + front + node.raw(edited=True) + back).encode()


@given(before=VALUES, after=VALUES, indent=st.sampled_from([None, 1]))
def test_the_result_says_what_it_should_whatever_was_done(
    before: object, after: object, indent: int | None
) -> None:
    raw = json.dumps(before, indent=indent).encode()

    spliced = splice(raw, json.loads(raw), after)

    assert spliced is not None
    assert json.loads(spliced) == after


@given(values=st.lists(VALUES, max_size=6), data=st.data())
def test_elements_may_move_vanish_and_come(values: list[object], data: st.DataObject) -> None:
    raw = json.dumps(values).encode()
    before: object = json.loads(raw)
    assert is_array(before)
    kept = data.draw(st.lists(st.sampled_from(before), max_size=6)) if before else []
    after = [*kept, *data.draw(st.lists(VALUES, max_size=2)), *before[:2]]

    spliced = splice(raw, before, after)

    assert spliced is not None
    assert json.loads(spliced) == after


@given(value=VALUES)
def test_without_a_change_it_is_the_same_object(value: object) -> None:
    raw = json.dumps(value).encode()
    before: object = json.loads(raw)

    assert splice(raw, before, before) is raw
    if not isinstance(before, float):
        assert splice(raw, before, copy.deepcopy(before)) is raw


def test_a_request_keeps_all_but_what_was_put_into_it() -> None:
    raw = (
        b'{ "model":"gpt-4o", "temperature": 0.10, "seed": 1E5, "x": 1, "x": 2,\n'
        b'  "messages": [ {"role":"user","content":"caf\\u00e9 \\/ \\ud83d"},\n'
        b'    {"role":"tool", "tool_call_id":"c1", "content":"long long long", "n": 1.50} ],\n'
        b'  "tools" : [ {"name":"a"} ], "new_field": {"b":2,"a":1.0} }\n'
    )
    before = json.loads(raw)
    user, tool = before["messages"]
    after = {
        **before,
        "messages": [user, {"role": "assistant"}, {"role": "tool"}, {**tool, "content": "é\ud83d"}],
        "tools": [*before["tools"], {"name": "ours"}],
    }

    spliced = splice(raw, before, after)

    assert spliced == (
        b'{ "model":"gpt-4o", "temperature": 0.10, "seed": 1E5, "x": 1, "x": 2,\n'
        b'  "messages": [ {"role":"user","content":"caf\\u00e9 \\/ \\ud83d"},\n'
        b'    {"role":"assistant"},{"role":"tool"},'
        b'{"role":"tool", "tool_call_id":"c1", "content":"\\u00e9\\ud83d", "n": 1.50} ],\n'
        b'  "tools" : [ {"name":"a"},{"name":"ours"} ], "new_field": {"b":2,"a":1.0} }\n'
    )


def test_an_element_is_known_again_after_a_change_within_it() -> None:
    raw = b'[{"role":"user"},{"role":"assistant","calls":[{"n":1.0}]},["tool",2.0]]'
    before = json.loads(raw)
    user, assistant, tool = before
    changed = {**assistant, "calls": [{"n": 5}, *assistant["calls"]]}

    spliced = splice(raw, before, [user, {"hidden": 1}, changed, [*tool, "more"], "last"])

    assert spliced == (
        b'[{"role":"user"},{"hidden":1},{"role":"assistant","calls":[{"n":5},{"n":1.0}]},'
        b'["tool",2.0,"more"],"last"]'
    )


OTHER_TEXTS = [
    b"",
    b"5",
    b"[1]",
    b'{"a": ',
    b'{"a": 1',
    b'{"a": 1]',
    b'{"a" 1}',
    b'{"b": 1}',
    b'{"a": 1, "a": 1}',
    b'{"a": 1, "\\u0061": 1}',
    b'{"a": 1} {}',
    b'{5: 1, "a": 1}x',
    b"\xff",
    '{"a": 1}'.encode("utf-16"),
]


@pytest.mark.parametrize("raw", OTHER_TEXTS)
def test_a_text_that_is_another_one_is_not_spliced(raw: bytes) -> None:
    assert splice(raw, {"a": 1}, {"a": 2}) is None


@pytest.mark.parametrize("raw", [b"[]", b"[1]", b"[1, 2, 3]", b"{}", b"[1, 2"])
def test_an_array_with_other_elements_is_not_spliced(raw: bytes) -> None:
    assert splice(raw, [1, 2], [1, 5]) is None


def circular() -> object:
    value: list[object] = []
    value.append(value)
    return value


@pytest.mark.parametrize("make", [object, set, circular], ids=str)
def test_what_is_no_json_is_not_spliced(make: Callable[[], object]) -> None:
    assert splice(b"[1]", [1], [make()]) is None


@pytest.mark.parametrize("depth", [DEEPEST - 1, DEEPEST + 1, 300])
def test_a_change_in_the_deep_is_made(depth: int) -> None:
    raw = b'{"a": ' * depth + b"[1.0, 5]" + b"}" * depth
    before: object = json.loads(raw)

    after: object = [1.0, "new"]
    for _ in range(depth):
        after = {"a": after}
    spliced = splice(raw, before, after)

    assert spliced is not None
    assert json.loads(spliced) == after
    assert (b"1.0, " in spliced) == (depth < DEEPEST)


def test_nesting_beyond_what_the_parser_takes_is_left_alone() -> None:
    deep = b"[" * 200_000 + b"]" * 200_000

    assert splice(b'{"x": ' + deep + b', "a": 1}', {"x": [], "a": 1}, {"x": [], "a": 2}) is None


def test_a_number_beyond_what_python_reads_stays() -> None:
    digits = b"1" * 10_000
    big = object()

    spliced = splice(b'{"n": ' + digits + b', "a": 1}', {"n": big, "a": 1}, {"n": big, "a": 2})

    assert spliced == b'{"n": ' + digits + b', "a": 2}'


def test_what_is_not_utf_8_but_was_read_as_it_stays() -> None:
    raw = b'{"half": "\xed\xa0\xbd", "a": 1}'
    before = json.loads(raw)

    assert splice(raw, before, {**before, "a": 2}) == b'{"half": "\xed\xa0\xbd", "a": 2}'
