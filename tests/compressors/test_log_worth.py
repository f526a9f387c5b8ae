"""A text that looks like a log is left alone at little cost, unless enough of it comes again."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from headroom_core.compressors.base import Hint
from headroom_core.compressors.log import LogCompressor
from headroom_core.compressors.logs.worth import LEAST_SAMPLED
from headroom_core.compressors.logs.writer import write
from headroom_core.source import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

LOG = LogCompressor()
LETTERS = "aeioudlmnrst"
Make = Callable[[random.Random, int], list[str]]


def word(rng: random.Random) -> str:
    return "".join(rng.choices(LETTERS, k=rng.randrange(3, 11)))


def words(rng: random.Random, least: int, most: int) -> str:
    return " ".join(word(rng) for _ in range(rng.randint(least, most)))


def begin_alike(count: int) -> list[str]:
    """Lines that begin as a log's may, each with words of its own."""
    rng = random.Random(3)
    return [f"the same beginning and {words(rng, 3, 60)}" for _ in range(count)]


def noted_sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many lines were written as a form each time."""
    sizes: list[int] = []

    def noted(lines: Sequence[str]) -> tuple[str, str]:
        sizes.append(len(lines))
        return write(lines)

    monkeypatch.setattr("headroom_core.compressors.log.write", noted)
    monkeypatch.setattr("headroom_core.compressors.logs.worth.write", noted)
    return sizes


@pytest.mark.parametrize("count", [150, 1_000], ids=["short", "long"])
def test_lines_that_only_begin_alike_are_tried_in_some_places_only(
    monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    sizes = noted_sizes(monkeypatch)
    lines = begin_alike(count)

    assert LOG.encode(Source("\n".join(lines)), Hint()) is None
    assert 0 < sum(sizes) < count / 2


def test_a_text_as_short_as_its_parts_is_tried_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = noted_sizes(monkeypatch)
    lines = begin_alike(20)

    assert len("\n".join(lines)) < LEAST_SAMPLED
    assert LOG.encode(Source("\n".join(lines)), Hint()) is None
    assert sizes == [len(lines)]


def far_between(rng: random.Random, at: int) -> list[str]:
    """One of many templates, each of which comes again far away only."""
    steps = ("loaded", "parsed", "linked", "checked", "signed", "packed", "stored", "sent")
    step, other = steps[at % 8], steps[at // 8 % 8]
    return [f"{step} the {other} module {rng.randrange(10**6)} of the project in its own folder"]


def neighbours(rng: random.Random, at: int) -> list[str]:
    """Lines that differ in a word, some of them together."""
    if at % 20:
        return []
    name = word(rng)
    return [f"the package {name}{word(rng)} was taken from the cache of it" for _ in range(20)]


@pytest.mark.parametrize("make", [far_between, neighbours], ids=lambda make: make.__name__)
def test_enough_lines_that_come_again_are_folded(make: Make) -> None:
    rng = random.Random(5)
    lines = [line for at in range(400) for line in [*make(rng, at), words(rng, 4, 12)]]
    text = "\n".join(lines)

    form = LOG.encode(Source(text), Hint())

    assert len(text) > LEAST_SAMPLED
    assert form is not None
    assert LOG.decode(form.legend, form.body) == text


def test_lines_that_say_when_they_were_written_are_a_log_however_they_go_on() -> None:
    rng = random.Random(5)
    said = [words(rng, 4, 7) for _ in range(200)]
    clocks = (f"2026-03-01T09:{at // 60:02}:{at % 60:02}" for at in range(3_000))
    lines = [
        f"{clock}.{rng.randrange(10**7):07}Z {rng.choice(said)} {at}"
        for at, clock in enumerate(clocks)
    ]

    encoded = LOG.encode(Source("\n".join(lines)), Hint())

    assert encoded is not None
    assert LOG.decode(encoded.legend, encoded.body) == "\n".join(lines)
