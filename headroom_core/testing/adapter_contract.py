"""The contract of an adapter, as tests: what every integration must pass.

    class TestMyFramework(AdapterContract[MyMessage]):
        @pytest.fixture
        def codec(self) -> MyCodec: return MyCodec()

        @pytest.fixture
        def conversation(self) -> list[MyMessage]: return [...]  # with a long tool result in it

A subclass gives fixtures and may add tests; it cannot override one of these.
"""

# ruff: noqa: S101 - a test is made of asserts

from __future__ import annotations

import asyncio
import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Generic, TypeVar

import pytest

from headroom_core.compressors.base import Compressor, Encoded
from headroom_core.engine.headroom import Headroom
from headroom_core.fail_open import raising
from headroom_core.messages import Message, Text, ToolCall, ToolResult
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore

if TYPE_CHECKING:
    from headroom_core.codec import Codec
    from headroom_core.compressors.base import Hint
    from headroom_core.source import Source

N = TypeVar("N")


class _Raises(Compressor):
    """A compressor with a bug, or one that is cancelled."""

    name = "raises"

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        del source, hint
        raise self._error


class AdapterContract(Generic[N]):
    """Inherit, and give the fixtures `codec` and `conversation`."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name in vars(cls):
            if name.startswith("test_") and hasattr(AdapterContract, name):
                raise TypeError(f"`{cls.__name__}` overrides `{name}`, a test of the contract")

    @pytest.fixture
    def codec(self) -> Codec[N]:
        raise NotImplementedError("give a fixture `codec` that reads your messages")

    @pytest.fixture
    def conversation(self) -> list[N]:
        raise NotImplementedError("give a fixture `conversation` with a long tool result in it")

    @pytest.fixture
    def engine(self) -> Headroom:
        return Headroom(Settings(retrieval=True), store=MemoryStore())

    def test_the_conversation_has_something_to_shorten(
        self, engine: Headroom, codec: Codec[N], conversation: list[N]
    ) -> None:
        result = engine.compress_native(conversation, codec)

        assert result.edits, "the fixture `conversation` needs a tool result that gets shorter"
        assert result.tokens_after < result.tokens_before

    def test_messages_come_back_as_the_same_objects_when_idle(
        self, engine: Headroom, codec: Codec[N], conversation: list[N]
    ) -> None:
        result = engine.compress_native(conversation, codec, bypass=True)

        assert all(a is b for a, b in zip(conversation, result.messages, strict=True))
        assert all(codec.patch(native, {}) is native for native in conversation)

    def test_the_callers_messages_are_never_changed(
        self, engine: Headroom, codec: Codec[N], conversation: list[N]
    ) -> None:
        before = copy.deepcopy(conversation)

        engine.compress_native(conversation, codec)

        assert conversation == before

    def test_only_the_shortened_texts_differ(
        self, engine: Headroom, codec: Codec[N], conversation: list[N]
    ) -> None:
        result = engine.compress_native(conversation, codec)

        edited = {(edit.message, edit.part) for edit in result.edits}
        for index, (native, sent) in enumerate(zip(conversation, result.messages, strict=True)):
            parts = {part for message, part in edited if message == index}
            assert (sent is native) == (not parts)
            assert type(sent) is type(native)
            assert _without(codec.parse(sent), parts) == _without(codec.parse(native), parts)

    def test_a_patched_message_is_the_old_one_with_the_old_text(
        self, engine: Headroom, codec: Codec[N], conversation: list[N]
    ) -> None:
        for edit in engine.compress_native(conversation, codec).edits:
            native = conversation[edit.message]
            part = codec.parse(native).parts[edit.part]
            assert isinstance(part, (Text, ToolResult))

            there = codec.patch(native, {edit.part: "something else"})
            back = codec.patch(there, {edit.part: part.text})

            assert back == native
            assert codec.parse(there) != codec.parse(native)

    def test_calls_and_results_stay_pairs(
        self, engine: Headroom, codec: Codec[N], conversation: list[N]
    ) -> None:
        result = engine.compress_native(conversation, codec)

        assert _ids(codec, result.messages) == _ids(codec, conversation)

    def test_what_is_sent_only_grows_when_the_conversation_grows(
        self, codec: Codec[N], conversation: list[N]
    ) -> None:
        whole = _fresh().compress_native(conversation, codec).messages

        for length in range(len(conversation)):
            sent = _fresh().compress_native(conversation[:length], codec).messages
            assert [codec.parse(each) for each in sent] == [
                codec.parse(each) for each in whole[:length]
            ]

    def test_compressing_twice_changes_nothing_more(
        self, engine: Headroom, codec: Codec[N], conversation: list[N]
    ) -> None:
        once = engine.compress_native(conversation, codec)
        twice = engine.compress_native(once.messages, codec)

        assert all(a is b for a, b in zip(once.messages, twice.messages, strict=True))
        assert not twice.edits

    def test_nothing_is_hidden_from_a_reader_who_cannot_ask(
        self, codec: Codec[N], conversation: list[N]
    ) -> None:
        result = _fresh().compress_native(conversation, codec, retrieval=False)

        assert all(edit.lossless and edit.ref is None for edit in result.edits)

    def test_every_ref_gives_its_original_back(
        self, engine: Headroom, codec: Codec[N], conversation: list[N]
    ) -> None:
        for edit in engine.compress_native(conversation, codec).edits:
            part = codec.parse(conversation[edit.message]).parts[edit.part]
            assert isinstance(part, (Text, ToolResult))
            assert edit.ref is None or engine.store.get(edit.ref) == part.text

    def test_an_error_of_ours_leaves_the_messages_as_they_are(
        self, codec: Codec[N], conversation: list[N]
    ) -> None:
        engine = _fresh(_Raises(RuntimeError("a bug")))

        with raising(enabled=False):
            result = engine.compress_native(conversation, codec)

        assert all(a is b for a, b in zip(conversation, result.messages, strict=True))
        assert any("RuntimeError" in warning for warning in result.warnings)

    def test_cancellation_passes(self, codec: Codec[N], conversation: list[N]) -> None:
        engine = _fresh(_Raises(asyncio.CancelledError()))

        with raising(enabled=False), pytest.raises(asyncio.CancelledError):
            engine.compress_native(conversation, codec)


def _fresh(*compressors: Compressor) -> Headroom:
    settings = Settings(retrieval=True)
    if compressors:
        return Headroom(settings, store=MemoryStore(), compressors=compressors)
    return Headroom(settings, store=MemoryStore())


def _without(message: Message, parts: set[int]) -> Message:
    """The message without the texts of some parts."""
    kept = tuple(
        replace(part, text="") if index in parts and isinstance(part, (Text, ToolResult)) else part
        for index, part in enumerate(message.parts)
    )
    return replace(message, parts=kept)


def _ids(codec: Codec[N], messages: list[N]) -> list[tuple[str, str]]:
    return [
        (type(part).__name__, part.call_id)
        for native in messages
        for part in codec.parse(native).parts
        if isinstance(part, (ToolCall, ToolResult))
    ]
