"""How fast each compressor is, how its time grows, and how it compares to counting the tokens."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Literal, TypedDict

from benchmarks import passages
from benchmarks.clock import best_seconds, growth
from benchmarks.shapes import KINDS
from headroom_core.compressors.base import Hint
from headroom_core.compressors.registry import REGISTRY
from headroom_core.source import Source
from headroom_core.tokens import deciding_counter
from headroom_core.tokens.vocabulary import VOCABULARIES, on_disk, ranks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.base import Compressor

SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
GROWS_FROM = 100_000
"""Below this size, what a call costs whatever the text would flatten the slope."""
_O200K = VOCABULARIES["o200k"]
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
    return (
        "toktok (no vocabulary for tiktoken is on this disk)"
        if vocabulary() is None
        else "tiktoken"
    )


def counting() -> Callable[[str], int]:
    """`tiktoken` where its vocabulary can be had without a network, else what decides here."""
    content = vocabulary()
    if content is None:
        return deciding_counter().count
    from tiktoken import Encoding  # noqa: PLC0415 - heavy

    encoding = Encoding(
        _O200K.encoding,
        pat_str=_O200K.pattern,
        mergeable_ranks=ranks(content),
        special_tokens={},
    )
    return lambda text: len(encoding.encode_ordinary(text))


@cache
def vocabulary() -> bytes | None:
    """The published file of o200k: from disk, or written out of the one that `toktok` carries."""
    content = on_disk(_O200K)
    if content is not None:
        return content
    try:
        # Private, and named by its authors as the way to the whole tokenizer.
        from toktok import _encoding  # noqa: PLC0415 - heavy  # pyright: ignore[reportPrivateUsage]
    except ImportError:
        return None
    tokenizer = _encoding(_O200K.encoding)
    lines: list[bytes] = []
    for rank in range(tokenizer.n_vocab):
        try:
            token = tokenizer.decode_single_token_bytes(rank)
        except KeyError:
            break  # the gap before the special tokens, which the file does not list
        lines.append(b"%s %d\n" % (base64.b64encode(token), rank))
    content = b"".join(lines)
    return content if _O200K.is_genuine(content) else None


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
