"""What `from headroom import ...` promises, in each of the wire formats."""

from __future__ import annotations

import asyncio
import copy
import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

import headroom
from headroom import (
    ConfigError,
    Headroom,
    MessagesError,
    Settings,
    acompress,
    compress,
    decode,
    decode_messages,
    load_settings,
    retrieve,
)
from headroom_core.store.memory import MemoryStore
from tests.conversations import WIRES, Native, Turn, Wire, log, result_texts, rows, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EVERY_WIRE = pytest.mark.parametrize("wire", WIRES)
MODELS = (
    "gpt-4o", "claude-sonnet-4", "bedrock/anthropic.claude-3", "vertex/gemini-2.5-pro",
    "azure/gpt-4.1", "openrouter/meta-llama/llama-3", "ollama/llama3", "no-such-model", "",
)  # fmt: skip
ORIGINALS = (
    log(400, fatal_at=123),
    rows(60),
    "\n".join(["waiting for the lock"] * 90 + ["ERROR: lock lost"] + ["waiting"] * 80),
    "short",
)


def conversation(wire: Wire = "openai_chat") -> list[Native]:
    return written([Turn("What failed, and when?", text) for text in ORIGINALS], wire)


def test_the_public_namespace_holds_what_it_names() -> None:
    for name in headroom.__all__:
        assert getattr(headroom, name) is not None


@EVERY_WIRE
@pytest.mark.requirement("api.formats")
def test_each_format_is_recognised_and_comes_back_as_it_came(wire: Wire) -> None:
    messages = conversation(wire)

    result = compress(messages, retrieval=True)

    assert result.tokens_saved > 0
    assert [list(message) for message in result.messages] == [list(each) for each in messages]
    assert len(result_texts(result.messages)) == len(ORIGINALS)


@EVERY_WIRE
@pytest.mark.requirement("api.never_mutates")
def test_the_callers_messages_stay_as_they_were(wire: Wire) -> None:
    messages = conversation(wire)
    before = copy.deepcopy(messages)

    compress(messages, retrieval=True)

    assert messages == before


@pytest.mark.requirement("api.tokens")
def test_a_result_says_what_was_saved_and_who_counted() -> None:
    result = compress(conversation(), model="gpt-4o", retrieval=True)

    assert result.tokens_before - result.tokens_after == result.tokens_saved > 0
    assert result.compression_ratio == result.tokens_saved / result.tokens_before
    assert result.transforms_applied
    assert result.counter


@pytest.mark.requirement("api.tokens")
def test_nothing_saved_is_a_ratio_of_zero() -> None:
    assert compress(list[Native]()).compression_ratio == 0


@pytest.mark.requirement("api.model_is_optional")
@pytest.mark.parametrize("model", MODELS)
def test_the_model_changes_no_byte(model: str) -> None:
    messages = conversation()

    named = compress(messages, model=model, retrieval=True)

    assert named.messages == compress(messages, retrieval=True).messages
    assert named.tokens_before > named.tokens_after


@EVERY_WIRE
@pytest.mark.requirement("api.edits")
def test_there_is_one_record_for_each_changed_part(wire: Wire) -> None:
    messages = conversation(wire)

    result = compress(messages, retrieval=True)

    changed = [i for i, (a, b) in enumerate(zip(messages, result.messages, strict=True)) if a != b]
    assert [edit.message for edit in result.edits] == changed
    for edit in result.edits:
        assert edit.form
        assert edit.tokens_after < edit.tokens_before
        assert edit.lossless == (edit.ref is None)


@pytest.mark.requirement("ccr.roundtrip")
def test_every_ref_gives_its_original_back() -> None:
    result = compress(conversation(), retrieval=True)

    given = [retrieve(edit.ref).text for edit in result.edits if edit.ref]
    assert given
    assert set(given) <= set(ORIGINALS)


@EVERY_WIRE
@pytest.mark.requirement("api.tools_stable")
def test_the_tools_are_the_same_from_the_first_request_on(wire: Wire) -> None:
    messages = conversation(wire)
    lengths = range(1, len(messages) + 1)
    model = "claude-sonnet-4" if wire == "anthropic" else "gpt-4o"

    tools = [compress(messages[:k], model=model, retrieval=True).tools for k in lengths]

    assert len(tools[0]) == 1
    assert all(each == tools[-1] for each in tools)
    assert compress(messages).tools == []


@pytest.mark.requirement("api.decode")
@pytest.mark.parametrize("original", ORIGINALS[:3], ids=["log", "rows", "runs"])
def test_a_lossless_form_decodes_to_its_original(original: str) -> None:
    result = compress(written([Turn("Why?", original)], "openai_chat"))

    (form,) = result_texts(result.messages)
    assert form != original
    assert decode(form) == original or json.loads(decode(form)) == json.loads(original)


@pytest.mark.requirement("api.decode")
@pytest.mark.parametrize("text", ["", "plain", "a\r\nb\n", "[headroom", "[1, 2]", "\ud800"])
def test_other_text_comes_back_as_it_is(text: str) -> None:
    assert decode(text) == text


@EVERY_WIRE
@pytest.mark.requirement("api.decode_messages")
def test_a_whole_conversation_decodes(wire: Wire) -> None:
    messages = conversation(wire)

    decoded = decode_messages(compress(messages).messages)

    assert len(decoded) == len(messages)
    assert result_texts(decoded)[0] == ORIGINALS[0]


@pytest.mark.requirement("api.async")
@pytest.mark.parametrize("length", [1, 3, 12])
def test_the_asynchronous_form_gives_the_same(length: int) -> None:
    messages = conversation()[:length]

    result = asyncio.run(acompress(messages, retrieval=True))

    assert result.messages == compress(messages, retrieval=True).messages


@EVERY_WIRE
@pytest.mark.requirement("api.bypass")
def test_a_bypass_touches_nothing(wire: Wire) -> None:
    messages = conversation(wire)

    result = compress(messages, bypass=True)

    assert all(a is b for a, b in zip(result.messages, messages, strict=True))
    assert (result.edits, result.tokens_saved) == ([], 0)


@pytest.mark.requirement("api.shared_engine")
def test_threads_that_share_an_engine_get_the_same_bytes_as_alone(tmp_path: Path) -> None:
    conversations = [
        written([Turn(f"Why {i}?", log(200, seed=i)), Turn("And?", ORIGINALS[1])], "openai_chat")
        for i in range(8)
    ]
    alone = [
        Headroom(Settings(), store=MemoryStore()).compress(each, retrieval=True).messages
        for each in conversations
    ]
    shared = Headroom(Settings(store=f"sqlite:///{tmp_path / 'shared.db'}"))

    def in_a_thread(messages: list[Native]) -> list[Native]:
        return shared.compress(messages, retrieval=True).messages

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(in_a_thread, conversations))

    assert results == alone
    shared.close()


@pytest.mark.requirement("api.shared_engine")
def test_tasks_that_share_an_engine_get_the_same_bytes_as_alone() -> None:
    messages = conversation()
    shared = Headroom(Settings(), store=MemoryStore())

    async def together() -> list[list[Native]]:
        results = await asyncio.gather(
            *(shared.acompress(messages, retrieval=True) for _ in range(6))
        )
        return [result.messages for result in results]

    alone = Headroom(Settings(), store=MemoryStore()).compress(messages, retrieval=True).messages
    assert all(each == alone for each in asyncio.run(together()))


@pytest.mark.requirement("api.typos")
@pytest.mark.parametrize(
    ("function", "typo"),
    [
        (partial(compress, []), "retreival"),
        (Settings, "mdoe"),
        (Headroom, "stroe"),
        (load_settings, "result_budgt"),
    ],
)
def test_an_unknown_keyword_is_an_error(function: Callable[..., object], typo: str) -> None:
    with pytest.raises((TypeError, ConfigError), match=typo):
        function(**{typo: "max"})


@pytest.mark.requirement("api.typos")
def test_an_unknown_setting_in_the_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('mdoe = "max"\n', encoding="utf-8")

    with pytest.raises(ConfigError, match="did you mean `mode`"):
        compress([])


@pytest.mark.requirement("api.wrong_types")
@pytest.mark.parametrize("messages", ["hi", b"hi", None, 5, {"role": "user", "content": "hi"}])
def test_what_is_not_a_list_of_messages_is_a_clear_error(messages: Any) -> None:
    with pytest.raises(MessagesError, match="must be a list of messages"):
        compress(messages)


@EVERY_WIRE
@pytest.mark.requirement("api.golden")
@pytest.mark.parametrize("mode", ["lossless", "balanced", "max"])
def test_the_emitted_bytes_are_the_recorded_ones(
    wire: Wire, mode: Any, check_golden: Callable[[str, str], None]
) -> None:
    engine = Headroom(Settings(mode=mode), store=MemoryStore())

    result = engine.compress(conversation(wire), retrieval=True)

    emitted = "\n\n".join(result_texts(result.messages))
    check_golden(f"conversation/{mode}.out", emitted)
