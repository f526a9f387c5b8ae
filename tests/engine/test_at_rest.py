"""The quick way through short conversations comes to what the whole pass comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headroom_core.engine import at_rest
from headroom_core.engine.headroom import Headroom
from headroom_core.messages import Message, Text
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_core.tokens import deciding_counter

if TYPE_CHECKING:
    from headroom_core.report import CompressResult
    from headroom_core.settings import CompressibleRole

Wire = dict[str, object]

ROWS = "\n".join(f'{{"id": {at}, "state": "up"}}' for at in range(6))
TEXTS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(["", ROWS, ROWS[:90], "ok\n" * 30, "[headroom table]\nx", "\ud83d", "é" * 50]),
)
CALL: Wire = {"id": "c", "function": {"name": "look", "arguments": '{"path": "a.py"}'}}


@st.composite
def a_message(draw: st.DrawFn) -> object:
    text = draw(TEXTS)
    return draw(
        st.sampled_from(
            [
                {"role": "user", "content": text},
                {"role": "assistant", "content": text, "tool_calls": [CALL]},
                {"role": "tool", "tool_call_id": "c", "content": text},
                {"role": "tool", "tool_call_id": "c", "content": [{"type": "text", "text": text}]},
                {"role": "user", "content": [{"type": "image_url", "image_url": {"url": text}}]},
                None,
            ]
        )
    )


@given(
    messages=st.lists(a_message(), max_size=8),
    roles=st.sampled_from([{"tool"}, {"tool", "user"}, {"user"}]),
    least=st.sampled_from([1, 20, 48]),
    model=st.sampled_from([None, "gpt-4", "claude-opus-5"]),
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_the_quick_way_changes_no_result(
    messages: list[object], roles: set[CompressibleRole], least: int, model: str | None
) -> None:
    chosen = Settings(roles=frozenset(roles), min_tokens=least, result_budget=30, mode="max")

    def result() -> CompressResult[object]:
        engine = Headroom(chosen, store=MemoryStore())
        return engine.compress(messages, model=model, retrieval=True)

    quick = result()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(at_rest, "MOST_CHARS", -1)
        whole = result()

    assert quick == whole


def test_a_short_conversation_is_passed_on_as_the_same_objects() -> None:
    messages = [{"role": "user", "content": "hi"}, {"role": "tool", "content": "up"}]

    result = Headroom(Settings(), store=MemoryStore()).compress(messages)

    assert all(sent is given for sent, given in zip(result.messages, messages, strict=True))
    assert result.messages is not messages
    assert result.tokens_before == result.tokens_after == 2


def test_a_message_that_could_not_be_read_is_passed_over() -> None:
    counter = deciding_counter()
    messages = [None, Message("user", (Text("How are you?"),))]

    tokens = at_rest.tokens_at_rest(messages, Settings(), counter, counter)

    assert tokens == counter.count("How are you?")
