"""The engine itself: what it refuses, what it opens, and how it reports."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest

from headroom_core.compressors.line_runs import LineRuns
from headroom_core.engine import headroom as module
from headroom_core.engine.headroom import OFF_LOOP_CHARS, Headroom
from headroom_core.errors import ConfigError, MessagesError, NotFoundError
from headroom_core.formats import WireCodec
from headroom_core.notes import note_of
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_core.store.settings import StoreSettings
from tests.conversations import Native, Turn, log, result_texts, written

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from headroom_core.messages import Message

MESSAGES = written([Turn("Why?", log(2_000))], "openai_chat")


@pytest.mark.requirement("law.fail_open")
@pytest.mark.parametrize("settings", ["max", {"mode": "max"}, 5])
def test_settings_of_a_wrong_type_are_an_error(settings: Any) -> None:
    with pytest.raises(ConfigError, match="`settings` must be a `Settings`"):
        Headroom(settings)


@pytest.mark.requirement("law.fail_open")
@pytest.mark.parametrize("retrieval", ["yes", 5, []])
def test_retrieval_of_a_wrong_type_is_an_error(retrieval: Any) -> None:
    working = Headroom(Settings(), store=MemoryStore())

    with pytest.raises(ConfigError, match="`retrieval` must be a bool"):
        working.compress(MESSAGES, retrieval=retrieval)


@pytest.mark.requirement("api.wrong_types")
def test_what_is_no_list_is_an_error_for_tasks_too() -> None:
    text: Any = "hi"

    with pytest.raises(MessagesError, match="must be a list of messages, got str"):
        asyncio.run(Headroom(Settings(), store=MemoryStore()).acompress(text))


def test_without_settings_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADROOM_MODE", "max")

    assert Headroom().settings.mode == "max"


@pytest.mark.requirement("law.store_first")
def test_the_store_is_opened_with_the_first_original_and_again_after_a_close(
    tmp_path: Path,
) -> None:
    file = tmp_path / "originals.db"
    working = Headroom(Settings(store=f"sqlite:///{file}"))
    working.compress(MESSAGES)
    untouched = file.exists()

    result = working.compress(MESSAGES, retrieval=True)
    working.close()
    working.close()
    note = note_of(result_texts(result.messages)[0])

    assert not untouched
    assert note is not None
    assert working.retrieve(note.ref).text == log(2_000)
    working.close()


def test_an_original_can_be_kept_by_the_rules_of_the_settings() -> None:
    told: list[str] = []
    store = StoreSettings(url="memory://", redact=lambda text: text.replace("secret", "*"))
    engine = Headroom(Settings(store=store))

    ref = engine.keep("a text", tell=told.append)

    assert ref is not None
    assert engine.retrieve(ref).text == "a text"
    assert engine.keep("a secret", tell=told.append) is None
    assert len(told) == 1


def test_a_ref_that_was_never_stored_is_an_error() -> None:
    with pytest.raises(NotFoundError):
        Headroom(Settings(), store=MemoryStore()).retrieve("0" * 16)


def test_an_engine_that_was_never_used_can_be_closed() -> None:
    Headroom(Settings(store="memory://")).close()


@pytest.mark.requirement("api.async")
@pytest.mark.parametrize(
    ("chars", "elsewhere"), [(OFF_LOOP_CHARS, False), (OFF_LOOP_CHARS + 99, True)]
)
def test_much_text_leaves_the_event_loop_free(
    chars: int, elsewhere: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []
    compress = Headroom.compress

    def watched(self: Headroom, messages: list[Native], **options: Any) -> object:
        threads.append(threading.current_thread())
        return compress(self, messages, **options)

    monkeypatch.setattr(Headroom, "compress", watched)
    messages: list[Native] = [{"role": "user", "content": "x" * chars}]

    asyncio.run(Headroom(Settings(), store=MemoryStore()).acompress(messages))

    assert (threads[0] is not threading.main_thread()) == elsewhere


class Stubborn(WireCodec):
    """Cannot read one of the messages."""

    def parse(self, native: object) -> Message:
        if native == "unreadable":
            raise ZeroDivisionError
        return super().parse(native)

    def patch(self, native: object, texts: Mapping[int, str]) -> object:
        return super().patch(native, texts)


@pytest.mark.swallows
@pytest.mark.requirement("law.fail_open")
@pytest.mark.parametrize("bypass", [True, False])
def test_a_message_that_cannot_be_read_stays_and_is_told(bypass: bool) -> None:
    messages: list[object] = [*MESSAGES, "unreadable"]

    result = Headroom(Settings(), store=MemoryStore()).compress_native(
        messages, Stubborn(), bypass=bypass
    )

    assert result.messages[-1] == "unreadable"
    assert "ZeroDivisionError" in result.warnings[0]
    assert result.tokens_before > 0


@pytest.mark.requirement("api.tokens")
def test_a_counter_that_stands_in_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "degraded_reason", lambda: "counts are estimates")

    result = Headroom(Settings(), store=MemoryStore()).compress(MESSAGES)

    assert result.warnings == ["counts are estimates"]


def test_the_tools_are_for_those_who_retrieve() -> None:
    working = Headroom(Settings(retrieval=True), store=MemoryStore())

    assert len(working.compress(MESSAGES).tools) == 1
    assert working.compress(MESSAGES, retrieval=False).tools == []


def test_what_is_off_in_this_environment_is_said_once() -> None:
    class Off(LineRuns):
        def unavailable(self) -> str | None:
            return "line runs are off; run `pip install line-runs`"

    engine = Headroom(Settings(), store=MemoryStore(), compressors=(Off(),))
    message = [{"role": "user", "content": "hello"}]

    said = [engine.compress(message, retrieval=may).warnings for may in (False, True, True)]

    assert said == [[], ["line runs are off; run `pip install line-runs`"], []]
