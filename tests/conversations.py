"""Conversations for tests: the same turns, written in each of the wire formats."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

from hypothesis import strategies as st

from headroom_core.formats.wire import is_array, is_object

Wire = Literal["openai_chat", "openai_responses", "anthropic"]
WIRES: tuple[Wire, ...] = ("openai_chat", "openai_responses", "anthropic")
Native = dict[str, object]


@dataclass(frozen=True, slots=True)
class Turn:
    """A question, the call that the model makes of it, and what the tool prints."""

    question: str
    result: str
    tool: str = "run_command"
    arguments: tuple[tuple[str, str], ...] = (("command", "make test"),)
    is_error: bool = False


def written(turns: list[Turn], wire: Wire) -> list[Native]:
    """The turns as messages of a wire format."""
    write = {
        "openai_chat": _chat,
        "openai_responses": _responses,
        "anthropic": _anthropic,
    }[wire]
    return [message for index, turn in enumerate(turns) for message in write(turn, f"call_{index}")]


def result_texts(messages: list[Native]) -> list[str]:
    """The texts of all tool results."""
    found: list[str] = []
    for message in messages:
        content = message.get("content")
        if message.get("role") == "tool":
            found.append(str(content))
        elif message.get("type") == "function_call_output":
            found.append(str(message["output"]))
        elif is_array(content):
            blocks = [each for each in content if is_object(each)]
            found.extend(str(e["content"]) for e in blocks if e["type"] == "tool_result")
    return found


def _chat(turn: Turn, call_id: str) -> list[Native]:
    call = {"name": turn.tool, "arguments": json.dumps(dict(turn.arguments))}
    return [
        {"role": "user", "content": turn.question},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": call_id, "type": "function", "function": call}],
        },
        {"role": "tool", "tool_call_id": call_id, "content": turn.result},
    ]


def _responses(turn: Turn, call_id: str) -> list[Native]:
    arguments = json.dumps(dict(turn.arguments))
    return [
        {"type": "message", "role": "user", "content": turn.question},
        {"type": "function_call", "call_id": call_id, "name": turn.tool, "arguments": arguments},
        {"type": "function_call_output", "call_id": call_id, "output": turn.result},
    ]


def _anthropic(turn: Turn, call_id: str) -> list[Native]:
    use = {"type": "tool_use", "id": call_id, "name": turn.tool, "input": dict(turn.arguments)}
    result: Native = {"type": "tool_result", "tool_use_id": call_id, "content": turn.result}
    if turn.is_error:
        result["is_error"] = True
    return [
        {"role": "user", "content": turn.question},
        {"role": "assistant", "content": [use]},
        {"role": "user", "content": [result]},
    ]


def log(lines: int, *, seed: int = 0, fatal_at: int | None = None) -> str:
    """A service's log, with one FATAL line if asked for."""
    out: list[str] = []
    for index in range(lines):
        second = (index * 7 + seed) % 60
        if index == fatal_at:
            out.append(f"2026-01-03T10:{index % 60:02d}:{second:02d}Z FATAL db pool exhausted")
        else:
            took = (index * 37 + seed) % 400
            at = f"2026-01-03T10:{index % 60:02d}:{second:02d}Z"
            out.append(f"{at} INFO request id={index} took {took}ms")
    return "\n".join(out) + "\n"


def rows(count: int) -> str:
    """An API's answer: a list of like-shaped objects."""
    made = [
        {"id": index, "name": f"user-{index}", "active": index % 7 != 0, "plan": "free"}
        for index in range(count)
    ]
    return json.dumps({"total": count, "users": made}, indent=2)


LINES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "",
            "  ",
            "ok",
            "retrying in 5 s",
            "ERROR: connection refused",
            "[headroom runs, 3 lines: x]",
            "\\[headroom mixed",
            "a line (x3)",
            "(2 lines above, 3 more times)",
            "(5 blank lines)",
            "padded          ",
            "\x1b[31mred\x1b[0m",
            " 10%\r 50%\r100%",
            "src/app.py:12: def main() -> None:",
            '{"a": 1, "b": [1, 2, 3]}',
            "Exit code: 1",
        ]
    ),
)
REPEATED = st.tuples(LINES, st.integers(1, 60)).map(lambda pair: [pair[0]] * pair[1])
BLOCKS = st.tuples(st.lists(LINES, min_size=1, max_size=5), st.integers(1, 12)).map(
    lambda pair: pair[0] * pair[1]
)
LINE_TEXTS = st.lists(st.one_of(REPEATED, BLOCKS), max_size=8).map(
    lambda groups: "\n".join(line for group in groups for line in group)
)
SHAPED = st.one_of(
    st.integers(0, 200).map(lambda n: log(n, fatal_at=n // 2)),
    st.integers(0, 80).map(rows),
)
ANY_TEXT = st.one_of(
    st.text(alphabet=st.characters(), max_size=300),  # lone surrogates and NUL included
    LINE_TEXTS,
    SHAPED,
    st.tuples(LINE_TEXTS, SHAPED, LINE_TEXTS).map("\n".join),
)
TURNS = st.lists(
    st.builds(
        Turn,
        question=st.text(max_size=60),
        result=ANY_TEXT,
        tool=st.sampled_from(["run_command", "read_file", "http_get", "mcp__x__headroom_retrieve"]),
        is_error=st.booleans(),
    ),
    max_size=4,
)
