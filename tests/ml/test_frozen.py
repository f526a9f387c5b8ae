"""What a learned model said first stands: in every process that shares the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headroom_core.compressors.base import Hint, View
from headroom_core.compressors.prose import ProseCompressor
from headroom_core.errors import StoreError
from headroom_core.ml.frozen import Frozen
from headroom_core.source import Source
from headroom_core.store.memory import MemoryStore

if TYPE_CHECKING:
    from headroom_core.ml.frozen import Viewing
    from headroom_core.store.base import Store

SOURCE = Source("The lamp was seen by many. " * 40)


class Says:
    """A model that says what it was made to say, and counts how often it is asked."""

    def __init__(self, body: str | None) -> None:
        self.body = body
        self.calls = 0

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        self.calls += 1
        return None if self.body is None else View(self.body, "sentences", 1, 40, "by x", 3, True)


def frozen(
    learned: Viewing | None, store: Store, *, settings: str = "m", instead: Viewing | None = None
) -> Frozen:
    return Frozen(
        "learned",
        learned,
        lambda: store,
        settings=settings,
        reads=lambda source, hint: bool(source.text),
        instead=instead,
    )


@pytest.mark.requirement("models.frozen")
def test_the_first_answer_stands() -> None:
    shared = MemoryStore()
    one, other = Says("one"), Says("other")
    hint = Hint(query="lamp")

    first = frozen(one, shared).view(SOURCE, hint, 100)
    again = frozen(other, shared).view(SOURCE, hint, 100)

    assert first == again == View("one", "sentences", 1, 40, "by x", 3, True)
    assert (one.calls, other.calls) == (1, 0)


@pytest.mark.requirement("models.frozen")
def test_that_nothing_was_said_stands_too() -> None:
    shared = MemoryStore()

    assert frozen(None, shared).view(SOURCE, Hint(), 100) is None
    assert frozen(Says("late"), shared).view(SOURCE, Hint(), 100) is None


@pytest.mark.requirement("models.frozen")
def test_another_context_or_setting_is_another_question() -> None:
    shared = MemoryStore()
    frozen(Says("one"), shared).view(SOURCE, Hint(query="a"), 100)

    for settings, hint, room in (
        ("m", Hint(query="b"), 100),
        ("n", Hint(query="a"), 100),
        ("m", Hint(query="a"), 90),
        ("m", Hint(query="a", path="x.md"), 100),
    ):
        view = frozen(Says("two"), shared, settings=settings).view(SOURCE, hint, room)
        assert view is not None
        assert view.body == "two"


@pytest.mark.requirement("models.frozen")
def test_where_the_model_is_absent_what_stands_in_for_it_is_frozen() -> None:
    shared = MemoryStore()
    text = " ".join(f"The lamp of house {each} was seen by many." for each in range(300))
    source, hint = Source(f"{text} A zeppelin came."), Hint(query="Which zeppelin came?")

    first = frozen(None, shared, instead=ProseCompressor()).view(source, hint, 600)
    again = frozen(Says("a model"), shared).view(source, hint, 600)

    assert first is not None
    assert first == again
    assert "zeppelin" in first.body


@pytest.mark.parametrize(
    ("learned", "instead", "shown"),
    [
        ("fits", "fits too", "fits"),
        ("x" * 20, "fits", "fits"),
        ("x" * 20, "y" * 30, "x" * 20),
        ("x" * 30, "y" * 20, "y" * 20),
        (None, "y" * 20, "y" * 20),
        ("x" * 20, None, "x" * 20),
    ],
)
def test_what_fits_goes_first_and_then_what_is_shortest(
    learned: str | None, instead: str | None, shown: str
) -> None:
    view = frozen(Says(learned), MemoryStore(), instead=Says(instead)).view(SOURCE, Hint(), 10)

    assert view is not None
    assert view.body == shown


def test_what_is_not_read_is_neither_asked_nor_frozen() -> None:
    model, store = Says("one"), MemoryStore()

    assert frozen(model, store).view(Source(""), Hint(), 10) is None
    assert model.calls == 0


class Failing(MemoryStore):
    """A store that can be read, and written to from the second time on."""

    failures = 1

    def remember(self, key: str, value: bytes) -> bytes:
        if self.failures:
            self.failures -= 1
            raise StoreError("the disk is full")
        return super().remember(key, value)


def test_what_could_not_be_frozen_is_not_shown_later_either() -> None:
    one = frozen(Says("one"), Failing())

    assert one.view(SOURCE, Hint(), 10) is None
    assert one.view(SOURCE, Hint(), 10) is None
    assert one.view(SOURCE, Hint(), 9) is not None
