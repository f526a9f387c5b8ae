"""How fast each compressor is, how its time grows, and how it compares to counting the tokens."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING, TypedDict

from benchmarks.clock import best_seconds, growth
from benchmarks.shapes import KINDS
from headroom_core.compressors.base import Hint
from headroom_core.compressors.registry import REGISTRY
from headroom_core.source import Source
from headroom_core.tokens import deciding_counter
from headroom_core.tokens.vocabulary import VOCABULARIES, on_disk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headroom_core.compressors.base import Compressor

SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
GROWS_FROM = 100_000
"""Below this size, what a call costs whatever the text would flatten the slope."""


class Speed(TypedDict):
    """One compressor on the shape that it takes."""

    shape: str
    ms: dict[str, float]
    mb_per_s: float
    exponent: float
    to_counting: float
    """Encoding and decoding, as a multiple of the time to count the same text's tokens."""


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
    """Each compressor that has a lossless form for one of the shapes, on the first such shape."""
    out: dict[str, Speed] = {}
    for compressor in REGISTRY:
        shape = _shape_of(compressor)
        if shape is not None:
            out[compressor.name] = _speed(compressor, shape, sizes)
    return out


def _shape_of(compressor: Compressor) -> str | None:
    """The kind of text that it makes shortest of all kinds it takes."""
    best: dict[str, float] = {}
    for name, kind in KINDS.items():
        text = kind.make(10_000, 1)
        encoded = compressor.encode(Source(text), _hint(name))
        if encoded is not None:
            best[name] = len(encoded.body) / len(text)
    return min(best, key=lambda name: best[name]) if best else None


def _hint(name: str) -> Hint:
    arguments = KINDS[name].arguments
    return Hint(command=arguments.get("command", ""), path=arguments.get("path", ""))


def _speed(compressor: Compressor, shape: str, sizes: Sequence[int]) -> Speed:
    hint = _hint(shape)
    texts = [KINDS[shape].make(size, 1) for size in sizes]
    seconds = [_seconds(partial(_encode, compressor, text, hint), len(text)) for text in texts]
    count = counting()
    index = max(place for place, text in enumerate(texts) if len(text) < 5 * 10**6)
    both = _seconds(partial(_verified, compressor, texts[index], hint), len(texts[index]))
    counted = _seconds(partial(count, texts[index]), len(texts[index]))
    large = [place for place, text in enumerate(texts) if len(text) >= GROWS_FROM]
    return Speed(
        shape=shape,
        ms={f"{size:,}": round(each * 1000, 3) for size, each in zip(sizes, seconds, strict=True)},
        mb_per_s=round(len(texts[-1]) / 1e6 / seconds[-1], 1),
        exponent=round(growth([len(texts[at]) for at in large], [seconds[at] for at in large]), 2),
        to_counting=round(both / counted, 2),
    )


def _encode(compressor: Compressor, text: str, hint: Hint) -> object:
    return compressor.encode(Source(text), hint)


def _verified(compressor: Compressor, text: str, hint: Hint) -> object:
    encoded = compressor.encode(Source(text), hint)
    return encoded and compressor.decode(encoded.legend, encoded.body)


def _seconds(call: Callable[[], object], size: int) -> float:
    return best_seconds(call, repeats=5 if size < 10**6 else 1)


def whole(sizes: Sequence[int] = (10_000, 1_000_000)) -> dict[str, dict[str, float]]:
    """The whole engine on each kind, each in a process of its own: cold, warm, and its memory."""
    return {f"{name}, {size:,} characters": _child(name, size) for name in KINDS for size in sizes}


def _child(name: str, size: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.child", name, str(size)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def run() -> dict[str, object]:
    """All of it, and what the ratios are relative to."""
    return {"counter": counter_name(), "compressors": compressors(), "engine": whole()}
