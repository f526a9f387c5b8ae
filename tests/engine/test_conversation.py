"""The pass over a conversation: who is shortened, who never is, and what the figures say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from headroom_core.compressors.base import Compressor, Encoded, Hint
from headroom_core.engine.at_rest import readable
from headroom_core.engine.headroom import Headroom
from headroom_core.messages import Image, Opaque, Text, ToolCall, ToolResult
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from tests.conversations import WIRES, Native, Turn, Wire, log, written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.messages import Part
    from headroom_core.source import Source

RUN = "\n".join(["waiting for the lock"] * 200)


def engine(**settings: Any) -> Headroom:
    return Headroom(Settings(**settings), store=MemoryStore())


class Recorder(Compressor):
    """Declines everything and remembers what it was told."""

    name = "recorder"

    def __init__(self) -> None:
        self.hints: list[Hint] = []

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        self.hints.append(hint)
        return None


@pytest.mark.parametrize(
    ("part", "texts"),
    [
        (Text("a"), ["a"]),
        (ToolResult("a", "c"), ["a"]),
        (ToolCall("c", "f", "{}"), ["f", "{}"]),
        (Image(), []),
        (Opaque("thinking"), []),
    ],
)
def test_what_a_model_reads_as_text_is_counted(part: Part, texts: list[str]) -> None:
    assert readable(part) == texts


@pytest.mark.requirement("law.only_tool_results")
@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("tool", ["headroom_retrieve", "mcp__headroom__headroom_retrieve"])
def test_what_was_retrieved_is_never_shortened(wire: Wire, tool: str) -> None:
    messages = written([Turn("Why?", RUN, tool=tool)], wire)

    assert engine().compress(messages).messages == messages


@pytest.mark.parametrize(
    ("globs", "shortened"),
    [((), True), (("run_*",), False), (("mcp__*", "*command"), False), (("Run_*",), True)],
)
def test_tools_are_excluded_by_glob(globs: tuple[str, ...], shortened: bool) -> None:
    result = engine(exclude_tools=globs).compress(written([Turn("Why?", RUN)], "openai_chat"))

    assert bool(result.edits) == shortened


@pytest.mark.parametrize("role", ["system", "developer", "user", "assistant"])
def test_a_role_is_shortened_when_asked_for_and_only_then(role: str) -> None:
    messages: list[Native] = [{"role": role, "content": f"Look:\n```\n{RUN}\n```\n"}]
    messages += written([Turn("Why?", RUN)], "openai_chat")

    asked = engine(roles={role}).compress(messages)
    both = engine(roles={role, "tool"}).compress(messages)

    assert [edit.message for edit in asked.edits] == [0]
    assert [edit.message for edit in both.edits] == [0, 3]
    assert [edit.message for edit in engine().compress(messages).edits] == [3]


def test_a_view_is_no_base_and_neither_is_what_came_as_ours() -> None:
    text = "[headroom runs, 1 line: x]\nwaiting (x90)"
    messages = written(
        [Turn("Why?", RUN), Turn("And?", text), Turn("So?", RUN + "\nend")], "openai_chat"
    )
    recorder = Recorder()

    Headroom(Settings(), store=MemoryStore(), compressors=(recorder,)).compress(messages)

    earlier = recorder.hints[-1].earlier
    assert [each.whole for each in earlier] == [True, False]
    assert [each.original for each in earlier] == [RUN, text]
    assert recorder.hints[-1].query == "So?"


def test_a_hint_knows_nothing_of_what_follows() -> None:
    recorder = Recorder()
    messages = written([Turn("Why?", RUN), Turn("And?", RUN)], "anthropic")

    Headroom(Settings(mode="max"), store=MemoryStore(), compressors=(recorder,)).compress(messages)

    first = recorder.hints[0]
    assert (first.query, first.earlier, first.legends) == ("Why?", (), True)
    assert (first.tool, first.command, first.origin) == ("run_command", "make test", "command")


@pytest.mark.requirement("api.tokens")
@pytest.mark.parametrize("model", ["gpt-4", "gpt-3.5-turbo"])
def test_another_vocabulary_reports_its_own_figures(model: str) -> None:
    messages = written([Turn("接続に失敗したのはなぜですか?", log(300))], "openai_chat")
    working = engine()

    own = working.compress(messages, model=model)
    again = working.compress(messages, model=model)
    deciding = working.compress(messages)

    assert own.messages == deciding.messages
    assert own.counter != deciding.counter
    assert own.tokens_before != deciding.tokens_before
    assert 0 < own.tokens_after < own.tokens_before
    assert (again.tokens_before, again.tokens_after) == (own.tokens_before, own.tokens_after)


class Warns(Recorder):
    """Cannot do its work, and a note of it has to stay."""

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        raise ZeroDivisionError(str(len(self.hints)))


@pytest.mark.swallows
def test_the_same_warning_is_told_once() -> None:
    messages = written([Turn("Why?", RUN), Turn("And?", log(30))], "openai_chat")
    broken = Headroom(Settings(), store=MemoryStore(), compressors=(Warns(),))

    result = broken.compress(messages)

    assert len(result.warnings) == 1
    assert result.messages == messages


def native_roles(messages: Sequence[Native]) -> list[object]:
    return [message.get("role") for message in messages]


@pytest.mark.parametrize("wire", WIRES)
def test_several_results_of_one_turn_are_all_looked_at(wire: Wire) -> None:
    messages = written([Turn("Why?", RUN), Turn("And?", log(90))], wire)

    result = engine().compress(messages)

    assert len(result.edits) == 2
    assert native_roles(result.messages) == native_roles(messages)
