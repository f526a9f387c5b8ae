"""OpenAI Responses input items of every kind."""

from __future__ import annotations

from headroom_core.testing.zoo.texts import LISTING, LOG, PNG, ROWS, Native, refusal_block


def responses_messages() -> list[Native]:
    """Return OpenAI Responses input items."""
    return [
        {"role": "developer", "content": "Answer in English."},
        {"role": "user", "content": "Why did the nightly job fail?", "type": "message"},
        {
            "type": "message",
            "role": "user",
            "status": "completed",
            "content": [
                {"type": "input_text", "text": "See the picture."},
                {"type": "input_image", "image_url": "https://example.com/a.png", "detail": "low"},
                {"type": "input_file", "file_id": "file_1", "filename": "plan.pdf"},
            ],
        },
        {
            "type": "reasoning",
            "id": "rs_1",
            "summary": [{"type": "summary_text", "text": "Look at the log first."}],
            "encrypted_content": "gAAAAABo",
        },
        {
            "type": "function_call",
            "id": "fc_1",
            "call_id": "call_log",
            "name": "read_log",
            "arguments": '{"path": "/var/log/job.log"}',
            "status": "completed",
        },
        _item("function_call", call_id="call_rows", name="list_items", arguments='{"page": 1}'),
        _item("function_call_output", call_id="call_log", output=LOG, id="fco_1"),
        _item(
            "function_call_output",
            call_id="call_rows",
            status="completed",
            output=[
                {"type": "input_text", "text": ROWS},
                {"type": "input_image", "image_url": f"data:image/png;base64,{PNG}"},
                {"type": "input_text", "text": "40 of 40 items"},
            ],
        ),
        _item("custom_tool_call", call_id="call_grep", name="grep", input="render src", id="ctc_1"),
        _item("custom_tool_call_output", call_id="call_grep", output=LISTING),
        _item(
            "local_shell_call",
            id="lsh_1",
            call_id="call_sh",
            status="completed",
            action={"type": "exec", "command": ["bash", "-lc", "cat job.log"], "env": {}},
        ),
        _item("local_shell_call_output", id="call_sh", output=LOG),
        _item(
            "shell_call",
            call_id="call_sh2",
            action={"commands": ["cat job.log", "df"], "timeout_ms": 9_000},
        ),
        _item(
            "shell_call_output",
            call_id="call_sh2",
            max_output_length=20_000,
            output=[
                {"stdout": LOG, "stderr": "", "outcome": {"type": "exit", "exit_code": 0}},
                {"stdout": "", "stderr": LISTING, "outcome": {"type": "exit", "exit_code": 2}},
                {"stdout": ROWS, "stderr": "", "outcome": {"type": "timeout"}},
            ],
        ),
        _item(
            "apply_patch_call",
            call_id="call_patch",
            status="completed",
            operation={"type": "update_file", "path": "a.py", "diff": "@@\n-x = 1\n+x = 2\n"},
        ),
        _item("apply_patch_call_output", call_id="call_patch", status="failed", output=LISTING),
        _item(
            "mcp_call",
            id="mcp_1",
            server_label="shop",
            name="list_items",
            arguments='{"page": 2}',
            output=ROWS,
            error=None,
        ),
        _item(
            "code_interpreter_call",
            id="ci_1",
            code="print(open('job.log').read())",
            container_id="cntr_1",
            status="completed",
            outputs=[
                {"type": "logs", "logs": LOG},
                {"type": "image", "url": "https://example.com/plot.png"},
            ],
        ),
        _item(
            "file_search_call",
            id="fs_1",
            queries=["disk full"],
            status="completed",
            results=[
                {"file_id": "file_1", "filename": "ops.md", "score": 0.91, "text": LISTING},
                {"file_id": "file_2", "filename": "faq.md", "score": 0.42, "text": "No."},
            ],
        ),
        _item("program", id="pr_1", call_id="call_js", code="await list()", fingerprint="f00d"),
        _item("program_output", id="po_1", call_id="call_js", result=ROWS, status="completed"),
        _item(
            "computer_call",
            id="cu_1",
            call_id="call_cu",
            status="completed",
            pending_safety_checks=[],
            action={"type": "screenshot"},
        ),
        _item(
            "computer_call_output",
            call_id="call_cu",
            output={"type": "computer_screenshot", "image_url": f"data:image/png;base64,{PNG}"},
        ),
        _item(
            "web_search_call",
            id="ws_1",
            status="completed",
            action={"type": "search", "query": "disk full"},
        ),
        _item("item_reference", id="msg_9"),
        _item("compaction", id="cmp_1", encrypted_content="gAAAAABp"),
        {
            "type": "message",
            "id": "msg_1",
            "role": "assistant",
            "status": "completed",
            "content": [
                {"type": "output_text", "text": "The disk was full.", "annotations": []},
                {
                    "type": "output_text",
                    "text": "See ops.md.",
                    "annotations": [
                        {
                            "type": "file_citation",
                            "file_id": "file_1",
                            "filename": "ops.md",
                            "index": 4,
                        }
                    ],
                },
                refusal_block(),
            ],
        },
    ]


def _item(kind: str, **fields: object) -> Native:
    return {"type": kind, **fields}
