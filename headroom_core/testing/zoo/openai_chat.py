"""OpenAI Chat Completions messages of every kind."""

from __future__ import annotations

from headroom_core.testing.zoo.texts import (
    LISTING,
    LOG,
    PNG,
    ROWS,
    Native,
    cache_mark,
    refusal_block,
    text_block,
)


def chat_messages() -> list[Native]:
    """Return OpenAI Chat Completions messages."""
    return [
        {"role": "system", "content": "You are a careful operator."},
        {"role": "developer", "content": [text_block("Answer in English.")], "name": "ops"},
        {"role": "user", "content": "Why did the nightly job fail?", "name": "ada"},
        {
            "role": "user",
            "content": [
                {**text_block("See the picture."), "prompt_cache_breakpoint": {"mode": "explicit"}},
                {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}},
                {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
                {"type": "file", "file": {"file_id": "file_1", "filename": "plan.pdf"}},
            ],
        },
        {
            "role": "assistant",
            "content": None,
            "refusal": None,
            "tool_calls": [
                _chat_call("call_log", "read_log", '{"path": "/var/log/job.log"}'),
                _chat_call("call_rows", "list_items", '{"page": 1}'),
                {
                    "id": "call_grep",
                    "type": "custom",
                    "custom": {"name": "grep", "input": "render src"},
                },
            ],
        },
        {"role": "tool", "tool_call_id": "call_log", "content": LOG},
        {
            "role": "tool",
            "tool_call_id": "call_rows",
            "name": "list_items",
            "content": [
                {**text_block(ROWS), "cache_control": cache_mark()},
                text_block("40 of 40 items"),
            ],
        },
        {"role": "tool", "tool_call_id": "call_grep", "content": LISTING},
        {"role": "assistant", "content": [text_block("One moment."), refusal_block()]},
        {
            "role": "assistant",
            "content": "The disk was full [1].",
            "annotations": [
                {
                    "type": "url_citation",
                    "url_citation": {
                        "url": "https://example.com",
                        "title": "Disk",
                        "start_index": 18,
                        "end_index": 21,
                    },
                }
            ],
        },
        {
            "role": "assistant",
            "content": "",
            "function_call": {"name": "list_items", "arguments": "{}"},
        },
        {"role": "function", "name": "list_items", "content": ROWS},
        {"role": "assistant", "audio": {"id": "audio_1"}},
        {"role": "user", "content": "Thank you."},
    ]


def _chat_call(call_id: str, name: str, arguments: str) -> Native:
    return {
        "id": call_id,
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }
