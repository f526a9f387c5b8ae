"""No view glues together what does not stand together: over all that is recorded and generated."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.corpus import read_items
from benchmarks.sample import sample_items
from headroom_core.compressors.base import Compressor, Hint
from headroom_core.compressors.registry import CLEANERS, REGISTRY
from headroom_core.source import Source
from headroom_core.testing.view_checker import glued
from tests.conftest import GOLDEN
from tests.conversations import LINE_TEXTS, SHAPED

# A cleaner takes noise out of the middle of lines, which is what it says.
VIEWS = [each for each in REGISTRY if each not in CLEANERS]
EACH = pytest.mark.parametrize("compressor", VIEWS, ids=lambda each: each.name)
CORPUS = Path(os.environ.get("HEADROOM_CORPUS", "nowhere"))
TEXTS = {
    **{
        f"{path.parent.name}/{path.stem}": path.read_bytes().decode("utf-8", "surrogatepass")
        for path in sorted(GOLDEN.glob("*/*.in"))
    },
    **{item.id: item.content for item in sample_items() if len(item.content) < 20_000},
}
SOURCE = """\
2026-01-03 10:00 INFO started the shop
2026-01-03 10:01 ERROR the till is empty
2026-01-03 10:02 INFO closed the shop"""


@pytest.mark.requirement("law.verbatim_or_marked")
@EACH
@pytest.mark.parametrize("room", [400, 3_000])
def test_what_stands_side_by_side_in_a_view_does_so_in_its_source(
    compressor: Compressor, room: int
) -> None:
    for name, text in TEXTS.items():
        source = Source(text.removesuffix("\n"))
        view = compressor.view(source, Hint(query="What failed, and when?"), room)
        if view is not None:
            assert not glued(compressor.name, source.text, view.body), name


@pytest.mark.requirement("law.verbatim_or_marked")
@EACH
@given(text=st.one_of(LINE_TEXTS, SHAPED), room=st.integers(40, 2_000))
def test_a_view_of_any_text_glues_nothing_together(
    compressor: Compressor, text: str, room: int
) -> None:
    view = compressor.view(Source(text), Hint(query="connection refused"), room)

    assert view is None or not glued(compressor.name, text, view.body)


@pytest.mark.skipif(not CORPUS.exists(), reason="needs recorded tool results")
@EACH
def test_a_view_of_a_recorded_result_glues_nothing_together(compressor: Compressor) -> None:
    for item in read_items(CORPUS):
        source = Source(item.content.removesuffix("\n"))
        view = compressor.view(source, Hint(query=item.question), 4_000)
        if view is not None:
            assert not glued(compressor.name, source.text, view.body), item.id


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ("log", SOURCE),
        ("log", "[3 lines: 2 INFO, 1 ERROR; N x pattern, {} = values]\n2 x INFO {} the shop"),
        ("log", "[… 1 line]\n2026-01-03 10:01 ERROR the till is empty\n[… 1 line]"),
        ("log", "2026-01-03 10:00 INFO sta[… 9 characters …]shop"),
        ("json", "2026-01-03 10:02 INFO closed the shop\n2026-01-03 10:00 INFO started the shop"),
        ("json", '7.INFO = {"INFO": {3 keys}, "shop": "closed the shop"} in {"till": "is empty"}'),
    ],
)
def test_source_lines_and_marks_are_no_glue(form: str, body: str) -> None:
    assert glued(form, SOURCE, body) == []


@pytest.mark.parametrize(
    ("form", "line"),
    [
        ("log", "2026-01-03 10:00 INFO the till is empty"),
        ("log", "2026-01-03 10:02 INFO closed the shop 2026-01-03 10:00 INFO started the shop"),
        ("log", "2026-01-03 10:00 INFO closed[… 9 characters …]shop"),
        ("search", "src/shop.py the till is closed"),
        ("json", "shop|the till is closed"),
        ("json", 'shop = {"till": {3 keys}} in {"shop": "the till is closed"}'),
        ("markup", "started the till"),
    ],
)
def test_words_of_different_lines_in_one_are_found(form: str, line: str) -> None:
    assert glued(form, SOURCE, line) == [line]


def test_lines_in_another_order_are_found() -> None:
    first, _, last = SOURCE.split("\n")

    assert glued("log", SOURCE, f"{last}\n{first}") == [first]
    assert glued("search", SOURCE, f"src/shop.py\n{last}") == []
