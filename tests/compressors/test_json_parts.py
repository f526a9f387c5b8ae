"""What is held, written or looked at in parts: that changes nothing but the memory."""

from __future__ import annotations

import json

import pytest

from headroom_core.compressors.base import Hint
from headroom_core.compressors.json_table import bare, tree
from headroom_core.compressors.json_table.bare import bare_keys, quoted_keys
from headroom_core.compressors.json_table.rows_in_text import read_rows
from headroom_core.source import Source
from tests.compressors.test_smart_crusher import CRUSHER, encode

PAIRS = [[at, at * at % 97] for at in range(60)]
TREES = {
    "pairs in a list": {"points": PAIRS, "odd": [1, {"name": "x", "v": 2}, None] * 9},
    "one line each, by name": {f"key {at}": at * 7 % 10 for at in range(60)} | {"name": "n"},
    "with a long one between": [*PAIRS[:20], {f"k{at}": [at] * 9 for at in range(20)}, *PAIRS],
    "numbers": list(range(100)),
    "errors": {f"step {at}": [at, "error: it failed"] for at in range(40)},
}


@pytest.mark.parametrize("name", TREES)
@pytest.mark.parametrize("query", ["", "what are `points.17` and key 33, and 1225?"])
@pytest.mark.parametrize("room", [80, 400, 4000])
def test_entries_that_are_held_as_one_are_shown_as_others(
    name: str, query: str, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source(json.dumps(TREES[name]))
    views: list[object] = []
    for batch in (10_000, 7, 1):
        monkeypatch.setattr(tree, "BATCH", batch)
        views.append(CRUSHER.view(source, Hint(query=query), room))
    assert views[0] is not None
    assert views == views[:1] * 3


@pytest.mark.parametrize("part", [1, 5, 17])
def test_keys_lose_their_quotes_wherever_a_part_ends(
    part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = '{"a":1,"b c":{"d":":,\\"e\\":","f":["x",{"g":"{h:"}]},"i":"j"}'
    whole = bare_keys(text)
    monkeypatch.setattr(bare, "_PART", part)
    assert bare_keys(text) == whole
    assert quoted_keys(whole) == text


def test_tiny_objects_with_thousands_of_keys_are_sparse_and_come_back() -> None:
    text = json.dumps([{f"k{at}": at} for at in range(12_000)], separators=(",", ":"))
    found = read_rows(text)
    assert found is not None
    assert not found.dense
    assert len(found.rows) == 12_000
    encoded = encode(text)
    assert encoded is not None
    assert CRUSHER.decode(encoded.legend, encoded.body) == text
