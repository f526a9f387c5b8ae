"""Originals: stored before anything hides a part of them, or refused for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.engine.originals import Originals
from headroom_core.errors import StoreError
from headroom_core.store.memory import MemoryStore
from headroom_core.store.redact import redact_secrets

if TYPE_CHECKING:
    import pytest

SECRET = "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


class Sometimes(MemoryStore):
    is_full = False

    def put(self, text: str) -> str:
        if self.is_full:
            raise StoreError("the disk is full")
        return super().put(text)


class Full(MemoryStore):
    def put(self, text: str) -> str:
        raise StoreError("the disk is full")


def test_what_is_kept_can_be_read_and_the_store_is_opened_once() -> None:
    opened: list[MemoryStore] = []

    def open_store() -> MemoryStore:
        opened.append(MemoryStore())
        return opened[-1]

    originals = Originals(open_store, None)
    told: list[str] = []

    refs = [originals.keep(text, told.append) for text in ("one", "two")]

    assert [originals.store.get(ref) for ref in refs if ref] == ["one", "two"]
    assert len(opened) == 1
    assert told == []


def test_what_cannot_be_stored_is_told_each_time_and_not_tried_again() -> None:
    originals = Originals(Full, None)
    told: list[str] = []

    assert originals.keep("text", told.append) is None
    assert originals.keep("text", told.append) is None
    assert (
        told
        == ["an original could not be stored (the disk is full), so it is not shortened lossily"]
        * 2
    )


def test_a_secret_never_reaches_the_store() -> None:
    originals = Originals(Full, redact_secrets)
    told: list[str] = []

    assert originals.keep(SECRET, told.append) is None
    assert told == [
        "a result holds a secret that may not be stored, so it is not shortened lossily"
    ]


def test_from_when_too_many_were_refused_only_what_is_stored_already_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("headroom_core.engine.originals.MOST_REFUSED", 2)
    store = Sometimes()
    originals = Originals(lambda: store, None)
    told: list[str] = []
    stored = originals.keep("stored", told.append)
    store.is_full = True
    for text in ("one", "two", "three"):
        assert originals.keep(text, told.append) is None

    store.is_full = False

    assert originals.keep("stored", told.append) == stored
    assert [originals.keep(text, told.append) for text in ("one", "three", "new")] == [None] * 3
    assert told[-1] == (
        "an original could not be stored (too many others could not be), so it is not shortened"
        " lossily"
    )
    assert len(originals._refused) == 2


def test_secrets_are_refused_again_without_being_remembered() -> None:
    originals = Originals(Full, redact_secrets)
    told: list[str] = []

    for number in range(3):
        assert originals.keep(f"{SECRET} {number}", told.append) is None

    assert len(told) == 3
    assert not originals._refused
