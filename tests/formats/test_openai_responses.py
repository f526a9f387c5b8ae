from __future__ import annotations

from headroom_core.formats import OPENAI_RESPONSES
from headroom_core.messages import Image, Message, Opaque, Text, ToolCall, ToolResult
from headroom_core.testing.zoo import LISTING, LOG, ROWS, responses_messages


def test_the_zoo_reads_as_what_it_is() -> None:
    messages = [OPENAI_RESPONSES.parse(native) for native in responses_messages()]

    assert [(message.role, *message.parts) for message in messages] == [
        ("developer", Text("Answer in English.")),
        ("user", Text("Why did the nightly job fail?")),
        ("user", Text("See the picture."), Image(), Opaque("input_file")),
        ("other", Opaque("reasoning")),
        ("assistant", ToolCall("call_log", "read_log", '{"path": "/var/log/job.log"}')),
        ("assistant", ToolCall("call_rows", "list_items", '{"page": 1}')),
        ("tool", ToolResult(LOG, "call_log")),
        (
            "tool",
            ToolResult(ROWS, "call_rows"),
            Image(),
            ToolResult("40 of 40 items", "call_rows"),
        ),
        ("assistant", ToolCall("call_grep", "grep", "render src")),
        ("tool", ToolResult(LISTING, "call_grep")),
        (
            "assistant",
            ToolCall(
                "call_sh",
                "local_shell",
                '{"type":"exec","command":["bash","-lc","cat job.log"],"env":{}}',
            ),
        ),
        ("tool", ToolResult(LOG, "call_sh", name="local_shell")),
        ("assistant", ToolCall("call_sh2", "shell", r'{"command":"cat job.log\ndf"}')),
        (
            "tool",
            ToolResult(LOG, "call_sh2", name="shell"),
            ToolResult("", "call_sh2", name="shell"),
            ToolResult("", "call_sh2", is_error=True, name="shell"),
            ToolResult(LISTING, "call_sh2", is_error=True, name="shell"),
            ToolResult(ROWS, "call_sh2", is_error=True, name="shell"),
            ToolResult("", "call_sh2", is_error=True, name="shell"),
        ),
        (
            "assistant",
            ToolCall(
                "call_patch",
                "apply_patch",
                r'{"type":"update_file","path":"a.py","diff":"@@\n-x = 1\n+x = 2\n"}',
            ),
        ),
        ("tool", ToolResult(LISTING, "call_patch", is_error=True, name="apply_patch")),
        (
            "assistant",
            ToolCall("mcp_1", "list_items", '{"page": 2}'),
            ToolResult(ROWS, "mcp_1", name="list_items"),
        ),
        (
            "assistant",
            ToolCall("ci_1", "code_interpreter", "print(open('job.log').read())"),
            ToolResult(LOG, "ci_1", name="code_interpreter"),
            Image(),
        ),
        (
            "assistant",
            ToolCall("fs_1", "file_search", '["disk full"]'),
            ToolResult(LISTING, "fs_1", name="file_search"),
            ToolResult("No.", "fs_1", name="file_search"),
        ),
        ("assistant", ToolCall("call_js", "program", "await list()")),
        ("tool", ToolResult(ROWS, "call_js", name="program")),
        ("assistant", ToolCall("call_cu", "computer", '{"type":"screenshot"}')),
        ("other", Opaque("computer_call_output")),
        ("other", Opaque("web_search_call")),
        ("other", Opaque("item_reference")),
        ("other", Opaque("compaction")),
        ("assistant", Text("The disk was full."), Opaque("output_text"), Opaque("refusal")),
    ]


def test_failures_of_hosted_tools_are_errors() -> None:
    for native in (
        {"type": "mcp_call", "output": "no", "error": {"type": "protocol_error"}},
        {"type": "mcp_call", "output": "no", "status": "failed"},
        {"type": "code_interpreter_call", "outputs": [{"logs": "no"}], "status": "failed"},
        {"type": "program_output", "result": "no", "status": "incomplete"},
    ):
        assert [
            part.is_error
            for part in OPENAI_RESPONSES.parse(native).parts
            if isinstance(part, ToolResult)
        ] == [True]


def test_an_output_that_names_its_tool_keeps_the_name() -> None:
    native = {"type": "function_call_output", "call_id": "c", "output": "hi", "name": "f"}

    assert OPENAI_RESPONSES.parse(native).parts == (ToolResult("hi", "c", name="f"),)


def test_an_item_of_a_kind_to_come_is_opaque() -> None:
    native = {"type": "tomorrow", "output": "hi"}

    assert OPENAI_RESPONSES.parse(native) == Message("other", (Opaque("tomorrow"),))


def test_a_message_that_lost_its_role_keeps_its_text() -> None:
    native = {"type": "message", "content": [{"type": "input_text", "text": "hi"}]}

    assert OPENAI_RESPONSES.parse(native) == Message("other", (Text("hi"),))


def test_broken_items_read_as_far_as_they_go() -> None:
    parse = OPENAI_RESPONSES.parse

    assert parse({"type": "shell_call"}).parts == (ToolCall("", "shell", '{"command":""}'),)
    assert parse({"type": "shell_call_output", "output": LOG}).parts == ()
    assert parse({"type": "shell_call_output", "output": [7, {"stdout": "a"}]}).parts == (
        ToolResult("a", "", name="shell"),
    )
