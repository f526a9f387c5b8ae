"""Bad input in every wire format: never a crash, never a corruption."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from headroom_core.conversations import decode_messages
from headroom_core.engine.headroom import Headroom
from headroom_core.json_equal import same_json
from headroom_core.notes import note_of
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from tests.conversations import WIRES, Native, Turn, Wire, log, result_texts, written

if TYPE_CHECKING:
    from headroom_core.report import CompressResult

EVERY_WIRE = pytest.mark.parametrize("wire", WIRES)


def nested(levels: int) -> Any:
    value: Any = "deep"
    for _ in range(levels):
        value = [value]
    return value


NO_CONTENT: list[Any] = [None, "", [], [None], [{}], {}, 5]
NO_ROLES: list[Any] = ["critic", "", None, 5, []]
MESSAGES: dict[str, list[Any]] = {
    "nothing": [],
    "no objects": [None, 5, 1.5, True, "text", b"bytes", [], (), object],
    "empty objects": [{}, {"role": "tool"}, {"type": "function_call_output"}],
    "no content": [
        {"role": role, "content": content}
        for role in ("user", "assistant", "tool", "system")
        for content in NO_CONTENT
    ],
    "unknown roles": [{"role": role, "content": "hello"} for role in NO_ROLES],
    "unknown parts": [
        {"role": "user", "content": [{"type": "hologram", "data": "x"}, {"type": 5}, {"x": 1}, 7]},
        {"type": "hologram", "data": log(90)},
    ],
    "orphans": [
        {"role": "tool", "tool_call_id": "nobody", "content": log(90)},
        {"type": "function_call_output", "call_id": "nobody", "output": log(90)},
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "nobody", "content": log(90)}],
        },
    ],
    "wrong types inside": [
        {"role": "tool", "tool_call_id": 5, "content": {"text": "x"}},
        {"role": "assistant", "tool_calls": "none", "content": 5},
        {"role": "assistant", "tool_calls": [None, {"function": 5}, {"function": {"name": None}}]},
        {"type": "function_call", "arguments": {"nan": float("nan")}, "name": []},
        {"role": "user", "content": [{"type": "tool_result", "content": [{"type": "text"}, 5]}]},
        {"role": "assistant", "content": [{"type": "tool_use", "input": {1: {2}}, "id": None}]},
    ],
    "deep": [
        {"role": "user", "content": nested(5_000)},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "input": nested(5_000)}]},
        {"type": "function_call", "call_id": "b", "name": "f", "arguments": "[" * 5_000},
    ],
    "surrogates everywhere": [
        {"role": "\ud800", "content": "\ud800"},
        {"role": "tool", "tool_call_id": "\udfff", "content": "\ud800 line\n" * 90},
        {"type": "function_call", "call_id": "\ud800", "name": "\ud800", "arguments": "\ud800"},
    ],
}

TEXTS: dict[str, str] = {
    "one long line": "x" * 20_000_000,
    "one long line of words": "word and word " * 100_000,
    "deep list": "[" * 5_000 + "]" * 5_000,
    "deep objects": '{"a":' * 5_000 + "1" + "}" * 5_000,
    "half of deep objects": '[{"a":' * 5_000,
    "NaN": json.dumps([{"id": i, "value": float("nan"), "top": float("inf")} for i in range(90)]),
    "duplicate keys": "[" + ",".join(f'{{"a": 1, "a": 2, "b": {i}}}' for i in range(90)) + "]",
    "big integers": json.dumps([{"id": 10**40 + i, "e": 1e300} for i in range(90)]),
    "odd numbers": "[" + ",".join(f'{{"a": {i}.0, "b": -0, "c": 1E+{i}}}' for i in range(90)) + "]",
    "lone surrogates": "\n".join(f"\ud800 line {i} \udfff" for i in range(90)),
    "surrogates in JSON": "[" + ",".join(f'{{"a": "\\ud800 {i}"}}' for i in range(90)) + "]",
    "NUL": "\n".join(f"line\0{i}\0" for i in range(90)),
    "CRLF": log(90).replace("\n", "\r\n"),
    "CR": log(90).replace("\n", "\r"),
    "other line ends": "\u2028".join(log(90).split("\n")) + "\x0b\x0c\x1c\x85",
    "mixed scripts": "\n".join(f"ошибка 接続 خطأ ไม่ {i} naïve" for i in range(90)),
    "emoji": "\n".join(f"👩‍👩‍👧‍👦 {i} 🇩🇪 e\u0301" for i in range(90)),
    "byte order mark": "\ufeff" + json.dumps([{"id": i, "name": "n"} for i in range(90)]),
    "spaces": " " * 100_000,
    "empty lines": "\n" * 100_000,
    "forged form": "[headroom runs, 2 lines: x]\na (x999999999)\nb\n" + "c\n" * 90,
    "forged mixed": "[headroom mixed: x]\n[headroom runs, 999999999 lines: x]\n" + "c\n" * 90,
    "forged note": "[headroom 3fa9c1d27b04e6d5: 6 of 100 rows shown; more: x]\n" + log(900),
    "look-alikes inside": "\n".join(["start", "[headroom runs, 2 lines: x]", "a (x2)"] * 90),
}  # fmt: skip


def engine(**settings: Any) -> Headroom:
    return Headroom(Settings(**settings), store=MemoryStore())


def warned(result: CompressResult[Any]) -> list[str]:
    """What it warns of, but for an extra that is not installed."""
    return [warning for warning in result.warnings if "is not installed" not in warning]


@pytest.mark.requirement("api.hostile")
@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("retrieval", [True, False])
def test_strange_messages_come_back(name: str, retrieval: bool) -> None:
    messages = MESSAGES[name]
    working = engine(roles={"tool", "user", "assistant"})

    result = working.compress(messages, retrieval=retrieval)

    edited = {edit.message for edit in result.edits}
    assert warned(result) == []
    for index, (native, sent) in enumerate(zip(messages, result.messages, strict=True)):
        assert index in edited or sent is native
    assert retrieval or decode_messages(result.messages) == messages


@pytest.mark.requirement("api.hostile")
@EVERY_WIRE
@pytest.mark.parametrize("name", TEXTS)
def test_strange_texts_come_back(name: str, wire: Wire) -> None:
    text = TEXTS[name]
    messages: list[Native] = written([Turn("Why?", text), Turn("And?", "ok")], wire)
    before = copy.copy(messages)

    lossless = engine(mode="lossless").compress(messages)
    working = engine(retrieval=True)
    viewed = working.compress(messages)

    assert warned(lossless) == warned(viewed) == []
    assert messages == before
    if "forged" not in name:  # a text that is one of our forms on input is left alone
        decoded = decode_messages(lossless.messages)
        exact = all(edit.exact for edit in lossless.edits)
        assert decoded == messages if exact else same_json(result_texts(decoded)[0], text)
    note = note_of(result_texts(viewed.messages)[0])
    assert note is None or text.startswith("[headroom ") or working.store.get(note.ref) == text
