"""Seeded texts of any size, in the shapes that tools print."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

Native = dict[str, object]


def log(size: int, seed: int = 0) -> str:
    """A service's log of about `size` characters."""
    rng = random.Random(seed)
    out: list[str] = []
    length = 0
    while length < size:
        index = len(out)
        level = "ERROR" if index % 997 == 9 else "INFO"
        out.append(
            f"2026-05-0{1 + index // 9000 % 9}T{index // 3600 % 24:02d}:{index // 60 % 60:02d}:"
            f"{index % 60:02d}.{rng.randrange(1000):03d}Z {level} [worker-{rng.randrange(8)}]"
            f" request {rng.randrange(10**6)} took {rng.randrange(900)} ms"
        )
        length += len(out[-1]) + 1
    return "\n".join(out)


def rows(size: int, seed: int = 0) -> str:
    """An API's answer of about `size` characters: like-shaped objects, pretty-printed."""
    rng = random.Random(seed)
    made: list[Native] = []
    while len(made) * 190 < size:
        made.append(
            {
                "id": 1000 + len(made),
                "name": f"customer {rng.randrange(10**5)}",
                "url": f"https://api.example.com/v1/customers/{1000 + len(made)}",
                "plan": rng.choice(["free", "pro", "team"]),
                "seats": rng.randrange(50),
            }
        )
    return json.dumps(made, indent=2)


def hits(size: int, seed: int = 0) -> str:
    """The output of a search through source files, of about `size` characters."""
    rng = random.Random(seed)
    out: list[str] = []
    length = 0
    while length < size:
        out.extend(
            f"src/package_{len(out) // 700 % 40}/module_{len(out) // 12}.py:{line}:"
            f"    value = compute_{rng.randrange(500)}(value, {rng.randrange(100)})"
            for line in sorted(rng.sample(range(1, 900), 12))
        )
        length = len(out) * 75
    return "\n".join(out)


def source(size: int, seed: int = 0) -> str:
    """A source file with line numbers in front, as editors' tools show it."""
    rng = random.Random(seed)
    out: list[str] = []
    length = 0
    while length < size:
        number = rng.randrange(10**6)
        for line in (
            f"def compute_{number}(value: int, other: int) -> int:",
            f'    """Return {number} times the value."""',
            f"    total = value * {number}",
            "    for index in range(other):",
            f"        total += index % {1 + rng.randrange(90)}",
            "    return total",
            "",
        ):
            out.append(f"{len(out) + 1:6d}\t{line}")
            length += len(out[-1]) + 1
    return "\n".join(out)


def prose(size: int, seed: int = 0) -> str:
    """Sentences that no form makes shorter: the cost of leaving a text alone."""
    rng = random.Random(seed)
    words = [
        "".join(rng.choice("aeioubcdfglmnprst") for _ in range(rng.randrange(2, 9)))
        for _ in range(2000)
    ]
    out: list[str] = []
    length = 0
    while length < size:
        sentence = " ".join(rng.choice(words) for _ in range(rng.randrange(5, 16)))
        out.append(sentence.capitalize() + (".\n\n" if len(out) % 6 == 5 else "."))
        length += len(out[-1]) + 1
    return " ".join(out)


SHAPES: dict[str, Callable[[int, int], str]] = {
    "log": log,
    "json": rows,
    "search": hits,
    "code": source,
    "prose": prose,
}


def history(messages: int, tokens: int) -> list[Native]:
    """A conversation of so many messages with about so many tokens in its tool results."""
    turns = messages // 2
    shapes = list(SHAPES.values())
    size = tokens * 3 // turns
    out: list[Native] = [{"role": "user", "content": "Which requests failed, and why?"}]
    for turn in range(turns):
        call = {"name": "run_command", "arguments": json.dumps({"command": f"step {turn}"})}
        out.append(
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": f"call_{turn}", "type": "function", "function": call}],
            }
        )
        text = shapes[turn % len(shapes)](size, turn)
        out.append({"role": "tool", "tool_call_id": f"call_{turn}", "content": text})
    return out[:messages]
