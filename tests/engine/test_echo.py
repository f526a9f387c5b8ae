"""The question at the end of a long view: only when asked for, in one line of ours, and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headroom_core.compressors.base import View
from headroom_core.engine.echo import echo_of, with_echo
from headroom_core.engine.headroom import Headroom
from headroom_core.engine.views import Shown
from headroom_core.notes import note_of
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_core.tokens import deciding_counter
from tests.conversations import Turn, log, result_texts, written

if TYPE_CHECKING:
    from tests.conversations import Wire

WORDS = [f"{a}{b}{c}" for a in "bcdfg" for b in "aeiou" for c in "klmnp"]
ASKS = "Which  request\nfailed [and when]?"
LINE = "[headroom asked: Which request failed (and when)?]"


def engine(*, echo: bool = True) -> Headroom:
    return Headroom(Settings(retrieval=True, query_echo=echo), store=MemoryStore())


@pytest.mark.requirement("view.echo")
@pytest.mark.parametrize("wire", ["openai_chat", "openai_responses", "anthropic"])
def test_a_long_view_ends_with_the_question(wire: Wire) -> None:
    text = "\n".join(f"ERROR: request {word} failed" for word in WORDS) + "\n" + log(3_000)
    messages = written([Turn(ASKS, text)], wire)

    result = engine().compress(messages)
    without = engine(echo=False).compress(messages)

    (shown,) = result_texts(result.messages)
    assert shown.rstrip("\n").endswith(f"\n{LINE}")
    assert shown.count("\n[headroom asked: ") == 1
    assert note_of(shown) is not None
    assert LINE not in result_texts(without.messages)[0]
    assert result.tokens_after == result.edits[0].tokens_after + (
        result.tokens_before - result.edits[0].tokens_before
    )
    assert engine().compress(result.messages).messages == result.messages


def test_a_short_view_and_one_that_nobody_asked_for_have_no_echo() -> None:
    runs = "\n".join(["waiting for the lock"] * 4_000 + ["ERROR: lock lost"])
    for turn in (Turn(ASKS, runs), Turn("", log(3_000))):
        (shown,) = result_texts(engine().compress(written([turn], "openai_chat")).messages)
        assert "[headroom asked" not in shown


def test_a_long_question_is_repeated_by_its_ends() -> None:
    line = echo_of("start " + "x" * 900 + " end?")

    assert line.startswith("[headroom asked: start xxx")
    assert line.endswith("xxx end?]")
    assert "…" in line
    assert len(line) < 310


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_view_keeps_its_last_line_end(end: str) -> None:
    shown = Shown(View(f"a\nb{end}", "lines", 2, 9), "x", 3)

    echoed = with_echo(shown, LINE, deciding_counter())

    assert echoed.view.body == f"a\nb\n{LINE}{end}"
    assert echoed.tokens == deciding_counter().count(echoed.view.body)
