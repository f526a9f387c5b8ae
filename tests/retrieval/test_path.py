"""`path`: values of JSON, in the spelling of the source."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.errors import RetrieveError
from headroom_core.retrieval.json_tree import Node, children, compact_json, root
from headroom_core.retrieval.path import resolve
from headroom_core.retrieve import retrieve
from headroom_core.store.memory import MemoryStore

DOCUMENT = """{
  "items": [
    {"name": "a", "price": 1.10, "tags": ["x", "y"]},
    {"name": "b\\n\\u00e9", "price": 12345678901234567890, "odd key": {"0.1-rc.2": "deep"}},
    {"name": "c", "price": null, "empty": [], "none": {}}
  ],
  "total": 3, "it's": 1
}"""


def ask(path: str, text: str = DOCUMENT) -> str:
    store = MemoryStore()
    return retrieve(store, store.put(text), path=path).text


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("$.total", "[$.total]\n3"),
        ("total", "[$.total]\n3"),
        ("$.items[0].price", "[$.items[0].price]\n1.10"),
        ("items.0.price", "[$.items[0].price]\n1.10"),
        ("$.items[1].price", "[$.items[1].price]\n12345678901234567890"),
        ("$.items[-1].name", "[$.items[2].name]\nc"),
        ("$.items[1].name", "[$.items[1].name]\nb\né"),
        ("$['items'][0]['tags']", '[$.items[0].tags]\n["x","y"]'),
        ('$.items[1]["odd key"]', '[$.items[1]["odd key"]]\n{"0.1-rc.2":"deep"}'),
        ('$.items[1]["odd key"]["\\u0030.1-rc.2"]', '[$.items[1]["odd key"]["0.1-rc.2"]]\ndeep'),
        ("$.items[0].tags[*]", "[$.items[0].tags[0]]\nx\n[$.items[0].tags[1]]\ny"),
        ("$.items[0].tags.*", "[$.items[0].tags[0]]\nx\n[$.items[0].tags[1]]\ny"),
        ("$.items[1:].name", "[$.items[1].name]\nb\né\n[$.items[2].name]\nc"),
        ("$.items[:1].name", "[$.items[0].name]\na"),
        (
            "$.items[0:2].price",
            "[$.items[0].price]\n1.10\n[$.items[1].price]\n12345678901234567890",
        ),
        ("$..tags", '[$.items[0].tags]\n["x","y"]'),
        ("$.items[2].empty", "[$.items[2].empty]\n[]"),
        ("$.items[2]['none']", "[$.items[2].none]\n{}"),
    ],
)
def test_paths_lead_to_values(path: str, shown: str) -> None:
    assert ask(path) == shown


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("$.items[0].nope", r"\$.items\[0\] is the keys name, price, tags; an example is"),
        ("$.items[7]", r"\$.items is an array of 3"),
        ("$.items.name", r"\$.items is an array of 3"),
        ("$.total.x", r"\$.total is a plain value"),
        ("$.total[0]", r"\$.total is a plain value"),
        ("$.total[0:1]", "is a plain value"),
        ("$..nope", "nothing is at"),
        ("$.items.9999999999", "is an array of 3"),
        ("$.items[?(@.price > 1)]", "cannot be read from .* use `where`"),
        ("$." + "a." * 70 + "a", "cannot be read"),
        ('$["a\\q"]', "nothing is at"),
    ],
)
def test_a_path_to_nothing_says_how_far_it_leads(path: str, says: str) -> None:
    with pytest.raises(RetrieveError, match=says):
        ask(path)


@pytest.mark.parametrize("text", ["no json", "[1, 2", "5", '{"a": 1} trailing', "[" * 100_000])
def test_a_path_needs_json(text: str) -> None:
    with pytest.raises(RetrieveError, match="reads JSON"):
        ask("$.a", text)


def test_many_values_come_in_pages() -> None:
    store = MemoryStore()
    ref = store.put(json.dumps({"items": [{"n": n, "text": "word " * 9} for n in range(200)]}))

    found = retrieve(store, ref, path="$.items[*].text", max_tokens=300)

    assert found.unit == "items"
    assert found.total == 200
    assert found.cursor is not None
    more = retrieve(store, ref, cursor=found.cursor, max_tokens=300)
    assert more.shown[0][0] == found.shown[-1][1] + 1


def test_of_repeated_keys_the_last_one_counts() -> None:
    assert ask("$.a", '{"a": 1, "a": 2}') == "[$.a]\n2"


def test_a_dotted_path_may_lead_through_keys_with_dots() -> None:
    text = '{"a.b":{"c":{"1.0":true}},"a":{"b":{}}}'

    node = resolve(text, "a.b.c.1.0")

    assert node is not None
    assert node.name == '$["a.b"].c["1.0"]'
    assert resolve(text, "a.b.x") is None
    assert resolve(text, "$.a.b") == Node(("a", "b"), 35, 37)


def test_below_the_deepest_level_a_value_is_one_leaf() -> None:
    text = "[" * 70 + "]" * 70
    node, depth = root(text), 0
    while below := children(text, node):
        node, depth = below[0], depth + 1

    assert depth == 64
    with pytest.raises(RetrieveError, match="nothing is at"):
        ask("$..a", text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(JSON, st.sampled_from([None, 1, 4]))
def test_walking_finds_every_value_where_it_stands(value: object, indent: int | None) -> None:
    text = json.dumps([value], indent=indent)
    compact = compact_json(text)
    assert compact is not None
    assert json.loads(compact) == [value]

    stack: list[tuple[Node, object]] = [(root(compact), [value])]
    while stack:
        node, expected = stack.pop()
        assert json.loads(node.text(compact)) == expected
        below = children(compact, node)
        stack += [(child, expected[child.path[-1]]) for child in below]  # type: ignore[index]
