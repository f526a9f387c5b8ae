"""Saying no to a long text costs little, and what matters in it is still seen."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint
from headroom_core.compressors.listing import Listing
from headroom_core.compressors.log import LogCompressor
from headroom_core.compressors.logs.writer import write
from headroom_core.compressors.sampling import LEAST_LINES, spread
from headroom_core.compressors.table import TableCompressor
from headroom_core.compressors.tables import dashed, ruled
from headroom_core.compressors.tables.delimited import read
from headroom_core.compressors.tables.grid import most_tries
from headroom_core.engine.headroom import Headroom
from headroom_core.settings import Settings
from headroom_core.source import Source
from headroom_core.store.memory import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_core.compressors.tables.grid import Grid

LETTERS = "aeioudlmnrst"
UNLIKE = 90_000
"""Characters of the text around what repeats."""


def word(rng: random.Random) -> str:
    return "".join(rng.choices(LETTERS, k=rng.randrange(3, 11)))


def unlike(rng: random.Random, size: int) -> list[str]:
    """Lines that share nothing."""
    lines: list[str] = []
    while size > 0:
        lines.append(" ".join(word(rng) for _ in range(rng.randrange(4, 12))))
        size -= len(lines[-1]) + 1
    return lines


def block_twice(rng: random.Random, size: int) -> tuple[list[str], list[str]]:
    block = unlike(rng, size // 2)
    return block, block


def block_again_and_again(rng: random.Random, size: int) -> tuple[list[str], list[str]]:
    block = unlike(rng, 300)
    return block * (size // 300), []


def one_line(rng: random.Random, size: int) -> tuple[list[str], list[str]]:
    (line,) = unlike(rng, 1)
    return [line] * (size // (len(line) + 1)), []


def one_template(rng: random.Random, size: int) -> tuple[list[str], list[str]]:
    lines = [
        f"worker {at} has finished the job {rng.randrange(10**6)} that it was given by its queue"
        for at in range(size // 75)
    ]
    return lines, []


@pytest.mark.parametrize(
    "make",
    [block_twice, block_again_and_again, one_line, one_template],
    ids=lambda make: make.__name__,
)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**9), first=st.floats(0, 1), second=st.floats(0, 1))
def test_what_repeats_in_a_sixth_of_a_long_text_is_found_wherever_it_stands(
    make: Callable[[random.Random, int], tuple[list[str], list[str]]],
    seed: int,
    first: float,
    second: float,
) -> None:
    rng = random.Random(seed)
    lines = unlike(rng, UNLIKE)
    block, again = make(rng, 2 * UNLIKE // 10)
    at, later = sorted((int(first * len(lines)), int(second * len(lines))))
    text = "\n".join([*lines[:at], *block, *lines[at:later], *again, *lines[later:]])
    engine = Headroom(Settings(mode="lossless", memo_bytes=0), store=MemoryStore())

    result = engine.compress([{"role": "tool", "tool_call_id": "1", "content": text}])

    assert result.edits
    assert result.tokens_after < 0.95 * result.tokens_before


@given(
    lines=st.lists(st.text("ab", max_size=30), min_size=LEAST_LINES, max_size=LEAST_LINES + 400),
)
@settings(max_examples=20)
def test_each_tenth_of_a_text_gives_whole_lines(lines: list[str]) -> None:
    text = "\n".join(f"{at} {line}" for at, line in enumerate(lines))

    samples = list(spread(text))

    assert all(line in text.split("\n") for sample in samples for line in sample)
    starts = [text.index(f"\n{sample[0]}") if at else 0 for at, sample in enumerate(samples)]
    gaps = zip(starts, [*starts[1:], len(text)], strict=True)
    assert all(end - start < len(text) / 10 for start, end in gaps)


def test_the_last_sample_ends_with_the_text() -> None:
    assert list(spread("a\n" * 30))[-1][-1] == ""


def rows(seed: int, note: str = "", count: int = 2_000) -> str:
    rng = random.Random(seed)
    return "\n".join(
        f"{rng.getrandbits(60):x},{word(rng)},{rng.random():.6f}{note}" for _ in range(count)
    )


@pytest.mark.parametrize("count", [80, 400, 2_000])
def test_a_table_without_anything_in_common_is_read_in_some_places_only(
    monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    found: list[int] = []

    def noted(text: str, kind: str) -> Grid | None:
        found.append(len(text))
        return read(text, kind)

    monkeypatch.setattr("headroom_core.compressors.tables.delimited.read", noted)
    text = f"key,name,rate\n{rows(1, count=count)}"

    assert TableCompressor().encode(Source(text), Hint()) is None
    assert len(found) == 1
    assert found[0] < len(text) / 3


@pytest.mark.parametrize(
    ("head", "note"),
    [
        ("key,name,rate,city", ",Paris"),  # a column says the same in each row
        ("key,name,rate,city", ',"Pa\nris"'),  # a row takes two lines
        ("key,name,rate,city", ",Paris\n#,- -,,|-"),  # as in tables that are drawn
    ],
)
def test_a_long_table_that_gets_shorter_is_found(head: str, note: str) -> None:
    text = f"{head}\n{rows(1, note)}"

    encoded = TableCompressor().encode(Source(text), Hint())

    assert encoded is not None
    assert TableCompressor().decode(encoded.legend, encoded.body) == text


def test_a_long_table_whose_start_is_of_another_kind_is_tried() -> None:
    comments = "\n".join(f"# {word(random.Random(at))}" for at in range(9))
    text = f"a,b,c\n1,2,3\n4,5,6\n7,8,9\n10,11,12\n{comments}\n" + "\n".join(
        f"{at},{at},Paris" for at in range(2_000)
    )

    assert TableCompressor().encode(Source(text), Hint()) is not None


def test_long_text_with_slashes_is_no_list_of_paths() -> None:
    rng = random.Random(1)
    text = "\n".join(f"{rng.getrandbits(90):x}/{rng.getrandbits(90):x}" for _ in range(2_000))

    assert Listing().encode(Source(text), Hint()) is None


def test_a_long_list_of_paths_is_folded() -> None:
    text = "\n".join(f"src/package_{at // 40}/part_{at}.py" for at in range(2_000))

    encoded = Listing().encode(Source(text), Hint())

    assert encoded is not None
    assert Listing().decode(encoded.legend, encoded.body) == text


def entries(words: int) -> str:
    """Lines that end alike, each with many words of its own."""
    rng = random.Random(1)
    lines = (" ".join(word(rng) for _ in range(words + at % 60)) for at in range(800))
    return "\n".join(f"<p>{line}</description></entry>" for line in lines)


def test_a_long_text_whose_lines_only_end_alike_is_tried_in_some_places_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[int] = []

    def noted(lines: list[str]) -> tuple[str, str]:
        tried.append(len(lines))
        return write(lines)

    monkeypatch.setattr("headroom_core.compressors.log.write", noted)
    monkeypatch.setattr("headroom_core.compressors.logs.worth.write", noted)
    text = entries(20)

    assert LogCompressor().encode(Source(text), Hint()) is None
    assert tried
    assert sum(tried) < text.count("\n") / 4


def test_rules_of_no_table_are_tried_a_bounded_number_of_times() -> None:
    table = ["name  size", "----  ----", *(f"{at:<4}  {at:<4}" for at in range(1000, 1020))]
    drawn = [
        "| name | size |",
        "|------|------|",
        *(f"| {at} | {at} |" for at in range(1000, 1020)),
    ]
    garbage = ["----  ----"] * (most_tries(1_000) + 9)
    bars = ["|---|---|"] * (most_tries(1_000) + 9)

    assert dashed.find([*garbage[:9], "", *table])
    assert dashed.find([*garbage, "", *table]) == []
    assert ruled.find([*bars[:9], "", *drawn])
    assert ruled.find([*bars, "", *drawn]) == []
