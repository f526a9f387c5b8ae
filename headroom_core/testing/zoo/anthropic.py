"""Anthropic Messages with blocks of every kind."""

from __future__ import annotations

from headroom_core.testing.zoo.texts import (
    LISTING,
    LOG,
    PNG,
    ROWS,
    Native,
    cache_mark,
    text_block,
)


def anthropic_messages() -> list[Native]:
    """Return Anthropic Messages, in the shape of its beta interface."""
    return [
        {"role": "user", "content": "Why did the nightly job fail?"},
        {"role": "assistant", "content": "I need the log."},
        {
            "role": "user",
            "content": [
                {**text_block("Here is what I have."), "cache_control": cache_mark()},
                _image(),
                _document({"type": "text", "media_type": "text/plain", "data": LOG}, title="log"),
                _document({"type": "content", "content": [text_block(LISTING), _image()]}),
                _document({"type": "content", "content": LISTING}),
                _document({"type": "url", "url": "https://example.com/plan.pdf"}),
                _document(
                    {"type": "text", "media_type": "text/plain", "data": LOG},
                    citations={"enabled": True},
                ),
                _search_result(LISTING, citations={"enabled": False}),
                _search_result(LISTING, citations={"enabled": True}),
            ],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "The log first.", "signature": "EqQBCg=="},
                {"type": "redacted_thinking", "data": "EmwKAhgB"},
                text_block("Reading."),
                _tool_use("toolu_log", "Read", {"file_path": "/var/log/job.log"}),
                _tool_use("toolu_rows", "list_items", {"page": 1, "städte": ["Köln"]}),
                _tool_use("toolu_none", "noop", {}),
                _tool_use("toolu_bad", "Bash", {"command": "cat job.log"}),
            ],
        },
        {
            "role": "user",
            "content": [
                _tool_result("toolu_log", LOG),
                _tool_result(
                    "toolu_rows",
                    [
                        {**text_block(ROWS), "cache_control": cache_mark()},
                        _image(),
                        _search_result(LISTING),
                        _document({"type": "text", "media_type": "text/plain", "data": LOG}),
                        {"type": "tool_reference", "tool_name": "list_items"},
                    ],
                ),
                {"type": "tool_result", "tool_use_id": "toolu_none"},
                {**_tool_result("toolu_bad", LOG), "is_error": True, "cache_control": cache_mark()},
                text_block("Go on."),
            ],
        },
        {
            "role": "assistant",
            "content": [
                {
                    "type": "server_tool_use",
                    "id": "srvtoolu_1",
                    "name": "web_search",
                    "input": {"query": "disk full"},
                },
                {
                    "type": "web_search_tool_result",
                    "tool_use_id": "srvtoolu_1",
                    "content": [
                        {
                            "type": "web_search_result",
                            "url": "https://example.com",
                            "title": "Disk",
                            "encrypted_content": "EqgfCioIARgB",
                            "page_age": None,
                        }
                    ],
                },
                {
                    "type": "code_execution_tool_result",
                    "tool_use_id": "srvtoolu_2",
                    "content": {
                        "type": "code_execution_result",
                        "stdout": LOG,
                        "stderr": "",
                        "return_code": 0,
                        "content": [],
                    },
                },
                {
                    "type": "mcp_tool_use",
                    "id": "mcptoolu_1",
                    "name": "list_items",
                    "server_name": "shop",
                    "input": {"page": 2},
                },
                {
                    "type": "mcp_tool_result",
                    "tool_use_id": "mcptoolu_1",
                    "is_error": False,
                    "content": [text_block(ROWS)],
                },
                {
                    **text_block("The disk was full."),
                    "citations": [
                        {
                            "type": "char_location",
                            "cited_text": "disk full",
                            "document_index": 0,
                            "document_title": "log",
                            "start_char_index": 40,
                            "end_char_index": 49,
                        }
                    ],
                },
                {**text_block("Free some space."), "citations": None},
            ],
        },
        {"role": "user", "content": [text_block("Thank you.")]},
    ]


def _image() -> Native:
    source = {"type": "base64", "media_type": "image/png", "data": PNG}
    return {"type": "image", "source": source}


def _document(source: Native, **fields: object) -> Native:
    return {"type": "document", "source": source, **fields}


def _search_result(text: str, **fields: object) -> Native:
    return {
        "type": "search_result",
        "source": "https://example.com/ops",
        "title": "Operations",
        "content": [text_block(text), text_block("Second block.")],
        **fields,
    }


def _tool_use(call_id: str, name: str, arguments: Native) -> Native:
    return {"type": "tool_use", "id": call_id, "name": name, "input": arguments}


def _tool_result(call_id: str, content: object) -> Native:
    return {"type": "tool_result", "tool_use_id": call_id, "content": content}
