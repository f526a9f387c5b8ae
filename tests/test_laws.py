"""The twelve laws, over every compressor and every wire format that is registered."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors.base import Compressor, Encoded, Hint, View
from headroom_core.compressors.registry import REGISTRY
from headroom_core.conversations import decode, decode_messages
from headroom_core.decoding import decode_text
from headroom_core.engine.headroom import Headroom
from headroom_core.errors import DecodeError, StoreError
from headroom_core.frame import frame
from headroom_core.json_equal import same_json
from headroom_core.notes import note_of
from headroom_core.settings import Mode, Settings
from headroom_core.source import Source
from headroom_core.store.memory import MemoryStore
from headroom_core.tokens import deciding_counter
from tests.conversations import (
    ANY_TEXT,
    TURNS,
    WIRES,
    Native,
    Turn,
    Wire,
    log,
    result_texts,
    rows,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

MODES: tuple[Mode, ...] = ("lossless", "balanced", "max")
EACH = pytest.mark.parametrize("compressor", REGISTRY, ids=lambda each: each.name)
EVERY_WIRE = pytest.mark.parametrize("wire", WIRES)

LONG: dict[str, str] = {
    "log": log(2_000, fatal_at=700),
    "rows": rows(600),
    "noise": "\n".join(f"\x1b[3{i % 8}mstep {i}\x1b[0m done {i * i}" for i in range(1_500)),
    "runs": "\n".join(["waiting for the lock"] * 900 + ["ERROR: lock lost"] + ["waiting"] * 800),
    "binary": json.dumps({"png": "iVBORw0KGgo" + "Ab3d" * 9_000, "ok": True}),
}
QUESTION = "What failed, and when?"


def engine(mode: Mode = "balanced", *, retrieval: bool = True) -> Headroom:
    return Headroom(Settings(mode=mode, retrieval=retrieval), store=MemoryStore())


def conversation(wire: Wire) -> list[Native]:
    turns = [Turn(QUESTION, text) for text in LONG.values()]
    return written([*turns, Turn("And again?", LONG["log"])], wire)


@pytest.mark.requirement("law.prefix_pure")
@EVERY_WIRE
@pytest.mark.parametrize("mode", MODES)
def test_a_prefix_of_a_conversation_becomes_the_prefix_of_the_result(
    wire: Wire, mode: Mode
) -> None:
    messages = conversation(wire)
    whole = engine(mode).compress(messages).messages

    for length in range(len(messages)):
        assert engine(mode).compress(messages[:length]).messages == whole[:length]


@pytest.mark.requirement("law.prefix_pure")
@given(turns=TURNS, wire=st.sampled_from(WIRES))
def test_any_prefix_becomes_the_prefix_of_the_result(turns: list[Turn], wire: Wire) -> None:
    messages = written(turns, wire)
    whole = engine().compress(messages).messages

    for length in range(len(messages)):
        assert engine().compress(messages[:length]).messages == whole[:length]


@pytest.mark.requirement("law.prefix_pure")
def test_other_processes_with_other_hash_seeds_emit_the_same_bytes() -> None:
    script = (
        "import json, sys; from headroom_core.engine.headroom import Headroom;"
        " from headroom_core.settings import Settings;"
        " messages = json.load(sys.stdin);"
        " engine = Headroom(Settings(retrieval=True, store='memory://'));"
        " json.dump(engine.compress(messages).messages, sys.stdout)"
    )
    messages = conversation("openai_chat")
    outputs = [
        subprocess.run(
            [sys.executable, "-c", script],
            input=json.dumps(messages),
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    ]

    assert len(set(outputs)) == 1
    assert json.loads(outputs[0]) == engine().compress(messages).messages


@pytest.mark.requirement("law.prefix_pure")
@EVERY_WIRE
def test_the_memo_changes_no_byte(wire: Wire) -> None:
    messages = conversation(wire)
    remembering = engine()
    forgetful = Headroom(Settings(retrieval=True, memo_bytes=0), store=MemoryStore())
    first = remembering.compress(messages)

    assert remembering.compress(messages).messages == first.messages
    assert remembering.compress(messages).edits == first.edits
    assert forgetful.compress(messages).messages == first.messages


@pytest.mark.requirement("law.idempotent")
@EVERY_WIRE
@pytest.mark.parametrize("mode", MODES)
def test_compressing_the_compressed_changes_nothing(wire: Wire, mode: Mode) -> None:
    once = engine(mode).compress(conversation(wire))
    twice = engine(mode).compress(once.messages)

    assert twice.messages == once.messages
    assert not twice.edits


@pytest.mark.requirement("law.idempotent")
@given(turns=TURNS, wire=st.sampled_from(WIRES))
def test_compressing_anything_twice_changes_nothing_more(turns: list[Turn], wire: Wire) -> None:
    once = engine().compress(written(turns, wire)).messages

    assert engine().compress(once).messages == once


@pytest.mark.requirement("law.never_larger")
@given(turns=TURNS, wire=st.sampled_from(WIRES), mode=st.sampled_from(MODES))
def test_no_part_gets_larger(turns: list[Turn], wire: Wire, mode: Mode) -> None:
    messages = written(turns, wire)
    result = engine(mode).compress(messages)

    count = deciding_counter().count
    for before, after in zip(result_texts(messages), result_texts(result.messages), strict=True):
        assert after == before or count(after) < count(before)


@pytest.mark.requirement("law.lossless")
@EACH
@given(text=ANY_TEXT, legends=st.booleans())
def test_a_lossless_form_decodes_to_the_same_text(
    compressor: Compressor, text: str, legends: bool
) -> None:
    encoded = compressor.encode(Source(text), Hint(legends=legends))
    if encoded is None:
        return

    decoded = decode_text(frame(compressor.name, encoded))

    assert decoded == text if encoded.exact else same_json(decoded, text)


@pytest.mark.requirement("law.lossless")
@EACH
@given(legend=st.text(max_size=60), body=ANY_TEXT)
def test_a_forged_form_gives_a_text_or_a_decode_error(
    compressor: Compressor, legend: str, body: str
) -> None:
    try:
        decoded = compressor.decode(legend, body)
    except DecodeError:
        return

    assert isinstance(decoded, str)


@pytest.mark.requirement("law.lossless")
@pytest.mark.requirement("api.decode_messages")
@EVERY_WIRE
def test_a_whole_conversation_decodes_back(wire: Wire) -> None:
    messages = conversation(wire)
    result = engine("lossless").compress(messages)

    assert decode_messages(result.messages) == messages


class _Liar(Compressor):
    """Claims to be lossless and is not."""

    name = "liar"

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        return Encoded("nothing is missing", source.text[:10])

    def decode(self, legend: str, body: str, context: Sequence[str] = ()) -> str:
        return body


@pytest.mark.requirement("law.lossless")
def test_what_does_not_decode_is_not_used() -> None:
    messages = written([Turn(QUESTION, LONG["log"])], "openai_chat")
    lying = Headroom(Settings(), store=MemoryStore(), compressors=(_Liar(),))

    result = lying.compress(messages)

    assert result.messages == messages


@pytest.mark.requirement("law.nothing_hidden")
@EVERY_WIRE
@pytest.mark.parametrize("mode", MODES)
def test_without_retrieval_every_edit_is_lossless(wire: Wire, mode: Mode) -> None:
    result = engine(mode, retrieval=False).compress(conversation(wire))

    assert all(edit.lossless and edit.ref is None for edit in result.edits)
    assert not any(note_of(text) for text in result_texts(result.messages))
    assert result.tools == []


class _Watched(MemoryStore):
    """Remembers what was asked of it, or refuses everything."""

    def __init__(self, *, full: bool = False) -> None:
        super().__init__()
        self.full = full
        self.puts = 0

    def put(self, text: str) -> str:
        self.puts += 1
        if self.full:
            raise StoreError("the disk is full")
        return super().put(text)


@pytest.mark.requirement("law.store_first")
@pytest.mark.requirement("ccr.roundtrip")
@EVERY_WIRE
@pytest.mark.parametrize("mode", ["balanced", "max"])
def test_every_note_names_an_original_that_is_stored(wire: Wire, mode: Mode) -> None:
    messages = conversation(wire)
    working = engine(mode)
    result = working.compress(messages)
    originals = result_texts(messages)

    notes = [note_of(text) for text in result_texts(result.messages)]

    assert any(notes)
    for note, original in zip(notes, originals, strict=True):
        assert note is None or working.store.get(note.ref) == original


@pytest.mark.requirement("law.store_first")
def test_what_cannot_be_stored_is_not_hidden_and_stays_so() -> None:
    store = _Watched(full=True)
    working = Headroom(Settings(retrieval=True), store=store)
    messages = written([Turn(QUESTION, LONG["noise"])], "openai_chat")

    first = working.compress(messages)
    store.full = False
    second = working.compress(messages)

    assert not any(note_of(text) for text in result_texts(first.messages))
    (full,) = [warning for warning in first.warnings if "the disk is full" in warning]
    assert second.messages == first.messages
    assert second.warnings == [full]
    assert store.puts == 1


@pytest.mark.requirement("law.verbatim_or_marked")
@EACH
@given(text=ANY_TEXT, room=st.integers(1, 400))
def test_a_view_counts_its_units_truthfully(compressor: Compressor, text: str, room: int) -> None:
    view = compressor.view(Source(text), Hint(query=QUESTION), room)
    if view is None:
        return

    assert isinstance(view, View)
    assert 0 <= view.shown <= view.total
    assert 0 <= view.required <= len(view.body)
    assert not set(view.hides) & set(";]\n")


@pytest.mark.requirement("law.errors_survive")
@pytest.mark.parametrize("mode", ["balanced", "max"])
def test_a_single_fatal_line_is_visible_in_every_mode(mode: Mode) -> None:
    messages = written([Turn(QUESTION, text) for text in LONG.values()], "openai_chat")
    seen = result_texts(engine(mode).compress(messages).messages)

    assert "FATAL db pool exhausted" in seen[0]
    assert "ERROR: lock lost" in seen[3]


@pytest.mark.requirement("law.errors_survive")
def test_a_must_keep_rule_holds_or_nothing_is_hidden() -> None:
    text = log(3_000)
    keeping = Headroom(
        Settings(retrieval=True, must_keep=(r"request id=1234\b",)), store=MemoryStore()
    )

    seen = result_texts(keeping.compress(written([Turn(QUESTION, text)], "openai_chat")).messages)[
        0
    ]

    assert "request id=1234" in seen or "request id=1234" in decode(seen)


@pytest.mark.requirement("law.only_tool_results")
@EVERY_WIRE
def test_everything_but_shortened_tool_results_is_the_same_object(wire: Wire) -> None:
    messages = conversation(wire)
    before = copy.deepcopy(messages)
    result = engine().compress(messages)

    edited = {edit.message for edit in result.edits}
    assert edited
    assert messages == before
    for index, (native, sent) in enumerate(zip(messages, result.messages, strict=True)):
        assert (sent is native) == (index not in edited)


@pytest.mark.requirement("law.only_tool_results")
def test_users_are_shortened_only_when_asked_for() -> None:
    pasted = "\n".join(["```", *["the same line"] * 200, "```", "What of it?"])
    messages: list[Native] = [{"role": "user", "content": pasted}]
    asked = Headroom(Settings(roles=frozenset({"user"})), store=MemoryStore())

    assert engine().compress(messages).messages[0] is messages[0]
    assert asked.compress(messages).edits[0].form == "runs"


class _Broken(Compressor):
    name = "broken"

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        raise ZeroDivisionError("a bug of ours")


@pytest.mark.requirement("law.fail_open")
@pytest.mark.swallows
def test_a_bug_of_ours_fails_no_request_and_is_visible() -> None:
    messages = written([Turn(QUESTION, LONG["log"])], "anthropic")
    broken = Headroom(Settings(), store=MemoryStore(), compressors=(_Broken(),))

    result = broken.compress(messages)

    assert all(a is b for a, b in zip(messages, result.messages, strict=True))
    assert "ZeroDivisionError" in result.warnings[0]


@pytest.mark.requirement("law.fail_open")
def test_a_bug_of_ours_is_raised_in_tests() -> None:
    messages = written([Turn(QUESTION, LONG["log"])], "anthropic")
    broken = Headroom(Settings(), store=MemoryStore(), compressors=(_Broken(),))

    with pytest.raises(ZeroDivisionError):
        broken.compress(messages)


@pytest.mark.requirement("law.linear")
@EACH
@pytest.mark.parametrize(
    "text",
    ["x" * 2_000_000, "[" * 5_000 + "]" * 5_000, '{"a":' * 5_000, "\n" * 300_000, "a\n\n" * 99_999],
    ids=["one line", "deep list", "deep object", "blank", "alternating"],
)
def test_hostile_input_is_handled(compressor: Compressor, text: str) -> None:
    encoded = compressor.encode(Source(text), Hint())
    view = compressor.view(Source(text), Hint(), 4_000)

    assert encoded is None or decode_text(frame(compressor.name, encoded)) == text
    assert view is None or len(view.body) <= len(text)


@pytest.mark.requirement("api.hostile")
@given(turns=TURNS)
@settings(max_examples=25)
def test_the_public_result_is_consistent(turns: list[Turn]) -> None:
    messages = written(turns, "openai_chat")
    result = engine().compress(messages, model="gpt-4o")

    assert result.tokens_saved == sum(e.tokens_before - e.tokens_after for e in result.edits)
    assert 0 <= result.compression_ratio <= 1
    assert len(result.messages) == len(messages)
