"""The texts on which prose is timed are read as what they are written as."""

from __future__ import annotations

import pytest

from benchmarks import passages
from benchmarks.clock import best_seconds
from headroom_core.compressors.base import Hint
from headroom_core.compressors.rag import RagChunks
from headroom_core.source import Source


@pytest.mark.parametrize("way", passages.WAYS)
def test_what_is_asked_is_shown_of_every_way_of_writing(way: str) -> None:
    text = passages.made(way, 30_000)

    shown = passages.view_of(way, text)

    limit = "".join(filter(str.isdigit, passages.question(way)))
    assert shown is not None
    assert limit in shown
    assert len(shown) < len(text) / 2
    assert RagChunks().claims(Source(text), Hint()) == ("chunks" in way)
    assert passages.made(way, 30_000) == text


def test_each_way_has_its_pace() -> None:
    paces = passages.run((2_000, 20_000), repeats=1)

    assert set(paces) == set(passages.WAYS)
    assert all(pace["ms"] > 0 and pace["mb_per_s"] > 0 for pace in paces.values())


def test_the_shortest_run_of_a_clock_counts() -> None:
    times = iter([0.0, 3.0, 10.0, 11.0, 20.0, 22.0])

    assert best_seconds(lambda: None, repeats=3, clock=lambda: next(times)) == 1.0
