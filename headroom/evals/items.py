"""What is asked about one tool result, and the conversation in which it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from headroom_core.formats.wire import WireObject
    from headroom_core.settings import Mode

Score = Literal["exact", "f1", "number", "all", "call"]
"""How an answer is judged: equal, by shared words, by its last number, by naming all that was
asked for, or as a call of a function."""

SYSTEM = (
    "Answer from the tool results. Reply with the answer alone: no sentence, no explanation."
    " If they do not hold it, reply `unanswerable`."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question about a table that a program can answer: a figure, or one cell."""

    kind: Literal["count", "sum", "max", "lookup"]
    column: str
    """The column whose value is asked for, or whose values are counted or added."""
    value: str = ""
    """The value to count, or the one that names the row to look into."""
    key: str = ""
    """The column that holds this value in a lookup."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A tool result, a question about it, and what is right."""

    category: str
    name: str
    tool: str
    arguments: str
    text: str
    question: str
    answers: tuple[str, ...]
    """Any of them is right, or with `score="all"` every one is needed."""
    score: Score
    needles: tuple[str, ...] = ()
    """Pieces of the text that must be in sight whatever is left out."""
    ask: Ask | None = None
    mode: Mode = "balanced"


def seeded(seed: str) -> Random:
    """Return the chances that follow from a seed, the same on every machine."""
    return Random(seed)  # noqa: S311 - they are to come again, not to be secret


def conversation(item: Item, *, call_id: str = "call_1") -> list[WireObject]:
    """The question, the call and its result; in the format of OpenAI's Chat Completions."""
    function = {"name": item.tool, "arguments": item.arguments}
    calls = [{"id": call_id, "type": "function", "function": function}]
    return [
        {"role": "system", "content": SYSTEM},
        {"role": "user", "content": item.question},
        {"role": "assistant", "content": None, "tool_calls": calls},
        {"role": "tool", "tool_call_id": call_id, "content": item.text},
    ]


def tools(item: Item) -> list[WireObject]:
    """The tool that has printed the result, as a request offers it."""
    parameters: WireObject = {"type": "object", "properties": {}}
    function: WireObject = {
        "name": item.tool,
        "description": "Has been called; its result stands in the conversation.",
        "parameters": parameters,
    }
    return [{"type": "function", "function": function}]
