"""The decision about one part: leave it, write it losslessly, or show a view with a note."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from headroom_core.compressors.base import Compressor, Hint, View
from headroom_core.engine.lossless import LosslessForms
from headroom_core.engine.originals import Originals
from headroom_core.engine.part import ERROR_PATIENCE, Outcome, PartWorker, is_ours
from headroom_core.engine.views import Views
from headroom_core.notes import note_of
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_core.store.redact import redact_secrets
from headroom_core.tokens import deciding_counter

if TYPE_CHECKING:
    from headroom_core.source import Source

COUNTER = deciding_counter()
TEXT = "\n".join(f"line {index} of the text" for index in range(2_000))
TOKENS = COUNTER.count(TEXT)
REDEEMABLE = Settings(retrieval=True)


class Sample(Compressor):
    """Shows lines from the start, `least` of them at least, some of which are required."""

    name = "sample"

    def __init__(self, *, least: int = 0, required: int = 0) -> None:
        self._least = least
        self._required = required

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        lines = source.lines[: max(self._least, room // 22)]
        body = "\n".join(lines)
        return View(body, "lines", len(lines), len(source.lines), "a sample", self._required)


def work(
    text: str = TEXT,
    hint: Hint | None = None,
    settings: Settings = REDEEMABLE,
    compressor: Compressor | None = None,
    *,
    redeemable: bool = True,
) -> Outcome:
    chosen = compressor or Sample()
    forms = LosslessForms([chosen], {chosen.name: chosen}, COUNTER)
    worker = PartWorker(
        settings,
        settings.keep_rules(),
        Originals(MemoryStore, redact_secrets),
        COUNTER,
        forms,
        Views([chosen], (), COUNTER),
    )
    told: list[str] = []
    outcome = worker.work(text, hint or Hint(), redeemable=redeemable, tell=told.append)
    return replace(outcome, why=told[0]) if told else outcome


def is_view(outcome: Outcome) -> bool:
    return outcome.text is not None and note_of(outcome.text) is not None


def test_a_view_has_a_note_and_says_what_it_hides() -> None:
    outcome = work()

    assert outcome.text is not None
    note = note_of(outcome.text)
    assert note is not None
    assert note.ref == outcome.ref
    assert outcome.hidden == f"{note.total - note.shown} of 2000 lines"
    assert outcome.tokens_after == COUNTER.count(outcome.text) < outcome.tokens_before == TOKENS
    assert not outcome.lossless
    assert f"its lossless form has {TOKENS} tokens" in outcome.why


@pytest.mark.parametrize(
    ("text", "settings", "why"),
    [
        ("[headroom runs, 1 line: x]\nbody", REDEEMABLE, "already is one of our forms"),
        ("hello", REDEEMABLE, "fewer than 48 tokens"),
        (TEXT, replace(REDEEMABLE, max_bytes=1_000), "larger than 1000 bytes"),
        ("another line " * 30, REDEEMABLE, "no form makes it smaller"),
    ],
)
def test_what_is_left_alone_says_why(text: str, settings: Settings, why: str) -> None:
    outcome = work(text, settings=settings)

    assert outcome.text is None
    assert outcome.tokens_before == outcome.tokens_after == COUNTER.count(text)
    assert why in outcome.why


@pytest.mark.parametrize(
    ("settings", "redeemable"), [(REDEEMABLE, False), (Settings(mode="lossless"), True)]
)
def test_without_a_way_to_ask_there_is_no_view(settings: Settings, redeemable: bool) -> None:
    assert work(settings=settings, redeemable=redeemable).text is None


def test_a_file_that_was_edited_is_shown_in_whole() -> None:
    assert is_view(work(hint=Hint(origin="file_read")))
    assert is_view(work(hint=Hint(origin="command", edited=True)))
    assert not is_view(work(hint=Hint(origin="file_read", edited=True)))


def test_an_error_is_shown_in_whole_until_it_is_many_times_over_the_budget() -> None:
    small = "\n".join(TEXT.split("\n")[: 2_000 * ERROR_PATIENCE * 700 // TOKENS])

    assert is_view(work(small))
    assert not is_view(work(small, Hint(is_error=True)))
    assert is_view(work(TEXT * 3, Hint(is_error=True)))


def test_a_view_that_saves_too_little_is_not_worth_it() -> None:
    assert is_view(work(compressor=Sample(least=1_000)))
    assert not is_view(work(compressor=Sample(least=1_600)))


def test_where_most_of_it_is_required_the_whole_is_shown() -> None:
    assert is_view(work(compressor=Sample(least=1_400, required=10_000)))
    assert not is_view(work(compressor=Sample(least=1_400, required=10**5)))


def test_must_keep_rules_hold_or_nothing_is_hidden() -> None:
    first = replace(REDEEMABLE, must_keep=(r"line 3 of",))
    last = replace(REDEEMABLE, must_keep=(r"line 1999 of",))

    assert is_view(work(settings=first))
    assert not is_view(work(settings=last))


def test_a_secret_is_not_stored_and_so_not_hidden() -> None:
    outcome = work(f"{TEXT}\nAWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")

    assert outcome.text is None
    assert "holds a secret" in outcome.why


@pytest.mark.parametrize(
    ("mode", "tokens", "budget"),
    [
        ("balanced", 1_001, 1_000), ("balanced", 7_999, 1_000), ("balanced", 8_000, 1_125),
        ("balanced", 64_000, 1_500), ("max", 1_001, 500), ("max", 8_000, 562),
    ],
)  # fmt: skip
def test_the_budget_grows_slowly_with_the_result(mode: str, tokens: int, budget: int) -> None:
    settings = Settings(mode="max" if mode == "max" else "balanced")
    forms = LosslessForms((), {}, COUNTER)
    views = Views((), (), COUNTER)
    originals = Originals(MemoryStore, None)
    worker = PartWorker(settings, settings.keep_rules(), originals, COUNTER, forms, views)

    assert worker.budget(tokens) == budget


def test_ours_is_what_starts_with_a_note_or_a_form() -> None:
    note = "[headroom 3fa9c1d27b04e6d5: 6 of 100 rows shown; more: x]"

    assert is_ours(note)
    assert is_ours("[headroom runs, 1 line: x]\nbody")
    assert not is_ours(f"text\n{note}")
    assert not is_ours("[headroom is great]")
