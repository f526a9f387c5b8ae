"""How much memory a large text takes while it is compressed, for each shape of text."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from typing import TYPE_CHECKING, cast

from benchmarks.savings import engine_for
from benchmarks.shapes import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from headroom_core.settings import Mode

SIZE = 4_000_000
SMALLER = (300_000, 1_000_000)
MODES: tuple[Mode, ...] = ("lossless", "balanced")
_NAMES = ("id", "date", "country", "status", "amount", "customer")


def run(size: int = SIZE) -> dict[str, float]:
    """The multiple of the text's bytes by which each process grows at most, each shape in its own.

    That is what the system gives the process: also what is free but scattered, and what libraries
    take. Nothing but the text and the engine is in memory before.
    """
    figures = {f"{name}, {size:,} characters": _child(name, size) for name in SHAPES}
    for name in _SMALL:
        for small in SMALLER:
            for mode in MODES:
                figures[f"{name}, {small:,} characters, {mode}"] = _child(name, small, mode)
    return figures


def _child(name: str, size: int, mode: Mode = "lossless") -> float:
    command = [sys.executable, "-m", "benchmarks.memory", name, str(size), mode]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return float(done.stdout)


def main(name: str, size: int, mode: Mode) -> None:
    """Print by how much this process grows at most, as a multiple of the text's bytes."""
    make = _SMALL.get(name) or SHAPES[name]
    text = make(size, 1)
    engine = engine_for(mode)
    # Libraries and the vocabulary are loaded by then.
    for warm in (text[:3000], make(30_000, 2)):
        engine.compress([{"role": "tool", "tool_call_id": "1", "content": warm}])
    before = _resident("VmRSS", anew=True)
    engine.compress([{"role": "tool", "tool_call_id": "1", "content": text}])
    sys.stdout.write(str(round((_resident("VmHWM") - before) / len(text.encode()), 1)))


def _resident(key: str, *, anew: bool = False) -> int:
    """The bytes in memory, now or at most since it was asked `anew`; Linux alone tells."""
    if anew:
        with open("/proc/self/clear_refs", "w", encoding="ascii") as control:  # noqa: PTH123 - no file
            control.write("5")
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123 - no file
        figures = dict(line.split(":", 1) for line in status)
    return int(figures[key].split()[0]) * 1024


def _rows(size: int, seed: int) -> Iterator[tuple[str, ...]]:
    """Rows of a table whose cells together have about `size` characters."""
    rng = random.Random(seed)
    for index in range(size // 37):
        amount = f"{rng.randrange(10**4)}.{rng.randrange(100):02d}"
        country, status = rng.choice(["DE", "FR", "JP"]), rng.choice(["paid", "open"])
        customer = f"customer {rng.randrange(10**5)}"
        yield (
            f"{1000 + index}",
            f"2026-03-{1 + index % 28:02d}",
            country,
            status,
            amount,
            customer,
        )


def markdown(size: int, seed: int) -> str:
    """A table drawn with bars."""
    rows = [_NAMES, ("---",) * len(_NAMES), *_rows(size, seed)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def aligned(size: int, seed: int) -> str:
    """A table whose columns are aligned with blanks."""
    widths = (10, 11, 8, 7, 9)
    rows = [_NAMES, *_rows(size, seed)]
    return "\n".join(
        "".join([*map(str.ljust, row, widths), row[-1]])  # the last one ends its line
        for row in rows
    )


def compact(size: int, seed: int) -> str:
    """Objects as JSON without white space."""
    objects = [dict(zip(_NAMES, row, strict=True)) for row in _rows(size // 3, seed)]
    return _compact(objects)


def lines(size: int, seed: int) -> str:
    """Objects as JSON, one on each line."""
    rows = (dict(zip(_NAMES, row, strict=True)) for row in _rows(size // 3, seed))
    return "\n".join(map(json.dumps, rows))


def tiny(size: int, seed: int) -> list[dict[str, object]]:
    """Objects of which each takes 22 characters without white space."""
    rng = random.Random(seed)
    return [{"id": index, "ok": rng.random() < 0.5} for index in range(size // 22)]


def _numbers(size: int, seed: int) -> str:
    rng = random.Random(seed)
    return _compact([rng.randrange(10**4) for _ in range(size // 5)])


def _by_name(rows: list[dict[str, object]]) -> dict[str, object]:
    return {f"k{row['id']}": row for row in rows}


def _in_tens(rows: list[dict[str, object]]) -> list[object]:
    return [rows[at : at + 10] for at in range(0, len(rows), 10)]


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


_SMALL: dict[str, Callable[[int, int], str]] = {
    "tiny objects": lambda size, seed: _compact(tiny(size, seed)),
    "tiny objects, indented": lambda size, seed: json.dumps(tiny(size // 2, seed), indent=2),
    "tiny objects in lines": lambda size, seed: "\n".join(map(json.dumps, tiny(size, seed))),
    "bare numbers": _numbers,
    "bare words": lambda size, seed: _compact(
        [f"red{each['id']}" for each in tiny(size * 2, seed)]
    ),
    "map of tiny objects": lambda size, seed: _compact(_by_name(tiny(size * 2 // 3, seed))),
    "map of numbers": lambda size, seed: _compact(
        {f"k{each['id']}": seed + index * 7 % 90 for index, each in enumerate(tiny(size * 2, seed))}
    ),
    "lists of tiny objects": lambda size, seed: _compact(_in_tens(tiny(size, seed))),
}
SHAPES: dict[str, Callable[[int, int], str]] = {
    **{name: kind.make for name, kind in KINDS.items()},
    "Markdown table": markdown,
    "aligned table": aligned,
    "compact JSON": compact,
    "JSON lines": lines,
}

if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), cast("Mode", sys.argv[3]))  # as `_child` gives it
