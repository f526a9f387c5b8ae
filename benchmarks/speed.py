"""How fast each compressor is, how its time grows, and how it compares to counting the tokens."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Literal, TypedDict

from benchmarks import passages
from benchmarks.clock import best_seconds, growth
from benchmarks.shapes import KINDS
from headroom_core.compressors.base import Hint
from headroom_core.compressors.registry import REGISTRY
from headroom_core.source import Source
from headroom_core.tokens import deciding_counter
from headroom_core.tokens.vocabulary import VOCABULARIES, on_disk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.base import Compressor

SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
GROWS_FROM = 100_000
"""Below this size, what a call costs whatever the text would flatten the slope."""
ROOM = 4_000
"""The characters that a view may have."""


class Speed(TypedDict):
    """One compressor on the shape that it shortens most. A form is encoded and decoded."""

    shape: str
    what: Literal["form", "view"]
    """Views are timed of those that have no lossless form for any shape here."""
    ms: dict[str, float]
    """By size; those sizes are left out that it declines."""
    mb_per_s: float
    exponent: float
    to_counting: float
    """The same work at a million characters, as a multiple of counting the text's tokens."""


def counter_name() -> str:
    """The counter that the ratios are relative to."""
    on_hand = on_disk(VOCABULARIES["o200k"]) is not None
    return "tiktoken" if on_hand else "toktok (no vocabulary of tiktoken is on this disk)"


def counting() -> Callable[[str], int]:
    """`tiktoken` where its vocabulary is on disk, else what decides here."""
    if on_disk(VOCABULARIES["o200k"]) is None:
        return deciding_counter().count
    import tiktoken  # noqa: PLC0415 - heavy

    encoding = tiktoken.get_encoding("o200k_base")
    return lambda text: len(encoding.encode_ordinary(text))


def compressors(sizes: Sequence[int] = SIZES) -> dict[str, Speed]:
    """Each compressor that shortens one of the shapes, on the shape that it shortens most."""
    out: dict[str, Speed] = {}
    for compressor in REGISTRY:
        for call in (_verified, _viewed):
            shape = _shape_of(compressor, call)
            if shape is not None:
                out[compressor.name] = _speed(compressor, shape, call, sizes)
                break
    return out


Call = Callable[["Compressor", str, Hint], "str | None"]


def _shape_of(compressor: Compressor, call: Call) -> str | None:
    """The kind of text that it makes shortest of all kinds it takes."""
    best: dict[str, float] = {}
    for name, kind in KINDS.items():
        text = kind.make(10_000, 1)
        short = call(compressor, text, _hint(name))
        if short is not None:
            best[name] = len(short) / len(text)
    return min(best, key=lambda name: best[name]) if best else None


def _hint(name: str) -> Hint:
    arguments = KINDS[name].arguments
    return Hint(command=arguments.get("command", ""), path=arguments.get("path", ""))


def _speed(compressor: Compressor, shape: str, call: Call, sizes: Sequence[int]) -> Speed:
    hint = _hint(shape)
    made = {size: KINDS[shape].make(size, 1) for size in sizes}
    texts = {size: text for size, text in made.items() if call(compressor, text, hint) is not None}
    seconds = {
        size: _seconds(partial(call, compressor, text, hint), len(text))
        for size, text in texts.items()
    }
    # At most a million characters: long enough to be steady, and counted in a moment.
    middle = max(size for size in texts if size <= 10**6)
    count = counting()
    count(texts[middle])  # the first call loads the vocabulary
    counted = best_seconds(partial(count, texts[middle]))
    large = [size for size in texts if size >= GROWS_FROM]
    return Speed(
        shape=shape,
        what="form" if call is _verified else "view",
        ms={f"{size:,}": round(each * 1000, 3) for size, each in seconds.items()},
        mb_per_s=round(middle / 1e6 / seconds[middle], 1),
        exponent=round(growth(large, [seconds[size] for size in large]), 2),
        to_counting=round(seconds[middle] / counted, 2),
    )


def _verified(compressor: Compressor, text: str, hint: Hint) -> str | None:
    """The lossless form, decoded too, as the engine does before it uses one."""
    encoded = compressor.encode(Source(text), hint)
    if encoded is None:
        return None
    compressor.decode(encoded.legend, encoded.body)
    return encoded.body


def _viewed(compressor: Compressor, text: str, hint: Hint) -> str | None:
    view = compressor.view(Source(text), hint, ROOM)
    return None if view is None else view.body


def _seconds(call: Callable[[], object], size: int) -> float:
    return best_seconds(call, repeats=5 if size < 10**6 else 2)


def whole(sizes: Sequence[int] = (100_000,)) -> dict[str, dict[str, float]]:
    """The whole engine on each kind, each in a process of its own: cold, warm, and its memory."""
    return {f"{name}, {size:,} characters": _child(name, size) for name in KINDS for size in sizes}


def _child(name: str, size: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.child", name, str(size)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def run() -> dict[str, object]:
    """All of it, and what the ratios are relative to."""
    return {
        "counter": counter_name(),
        "compressors": compressors(),
        "passages": passages.run(),
        "engine": whole(),
    }
