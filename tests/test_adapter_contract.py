"""The contract kit: sound codecs pass it, and each kind of broken codec fails it."""

from __future__ import annotations

import copy
import inspect
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from headroom_core.engine.headroom import Headroom
from headroom_core.formats import WireCodec
from headroom_core.formats.wire import is_array
from headroom_core.messages import Message, ToolResult
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_core.testing.adapter_contract import AdapterContract
from tests.conversations import Native, Turn, log, written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_core.codec import Codec

WIRE = cast("Codec[Native]", WireCodec())  # a wire message is patched into its own type
CONVERSATION = [
    *written([Turn("What failed?", log(500, fatal_at=7))], "anthropic"),
    *written([Turn("And here?", log(60), is_error=True)], "openai_responses"),
]
TESTS = [name for name in vars(AdapterContract) if name.startswith("test_")]


class Sound:
    """A codec that delegates everything: the broken ones change one thing of it."""

    def parse(self, native: Native) -> Message:
        return WIRE.parse(native)

    def patch(self, native: Native, texts: Mapping[int, str]) -> Native:
        return WIRE.patch(native, texts)


class Mutates(Sound):
    """Writes into the caller's own message."""

    def patch(self, native: Native, texts: Mapping[int, str]) -> Native:
        patched = WIRE.patch(native, texts)
        native.update(patched)
        return patched


class Rebuilds(Sound):
    """Makes a new message of what it knows and loses a field that it does not."""

    def patch(self, native: Native, texts: Mapping[int, str]) -> Native:
        patched = WIRE.patch(native, texts)
        return {key: value for key, value in patched.items() if key != "type"} if texts else patched


class Reorders(Sound):
    """Puts the parts of a message into another order."""

    def patch(self, native: Native, texts: Mapping[int, str]) -> Native:
        patched = copy.deepcopy(WIRE.patch(native, texts))
        content = patched.get("content")
        if texts and is_array(content):
            content.reverse()
        return patched


class CopiesWhenIdle(Sound):
    """Returns a copy of what it has not changed."""

    def patch(self, native: Native, texts: Mapping[int, str]) -> Native:
        return dict(WIRE.patch(native, texts))


class Forgets(Sound):
    """Drops the new text."""

    def patch(self, native: Native, texts: Mapping[int, str]) -> Native:
        return dict(native) if texts else native


class RenamesCalls(Sound):
    """Breaks the pair of a call and its result."""

    def patch(self, native: Native, texts: Mapping[int, str]) -> Native:
        patched = WIRE.patch(native, texts)
        return {**patched, "call_id": "another"} if texts and "call_id" in patched else patched


class Remembers(Sound):
    """Reads a message in the light of those that it has read before."""

    def __init__(self) -> None:
        self._read = 0

    def parse(self, native: Native) -> Message:
        self._read += 1
        message = super().parse(native)
        parts = tuple(
            replace(part, text=part.text + f"\n{self._read}")
            if isinstance(part, ToolResult)
            else part
            for part in message.parts
        )
        return replace(message, parts=parts)


def passes(codec: Sound, name: str) -> bool:
    """Whether a codec passes a test of the kit."""
    contract: AdapterContract[Native] = AdapterContract()
    test = getattr(contract, name)
    given = {
        "codec": codec,
        "conversation": conversation_with_neighbours(),
        "engine": Headroom(Settings(retrieval=True), store=MemoryStore()),
    }
    try:
        test(**{each: given[each] for each in inspect.signature(test).parameters})
    except (AssertionError, ValueError):
        return False
    return True


def conversation_with_neighbours() -> list[Native]:
    """The conversation, with a second part beside a long result."""
    messages = copy.deepcopy(CONVERSATION)
    content = messages[2]["content"]
    assert is_array(content)
    messages[2]["content"] = [*content, {"type": "text", "text": "and this?"}]
    return messages


class TestSound(AdapterContract[Native]):
    @pytest.fixture
    def codec(self) -> Codec[Native]:
        return Sound()

    @pytest.fixture
    def conversation(self) -> list[Native]:
        return copy.deepcopy(CONVERSATION)


@pytest.mark.parametrize("name", TESTS)
def test_a_sound_codec_passes(name: str) -> None:
    assert passes(Sound(), name)


@pytest.mark.parametrize(
    ("broken", "test"),
    [
        (Mutates, "test_the_callers_messages_are_never_changed"),
        (Rebuilds, "test_a_patched_message_is_the_old_one_with_the_old_text"),
        (Reorders, "test_only_the_shortened_texts_differ"),
        (CopiesWhenIdle, "test_messages_come_back_as_the_same_objects_when_idle"),
        (Forgets, "test_a_patched_message_is_the_old_one_with_the_old_text"),
        (RenamesCalls, "test_calls_and_results_stay_pairs"),
        (Remembers, "test_what_is_sent_only_grows_when_the_conversation_grows"),
    ],
)
def test_a_broken_codec_fails_the_test_that_is_about_it(broken: type[Sound], test: str) -> None:
    assert not passes(broken(), test)


def test_a_conversation_without_anything_to_shorten_is_no_test() -> None:
    contract: AdapterContract[Native] = AdapterContract()
    engine = Headroom(Settings(retrieval=True), store=MemoryStore())

    with pytest.raises(AssertionError, match="needs a tool result that gets shorter"):
        contract.test_the_conversation_has_something_to_shorten(engine, Sound(), CONVERSATION[:1])


@pytest.mark.parametrize("name", TESTS)
def test_no_test_of_the_contract_can_be_overridden(name: str) -> None:
    with pytest.raises(TypeError, match=f"`Cheats` overrides `{name}`, a test of the contract"):
        type("Cheats", (AdapterContract,), {name: print})


@pytest.mark.parametrize("name", ["codec", "conversation"])
def test_a_fixture_that_was_not_given_says_so(name: str) -> None:
    fixture = inspect.unwrap(getattr(AdapterContract, name))

    with pytest.raises(NotImplementedError, match=f"give a fixture `{name}`"):
        fixture(AdapterContract())
