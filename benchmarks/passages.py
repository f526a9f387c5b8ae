"""How fast prose and retrieved chunks are split, scored and shown, by the way they are written."""

from __future__ import annotations

import json
import random
import time
from functools import partial
from typing import TYPE_CHECKING, TypedDict

from benchmarks import texts
from benchmarks.clock import best_seconds, growth
from headroom_core.compressors.base import Hint
from headroom_core.compressors.prose import ProseCompressor
from headroom_core.compressors.rag import RagChunks
from headroom_core.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SIZES = (100_000, 1_000_000)
_ASKED = 7
"""The paragraph that is asked for."""
ROOM = 4_000
"""The characters that a view may have."""
_FIRST_UNSPACED, _UNSPACED = 0x4E00, 2_500


class Pace(TypedDict):
    """One way of writing, at the largest size."""

    ms: float
    mb_per_s: float
    """Of UTF-8, in time of the processor: waiting for others does not count."""
    exponent: float


def _numbered(number: int, text: str) -> str:
    return f"[{number}] Manual {number} (source: docs/manual_{number}.md)\n{text}\n\n"


def _tagged(number: int, text: str) -> str:
    return (
        f'<document index="{number}">\n<source>docs/manual_{number}.md</source>\n'
        f"<document_content>\n{text}\n</document_content>\n</document>\n"
    )


def _record(number: int, text: str) -> str:
    record = {"id": number, "source": f"docs/manual_{number}.md", "text": text, "score": 0.5}
    return f"{'[' if number == 1 else ','}{json.dumps(record)}"


def _markdown(number: int, text: str) -> str:
    return f"## Section {number}\n\n{text}\n\n- {text[:80]}.\n- {text[-80:]}\n\n"


def _underlined(number: int, text: str) -> str:
    return f"Section {number}\n-----------\n\n{text}\n\n* {text[:80]}.\n\n"


WAYS: dict[str, Callable[[int, str], str]] = {
    "numbered chunks": _numbered,
    "numbered chunks, unspaced": _numbered,
    "XML chunks": _tagged,
    "JSON chunks": _record,
    "Markdown": _markdown,
    "reStructuredText": _underlined,
}


def made(way: str, size: int) -> str:
    """A text of about `size` bytes that is written in one of the ways."""
    spaced = not way.endswith("unspaced")
    paragraphs = texts.prose(size, 1).split("\n\n") if spaced else _unspaced(size)
    limit = "Its limit is {}." if spaced else "上限为{}。"
    pieces = [
        WAYS[way](number, f"{each.strip()} {limit.format(_limit(number))}")
        for number, each in enumerate(paragraphs, 1)
    ]
    return "".join(pieces) + ("]" if way.startswith("JSON") else "")


def _limit(number: int) -> int:
    return 100_000 + number * 7_919 % 100_003


def question(way: str) -> str:
    """What is asked: a word of every paragraph, and a number of one."""
    limit = _limit(_ASKED)
    return f"上限为{limit}？" if way.endswith("unspaced") else f"Which limit is {limit}?"


def _unspaced(size: int) -> list[str]:
    rng = random.Random(1)
    signs = [chr(_FIRST_UNSPACED + 7 * each) for each in range(_UNSPACED)]
    return [
        "".join(f"{''.join(rng.choices(signs, k=rng.randrange(10, 30)))}。" for _ in range(8))
        for _ in range(size // 500)
    ]


def view_of(way: str, text: str) -> str | None:
    """What is shown of a text."""
    file = {"Markdown": "guide.md", "reStructuredText": "guide.rst"}.get(way, "")
    compressor = ProseCompressor() if file else RagChunks()
    seen = compressor.view(Source(text), Hint(query=question(way), path=file), ROOM)
    return None if seen is None else seen.body


def run(sizes: Sequence[int] = SIZES, *, repeats: int = 7) -> dict[str, Pace]:
    """Each way of writing; a text is read, scored and shown anew each time."""
    return {way: _pace(way, sizes, repeats) for way in WAYS}


def _pace(way: str, sizes: Sequence[int], repeats: int) -> Pace:
    made_texts = [made(way, size) for size in sizes]
    bytes_of = [len(text.encode()) for text in made_texts]
    seconds = [
        best_seconds(partial(view_of, way, text), repeats=repeats, clock=time.process_time)
        for text in made_texts
    ]
    return Pace(
        ms=round(seconds[-1] * 1000, 1),
        mb_per_s=round(bytes_of[-1] / 1e6 / seconds[-1], 1),
        exponent=round(growth(bytes_of, seconds), 2),
    )
