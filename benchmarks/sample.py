"""A small sample made by seeded code: the same records everywhere, and nobody's licence."""

from __future__ import annotations

import json
import random
import re
from typing import TYPE_CHECKING

from benchmarks.corpus import Conversation, Item
from benchmarks.shapes import KINDS
from benchmarks.texts import history

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.shapes import Kind

SIZES = (2_000, 12_000, 60_000)
BLIND = "Please look at this output and tell me what matters."


def sample_items() -> list[Item]:
    """Each kind in three sizes, with a question about a part of it."""
    return [_made(name, kind, size) for name, kind in KINDS.items() for size in SIZES]


def sample_conversations() -> list[Conversation]:
    """Conversations that grow turn by turn: a long one, and one with small results."""
    made = {"long": history(80, 200_000), "short": history(40, 20_000)}
    return [
        Conversation(name, "You answer from tool output.", tuple(messages), _turns(len(messages)))
        for name, messages in made.items()
    ]


def _turns(messages: int) -> tuple[int, ...]:
    """After each tool result: the first stands at the third place."""
    return tuple(range(3, messages + 1, 2))


def _made(name: str, kind: Kind, size: int) -> Item:
    text = kind.make(size, size)
    question, needles = _ASKS[kind.needles](text, random.Random(size))
    return Item(
        id=f"sample-{name}-{size}",
        kind=name,
        question=question,
        tool=kind.tool,
        arguments=json.dumps(kind.arguments),
        content=text,
        needles=needles,
        blind=BLIND,
    )


Asked = tuple[str, tuple[str, ...]]


def _errors(text: str, rng: random.Random) -> Asked:
    """Every line that says that something failed."""
    del rng
    lines = [line.strip() for line in text.split("\n")]
    found = [line for line in lines if re.search(r"ERROR|error:|FAILED|Error:|FATAL", line)]
    return "What failed, and with which message?", tuple(dict.fromkeys(found))


def _unique(text: str, rng: random.Random) -> Asked:
    """A line that stands there once, asked for by a word that only it has."""
    bare = [re.sub(r"^ *\d+\t", "", line).strip() for line in text.split("\n")]
    lines = [line for line in bare if len(line) >= 12]
    rng.shuffle(lines)
    for line in lines:
        words = re.findall(r"[A-Za-z_]+\d+\w*", line)
        rare = next((word for word in words if text.count(word) == 1), None)
        if rare:
            return f"What does it say about `{rare}`?", (line,)
    return "What does it say first?", (lines[0],)


def _leaf(text: str, rng: random.Random) -> Asked:
    """A value of one record, asked for by the record's id."""
    record = rng.choice(json.loads(text))
    return f"What is the name of the customer with the id {record['id']}?", (record["name"],)


_ASKS: dict[str, Callable[[str, random.Random], Asked]] = {
    "errors": _errors,
    "unique": _unique,
    "leaf": _leaf,
}
