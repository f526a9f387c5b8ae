"""Long JSON that gets hardly shorter is left alone after a look at a few parts of it."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.compressors import smart_crusher
from headroom_core.compressors.base import Hint
from headroom_core.compressors.json_table import quick, sampled
from headroom_core.compressors.json_table.form import to_form
from headroom_core.compressors.json_table.sampled import FROM, LEAST_ROOM, ROOM, sample_of
from headroom_core.compressors.smart_crusher import SmartCrusher
from headroom_core.source import Source

if TYPE_CHECKING:
    from headroom_core.compressors.base import Encoded

CRUSHER = SmartCrusher()
SCALARS = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    st.floats(allow_nan=False, allow_infinity=False),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
LAYOUTS: list[dict[str, object]] = [
    {"separators": (",", ":")},
    {"separators": (",", ":"), "ensure_ascii": False},
    {},
    {"indent": 1},
]


def compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def one_off(rng: random.Random, depth: int = 0) -> dict[str, object]:
    """An object whose keys hardly any other one has."""

    def word() -> str:
        return "".join(rng.choices("abcdeilmnorstu", k=rng.randint(9, 14)))

    def value() -> object:
        if depth < 3 and rng.random() < 0.3:
            return one_off(rng, depth + 1)
        return " ".join(word() for _ in range(4)) if rng.random() < 0.7 else rng.random()

    return {word(): value() for _ in range(rng.randint(3, 7))}


def several(count: int) -> list[dict[str, object]]:
    rng = random.Random(3)
    return [one_off(rng) for _ in range(count)]


def long_texts() -> dict[str, str]:
    objects = several(1_800)
    return {
        "an array": compact(objects),
        "a map": compact({f"{number}th": each for number, each in enumerate(objects)}),
        "lines": "\n".join(map(compact, objects)),
        "few large members": compact({"a": objects[:700], "b": objects[700:], "c": [], "d": 1}),
    }


@pytest.mark.parametrize("name", list(long_texts()))
def test_what_gets_hardly_shorter_is_never_tried_as_a_whole(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    text = long_texts()[name]
    tried: list[int] = []

    def noted(
        text: str, spared: frozenset[str] = frozenset(), question: str = ""
    ) -> Encoded | None:
        tried.append(len(text))
        return to_form(text, spared, question)

    monkeypatch.setattr(smart_crusher, "to_form", noted)

    assert len(text) >= FROM
    assert CRUSHER.encode(Source(text), Hint()) is None
    assert len(tried) == 1
    assert tried[0] <= 4 * ROOM


@pytest.mark.parametrize("ends", [("[", ",", "]"), ("", "\n", "")], ids=["an array", "lines"])
@pytest.mark.parametrize("first", [0, 40], ids=["at once", "later"])
def test_what_gets_shorter_is_still_tried(ends: tuple[str, str, str], first: int) -> None:
    rows = [
        compact({"id": number, "name": f"user-{number % 97}", "state": "on", "said": "yes " * 9})
        for number in range(8_000)
    ]
    text = f"{ends[0]}{ends[1].join([*map(compact, several(first)), *rows])}{ends[2]}"

    encoded = CRUSHER.encode(Source(text), Hint())

    assert len(text) >= FROM
    assert (sample_of(text) is None) == (not first)  # rows at once are not asked about
    assert encoded is not None
    assert CRUSHER.decode(encoded.legend, encoded.body) == text
    assert len(encoded.body) < 0.6 * len(text)


def test_several_documents_and_texts_between_them_are_tried_as_a_whole() -> None:
    said = "a few words that stand in all of them alike, and say where it was"
    rows = [{"id": at, "name": f"user-{at % 97}", "said": said} for at in range(6_000)]
    odd = compact(several(20))
    texts = {
        "indented": "\n".join(json.dumps(row, indent=2) for row in rows),
        "behind": f"{odd}\n{json.dumps(rows)}\ndone",
        "between": "\n".join(
            f"{compact(row)}\nwaiting for {at}" if at % 3 == 0 else compact(row)
            for at, row in enumerate(rows)
        ),
    }
    for text in texts.values():
        assert len(text) >= FROM
        assert smart_crusher._may_pay(text, frozenset())


@pytest.mark.parametrize(
    "text",
    [
        "[1,2,3]",
        json.dumps(several(1_800)),
        json.dumps(several(1_800), indent=1),
        f"[{'[1],' * FROM}",
        f"[{'x' * FROM}]",
        f'"{"x" * FROM}"',
        f'{{"one":"{"x" * FROM}"}}',
        f"[{'17,' * FROM}1]",
        "[" * FROM + "]" * FROM,
    ],
    ids=[
        "short",
        "blanks",
        "indented",
        "torn",
        "no JSON",
        "a string",
        "one value",
        "numbers",
        "deep",
    ],
)
def test_other_texts_have_no_sample(text: str) -> None:
    assert sample_of(text) is None


@pytest.mark.parametrize("size", [FROM, 30_000, 90_000, 900_000])
def test_a_sample_is_a_small_part_of_a_text(size: int) -> None:
    objects = several(size // 200)
    text = compact(objects)
    sample = sample_of(text)

    assert len(text) >= size
    assert sample is not None
    assert len(sample) <= max(LEAST_ROOM, min(ROOM, len(text) // 8)) * 1.2


def test_the_largest_members_of_a_map_are_in_its_sample() -> None:
    small = {f"an odd one {at}": f"{at} is small" for at in range(100)}
    large = {f"part {at}": several(20) for at in (5, 60, 95)}
    sample = sample_of(compact({**small, **large, "last": 1}))

    assert sample is not None
    assert set(json.loads(sample)) >= set(large)


def test_a_sample_is_json_of_every_part_of_a_text() -> None:
    names = [f"an item of which there are many: {at}" for at in range(2_000)]
    parts = {f"part {at}": names for at in range(6)}
    sample = sample_of(compact({**parts, "none": []}))

    assert sample is not None
    found = json.loads(sample)
    assert list(found) == [*parts, "none"]
    for part in parts:
        assert found[part] == names[: len(found[part])] != []


@given(VALUES, st.sampled_from(LAYOUTS))
def test_members_are_the_same_without_msgspec(value: object, layout: dict[str, object]) -> None:
    text = json.dumps(value if isinstance(value, (list, dict)) else [value], **layout)  # type: ignore[arg-type]
    found = quick.members(text)

    assert found is None or found == sampled._members(text)


def test_without_msgspec_the_sample_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = long_texts()["a map"]
    before = sample_of(text)

    monkeypatch.setattr(quick, "_msgspec", lambda: None)

    assert before is not None
    assert sample_of(text) == before
