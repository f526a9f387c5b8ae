"""Recorded tool results with questions, from a folder of JSON lines or from the sample.

A folder holds one file for each kind, one record on each line: `id`, `kind`, `question`, `tool`
(`name`, `arguments`), `content`, and `needles`, the strings that the answer needs; also, if there
is one, `question_blind`, which says nothing of what is asked. Whole conversations stand in
`trajectory.jsonl`: `system`, `messages`, `format`, and `cuts` with the turns at which a model is
asked.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.texts import Native

CONVERSATIONS = "trajectory.jsonl"


@dataclass(frozen=True, slots=True)
class Item:
    """One tool result, the question it answers, and what of it the answer needs."""

    id: str
    kind: str
    question: str
    tool: str
    arguments: str
    content: str
    needles: tuple[str, ...]
    blind: str = ""
    """A question that says nothing of what is asked; empty where there is none."""

    def messages(self) -> list[Native]:
        """The conversation in which an agent sends this result: question, call, result."""
        call_id = f"call_{self.id}"
        function = {"name": self.tool, "arguments": self.arguments}
        call = {"id": call_id, "type": "function", "function": function}
        return [
            {"role": "user", "content": self.question},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": call_id, "content": self.content},
        ]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A whole conversation, and after how many messages the model is asked each time."""

    id: str
    system: str
    messages: tuple[Native, ...]
    turns: tuple[int, ...]


def folder_given(argument: str | None) -> Path | None:
    """The folder to measure on: the argument, else `HEADROOM_CORPUS`; `None` means the sample."""
    given = argument or os.environ.get("HEADROOM_CORPUS")
    if not given:
        return None
    folder = Path(given)
    if any(folder.glob("*.jsonl")):
        return folder
    inner = sorted({path.parent for path in folder.glob("*/*.jsonl")})
    if len(inner) != 1:
        raise SystemExit(f"{given!r} holds no records: one `.jsonl` file for each kind is expected")
    return inner[0]


def read_items(folder: Path) -> list[Item]:
    """Every tool result of a folder, kind by kind."""
    paths = [path for path in sorted(folder.glob("*.jsonl")) if path.name != CONVERSATIONS]
    return [_item(record) for path in paths for record in _records(path)]


def read_conversations(folder: Path) -> list[Conversation]:
    """Every whole conversation of a folder."""
    path = folder / CONVERSATIONS
    return [_conversation(record) for record in _records(path)] if path.exists() else []


def _records(path: Path) -> Iterator[dict[str, object]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            record: object = json.loads(line)
            if not isinstance(record, dict):
                raise SystemExit(f"{path} holds a line that is not an object")
            yield cast("dict[str, object]", record)  # the keys of a JSON object are strings


def _item(record: dict[str, object]) -> Item:
    tool = cast("dict[str, object]", record["tool"])  # the form of the records, as above
    return Item(
        id=str(record["id"]),
        kind=str(record["kind"]),
        question=str(record["question"]),
        tool=str(tool["name"]),
        arguments=json.dumps(tool["arguments"], ensure_ascii=False),
        content=str(record["content"]),
        needles=tuple(str(each) for each in cast("list[object]", record["needles"])),
        blind=str(record.get("question_blind", "")),
    )


def _conversation(record: dict[str, object]) -> Conversation:
    cuts = cast("list[dict[str, int]]", record["cuts"])  # the form of the records, as above
    return Conversation(
        id=str(record["id"]),
        system=str(record["system"] or ""),
        messages=tuple(cast("list[Native]", record["messages"])),
        turns=tuple(cut["t"] for cut in cuts),
    )
