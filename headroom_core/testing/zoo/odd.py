"""What no documentation describes and what is sent all the same."""

from __future__ import annotations

from headroom_core.testing.zoo.texts import LOG, text_block


def odd_messages() -> list[object]:
    """Return what no provider's documentation describes and what is sent all the same."""
    return [
        None,
        7,
        "hello",
        [],
        object,
        {},
        {"role": None, "content": None},
        {"role": ["user"], "content": "hi"},
        {"role": "user"},
        {"role": "user", "content": 7},
        {"role": "user", "content": {"type": "text", "text": "hi"}},
        {"role": "user", "content": []},
        {"role": "user", "content": [None, "hi", 7, {}, {"type": ["text"]}, {"type": "text"}]},
        {"role": "user", "content": [{"type": "hologram", "text": "hi"}]},
        {"role": "user", "content": [{"type": "document"}, {"type": "document", "source": {}}]},
        {"role": "narrator", "content": "Meanwhile"},
        {"role": "tool", "content": LOG},
        {"role": "tool", "tool_call_id": 7, "name": None, "content": [None, text_block(LOG)]},
        {"role": "assistant", "tool_calls": 7},
        {"role": "assistant", "tool_calls": [None, {}, {"id": "c", "function": {"name": "f"}}]},
        {"role": "assistant", "tool_calls": [{"function": {"arguments": {"a": {7}}}}]},
        {"role": "assistant", "function_call": {"arguments": {"a": 1}}},
        {"type": "function_call_output", "output": LOG},
        {"type": "function_call_output", "call_id": "c", "output": {"text": LOG}},
        {"type": "function_call", "call_id": None, "arguments": None},
        {"type": "shell_call", "action": None},
        {"type": "shell_call", "action": {"commands": ["ls", 7]}},
        {"type": "shell_call_output", "output": LOG},
        {"type": "shell_call_output", "output": [None, {"stdout": LOG, "outcome": None}]},
        {"type": "mcp_call", "error": {"type": "protocol_error"}, "output": LOG},
        {"type": "code_interpreter_call", "outputs": None, "code": None},
        {"type": "file_search_call", "results": [None, {"text": None}, {"text": LOG}]},
        {"type": "tomorrow", "output": LOG},
        {"type": "message", "content": [{"type": "input_text", "text": "no role"}]},
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "tool_use", "id": "t", "name": "f", "input": {"a": {7}}}],
        },
        {"role": "user", "content": [{"type": "tool_result", "content": [None, text_block(LOG)]}]},
        {"role": "user", "content": [{"type": "tool_result", "content": 7, "is_error": "yes"}]},
    ]
