from __future__ import annotations

from headroom_core.formats import ANTHROPIC
from headroom_core.messages import Image, Opaque, Text, ToolCall, ToolResult
from headroom_core.testing.zoo import LISTING, LOG, ROWS, anthropic_messages


def test_the_zoo_reads_as_what_it_is() -> None:
    messages = [ANTHROPIC.parse(native) for native in anthropic_messages()]

    assert [(message.role, *message.parts) for message in messages] == [
        ("user", Text("Why did the nightly job fail?")),
        ("assistant", Text("I need the log.")),
        (
            "user",
            Text("Here is what I have."),
            Image(),
            Text(LOG, pasted=True),
            Text(LISTING, pasted=True),
            Image(),
            Text(LISTING, pasted=True),
            Opaque("document"),
            Opaque("document"),
            Text(LISTING, pasted=True),
            Text("Second block.", pasted=True),
            Opaque("search_result"),
        ),
        (
            "assistant",
            Opaque("thinking"),
            Opaque("redacted_thinking"),
            Text("Reading."),
            ToolCall("toolu_log", "Read", '{"file_path":"/var/log/job.log"}'),
            ToolCall("toolu_rows", "list_items", '{"page":1,"städte":["Köln"]}'),
            ToolCall("toolu_none", "noop", "{}"),
            ToolCall("toolu_bad", "Bash", '{"command":"cat job.log"}'),
        ),
        (
            "user",
            ToolResult(LOG, "toolu_log"),
            ToolResult(ROWS, "toolu_rows"),
            Image(),
            ToolResult(LISTING, "toolu_rows"),
            ToolResult("Second block.", "toolu_rows"),
            ToolResult(LOG, "toolu_rows"),
            Opaque("tool_reference"),
            ToolResult(LOG, "toolu_bad", is_error=True),
            Text("Go on."),
        ),
        (
            "assistant",
            ToolCall("srvtoolu_1", "web_search", '{"query":"disk full"}'),
            Opaque("web_search_tool_result"),
            Opaque("code_execution_tool_result"),
            ToolCall("mcptoolu_1", "list_items", '{"page":2}'),
            ToolResult(ROWS, "mcptoolu_1"),
            Opaque("text"),
            Text("Free some space."),
        ),
        ("user", Text("Thank you.")),
    ]


def test_only_true_marks_an_error() -> None:
    block = {"type": "tool_result", "tool_use_id": "t", "content": "hi", "is_error": "yes"}

    message = ANTHROPIC.parse({"role": "user", "content": [block]})

    assert message.parts == (ToolResult("hi", "t"),)


def test_a_document_that_cannot_be_read_is_opaque() -> None:
    content = [
        {"type": "document"},
        {"type": "document", "source": {"type": "text", "data": 7}},
        {"type": "document", "source": {"type": "base64", "data": "JVBERi0="}},
    ]

    message = ANTHROPIC.parse({"role": "user", "content": content})

    assert message.parts == (Opaque("document"),) * 3


def test_what_is_no_object_is_opaque() -> None:
    assert ANTHROPIC.parse(7).parts == (Opaque("int"),)
