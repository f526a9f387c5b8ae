"""The laws of every wire codec, over the zoo and over anything else that is like JSON."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.formats import CODECS, WireCodec, codec_for
from headroom_core.formats.wire import is_array, is_object
from headroom_core.messages import Text, ToolResult
from headroom_core.testing.zoo import ZOO, odd_messages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_core.codec import Codec
    from headroom_core.messages import Message

NEW = "a text that stands nowhere in the zoo"

ALL_CODECS: list[Codec[object]] = [*CODECS, WireCodec()]
every_codec = pytest.mark.parametrize(
    "codec", ALL_CODECS, ids=lambda codec: getattr(codec, "name", "wire")
)


def zoo() -> Iterator[object]:
    for messages in ZOO.values():
        yield from messages()
    yield from odd_messages()


WORDS = st.sampled_from(
    "type role content text input_text output_text image image_url document search_result source "
    "data citations enabled tool_use tool_result tool_use_id id name input is_error tool_calls "
    "function custom arguments function_call tool user assistant system call_id output outputs "
    "shell_call shell_call_output stdout outcome exit_code mcp_call code_interpreter_call logs "
    "file_search_call results result program_output status failed message annotations action "
    "commands thinking computer_call function_call_output".split()
)
KEYS = WORDS | st.text(max_size=3)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | WORDS
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(WORDS | st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=20,
)


def message_laws_hold(codec: Codec[object], native: object) -> None:
    """Check all that `Codec` promises, on one message."""
    before = copy.deepcopy(native)

    message = codec.parse(native)
    assert codec.patch(native, {}) is native
    for index in text_indexes(message):
        patched = codec.patch(native, {index: NEW})
        assert the_difference(native, patched) == NEW
        assert codec.parse(patched) == with_text(message, index)
    assert repr(native) == repr(before)


def text_indexes(message: Message) -> list[int]:
    return [i for i, part in enumerate(message.parts) if isinstance(part, Text | ToolResult)]


def with_text(message: Message, *indexes: int) -> Message:
    parts = list(message.parts)
    for index in indexes:
        match parts[index]:
            case Text(_, pasted):
                parts[index] = Text(NEW, pasted)
            case ToolResult(_, call_id, is_error, name):
                parts[index] = ToolResult(NEW, call_id, is_error, name)
            case other:
                raise AssertionError(f"{other!r} has no text")
    return type(message)(message.role, tuple(parts))


def the_difference(before: object, after: object) -> object:
    """Follow the one path on which the objects are not the same, down to the new value."""
    if isinstance(after, str):
        return after
    assert type(before) is type(after)
    assert steps(before) == steps(after)
    [step] = [step for step in steps(after) if child(before, step) is not child(after, step)]
    return the_difference(child(before, step), child(after, step))


def steps(node: object) -> list[object]:
    if is_object(node):
        return list(node)
    return list(range(len(node))) if is_array(node) else []


def child(node: object, step: object) -> object:
    if is_object(node):
        return node[str(step)]
    assert is_array(node)
    assert isinstance(step, int)
    return node[step]


@every_codec
def test_every_law_holds_for_every_message_of_the_zoo(codec: Codec[object]) -> None:
    for native in zoo():
        message_laws_hold(codec, native)


@every_codec
@given(native=JSON)
def test_every_law_holds_for_anything_like_json(codec: Codec[object], native: object) -> None:
    message_laws_hold(codec, native)


@every_codec
@given(data=st.data())
def test_every_law_holds_for_a_known_message_with_one_field_gone_wrong(
    codec: Codec[object], data: st.DataObject
) -> None:
    native: object = data.draw(st.sampled_from([m for make in ZOO.values() for m in make()]))
    node = native
    while True:
        step = data.draw(st.sampled_from(steps(node)))
        below = child(node, step)
        if not steps(below) or data.draw(st.booleans()):
            break
        node = below
    if is_object(node):
        node[str(step)] = data.draw(JSON)
    elif is_array(node) and isinstance(step, int):
        node[step] = data.draw(JSON)

    message_laws_hold(codec, native)


@every_codec
def test_many_texts_are_replaced_at_once(codec: Codec[object]) -> None:
    for native in zoo():
        message = codec.parse(native)
        indexes = text_indexes(message)

        patched = codec.patch(native, dict.fromkeys(indexes, NEW))

        assert codec.parse(patched) == with_text(message, *indexes)


@every_codec
def test_a_part_without_a_text_cannot_be_replaced(codec: Codec[object]) -> None:
    native = {"role": "user", "content": [{"type": "hologram"}, {"type": "text", "text": "hi"}]}

    for index in (0, 2, -1):
        with pytest.raises(ValueError, match=f"part {index} of this message"):
            codec.patch(native, {index: "new"})


@every_codec
def test_a_subclass_of_dict_stays_one(codec: Codec[object]) -> None:
    class OwnDict(dict[str, object]):
        pass

    patched = codec.patch(OwnDict(role="user", content="hi"), {0: "ho"})

    assert type(patched) is OwnDict
    assert patched == {"role": "user", "content": "ho"}


@every_codec
def test_five_thousand_levels_of_nesting_are_nothing_special(codec: Codec[object]) -> None:
    deep: object = 1
    for _ in range(5_000):
        deep = {"type": "tool_result", "content": [deep]}

    for key in ("content", "tool_calls", "function_call", "arguments", "output"):
        for kind in ("function_call", "function_call_output", "message"):
            assert codec.parse({"role": "user", "type": kind, key: deep}).role
    assert codec.parse({"role": "assistant", "content": [{"type": "tool_use", "input": deep}]}).role


@given(native=JSON)
def test_a_message_without_a_sign_reads_the_same_in_every_format(native: object) -> None:
    readings = [codec.parse(native) for codec in CODECS]

    if codec_for(native).name == "openai_chat" and not has_chat_sign(native):
        assert readings[1:] == readings[:-1]


def has_chat_sign(native: object) -> bool:
    return is_object(native) and (
        native.get("role") in ("tool", "function")
        or "tool_calls" in native
        or "function_call" in native
    )
