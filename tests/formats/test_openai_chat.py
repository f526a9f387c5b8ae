from __future__ import annotations

from headroom_core.formats import OPENAI_CHAT
from headroom_core.messages import Image, Message, Opaque, Text, ToolCall, ToolResult
from headroom_core.testing.zoo import LISTING, LOG, ROWS, chat_messages


def test_the_zoo_reads_as_what_it_is() -> None:
    roles = [OPENAI_CHAT.parse(native).role for native in chat_messages()]
    parts = [OPENAI_CHAT.parse(native).parts for native in chat_messages()]

    assert parts == [
        (Text("You are a careful operator."),),
        (Text("Answer in English."),),
        (Text("Why did the nightly job fail?"),),
        (Text("See the picture."), Image(), Opaque("input_audio"), Opaque("file")),
        (
            ToolCall("call_log", "read_log", '{"path": "/var/log/job.log"}'),
            ToolCall("call_rows", "list_items", '{"page": 1}'),
            ToolCall("call_grep", "grep", "render src"),
        ),
        (ToolResult(LOG, "call_log"),),
        (
            ToolResult(ROWS, "call_rows", name="list_items"),
            ToolResult("40 of 40 items", "call_rows", name="list_items"),
        ),
        (ToolResult(LISTING, "call_grep"),),
        (Text("One moment."), Opaque("refusal")),
        (Opaque("content"),),
        (Text(""), ToolCall("", "list_items", "{}")),
        (ToolResult(ROWS, "", name="list_items"),),
        (),
        (Text("Thank you."),),
    ]
    assert roles == (
        "system developer user user assistant tool tool tool assistant assistant assistant tool "
        "assistant user"
    ).split(" ")


def test_calls_that_are_no_calls_are_opaque() -> None:
    native = {"role": "assistant", "tool_calls": [None, {"type": "function"}]}

    assert OPENAI_CHAT.parse(native).parts == (Opaque("tool_call"), Opaque("tool_call"))
    assert OPENAI_CHAT.parse({"tool_calls": 7}) == Message("other", (Opaque("tool_calls"),))


def test_arguments_given_as_an_object_are_told_as_compact_json() -> None:
    native = {"tool_calls": [{"id": "c", "function": {"name": "f", "arguments": {"ä": [1, 2]}}}]}

    assert OPENAI_CHAT.parse(native).parts == (ToolCall("c", "f", '{"ä":[1,2]}'),)


def test_arguments_that_are_not_json_tell_nothing() -> None:
    native = {"tool_calls": [{"id": "c", "function": {"name": "f", "arguments": {7}}}]}

    assert OPENAI_CHAT.parse(native).parts == (ToolCall("c", "f", ""),)


def test_what_is_no_object_is_opaque_by_the_name_of_its_type() -> None:
    assert OPENAI_CHAT.parse(None) == Message("other", (Opaque("NoneType"),))
    assert OPENAI_CHAT.parse(["hi"]) == Message("other", (Opaque("list"),))


def test_an_unknown_role_keeps_its_text() -> None:
    assert OPENAI_CHAT.parse({"role": "narrator", "content": "hi"}) == Message(
        "other", (Text("hi"),)
    )


def test_a_content_of_the_wrong_type_is_opaque() -> None:
    assert OPENAI_CHAT.parse({"role": "user", "content": 7}) == Message(
        "user", (Opaque("content"),)
    )
    assert OPENAI_CHAT.parse({"role": "user", "content": ["hi", {}, {"type": "text"}]}) == Message(
        "user", (Opaque("block"), Opaque("block"), Opaque("text"))
    )
