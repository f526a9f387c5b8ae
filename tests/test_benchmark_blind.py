"""What a question that does not speak of its answer leaves: outcomes are told from each other."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from benchmarks import blind
from benchmarks.corpus import Item
from benchmarks.sample import sample_items
from headroom_core.compressors.base import Compressor, Hint, View
from headroom_core.engine.headroom import Headroom
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore

if TYPE_CHECKING:
    from headroom_core.source import Source

NEEDLE = "The zeppelin was moored in 1912."
LINES = [f"Visitor {n} wrote a long letter about the copper harbour." for n in range(400)]


def item(question: str = "When was the zeppelin moored?", *, at: int = 200) -> Item:
    content = "\n".join([*LINES[:at], NEEDLE, *LINES[at:]])
    arguments = json.dumps({"query": question})
    return Item("one", "rag", question, "search", arguments, content, (NEEDLE,), "What matters?")


class FirstLines(Compressor):
    """A view of the first three lines, whatever is asked."""

    name = "first"

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        return View("\n".join(source.text.split("\n")[:3]), "lines", 3, 401)


class Forgetful(MemoryStore):
    """A store that gives another text back."""

    def get(self, ref: str) -> str:
        return super().get(ref).upper()


def reached(each: Item, asked: str, *, forgets: bool = False) -> str:
    store = Forgetful() if forgets else MemoryStore()
    engine = Headroom(Settings(retrieval=True), store=store, compressors=[FirstLines()])
    ((kind, found),) = blind.measure([(each, asked)], engine)
    assert kind == "rag"
    return found


def test_a_view_that_hides_the_answer_is_caught() -> None:
    assert reached(item(), "What matters?", forgets=True) == "lost"


def test_where_an_answer_is_to_be_had_is_told() -> None:
    assert reached(item(at=1), "What matters?") == "in_sight"
    assert reached(item(), "Was there a zeppelin?") == "by_the_same_words"
    assert reached(item(), "What matters?") == "by_its_question"
    bare = Headroom(Settings(retrieval=True), store=MemoryStore(), compressors=[])
    assert blind.measure([(item(), "What matters?")], bare) == [("rag", "in_full")]


def test_the_call_does_not_give_the_question_away() -> None:
    class Asking(FirstLines):
        def view(self, source: Source, hint: Hint, room: int) -> View | None:
            assert "zeppelin" not in f"{hint.query} {hint.arguments}"
            return super().view(source, hint, room)

    engine = Headroom(Settings(retrieval=True), store=MemoryStore(), compressors=[Asking()])

    assert blind.measure([(item(), "What matters?")], engine) == [("rag", "by_its_question")]


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("When was the zeppelin moored?", "When"),
        ("When did a Zeppelins' mooring reach the harbour?", "When did a reach harbour"),
    ],
)
def test_other_words_are_those_that_do_not_stand_near_the_answer(question: str, rest: str) -> None:
    ((_, asked),) = blind.in_other_words([item(question)])

    assert asked == rest


def test_an_item_without_a_question_that_says_nothing_is_left_out() -> None:
    assert blind.saying_nothing([replace(item(), blind="")]) == []
    assert [asked for _, asked in blind.saying_nothing(sample_items())] == [
        each.blind for each in sample_items()
    ]


def test_every_item_is_counted_once_in_its_kind_and_in_all() -> None:
    found: list[tuple[str, blind.Reached]] = [
        ("a", "lost"),
        ("b", "in_full"),
        ("a", "in_sight"),
        ("a", "in_full"),
    ]

    counted = blind.by_kind(found)

    assert set(counted) == {"all", "a", "b"}
    assert counted["a"] == blind.Reach(
        items=3, in_full=1, in_sight=1, by_the_same_words=0, by_its_question=0, lost=1
    )
    assert counted["all"]["items"] == 4
