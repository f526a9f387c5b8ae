"""The memory of an engine: what it says it takes, and who shares it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from headroom_core.compressors.base import Compressor, Encoded, Hint
from headroom_core.engine.headroom import Headroom
from headroom_core.engine.memory import memory_of
from headroom_core.settings import Settings
from headroom_core.store.base import ref_of
from headroom_core.store.memory import MemoryStore
from tests.allocated import allocated
from tests.conversations import Native, Turn, log, written

if TYPE_CHECKING:
    from headroom_core.engine.memory import Memory
    from headroom_core.source import Source

LONG = "\n".join(["waiting for the lock"] * 200)


class Nowhere(MemoryStore):
    """Holds nothing, so that only what is remembered takes memory."""

    def put(self, text: str) -> str:
        return ref_of(text)


class Counting(Compressor):
    """Declines everything, and counts what it was asked."""

    name = "counting"

    def __init__(self) -> None:
        self.asked = 0

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        del source, hint
        self.asked += 1
        return None


def asked(memory: Memory, times: int = 1) -> int:
    """How often a new engine with this memory works on a result."""
    counting = Counting()
    engine = Headroom(Settings(), store=MemoryStore(), compressors=[counting], memory=memory)
    for _ in range(times):
        engine.compress(written([Turn("what?", LONG)], "openai_chat"))
    return counting.asked


def test_engines_that_share_a_memory_work_on_a_message_once() -> None:
    memory = memory_of(2**20)

    assert asked(memory, times=2) > 0
    assert asked(memory) == 0


def test_owners_that_share_a_memory_are_kept_apart() -> None:
    memory = memory_of(2**20)
    asked(replace(memory, owner=b"one"))

    assert asked(replace(memory, owner=b"other")) > 0
    assert asked(replace(memory, owner=b"one")) == 0
    assert memory.bytes_used > 0


@pytest.mark.parametrize(
    ("kind", "model"),
    [("small", "gpt-4"), ("lossless", None), ("view", None), ("pasted", None), ("view", "gpt-4")],
)
def test_it_takes_no_more_than_it_says(kind: str, model: str | None) -> None:
    memory = memory_of(2**30)
    settings = Settings(roles=frozenset({"tool", "user"}), retrieval=kind == "view")
    engine = Headroom(settings, store=Nowhere(), memory=memory)

    def compress(start: int) -> None:
        for number in range(start, start + 6):
            engine.compress(conversation(kind, number), model=model)

    def forget() -> None:
        memory.outcomes._entries.clear()
        memory.figures._entries.clear()

    compress(1_000)  # and load what is loaded at first use
    before = memory.bytes_used
    taken = allocated(lambda: compress(2_000), forget)

    assert taken <= memory.bytes_used - before
    assert memory.bytes_used - before <= 3 * taken


def conversation(kind: str, number: int) -> list[Native]:
    text = log(60 if kind == "lossless" else 400, seed=number)
    if kind == "pasted":
        return [{"role": "user", "content": f"what failed in {number}?\n\n```\n{text}\n```"}]
    if kind == "small":
        text = f"{number} words " * 30
        return [{"role": role, "content": text} for role in ("user", "assistant") * 20]
    return written([Turn(f"what failed in {number}?", text)], "openai_chat")


def test_any_number_of_conversations_stays_within_the_bound() -> None:
    memory = memory_of(50_000)
    engine = Headroom(Settings(min_tokens=1), store=MemoryStore(), memory=memory)

    for number in range(300):
        engine.compress(conversation("lossless", number), model="gpt-4")

    assert 0.8 * memory.max_bytes < memory.bytes_used <= memory.max_bytes == 50_000
