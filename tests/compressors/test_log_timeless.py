"""Logs whose lines say no time, and whose like lines do not stand near each other."""

from __future__ import annotations

import random

import pytest

from headroom_core.compressors.base import Hint
from headroom_core.compressors.log import LogCompressor
from headroom_core.compressors.logs.worth import share_alike
from headroom_core.source import Source

LOG = LogCompressor()
LETTERS = "aeioudlmnrst"
SIZES = [13_000, 40_000, 200_000]


def timeless(size: int, kinds: int = 80) -> str:
    """Lines of many kinds in any order, each with a name before it and values in it."""
    rng = random.Random(5)
    words = ["".join(rng.choices(LETTERS, k=rng.randrange(3, 9))) for _ in range(600)]
    messages = [" ".join(rng.choices(words, k=rng.randrange(7, 12))) for _ in range(kinds)]
    lines: list[str] = []
    while sum(map(len, lines)) + len(lines) < size:
        count = rng.randrange(10**6)
        lines.append(f"[info] {rng.choice(words[:20])}: {count} {rng.choice(messages)}")
    return "\n".join(lines)


def far_apart(size: int) -> str:
    """Definitions of functions that are the same but for their names, and too long for one look."""
    rng = random.Random(5)
    body = ["".join(rng.choices(LETTERS, k=60)) for _ in range(90)]
    lines: list[str] = []
    while sum(map(len, lines)) + len(lines) < size:
        lines.append(f"function {''.join(rng.choices(LETTERS, k=9))}")
        lines += [f"    {line} {rng.randrange(10**4)}" for line in body]
        for _ in range(30):
            lines += ["".join(rng.choices(LETTERS + " ", k=80)) for _ in range(3)]
            lines.append(f"    and so on, {rng.randrange(99)}")
    return "\n".join(lines)


@pytest.mark.parametrize("size", SIZES)
def test_it_is_folded(size: int) -> None:
    text = timeless(size)
    form = LOG.encode(Source(text), Hint())

    assert form is not None
    assert len(form.legend) + len(form.body) < 0.9 * len(text)
    assert LOG.decode(form.legend, form.body) == text


@pytest.mark.parametrize("size", SIZES)
def test_it_has_the_view_of_a_log(size: int) -> None:
    text = timeless(size)
    view = LOG.view(Source(text), Hint(query="What happened here?"), size // 5)

    assert view is not None
    assert len(view.body) < size / 2


@pytest.mark.parametrize("size", SIZES)
def test_a_file_that_was_read_is_none(size: int) -> None:
    source, hint = Source(timeless(size)), Hint(origin="file_read")

    assert LOG.encode(source, hint) is None
    assert LOG.view(source, hint, size) is None


@pytest.mark.parametrize("size", [40_000, 100_000])
def test_lines_that_come_again_far_away_are_folded(size: int) -> None:
    text = far_apart(size)
    form = LOG.encode(Source(text), Hint())

    assert form is not None
    assert LOG.decode(form.legend, form.body) == text
    assert LOG.encode(Source(text), Hint(origin="file_read")) is None


def test_what_is_alike_by_its_ends_but_saves_nothing_is_left_alone() -> None:
    rng = random.Random(5)
    lines = [f"{''.join(rng.choices(LETTERS, k=200))} ends like the others" for _ in range(60)]

    assert share_alike(lines) > 0.9
    assert LOG.encode(Source("\n".join(lines)), Hint()) is None
